"""What a run says of itself while it goes: log.csv, and curves for TensorBoard."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Board:
    """Curves in ``folder``/tensorboard; none where the package is missing, as on a bare GPU machine."""

    def __init__(self, folder: Path) -> None:
        self._board: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        self._board = SummaryWriter(str(folder / "tensorboard"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._board is not None:
            self._board.close()

    def add(self, stage: str, step: int, figures: dict[str, float]) -> None:
        """Note ``figures`` of a step, each a curve of its own."""
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(f"{stage}/{name}", value, step)
            self._board.flush()


class RunLog(Board):
    """Appends to ``folder``/log.csv (stage, step, name, value), too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / "log.csv"

    def add(self, stage: str, step: int, figures: dict[str, float]) -> None:
        """Note ``figures`` of a step, each a row and a curve."""
        super().add(stage, step, figures)
        new = not self._path.exists()
        with self._path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["stage", "step", "name", "value"])
            writer.writerows([stage, step, name, f"{value:.5g}"] for name, value in figures.items())
