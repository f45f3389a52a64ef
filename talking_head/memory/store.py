"""What visitors allowed to be kept: one SQLite file, bounded in every direction, readable by its owner alone.

A visitor is known by a token that this server made and only their browser holds. What is stored is a hash of it together with
the name of the key by which they came in (empty where nobody is asked for one): neither the file nor another visitor of the
same key tells who is who.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from talking_head.errors import InputError
from talking_head.system.disk import told_when_full
from talking_head.types import Fact

FILE = "memory.sqlite"  # in the cache folder
TOKEN_CHARS = 43  # 256 random bits
_SCHEMA = """
CREATE TABLE IF NOT EXISTS visitors (id TEXT PRIMARY KEY, seen REAL NOT NULL);
CREATE TABLE IF NOT EXISTS facts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, visitor TEXT NOT NULL REFERENCES visitors ON DELETE CASCADE,
    presenter TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, kept REAL NOT NULL,
    UNIQUE (visitor, presenter, kind, value));
CREATE INDEX IF NOT EXISTS seen ON visitors (seen);
"""


def new_token() -> str:
    """For a visitor who allows a memory."""
    return secrets.token_urlsafe(32)


def visitor_id(token: str, key: str = "") -> str:
    """Who holds ``token`` and came in by ``key``. Raises InputError for what is no token."""
    if len(token) != TOKEN_CHARS or not token.isascii() or not token.replace("-", "").replace("_", "").isalnum():
        raise InputError("This is not the token of a memory. POST /memory makes one.")
    return hashlib.sha256(f"{key}\0{token}".encode()).hexdigest()


class MemoryStore:
    """Facts by visitor and presenter in ``path`` (made when missing). ``items``: most of a visitor and presenter; ``visitors``:
    most altogether; ``days`` without a visit, and they are forgotten. May be used from any thread. Whatever writes raises
    DiskError where the disk is full; then nothing of it is kept.
    """

    def __init__(self, path: Path, *, items: int, visitors: int, days: float, now: Callable[[], float] = time.time) -> None:
        """Raises InputError if the file is not such a store, DiskError where it cannot be made."""
        self._items, self._visitors, self._seconds, self._now = items, visitors, days * 86_400, now
        self._lock = threading.Lock()
        self._file = path
        try:
            with told_when_full(self._file):
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
                self._base = sqlite3.connect(path, check_same_thread=False)
                self._base.execute("PRAGMA foreign_keys = ON")
                self._base.execute("PRAGMA secure_delete = ON")  # what is forgotten does not stay in the file
                self._base.executescript(_SCHEMA)
                self._base.commit()
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"The memory {path.name} cannot be opened: delete the file, or set memory.enabled = false."
            ) from error

    def meet(self, visitor: str) -> None:
        """Begin to keep, or note that ``visitor`` (an id) is here again. Whoever stayed away too long is forgotten."""
        with self._changing() as base:
            base.execute(
                "INSERT INTO visitors VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen", (visitor, self._now())
            )
            base.execute("DELETE FROM visitors WHERE seen < ?", (self._now() - self._seconds,))
            base.execute(
                "DELETE FROM visitors WHERE id NOT IN (SELECT id FROM visitors ORDER BY seen DESC LIMIT ?)", (self._visitors,)
            )

    def knows(self, visitor: str) -> bool:
        """Whether ``visitor`` allowed a memory, and was here within the time."""
        with self._lock:
            found = self._base.execute(
                "SELECT 1 FROM visitors WHERE id = ? AND seen >= ?", (visitor, self._now() - self._seconds)
            ).fetchone()
        return found is not None

    def facts(self, visitor: str, presenter: str) -> list[tuple[int, Fact]]:
        """With their numbers; the name first, then the newest first."""
        query = "SELECT id, kind, value FROM facts WHERE visitor = ? AND presenter = ? ORDER BY kind != 'name', id DESC"
        with self._lock:
            return [(number, Fact(kind, value)) for number, kind, value in self._base.execute(query, (visitor, presenter))]

    def presenters(self, visitor: str) -> list[str]:
        """Who keeps something of ``visitor``."""
        query = "SELECT DISTINCT presenter FROM facts WHERE visitor = ? ORDER BY presenter"
        with self._lock:
            return [row[0] for row in self._base.execute(query, (visitor,))]

    def keep(self, visitor: str, presenter: str, fact: Fact) -> int:
        """Keep ``fact``; a new name takes the place of the old. Returns its number; InputError where no more is kept."""
        with self._changing() as base:
            if base.execute("SELECT 1 FROM visitors WHERE id = ?", (visitor,)).fetchone() is None:
                raise InputError("This visitor has not allowed a memory, or was forgotten. POST /memory begins one.")
            if fact.kind == "name":
                base.execute("DELETE FROM facts WHERE visitor = ? AND presenter = ? AND kind = 'name'", (visitor, presenter))
            row = (visitor, presenter, fact.kind, fact.value)
            base.execute("DELETE FROM facts WHERE visitor = ? AND presenter = ? AND kind = ? AND value = ?", row)
            held = base.execute(
                "SELECT count(*) FROM facts WHERE visitor = ? AND presenter = ?", (visitor, presenter)
            ).fetchone()
            if held[0] >= self._items:
                raise InputError(f"A presenter keeps at most {self._items} things of a visitor: delete one first.")
            made = base.execute(
                "INSERT INTO facts (visitor, presenter, kind, value, kept) VALUES (?, ?, ?, ?, ?)", (*row, self._now())
            )
            return int(made.lastrowid or 0)

    def change(self, visitor: str, number: int, fact: Fact) -> bool:
        """Put ``fact`` in the place of a kept one of its kind; False where the visitor has none of that number."""
        with self._changing() as base:
            changed = base.execute(
                "UPDATE OR REPLACE facts SET value = ? WHERE id = ? AND visitor = ? AND kind = ?",
                (fact.value, number, visitor, fact.kind),
            )
            return changed.rowcount > 0

    def kind_of(self, visitor: str, number: int) -> str:
        """The kind of a kept fact, "" where the visitor has none of that number."""
        with self._lock:
            row = self._base.execute("SELECT kind FROM facts WHERE id = ? AND visitor = ?", (number, visitor)).fetchone()
        return str(row[0]) if row else ""

    def drop(self, visitor: str, number: int) -> bool:
        """Delete one fact; False where the visitor has none of that number."""
        with self._changing() as base:
            return base.execute("DELETE FROM facts WHERE id = ? AND visitor = ?", (number, visitor)).rowcount > 0

    def forget(self, visitor: str, presenter: str = "") -> None:
        """Delete all that ``presenter`` keeps of ``visitor``; "": everything, and that they were ever here."""
        with self._changing() as base:
            if presenter:
                base.execute("DELETE FROM facts WHERE visitor = ? AND presenter = ?", (visitor, presenter))
            else:
                base.execute("DELETE FROM visitors WHERE id = ?", (visitor,))

    def forget_presenter(self, presenter: str) -> None:
        """Delete what a presenter that is no more kept of anybody."""
        with self._changing() as base:
            base.execute("DELETE FROM facts WHERE presenter = ?", (presenter,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, told_when_full(self._file), self._base:  # all of it or nothing
            yield self._base


def forget_presenter(path: Path, presenter: str) -> None:
    """Delete from the file ``path`` what ``presenter`` kept of anybody; nothing happens where nothing was ever kept."""
    if path.is_file():
        store = MemoryStore(path, items=1, visitors=1, days=1)  # limits that nothing here looks at
        try:
            store.forget_presenter(presenter)
        finally:
            store.close()
