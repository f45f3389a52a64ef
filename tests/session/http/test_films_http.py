"""``POST /films`` on the real server: made, downloaded, gone on with after the server was ended; refused before it is kept."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from talking_head.jobs import ENDED, JobRunner, Kind, Limits
from tests.session.conftest import ONE_PROCESS, Running
from tests.session.http.job_ends import ended

pytestmark = [pytest.mark.usefixtures("cache"), ONE_PROCESS]
PICTURE = io.BytesIO()
Image.new("RGB", (200, 100), (200, 30, 30)).save(PICTURE, "PNG")


@pytest.fixture
def jobs(running: Running, monkeypatch: pytest.MonkeyPatch) -> JobRunner:
    monkeypatch.setattr(running.jobs, "kinds", {"film": Kind("film", "tests.unit.film.players:run_film", resumes=True)})
    return running.jobs


async def test_a_film_is_made_followed_and_downloaded(running: Running, jobs: JobRunner, tmp_path: Path) -> None:
    told = {"text": "One two three.", "frame": "9:16", "lines": 128, "background": "wall.png", "presenter": "clara"}
    files = {"wall.png": ("wall.png", PICTURE.getvalue()), "unasked.png": ("unasked.png", b"x")}
    answer = await running.http.post("/films", data={"film": json.dumps(told)}, files=files)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert (job["kind"], job["title"]) == ("film", "One-two-three")
    assert [each.name for each in (jobs.folder / job["id"] / "in").iterdir()] == ["wall.png"]
    done = await ended(running.http, job["id"])
    assert done["state"] == "done", done
    (film,) = done["result"]["films"]
    assert (film["file"], film["width"], film["height"]) == ("One-two-three.mp4", 128, 228)
    names = [each["name"] for each in done["files"]]
    assert names == ["One-two-three.jpg", "One-two-three.mp4", "One-two-three.srt", "One-two-three.vtt"]
    (tmp_path / "film.mp4").write_bytes((await running.http.get(done["files"][1]["url"])).content)
    with av.open(str(tmp_path / "film.mp4")) as container:
        corner = next(iter(container.decode(video=0))).to_ndarray(format="rgb24")[60, 4]
    assert corner[0] > 150
    assert not (jobs.folder / job["id"] / "work").exists()
    again = await running.http.post(f"/jobs/{job['id']}/again")
    assert (await ended(running.http, again.json()["id"]))["state"] == "done"


async def test_an_ended_server_goes_on_with_its_film(running: Running, jobs: JobRunner) -> None:
    jobs.kinds = {"film": Kind("film", "tests.unit.film.players:run_film_on_second_try", resumes=True)}
    answer = await running.http.post("/films", json={"text": "word " * 60, "lines": 128, "title": "Long"})
    job = answer.json()["id"]
    pictures = jobs.folder / job / "work" / "pictures"
    for _ in range(4800):
        if len(list(pictures.glob("[0-9]*"))) >= 2:
            break
        await asyncio.sleep(0.05)
    await asyncio.to_thread(jobs.close)
    kept = {each.name: each.stat().st_mtime_ns for each in pictures.glob("[0-9]*")}
    assert kept
    after = JobRunner(jobs.folder, jobs.kinds, running.server.config.model_dump(mode="json"), Limits(priority="normal"))
    await asyncio.to_thread(after.start)
    try:
        for _ in range(12000):
            found = after.job(job)
            assert found is not None
            if found.state in ENDED:
                break
            if pictures.is_dir():  # what was whole is not made again
                now = {each.name: each.stat().st_mtime_ns for each in pictures.glob("[0-9]*")}
                assert not now or kept.items() <= now.items()
            await asyncio.sleep(0.02)
        assert (found.state, found.attempts) == ("done", 2)
        assert [file.name for file in after.files(job)] == ["Long.jpg", "Long.mp4", "Long.srt", "Long.vtt"]
    finally:
        await asyncio.to_thread(after.close)


@pytest.mark.parametrize(
    ("told", "status", "sentence"),
    [
        ({}, 400, "says nothing"),
        ({"text": "A", "presenter": "nobody-here"}, 404, "no avatar"),
        ({"text": "A", "presenter": "/etc/passwd"}, 404, "no avatar"),
        ({"text": "A", "voice": "nobody"}, 422, "no voice"),
        ({"text": "A", "background": "#12"}, 422, "no background"),
        ({"text": "A", "background": "absent.png"}, 422, "no part of the form"),
        ({"text": "A", "background": "../../etc/passwd"}, 400, "cannot name a file"),
        ({"text": "A", "logo": {"file": "broken.png"}}, 400, "cannot be read"),
        ({"text": "A", "webhook": "https://elsewhere.example/"}, 400, "not allowed"),
        ({"text": "A" * 90_000}, 400, "characters"),
        ({"text": "A\ud800"}, 400, "Send JSON"),
        ({"scenes": [{"text": "A"}], "title": "\udfff"}, 400, "Send JSON"),
    ],
)
async def test_what_is_wrong_is_said_before_anything_is_kept(
    running: Running, jobs: JobRunner, told: dict[str, Any], status: int, sentence: str
) -> None:
    files = {"broken.png": ("broken.png", b"nothing")}
    answer = await running.http.post("/films", data={"film": json.dumps(told)}, files=files)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
    assert (await running.http.get("/jobs")).json() == []
    left = [each.name for each in jobs.folder.iterdir()] if jobs.folder.exists() else []
    assert [name for name in left if not name.startswith(("jobs.sqlite", "lock"))] == []
    if not left:
        assert "/tmp" not in answer.text


async def test_bodies_that_are_none(running: Running, jobs: JobRunner) -> None:
    http = running.http
    assert (await http.post("/films", content=b"{", headers={"Content-Type": "application/json"})).status_code == 400
    half = b'{"text": "\\ud800"}'  # half of a pair: kept as a job, it made /jobs unreadable
    assert (await http.post("/films", content=half, headers={"Content-Type": "application/json"})).status_code == 400
    assert (await http.get("/jobs")).json() == []
    assert (await http.post("/films", content=b"[]", headers={"Content-Type": "application/json"})).status_code == 422
    assert (await http.post("/films", content=b"a", headers={"Content-Type": "text/plain"})).status_code == 415
    assert (await http.post("/films", data={"movie": "{}"}, files={"a": ("a", b"a")})).status_code == 422
