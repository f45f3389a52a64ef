"""Jobs on disk: one SQLite table, so that a job outlives the server that took it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from talking_head.system.disk import told_when_full

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")
_JSON = ("parameters", "result")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. ``owner``: whose it is (a key's name or an address); ``progress`` 0..1 with its ``sentence``, which
    says why if it failed, ``code`` in a word, where there is one; ``parameters``, ``result``: JSON objects; times in seconds
    of the Unix clock, 0: not yet; ``attempts``: how often it was begun.
    """

    id: str
    kind: str
    owner: str
    title: str
    parameters: dict[str, Any]
    created: float
    state: State = "queued"
    progress: float = 0.0
    sentence: str = ""
    result: dict[str, Any] | None = None
    started: float = 0.0
    ended: float = 0.0
    attempts: int = 0
    code: str = ""


_COLUMNS = [field.name for field in fields(Job)]


class JobStore:
    """The table in ``file``; may be used from any thread. Everything raises DiskError where the disk is full."""

    def __init__(self, file: Path) -> None:
        self._lock, self._file = threading.Lock(), file
        columns = ", ".join(name + (" TEXT PRIMARY KEY" if name == "id" else "") for name in _COLUMNS)
        with told_when_full(self._file):
            self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        try:
            self._do("PRAGMA journal_mode = WAL")
            self._do("PRAGMA synchronous = NORMAL")
            self._do(f"CREATE TABLE IF NOT EXISTS jobs ({columns})")
            if all(column[1] != "code" for column in self._do("PRAGMA table_info(jobs)")):  # of a version before this one
                self._do("ALTER TABLE jobs ADD COLUMN code NOT NULL DEFAULT ''")
        except BaseException:
            self._db.close()
            raise

    def put(self, job: Job) -> None:
        """Write ``job``, new or changed."""
        values = [json.dumps(value) if name in _JSON else value for name in _COLUMNS for value in [getattr(job, name)]]
        marks = ", ".join("?" * len(_COLUMNS))
        self._do(f"INSERT OR REPLACE INTO jobs ({', '.join(_COLUMNS)}) VALUES ({marks})", values)

    def get(self, job: str) -> Job | None:
        """The job with that id."""
        found = self._select("WHERE id = ?", job)
        return found[0] if found else None

    def all(self, owner: str | None = None) -> list[Job]:
        """Jobs of ``owner`` (None: of everybody), the newest first."""
        order = "ORDER BY created DESC, rowid DESC"
        return self._select(order) if owner is None else self._select(f"WHERE owner = ? {order}", owner)

    def open(self) -> list[Job]:
        """Those that have not ended, the oldest first."""
        return self._select("WHERE state IN ('queued', 'running') ORDER BY created, rowid")

    def drop(self, job: str) -> None:
        """Forget the job with that id."""
        self._do("DELETE FROM jobs WHERE id = ?", [job])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _select(self, rest: str, *values: str) -> list[Job]:
        rows = self._do(f"SELECT {', '.join(_COLUMNS)} FROM jobs {rest}", values)
        return [_job(dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    def _do(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock, told_when_full(self._file):
            return self._db.execute(statement, values).fetchall()


def _job(row: dict[str, Any]) -> Job:
    return Job(**{name: json.loads(value) if name in _JSON else value for name, value in row.items()})
