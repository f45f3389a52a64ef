"""Run the server from a clone: ``python serve.py`` is ``talking-head serve`` with the defaults or a configuration file."""

from __future__ import annotations

import sys

from talking_head import config
from talking_head.errors import TalkingHeadError
from talking_head.server.run import run


def main() -> None:
    """Read the configuration (first argument, if any), build the parts, run."""
    try:
        run(config.load(sys.argv[1] if len(sys.argv) > 1 else None))
    except TalkingHeadError as error:
        sys.exit(f"talking-head: {error}")


if __name__ == "__main__":
    main()
