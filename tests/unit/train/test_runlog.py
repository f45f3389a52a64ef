"""The curves of a training are what TensorBoard reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.train.runlog import Board, RunLog


@pytest.mark.parametrize("kind", [Board, RunLog])
def test_tensorboard_reads_the_figures_of_every_step(tmp_path: Path, kind: type[Board]) -> None:
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="comes with training's extras"
    )
    for start in (1, 3):  # a run that is killed and goes on
        with kind(tmp_path) as log:
            for step in range(start, start + 2):
                log.add("mouth", step, {"loss": 1 / step, "speed": 2.0})
    events = reader.EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert events.Tags()["scalars"] == ["mouth/loss", "mouth/speed"]
    assert [(e.step, round(e.value, 3)) for e in events.Scalars("mouth/loss")] == [(1, 1.0), (2, 0.5), (3, 0.333), (4, 0.25)]


def test_rows_are_appended_under_one_head(tmp_path: Path) -> None:
    for step in (1, 2):
        with RunLog(tmp_path) as log:
            log.add("reply", step, {"loss": 0.5})
    assert (tmp_path / "log.csv").read_text().splitlines() == ["stage,step,name,value", "reply,1,loss,0.5", "reply,2,loss,0.5"]
