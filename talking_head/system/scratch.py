"""A folder for what is of use for a while only: one a process, gone with it, swept up by the next where it was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

_NAME = re.compile(r"talking-head-(\d+)-\w+")


class Scratch:
    """A folder under the system's temporary one, readable by its owner alone; :meth:`close` removes it."""

    def __init__(self) -> None:
        sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"talking-head-{os.getpid()}-")).resolve()

    def room(self, name: str, *, keep: int, keep_s: float) -> Path:
        """A new folder in the shelf ``name``; of the older ones the newest ``keep`` stay, for ``keep_s`` seconds."""
        shelf = self.folder / name
        shelf.mkdir(exist_ok=True)
        older = sorted(shelf.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
        for number, each in enumerate(older):
            if number >= keep or time.time() - each.stat().st_mtime > keep_s:
                shutil.rmtree(each, ignore_errors=True)
        return Path(tempfile.mkdtemp(dir=shelf))

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)


def sweep() -> None:
    """Remove what processes of this user left behind that are no more."""
    for folder in Path(tempfile.gettempdir()).glob("talking-head-*-*"):
        match = _NAME.fullmatch(folder.name)
        try:
            if match and folder.is_dir() and folder.stat().st_uid == os.getuid() and not _alive(int(match[1])):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def bytes_in(folder: Path) -> int:
    """How much a folder holds."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue  # it is being deleted
    return total


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
