"""Avatars over HTTP: what the command line does to them, and the faces of visitors that nobody else sees."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from talking_head.face import avatars
from talking_head.face.portrait import Portrait
from talking_head.types import F32, U8
from tests.session.conftest import ONE_PROCESS, Running
from tests.unit.faces import presenter

pytestmark = ONE_PROCESS


class Stored:
    """A landmarker that knows one face."""

    def detect(self, image: U8) -> list[F32]:
        return [presenter().points.copy()]


@pytest.fixture
def photo(running: Running, cache: Path) -> bytes:
    running.container.faces.landmarker = Stored()
    data = io.BytesIO()
    Image.fromarray(presenter().image).save(data, "PNG")
    return data.getvalue()


async def _add(running: Running, photo: bytes, **words: str) -> tuple[int, dict[str, object]]:
    answer = await running.http.post("/avatars", files={"photo": ("me.png", photo, "image/png")}, data=words)
    return answer.status_code, answer.json()


async def _names(running: Running) -> list[str]:
    return [each["name"] for each in (await running.http.get("/avatars")).json()]


async def test_stored_listed_shown_and_removed(running: Running, photo: bytes, cache: Path) -> None:
    status, made = await _add(running, photo, name="guide", consent="Ann agreed.", licence="ours", title="The guide")
    assert (status, made["name"], made["licence"], made["title"], made["removable"]) == (
        201,
        "guide",
        "ours",
        "The guide",
        True,
    )
    assert avatars.find("guide").consent == "Ann agreed."
    assert "consent" not in made
    assert "guide" in await _names(running)
    assert (await running.http.get("/avatars/guide")).json() | {"changes": []} == made
    picture = await running.http.get("/avatars/guide.png")
    assert Image.open(io.BytesIO(picture.content)).size == (512, 512)
    seen = {"If-None-Match": picture.headers["ETag"]}
    same = await running.http.get("/avatars/guide.png", headers=seen)
    assert (same.status_code, same.content) == (304, b"")
    assert (await running.http.get(f"/avatars/{running.container.default}.png", headers=seen)).status_code == 200
    status, again = await _add(running, photo, name="guide", consent="Ann agreed.")
    assert status == 409
    assert "already" in again["error"]["message"]  # type: ignore[index]
    assert (await running.http.delete("/avatars/guide")).status_code == 204
    assert not (cache / "avatars" / "guide").exists()
    for path in ("/avatars/guide", "/avatars/guide.png"):
        assert (await running.http.get(path)).status_code == 404
    assert (await running.http.delete("/avatars/guide")).status_code == 404


async def test_a_picture_is_made_once_however_often_it_is_asked_for(
    running: Running, photo: bytes, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.container, "forget", lambda name: None)  # a new folder is a change, half a second later
    await _add(running, photo, name="guide", consent="Ann agreed.")
    faces, asked = running.container.faces, list[str]()
    portrait = faces.portrait

    def noted(name: str) -> Portrait:
        asked.append(name)
        return portrait(name)

    monkeypatch.setattr(faces, "portrait", noted)
    answers = await asyncio.gather(*(running.http.get("/avatars/guide.png") for _ in range(4)))
    assert len({answer.content for answer in answers}) == 1
    assert asked == ["guide"]
    faces.forget("guide")
    assert (await running.http.get("/avatars/guide.png")).content == answers[0].content
    assert asked == ["guide", "guide"]


async def test_a_visitors_face_is_seen_by_nobody_else(running: Running, photo: bytes, cache: Path) -> None:
    status, mine = await _add(running, photo, name="Me myself")
    name = str(mine["name"])
    assert (status, name.startswith("Me_myself-"), len(name)) == (201, True, 42)
    assert name not in await _names(running)
    assert name not in (await running.http.get("/config")).text + (await running.http.get("/healthz")).text
    assert (await running.http.get(f"/avatars/{name}")).json() | {"changes": []} == mine
    assert not (cache / "avatars").exists()
    assert (await running.http.delete(f"/avatars/{name}")).status_code == 204
    assert (await running.http.get(f"/avatars/{name}")).status_code == 404


async def test_only_the_newest_visitors_are_kept(running: Running, photo: bytes) -> None:
    names = [str((await _add(running, photo))[1]["name"]) for _ in range(17)]
    known = [running.container.faces.knows(name) for name in names]
    assert known == [False] + 16 * [True]


async def test_faces_that_stay(running: Running, photo: bytes) -> None:
    for name, says in (("clara", "not one of your own"), ("nobody", "starts with")):
        answer = await running.http.delete(f"/avatars/{name}")
        assert answer.status_code == 403
        assert says in answer.json()["error"]["message"]


async def test_what_a_presenter_does_is_listed(running: Running, photo: bytes) -> None:
    await _add(running, photo, name="guide", consent="yes")
    told = avatars.user_folder() / "guide" / "persona.md"
    jobs = []
    for words in ("", '+++\nname = "Ann"\njob = "who knows the way"\n+++\n', "not a persona"):
        if words:
            told.write_text(words)
        jobs.append((await running.http.get("/avatars/guide")).json()["job"])
    assert jobs == ["", "who knows the way", ""]


async def test_a_server_may_be_closed_to_changes(running: Running, photo: bytes) -> None:
    await _add(running, photo, name="guide", consent="yes")
    config = running.server.config
    object.__setattr__(config.avatar, "editable", False)
    try:
        assert (await _add(running, photo, name="other", consent="yes"))[0] == 403
        assert (await running.http.delete("/avatars/guide")).status_code == 403
        assert (await _add(running, photo))[0] == 201  # to try one's own photo is no change
        assert (await running.http.get("/avatars/guide")).json()["removable"] is False
    finally:
        object.__setattr__(config.avatar, "editable", True)


async def test_what_is_refused(running: Running, photo: bytes) -> None:
    status, answer = await _add(running, photo, name="../x", consent="yes")
    assert status == 422
    assert "cannot name an avatar" in answer["error"]["message"]  # type: ignore[index]
    files = dict.fromkeys(("photo", "smile"), ("me.png", photo, "image/png"))
    refused = await running.http.post("/avatars", files=files, data={"name": "guide", "consent": "yes"})
    assert refused.status_code == 422
    assert "shows no teeth" in refused.json()["error"]["message"]
    assert refused.json()["error"]["code"] == "photo_teeth"  # the page has words of its own for it, in each language
    assert "guide" not in await _names(running)

    async def endless() -> object:
        yield photo

    unmeasured = await running.http.post("/avatars", content=endless())  # type: ignore[arg-type]
    assert unmeasured.status_code == 411
