"""The studio over HTTP: draft, crop, try, consent, keep, change, carry away, bring back, delete; open pages hear of it."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from talking_head.face import avatars
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from talking_head.face.teeth import FILE as TEETH
from talking_head.provenance import consents
from talking_head.types import F32, U8
from tests.session.conftest import ONE_PROCESS, Running
from tests.unit.faces import presenter, smile
from tests.unit.studio.makers import Stored, png

pytestmark = ONE_PROCESS

AGREED = {"shown": "Ann Example", "agreed": "Ann herself", "scope": "films of the museum", "statement": "I agree."}


@pytest.fixture
async def studio(running: Running, cache: Path) -> Running:
    running.container.faces.landmarker = Stored()
    return running


async def _draft(running: Running) -> dict[str, object]:
    answer = await running.http.post("/drafts", files={"photo": ("C:\\me.png", png(), "image/png")})
    assert answer.status_code == 201, answer.text
    told: dict[str, object] = answer.json()
    return told


async def _keep(running: Running, name: str = "ann", **words: object) -> dict[str, object]:
    draft = await _draft(running)
    answer = await running.http.post(f"/drafts/{draft['id']}/keep", data=AGREED | {"name": name} | words, files={"x": b""})
    assert answer.status_code == 201, answer.text
    told: dict[str, object] = answer.json()
    return told


async def test_a_photo_is_checked_cropped_tried_and_kept(studio: Running, cache: Path) -> None:
    http = studio.http
    draft = await _draft(studio)
    assert len(draft["points"]) == 478
    assert draft["crop"] == {"left": 0, "top": 0, "side": 512}
    assert (draft["changes"], [each["code"] for each in draft["advice"]]) == ([], ["face_small"])
    assert draft["advice"][0]["values"]["height"] in draft["advice"][0]["message"]
    for kind in ("photo", "portrait"):
        assert Image.open(io.BytesIO((await http.get(str(draft[kind]))).content)).size == (512, 512)
    moved = await http.patch(f"/drafts/{draft['id']}", json={"left": 10, "top": 20, "side": 480})
    assert moved.json()["crop"]["side"] == 480
    refused = await http.patch(f"/drafts/{draft['id']}", json={"left": 300, "top": 0, "side": 480})
    assert (refused.status_code, "cuts the face off" in refused.text) == (422, True)
    tried = (await http.post(f"/drafts/{draft['id']}/try")).json()
    assert studio.container.faces.is_guest(tried["name"])
    assert tried["name"] not in studio.container.faces.names()
    assert not (cache / "avatars").exists()
    recording = ("said.webm", b"\x1a\x45\xdf\xa3 words", "video/webm")
    form = AGREED | {"name": "ann", "title": "The guide", "use": ["live", "films"], "mood": "happy", "until": "2099-12-31"}
    kept = await http.post(f"/drafts/{draft['id']}/keep", data=form, files={"recording": recording})
    assert kept.status_code == 201, kept.text
    assert (kept.json()["title"], kept.json()["mood"], kept.json()["removable"]) == ("The guide", "happy", True)
    record = (await http.get("/presenters/ann/consent")).json()
    assert (record["problem"], record["record"]["uses"], len(record["record"]["recording"])) == ("", ["films", "live"], 64)
    assert (await http.get(f"/drafts/{draft['id']}")).status_code == 404, "the draft is gone"
    assert (await http.delete("/avatars/ann")).status_code == 204
    assert list((cache / "avatars").iterdir()) == []


class Waits(Stored):
    """Finds the face of each picture, from the tenth on once ``seen`` is set."""

    def __init__(self) -> None:
        self.count, self.seen = 0, threading.Event()

    def detect(self, image: U8) -> list[F32]:
        self.count += 1
        if self.count >= 10:
            assert self.seen.wait(60)
        return super().detect(image)


async def test_the_search_through_a_video_is_told_of(studio: Running, cache: Path, tmp_path: Path) -> None:
    studio.container.faces.landmarker = waits = Waits()
    with av.open(str(tmp_path / "me.mp4"), "w") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 512
        for _ in range(100):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(presenter().image, format="rgb24")))
        film.mux(stream.encode())
    ticket = "0123456789abcdef"
    sent = {"video": ("me.mp4", (tmp_path / "me.mp4").read_bytes(), "video/mp4")}
    searched = f"/drafts/searches/{ticket}"
    assert (await studio.http.get(searched)).status_code == 404
    drafting = asyncio.ensure_future(studio.http.post("/drafts", data={"ticket": ticket}, files=sent))
    async with asyncio.timeout(60):
        while (told := await studio.http.get(searched)).status_code == 404 or not told.json()["progress"]:
            assert not drafting.done(), drafting.result().text
            await asyncio.sleep(0.02)
    assert 0 < told.json()["progress"] < 1
    waits.seen.set()
    answer = await drafting
    assert answer.status_code == 201, answer.text
    assert (await studio.http.get(searched)).status_code == 404


@pytest.mark.models
async def test_a_second_photo_lends_its_teeth_or_is_refused_and_changes_nothing(running: Running, place: Path) -> None:
    http = running.http
    with MediaPipeLandmarker() as found:
        running.container.faces.landmarker = found
        draft = await _draft(running)

        async def second(picture: bytes) -> httpx.Response:
            return await http.post(f"/drafts/{draft['id']}/smile", files={"photo": ("C:\\smile.png", picture, "image/png")})

        async def refused(picture: bytes, why: str, *, worn: bool) -> None:
            answer = await second(picture)
            told = answer.json()["error"]["message"]
            assert (answer.status_code, why in told, told.endswith(".")) == (422, True, True), told
            assert (await http.get(f"/drafts/{draft['id']}")).json()["own_teeth"] is worn

        bad = [
            (png(presenter(size=768).image), "shows no teeth"),
            (png(np.full((400, 400, 3), 127, np.uint8)), "No face was found"),
            (b"words, not a picture", "not a picture"),
        ]
        for picture, why in bad:
            await refused(picture, why, worn=False)
        nothing = await http.post(f"/drafts/{draft['id']}/smile", data={"a": "b"}, files={"x": b""})
        assert (nothing.status_code, "as “photo”" in nothing.text) == (422, True)
        kept = await http.post(f"/drafts/{draft['id']}/keep", data=AGREED | {"name": "bare"}, files={"x": b""})
        assert (kept.status_code, avatars.find("bare").own_teeth) == (201, False)
        assert not (avatars.user_folder() / "bare" / TEETH).exists()

        draft = await _draft(running)
        taken = await second(png(smile()))
        assert (taken.status_code, taken.json()["own_teeth"]) == (200, True), taken.text
        await refused(*bad[0], worn=True)  # the first ones are still worn
        left, top, side = (draft["crop"][key] for key in ("left", "top", "side"))  # type: ignore[index]
        moved = await http.patch(f"/drafts/{draft['id']}", json={"left": left + 4, "top": top + 4, "side": side - 8})
        assert moved.json()["own_teeth"] is True
        kept = await http.post(f"/drafts/{draft['id']}/keep", data=AGREED | {"name": "ann"}, files={"x": b""})
        assert (kept.status_code, avatars.load_avatar("ann", None).teeth is not None) == (201, True)
        gone = await second(png(smile()))
        assert (gone.status_code, "is gone" in gone.text) == (404, True)


async def test_without_consent_nothing_is_kept(studio: Running, cache: Path) -> None:
    draft = await _draft(studio)
    for missing in AGREED:
        form = {key: value for key, value in AGREED.items() if key != missing} | {"name": "ann"}
        answer = await studio.http.post(f"/drafts/{draft['id']}/keep", data=form, files={"x": b""})
        assert (answer.status_code, answer.json()["error"]["message"].endswith(".")) == (422, True)
    assert not (cache / "avatars").exists() or list((cache / "avatars").iterdir()) == []
    for method, path in (("GET", "/drafts/none"), ("PATCH", "/drafts/none"), ("POST", "/drafts/none/try")):
        gone = await studio.http.request(method, path, json={"left": 0, "top": 0, "side": 9})
        assert gone.status_code == 404


async def test_a_presenter_is_changed_carried_away_and_brought_back(studio: Running, cache: Path) -> None:
    http = studio.http
    await _keep(studio)
    changed = await http.patch("/presenters/ann", data={"title": "Two", "mood": "serious"}, files={"x": b""})
    assert (changed.json()["title"], changed.json()["mood"]) == ("Two", "serious")
    wrong = await http.patch("/presenters/ann", data={"mood": "bored"}, files={"x": b""})
    assert (wrong.status_code, "no mood" in wrong.text) == (422, True)
    file = (await http.get("/presenters/ann/file")).content
    assert (await http.post("/presenters", files={"file": ("a.zip", file)})).status_code == 422, "the name is taken"
    assert (await http.delete("/avatars/ann")).status_code == 204
    back = await http.post("/presenters", files={"file": ("a.zip", file)})
    assert (back.status_code, back.json()["title"], back.json()["foreign"]) == (201, "Two", "")
    refused = await http.post("/presenters", files={"file": ("a.zip", b"PK nothing")})
    assert (refused.status_code, "not a presenter's file" in refused.text) == (422, True)
    shipped = await http.get("/presenters/clara/file")
    assert (shipped.status_code, "came with the program" in shipped.text) == (422, True)


async def test_who_has_not_agreed_to_live_is_not_live(studio: Running, cache: Path) -> None:
    await _keep(studio, use="films")

    async def told() -> str:
        answer = await studio.http.post("/whep?avatar=ann", content="v=0", headers={"Content-Type": "application/sdp"})
        assert answer.status_code == 403
        return answer.text

    assert "not for talking live" in await told()
    file = cache / "avatars" / "ann" / consents.FILE
    file.write_text(file.read_text().replace("museum", "casino"))
    assert "was changed" in await told()


async def test_a_server_may_be_closed_to_changes(studio: Running, cache: Path) -> None:
    object.__setattr__(studio.server.config.avatar, "editable", False)
    try:
        draft = await _draft(studio)  # to try one's own photo is no change
        assert (await studio.http.post(f"/drafts/{draft['id']}/try")).status_code == 201
        kept = await studio.http.post(f"/drafts/{draft['id']}/keep", data=AGREED | {"name": "ann"}, files={"x": b""})
        brought = await studio.http.post("/presenters", files={"file": ("a.zip", b"")})
        for answer in (kept, brought):
            assert (answer.status_code, "avatar.editable" in answer.text) == (403, True)
    finally:
        object.__setattr__(studio.server.config.avatar, "editable", True)


async def test_open_pages_hear_of_changes_whoever_made_them(studio: Running, cache: Path) -> None:
    async with studio.http.stream("GET", "/presenters/events") as stream:
        lines = stream.aiter_lines()
        await _keep(studio)
        assert (await _event(lines))["changed"] == ["ann"]
        avatars.remove("ann")  # as the command line does
        told = await _event(lines)
        assert (told["changed"], "ann" in told["avatars"]) == (["ann"], False)


async def _event(lines: object) -> dict[str, list[str]]:
    async with asyncio.timeout(60):
        async for line in lines:
            if line.startswith("data:"):
                told: dict[str, list[str]] = json.loads(line[5:])
                return told
    raise AssertionError("the stream ended")
