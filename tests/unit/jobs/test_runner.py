"""Jobs: run, told, cancelled, gone on with, and refused where there is no room."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from talking_head.config import Config
from talking_head.errors import CapacityError, DiskError, InputError, LimitError
from talking_head.jobs import ENDED, Job, JobRunner, Limits
from talking_head.jobs.store import JobStore
from tests.unit.jobs.kinds import KINDS, alive

MakeRunner = Callable[..., JobRunner]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[MakeRunner]:
    made: list[JobRunner] = []

    def new(**limits: float) -> JobRunner:
        runner = JobRunner(tmp_path / "jobs", KINDS, Config().model_dump(mode="json"), Limits(priority="normal", **limits))  # type: ignore[arg-type]
        runner.start()
        made.append(runner)
        return runner

    yield new
    for runner in made:
        runner.close()


def until(runner: JobRunner, job: Job, right: Callable[[Job], bool] = lambda job: job.state in ENDED) -> Job:
    for _ in range(4800):
        found = runner.job(job.id)
        assert found is not None
        if right(found):
            return found
        assert found.state not in ENDED, found
        time.sleep(0.05)
    raise AssertionError(f"it never came: {found}")


def test_a_job_is_done_told_and_forgotten(make: MakeRunner) -> None:
    runner = make()
    assert not runner.folder.exists()  # nothing before the first job
    told: list[Job] = []
    silence = runner.listen(told.append)
    inputs = runner.new_inputs()
    (inputs / "words.txt").write_text("Hello.")
    job = runner.submit("count", {"to": 2}, owner="ann", title="Numbers", inputs=inputs)
    done = until(runner, job)
    assert (done.state, done.progress) == ("done", 1.0)
    assert done.result == {"began": 0, "given": ["words.txt"], "port": 8000}
    assert [(file.name, file.read_text()) for file in runner.files(job.id)] == [("0.txt", "0"), ("1.txt", "1")]
    assert told[0].state == "queued"
    assert told[-1].state == "done"
    silence()
    again = until(runner, runner.again(done))
    assert again.result == done.result
    assert [each.id for each in runner.jobs("ann")] == [again.id, job.id]
    assert runner.jobs("bob") == []
    assert runner.forget(job.id)
    assert not (runner.folder / job.id).exists()
    assert runner.job(job.id) is None
    assert not runner.forget(job.id)


def test_who_fails_says_why_and_stops_nobody(make: MakeRunner) -> None:
    runner = make()
    first = runner.submit("fail", {}, owner="ann")
    second = runner.submit("mistake", {}, owner="ann")
    third = runner.submit("count", {}, owner="ann")
    assert until(runner, first).sentence == "This picture shows no face."
    assert until(runner, first).code == "photo_no_face"
    failed = until(runner, second)
    assert (failed.state, failed.code) == ("failed", "job_broken")
    assert str(runner.folder) not in failed.sentence
    assert until(runner, third).state == "done"
    with pytest.raises(InputError, match="Known ones"):
        runner.submit("dance", {}, owner="ann")


def test_cancelled_at_once_and_nothing_left(make: MakeRunner) -> None:
    runner = make()
    job = runner.submit("forever", {}, owner="ann")
    waits = runner.submit("count", {}, owner="ann")
    unwanted = runner.submit("count", {}, owner="ann")
    process = int(until(runner, job, lambda job: job.progress == 0.5).sentence)
    cancelled = runner.cancel(unwanted.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert not runner.forget(job.id)  # it runs
    assert runner.cancel(job.id) is not None
    assert until(runner, waits).state == "done"  # the next is served
    assert not alive(process)
    assert runner.files(job.id) == []
    assert until(runner, unwanted).state == "cancelled"
    assert runner.cancel(waits.id) == runner.job(waits.id)  # too late: as it is


def test_a_process_that_dies_is_gone_on_with_where_that_can_be(make: MakeRunner) -> None:
    runner = make()
    resumed = until(runner, runner.submit("count", {"to": 4, "die_at": 2}, owner="ann"))
    assert (resumed.state, resumed.attempts) == ("done", 2)
    assert resumed.result is not None
    assert resumed.result["began"] == 2
    lost = until(runner, runner.submit("once", {"to": 4, "die_at": 2}, owner="ann"))
    assert (lost.state, lost.code) == ("failed", "job_killed")
    assert "again" in lost.sentence


def test_a_restart_goes_on_or_says_so(make: MakeRunner) -> None:
    runner = make(workers=2)
    resumes = runner.submit("count", {"to": 40, "pause": 0.05}, owner="ann")
    once = runner.submit("once", {"to": 40, "pause": 0.05}, owner="ann")
    waits = runner.submit("count", {}, owner="ann")
    until(runner, resumes, lambda job: job.progress > 0.1)
    until(runner, once, lambda job: job.progress > 0.1)
    with pytest.raises(CapacityError, match="Another server"):
        make().new_inputs()
    runner.close()
    runner = make()
    done = until(runner, resumes)
    assert done.result is not None
    assert done.result["began"] >= 4
    assert (until(runner, once).code, runner.files(once.id)) == ("job_restarted", [])
    assert until(runner, waits).state == "done"


def test_jobs_of_a_version_before_codes_are_read(tmp_path: Path) -> None:
    columns = [field.name for field in fields(Job) if field.name != "code"]
    with sqlite3.connect(tmp_path / "old.sqlite") as old:
        old.execute(f"CREATE TABLE jobs ({', '.join(columns)})")
        old.execute("INSERT INTO jobs VALUES ('7', 'film', 'ann', '', '{}', 1, 'failed', 0, 'Why.', 'null', 0, 2, 1)")
    old.close()
    store = JobStore(tmp_path / "old.sqlite")
    (job,) = store.all()
    assert (job.sentence, job.code) == ("Why.", "")
    store.put(replace(job, code="job_killed"))
    assert store.all()[0].code == "job_killed"
    store.close()


def test_too_many_too_large_too_old(make: MakeRunner) -> None:
    runner = make(waiting=2, total_bytes=100_000, keep_days=1)
    old = until(runner, runner.submit("count", {}, owner="ann"))
    forever = [runner.submit("forever", {}, owner="ann") for _ in range(2)]
    with pytest.raises(LimitError, match="2 jobs are waiting"):
        runner.submit("count", {}, owner="ann")
    inputs = runner.new_inputs()
    (inputs / "large").write_bytes(bytes(100_000))
    with pytest.raises(CapacityError, match=r"0.0001 GB.*Delete"):
        runner.submit("count", {}, owner="bob", inputs=inputs)
    assert not inputs.exists()
    for job in forever:
        runner.cancel(job.id)
    assert runner.job(old.id) is not None
    runner.limits = Limits(keep_days=1e-9)
    runner.submit("count", {}, owner="bob")
    assert runner.job(old.id) is None


def test_one_that_takes_too_long_is_ended(make: MakeRunner) -> None:
    runner = make(hours=1 / 3600)
    job = until(runner, runner.submit("forever", {}, owner="ann"))
    assert (job.state, job.code) == ("failed", "job_hours")
    assert "jobs.hours" in job.sentence
    assert os.listdir(runner.folder / job.id / "out") == ["half.txt"]


def test_a_full_disk_stops_no_job_and_loses_none(make: MakeRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = make()
    first = runner.submit("count", {"to": 8, "pause": 0.05}, owner="ann")
    second = runner.submit("count", {}, owner="ann")
    put = JobStore.put

    def full(self: JobStore, job: Job) -> None:
        raise DiskError("The disk is full.")

    monkeypatch.setattr(JobStore, "put", full)
    assert until(runner, first).state == "done"
    assert until(runner, second).state == "done"  # the thread that serves is there still
    before = sorted(runner.folder.iterdir())
    with pytest.raises(DiskError):
        runner.submit("count", {}, owner="ann", inputs=runner.new_inputs())
    assert sorted(runner.folder.iterdir()) == before
    assert {job.state for job in runner.jobs()} == {"done"}
    monkeypatch.setattr(JobStore, "put", put)
    third = runner.submit("count", {}, owner="ann")
    until(runner, third)
    runner.close()
    again = make()  # what could not be written was, once there was room
    assert {job.id: job.state for job in again.jobs()} == {job.id: "done" for job in (first, second, third)}
