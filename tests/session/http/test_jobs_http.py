"""Jobs over HTTP, on the real server: listed, followed, cancelled, downloaded, and seen by nobody else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from talking_head.jobs import JobRunner
from talking_head.server.access import auth
from tests.session.conftest import ONE_PROCESS, Running
from tests.session.http.job_ends import ended
from tests.unit.jobs.kinds import KINDS

pytestmark = [pytest.mark.usefixtures("cache"), ONE_PROCESS]


@pytest.fixture
def jobs(running: Running, monkeypatch: pytest.MonkeyPatch) -> JobRunner:
    runner = running.jobs
    monkeypatch.setattr(runner, "kinds", KINDS)
    return runner


async def test_followed_downloaded_made_again_and_forgotten(running: Running, jobs: JobRunner) -> None:
    http = running.http
    assert (await http.get("/jobs")).json() == []
    job = await asyncio.to_thread(jobs.submit, "count", {"to": 3, "pause": 0.3}, owner="127.0.0.1", title="Numbers")
    told = []
    async with http.stream("GET", f"/jobs/{job.id}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        async for line in events.aiter_lines():  # ends with the job
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
    assert [each["progress"] for each in told] == sorted(each["progress"] for each in told)
    assert len(told) >= 3
    assert (told[-1]["state"], told[-1]["title"]) == ("done", "Numbers")
    names = [file["name"] for file in told[-1]["files"]]
    assert names == ["0.txt", "1.txt", "2.txt"]
    file = await http.get(told[-1]["files"][2]["url"], headers={"Range": "bytes=0-0"})
    assert (file.status_code, file.text) == (206, "2")
    assert "attachment" in file.headers["content-disposition"]
    for name in (".2.txt", "..%2F..%2Fjobs.sqlite", "nothing"):
        assert (await http.get(f"/jobs/{job.id}/files/{name}")).status_code == 404
    again = await http.post(f"/jobs/{job.id}/again")
    assert again.status_code == 202
    assert (await ended(http, again.json()["id"]))["result"]["began"] == 0
    assert (await http.delete(f"/jobs/{job.id}")).status_code == 204
    assert [each["id"] for each in (await http.get("/jobs")).json()] == [again.json()["id"]]
    for call in ("GET", "DELETE"):
        answer = await http.request(call, f"/jobs/{job.id}")
        assert (answer.status_code, "no such job" in answer.text) == (404, True)


async def test_cancelled(running: Running, jobs: JobRunner) -> None:
    job = await asyncio.to_thread(jobs.submit, "forever", {}, owner="127.0.0.1")
    answer = await running.http.delete(f"/jobs/{job.id}")
    assert (answer.status_code, answer.json()["state"], answer.json()["files"]) == (200, "cancelled", [])


async def test_each_key_sees_its_own(running: Running, jobs: JobRunner, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {name: "th_" + name * 16 for name in ("ann", "bob", "eve", "boss")}
    scopes = {"ann": "make", "bob": "make", "eve": "talk", "boss": "admin"}
    monkeypatch.setenv("SOME_KEYS", " ".join(f"{name}:{scopes[name]}:{key}" for name, key in keys.items()))
    monkeypatch.setattr(running.server.auth, "keys", auth.Keys(cache / "keys.toml", "SOME_KEYS"))
    job = await asyncio.to_thread(jobs.submit, "count", {}, owner="key ann")
    expected = {"ann": 200, "bob": 404, "eve": 403, "boss": 200}
    for name, status in expected.items():
        bearer = {"Authorization": f"Bearer {keys[name]}"}
        assert (await running.http.get(f"/jobs/{job.id}", headers=bearer)).status_code == status, name
        listed = await running.http.get("/jobs", headers=bearer)
        if status != 403:
            assert [each["id"] for each in listed.json()] == ([job.id] if status == 200 else [])
    assert (await running.http.get("/jobs")).status_code == 401
    assert (await running.http.delete(f"/jobs/{job.id}", headers={"Authorization": f"Bearer {keys['bob']}"})).status_code == 404
