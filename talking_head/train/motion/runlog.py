"""What a run says of itself while it goes: log.csv for everybody, TensorBoard files for whoever has it."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Any


class RunLog:
    """Appends to ``folder``/log.csv (stage, step, name, value) and, where the package is installed, to
    ``folder``/tensorboard."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log.csv"
        self._board: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        self._board = SummaryWriter(str(folder / "tensorboard"))

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._board is not None:
            self._board.close()

    def add(self, stage: str, step: int, figures: dict[str, float]) -> None:
        """Note ``figures`` of a step."""
        new = not self._path.exists()
        with self._path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["stage", "step", "name", "value"])
            writer.writerows([stage, step, name, f"{value:.5g}"] for name, value in figures.items())
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(f"{stage}/{name}", value, step)
            self._board.flush()
