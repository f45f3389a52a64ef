"""What a run says of itself while it goes: log.csv, and curves for TensorBoard.

A run that was killed goes on from its last state, and does the steps after it again: what was noted of them the first time is
taken back, so that a curve has one point a step.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self


def take_back(file: Path, done_again: Callable[[Mapping[str, str]], bool]) -> None:
    """Leave the rows out of the table ``file`` that are ``done_again``; where there is no file, nothing happens."""
    if not file.is_file():
        return
    with file.open(newline="") as old:
        reader = csv.DictReader(old)
        fields, rows = reader.fieldnames or (), list(reader)
    kept = [row for row in rows if not done_again(row)]
    if len(kept) == len(rows):
        return
    part = file.with_suffix(".part")
    with part.open("w", newline="") as new:
        writer = csv.DictWriter(new, fields)
        writer.writeheader()
        writer.writerows(kept)
    part.replace(file)


def _await_a_second_of_its_own(folder: Path) -> None:
    """Wait until no file of events in ``folder`` is named after this second.

    They are read in the order of their names: the second, then the process. What a run takes back must come after it.
    """
    while any(folder.glob(f"*.{int(time.time()):010d}.*")):
        time.sleep(0.05)


class Board:
    """Curves in ``folder``/tensorboard, a folder a stage; none where the package is missing, as on a bare GPU machine."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._boards = folder / "tensorboard", dict[str, Any]()
        self._writer: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        self._writer = SummaryWriter

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for board in self._boards.values():
            board.close()

    def add(self, stage: str, step: int, figures: dict[str, float]) -> None:
        """Note ``figures`` of a step, each a curve of its own; of this step and later ones nothing else counts."""
        if self._writer is None:
            return
        if stage not in self._boards:  # its steps are its own: those of another stage are not taken back
            _await_a_second_of_its_own(self._folder / stage)
            self._boards[stage] = self._writer(str(self._folder / stage), purge_step=step)
        for name, value in figures.items():
            self._boards[stage].add_scalar(f"{stage}/{name}", value, step)
        self._boards[stage].flush()


class RunLog(Board):
    """Appends to ``folder``/log.csv (stage, step, name, value), too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path, self._begun = folder / "log.csv", set[str]()

    def add(self, stage: str, step: int, figures: dict[str, float]) -> None:
        """Note ``figures`` of a step, each a row and a curve."""
        super().add(stage, step, figures)
        if stage not in self._begun:
            self._begun.add(stage)
            take_back(self._path, lambda row: row["stage"] == stage and int(row["step"]) >= step)
        new = not self._path.exists()
        with self._path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["stage", "step", "name", "value"])
            writer.writerows([stage, step, name, f"{value:.5g}"] for name, value in figures.items())
