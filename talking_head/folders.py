"""Where this program keeps what it fetched, measured and was given: the cache folder."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The cache folder: ``$TALKING_HEAD_HOME``, else ``~/.cache/talking-head``."""
    return Path(os.environ.get("TALKING_HEAD_HOME") or Path.home() / ".cache" / "talking-head").expanduser()
