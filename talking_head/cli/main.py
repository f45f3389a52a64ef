"""Entry point of the ``talking-head`` command: one function a command, heavy packages imported only when used."""

from __future__ import annotations

import importlib
import os
import sys

import typer

from talking_head.errors import TalkingHeadError

app = typer.Typer(
    name="talking-head",
    help="Type, and a face answers: a real-time talking-head server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keep the command names even where there is a single command."""


# Command name → function or sub-application, as module:attribute.
_COMMANDS = {
    "serve": "talking_head.cli.serve:serve",
    "demo": "talking_head.cli.demo:demo",
    "say": "talking_head.cli.say:say",
    "pull": "talking_head.cli.pull:pull",
    "prepare": "talking_head.cli.prepare:prepare",
    "doctor": "talking_head.cli.doctor:doctor",
}
_GROUPS = {
    "bench": "talking_head.cli.bench:app",
    "evaluate": "talking_head.cli.evaluate:app",
    "train": "talking_head.cli.train:app",
    "twin": "talking_head.cli.twin:app",
    "avatar": "talking_head.cli.avatar:app",
}


def _attribute(target: str) -> object | None:
    module, _, name = target.partition(":")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("talking_head.cli."):
            return None
        raise


for _name, _target in _COMMANDS.items():
    if callable(_command := _attribute(_target)):
        app.command(_name)(_command)
for _name, _target in _GROUPS.items():
    if isinstance(_group := _attribute(_target), typer.Typer):
        app.add_typer(_group, name=_name)


def main() -> None:
    """Run the command line. Our errors end as one sentence on stderr and exit code 2; Ctrl-C ends quietly with 130."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning pools starve each other on few cores
    try:
        app()
    except TalkingHeadError as error:
        print(f"talking-head: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
