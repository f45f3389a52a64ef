"""What the function of a kind of job gets: where it reads and writes, and how it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talking_head.config import Config


@dataclass(frozen=True, slots=True)
class Work:
    """One run of a job. ``inputs``: what was uploaded with it; ``outputs``: what is offered for download; ``folder``: its own,
    as the run before left it where a job resumes, deleted once the job has ended. ``attempt`` counts from 1.
    """

    parameters: dict[str, Any]
    config: Config
    inputs: Path
    outputs: Path
    folder: Path
    attempt: int
    report: Callable[[float, str], None]

    def tell(self, share: float, sentence: str) -> None:
        """Report that ``share`` (0..1) is done, in a sentence for people. Call it as often as you like."""
        self.report(min(1.0, max(0.0, share)), sentence)


def prepare(room: Path) -> tuple[Path, Path, Path]:
    """The folders ``inputs``, ``outputs`` and ``folder`` of the job that lives in ``room``, made where they are missing."""
    places = room / "in", room / "out", room / "work"
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
    return places
