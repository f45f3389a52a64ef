"""A disk that is full is told in one sentence, whoever notices it: a file that cannot be written, or SQLite."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from talking_head.errors import DiskError

TOLD = "The disk of this server is full, so nothing of this was kept. Tell its owner, please."
_FULL = (errno.ENOSPC, errno.EDQUOT)
_UNCLEAR = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)  # what SQLite says also when a file of its own cannot be made


def is_full(error: BaseException, folder: Path | None = None) -> bool:
    """Whether ``error`` (of the system or of SQLite) comes of a full disk or quota; ``folder``: where it was met, to be asked
    where the error alone does not tell.
    """
    if isinstance(error, shutil.Error):  # of a whole tree: only the words of each error are left
        return any(f"[Errno {number}]" in str(error) for number in _FULL)
    if isinstance(error, OSError):
        return error.errno in _FULL
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it says in which call
    return code == sqlite3.SQLITE_FULL or (code in _UNCLEAR and folder is not None and _no_room(folder))


@contextmanager
def told_when_full(base: Path | None = None) -> Iterator[None]:
    """What fails inside because the disk is full becomes a DiskError. ``base``: the file of SQLite that is written; one that
    was begun and holds nothing is deleted.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if is_full(error, base and base.parent):
            if base is not None and base.is_file() and not base.stat().st_size:
                base.unlink()
            raise DiskError(TOLD) from error
        raise


def _no_room(folder: Path) -> bool:
    try:
        has = os.statvfs(folder)
    except OSError:
        return False
    return has.f_bavail * has.f_frsize < 1 << 16 or (has.f_files > 0 and has.f_favail == 0)
