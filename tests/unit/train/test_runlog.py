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
    for start in (1, 2):  # a run that is killed and goes on from the last step that it saved
        with kind(tmp_path) as log:
            for step in range(start, start + 3):
                log.add("mouth", step, {"loss": start / step, "speed": 2.0})
            log.add("sway", 1, {"fit": 0.5})  # a stage that counts anew
        if start == 1:  # as by a process whose number is read last
            for file in (tmp_path / "tensorboard").rglob("events*"):
                file.rename(file.with_name(".".join([*file.name.split(".")[:-2], "9999999", "0"])))
    events = reader.EventAccumulator(str(tmp_path / "tensorboard" / "mouth")).Reload()
    assert events.Tags()["scalars"] == ["mouth/loss", "mouth/speed"]
    assert [(e.step, round(e.value, 3)) for e in events.Scalars("mouth/loss")] == [(1, 1.0), (2, 1.0), (3, 0.667), (4, 0.5)]
    assert len(reader.EventAccumulator(str(tmp_path / "tensorboard" / "sway")).Reload().Scalars("sway/fit")) == 1


def test_rows_of_steps_that_are_done_again_are_taken_back(tmp_path: Path) -> None:
    for start, loss in ((1, 0.5), (3, 0.25)):
        with RunLog(tmp_path) as log:
            log.add("sway", 4, {"fit": 0.1})
            for step in range(start, start + 3):
                log.add("reply", step, {"loss": loss})
    rows = (tmp_path / "log.csv").read_text().splitlines()
    assert [row for row in rows if row.startswith("reply")] == [
        *("reply,1,loss,0.5", "reply,2,loss,0.5"),
        *("reply,3,loss,0.25", "reply,4,loss,0.25", "reply,5,loss,0.25"),
    ]
    assert len(rows) == 7


def test_rows_are_appended_under_one_head(tmp_path: Path) -> None:
    for step in (1, 2):
        with RunLog(tmp_path) as log:
            log.add("reply", step, {"loss": 0.5})
    assert (tmp_path / "log.csv").read_text().splitlines() == ["stage,step,name,value", "reply,1,loss,0.5", "reply,2,loss,0.5"]
