"""What kinds of jobs there are, and how much of them there may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: ``run`` is "module:function", imported in the job's process; ``resumes``: it goes on where it was."""

    name: str
    run: str
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """``workers``: jobs at a time; ``waiting``: of one owner that have not ended; ``total_bytes``: of the files of all;
    ``keep_days``: how long one that has ended is kept; ``hours``: how long one may take; ``priority`` of its
    process: "idle", "low" or "normal".
    """

    workers: int = 1
    waiting: int = 20
    total_bytes: int = 20_000_000_000
    keep_days: float = 30
    hours: float = 24
    priority: str = "idle"
