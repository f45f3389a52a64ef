"""A video trains a presenter's net as a job; the server is restarted in the middle, and it is done all the same."""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import pytest

from talking_head.config import Config
from talking_head.face import avatars
from talking_head.jobs import Job, JobRunner
from talking_head.provenance.consents import NOBODY, Consent
from talking_head.server.jobs import job_runner
from tests.unit.studio.makers import kept
from tests.unit.train.films import film

pytestmark = [
    pytest.mark.models,
    pytest.mark.timeout(900),
    pytest.mark.skipif(find_spec("torch") is None, reason="a net is trained with torch, which is not installed"),
]
__all__ = ["film"]
UNHELD = Config.model_validate({"jobs": {"priority": "normal"}})  # a job of lowest priority may stand still on a busy machine
EVERYTHING = Consent(NOBODY, "nobody had to", "any use")


def _until(runner: JobRunner, job: str, holds: Any) -> Job:
    for _ in range(6000):
        found = runner.job(job)
        assert found is not None
        if holds(found):
            return found
        assert found.state not in ("failed", "cancelled"), found.sentence
        time.sleep(0.1)
    raise AssertionError(f"it did not come that far: {found}")


def _submit(runner: JobRunner, video: Path) -> Job:
    inputs = runner.new_inputs()
    (inputs / "video.mp4").write_bytes(video.read_bytes())
    return runner.submit("twin", {"name": "her", "video": "video.mp4", "minutes": 0.05}, owner="me", inputs=inputs)


def test_a_training_goes_on_after_a_restart(film: tuple[Path, Any], place: Path) -> None:
    folder = kept("her", EVERYTHING).folder
    first = job_runner(UNHELD)
    first.start()
    job = _submit(first, film[0])
    _until(first, job.id, lambda found: found.progress > 0.1)  # the video has been looked through
    first.close()  # as when the server is stopped, or killed
    work = place / "jobs" / job.id / "work"
    looked = (work / "clip.safetensors").stat().st_mtime_ns
    assert not (folder / "twin").exists(), "nothing half-made"
    second = job_runner(UNHELD)
    second.start()
    try:
        _until(second, job.id, lambda found: found.progress > 0.15)
        assert (work / "clip.safetensors").stat().st_mtime_ns == looked, "the video is not looked through again"
        done = _until(second, job.id, lambda found: found.state == "done")
        assert done.attempts == 2
        assert done.result is not None
        assert done.result["steps"] > 0
        assert (avatars.find("her").folder / "twin" / "refine.safetensors").is_file()
        with av.open(str(next(file for file in second.files(job.id) if file.suffix == ".mp4"))) as compared:
            assert (compared.streams.video[0].width, compared.streams.video[0].height) == (960, 320)
            assert sum(1 for _ in compared.decode(video=0)) > 20
    finally:
        second.close()


def test_without_consent_to_it_no_net_is_trained(film: tuple[Path, Any], place: Path) -> None:
    kept("her", Consent(NOBODY, "nobody had to", "films", uses=["films"]))
    runner = job_runner(UNHELD)
    runner.start()
    try:
        job = _submit(runner, film[0])
        ended = _until_ended(runner, job.id)
        assert (ended.state, "not for training" in ended.sentence) == ("failed", True)
        assert not (avatars.find("her").folder / "twin").exists()
    finally:
        runner.close()


def _until_ended(runner: JobRunner, job: str) -> Job:
    for _ in range(3000):
        found = runner.job(job)
        if found is not None and found.state in ("failed", "done"):
            return found
        time.sleep(0.1)
    raise AssertionError("it did not end")
