"""Where this program keeps what it fetched, measured and was given, and where it finds what it is shipped with."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The cache folder: ``$TALKING_HEAD_HOME``, else ``~/.cache/talking-head``."""
    return Path(os.environ.get("TALKING_HEAD_HOME") or Path.home() / ".cache" / "talking-head").expanduser()


def shipped(name: str) -> Path:
    """The folder "web", "weights" or "avatars": at the top of a clone, inside the package where a wheel was installed."""
    package = Path(__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
