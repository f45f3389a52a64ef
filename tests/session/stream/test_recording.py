"""A live session is recorded where both sides agreed: packets into a file, the visitor's own link, limits, scopes, the end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from talking_head.face import avatars
from talking_head.provenance import consents, identity
from talking_head.provenance.consents import Consent
from talking_head.provenance.verify import verify
from talking_head.server.access.auth import ENTAILED, Keys, Tokens
from talking_head.server.recording.store import Recordings
from tests.session.client import WhepClient
from tests.session.conftest import MEDIA_APART, ONE_PROCESS, Running
from tests.session.conversation.test_hearing import Voice

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(autouse=True)
def agreed(cache: Path) -> Path:
    """The presenter of the tests, with a record of consent."""
    folder = avatars.user_folder() / "nobody"
    folder.mkdir(parents=True)
    Image.new("RGB", (64, 64), (200, 150, 120)).save(folder / "portrait.png")
    said = Consent("Ann", "Ann", "live, recordings", statement="I agree to that.", uses=["live", "record"])
    consents.write(folder, said, identity.identity())
    return folder


async def fetched(http: httpx.AsyncClient, url: str) -> httpx.Response:
    for _ in range(600):
        answer = await http.get(url)
        if answer.status_code != 202:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError(answer.text)


async def test_both_agree_and_the_visitor_gets_the_film(running: Running, tmp_path: Path) -> None:
    async with WhepClient(running.http) as client:
        assert (await client.wait("hello"))["records"] is True
        client.send("say", text="One two three four.")
        await client.wait("state", state="speaking")
        assert not running.server.recordings.all()  # nothing before the visitor agrees
        client.send("record", active=True)
        on = await client.wait("recording", state="on")
        assert (on["agreed"], on["voice"], on["seconds"]) == ("Ann: I agree to that.", False, 900.0)
        await client.wait("turn_end", turn=1)
        client.send("say", text="Five six seven eight.")
        await client.wait("turn_end", turn=2)
        assert (await running.http.get(on["url"])).status_code == 202
        client.send("record", active=False)
        off = await client.wait("recording", state="off")
        assert (off["reason"], off["url"]) == ("stopped", on["url"])
        answer = await fetched(running.http, on["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert "no-store" in answer.headers["cache-control"]
    file = tmp_path / "film.mp4"
    file.write_bytes(answer.content)
    report = verify(file).as_json()
    assert (report["c2pa"], report["label"]) == ("valid", "aigc")
    assert report["manifest"]["consent_sha256"] == consents.digest(avatars.user_folder() / "nobody")
    lines = [json.loads(line) for line in (identity.folder() / "made.jsonl").read_text().splitlines()]
    number = report["manifest"]["origin"]  # one number: in the marks, which were made first, the manifest and the metadata
    assert [line["kind"] for line in lines if line["origin"] == number] == ["live", "recording"]
    assert report["aigc"]["ProduceID"] == number
    with av.open(str(file)) as container:
        names = [(stream.type, stream.codec_context.name) for stream in container.streams]
        assert sorted(names) == [("audio", "opus"), ("video", "h264")]
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)])
    assert np.abs(sound).max() > 0.05
    (kept,) = running.server.recordings.all()
    assert sorted(each.suffix for each in kept.folder.iterdir()) == [".json", ".mp4"]  # what it was made of is gone
    assert (await running.http.delete(on["url"])).status_code == 204
    assert (await running.http.get(on["url"])).status_code == 404
    assert not kept.folder.exists()


@ONE_PROCESS
@pytest.mark.parametrize("agree", [True, False])
async def test_a_visitor_who_leaves_still_has_the_link_and_a_voice_is_in_it_only_if_they_agreed(
    running: Running, tmp_path: Path, agree: bool
) -> None:
    voice = Voice()
    async with WhepClient(running.http, microphone=voice) as client:
        client.send("record", active=True, voice=agree)
        on = await client.wait("recording", state="on")
        assert on["voice"] is agree
        client.send("microphone", active=True)
        voice.speak()
        await client.wait("transcript", final=True)
        client.send("bye")
        voice.stop()
    answer = await fetched(running.http, on["url"])
    assert answer.status_code == 200, answer.text
    (recording,) = running.server.recordings.all()
    assert not recording.voice.exists()  # nothing but the film is kept
    (tmp_path / "film.mp4").write_bytes(answer.content)
    with av.open(str(tmp_path / "film.mp4")) as container:
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)])
    blocks = sound[: len(sound) // 4800 * 4800].reshape(-1, 4800)  # of 0.1 s: 300 Hz is the visitor's hum
    hum = np.abs(np.fft.rfft(blocks * np.hanning(4800)))[:, 30].max()
    assert bool(hum > 100) is agree


@ONE_PROCESS
async def test_the_owner_asks_and_the_visitor_decides(running: Running) -> None:
    async with WhepClient(running.http) as client:
        asked = await running.http.post(f"/sessions/{client.session}/recording")
        assert asked.status_code == 202
        event = await client.wait("recording", state="asked")
        assert event["agreed"] == "Ann: I agree to that."
        await asyncio.sleep(0.1)
        assert not running.server.recordings.all()
        client.send("record", active=True)
        await client.wait("recording", state="on")
        again = await running.http.post(f"/sessions/{client.session}/recording")
        assert (again.status_code, "already" in again.text) == (400, True)
    assert (await running.http.post("/sessions/nobody/recording")).status_code == 404


@ONE_PROCESS
@pytest.mark.parametrize("why", ["other uses", "no record", "switched off"])
async def test_without_the_presenters_consent_nothing_is_recorded(running: Running, agreed: Path, why: str) -> None:
    if why == "other uses":
        consents.write(agreed, Consent("Ann", "Ann", "live", statement="Only live.", uses=["live"]), identity.identity())
    elif why == "no record":
        (agreed / consents.FILE).unlink()
    else:
        off = running.server.config.model_copy(
            update={"recording": running.server.config.recording.model_copy(update={"enabled": False})}
        )
        running.server.config = off
    async with WhepClient(running.http) as client:
        assert (await client.wait("hello"))["records"] is False
        client.send("record", active=True)
        assert "cannot be recorded" in (await client.wait("error"))["message"]
        assert (await running.http.post(f"/sessions/{client.session}/recording")).status_code == 403
    assert not running.server.recordings.all()


@ONE_PROCESS
async def test_a_consent_that_ends_meanwhile_is_a_sentence(running: Running, agreed: Path) -> None:
    async with WhepClient(running.http) as client:
        (agreed / "portrait.png").write_bytes(b"another face")
        client.send("record", active=True)
        assert "other pictures" in (await client.wait("error", code="recording"))["message"]
    assert not running.server.recordings.all()


@ONE_PROCESS
async def test_limits_end_it_in_a_word(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    recordings = running.server.recordings
    async with WhepClient(running.http) as client:
        peer = running.server.peers[client.session]
        monkeypatch.setattr(peer.recording, "seconds", 0.6)
        client.send("record", active=True)
        off = await client.wait("recording", state="off")
        assert off["reason"] == "time"
        assert (await fetched(running.http, off["url"])).status_code == 200
        monkeypatch.setattr(recordings, "settings", recordings.settings.model_copy(update={"total_bytes": 1}))
        client.send("record", active=True)
        assert "Too much is recorded" in (await client.wait("error", code="recording"))["message"]


@ONE_PROCESS
async def test_it_is_deleted_after_its_time(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with WhepClient(running.http) as client:
        client.send("record", active=True)
        on = await client.wait("recording", state="on")
        await asyncio.sleep(0.5)
        client.send("record", active=False)
        assert (await fetched(running.http, on["url"])).status_code == 200
    (kept,) = running.server.recordings.all()
    told = json.loads((kept.folder / "about.json").read_text())
    (kept.folder / "about.json").write_text(json.dumps(told | {"began": time.time() - 25 * 3600}))
    running.server.recordings.tidy()
    assert not kept.folder.exists()
    assert (await running.http.get(on["url"])).status_code == 404
    for link in ("../../etc/passwd", "x" * 43, "%2e%2e", ""):
        assert (await running.http.get(f"/recordings/{link}")).status_code in (200, 404)  # "": the owner's list


@MEDIA_APART
async def test_what_a_killed_media_process_wrote_is_finished(running: Running) -> None:
    async with WhepClient(running.http) as client:
        client.send("say", text=" ".join(["word"] * 30))
        client.send("record", active=True)
        on = await client.wait("recording", state="on")
        await asyncio.sleep(2.5)
        os.kill(running.server.connections.processes[0].pid, signal.SIGKILL)
        answer = await fetched(running.http, on["url"])
    assert answer.status_code == 200, answer.text
    assert len(answer.content) > 2000


@ONE_PROCESS
async def test_what_a_killed_server_left_is_finished_by_the_next(running: Running) -> None:
    async with WhepClient(running.http) as client:
        client.send("record", active=True)
        await client.wait("recording", state="on")
        await asyncio.sleep(2.5)
        (left,) = running.server.recordings.all()
        copy = left.folder.with_name("c" * 43)
        copy.mkdir()
        for name in ("about.json", "packets.mkv"):
            (copy / name).write_bytes((left.folder / name).read_bytes())
        origin = json.loads((copy / "about.json").read_text())["origin"]
    after = Recordings(running.server.config)
    after.tidy()  # finishes them one after the other; closing now would leave the second to yet another server
    found = after.find("c" * 43)
    assert found is not None
    async with asyncio.timeout(60):
        while found.file is None:
            await asyncio.sleep(0.05)
    await asyncio.to_thread(after.close)
    assert (verify(found.file).as_json()["manifest"] or {})["origin"] == origin  # that of the session's marks


@pytest.fixture
def allowed(running: Running) -> dict[str, Any]:
    """Headers by scope, of a server that asks for keys."""
    auth = running.server.auth
    auth.keys = Keys(Path("/nowhere"))
    auth.tokens = Tokens("s" * 40)
    return {
        scope: {"authorization": f"Bearer {auth.tokens.mint(ENTAILED[scope], 60, 'v')}"} for scope in ("view", "talk", "make")
    }


@ONE_PROCESS
async def test_scopes(running: Running, allowed: dict[str, Any]) -> None:
    http = running.http
    assert (await http.post("/sessions/x/recording", headers=allowed["talk"])).status_code == 403
    assert (await http.post("/sessions/x/recording", headers=allowed["make"])).status_code == 404
    assert (await http.get("/recordings", headers=allowed["make"])).status_code == 403
    assert (await http.get("/recordings/" + "x" * 43)).status_code == 401
    assert (await http.get("/recordings/" + "x" * 43, headers=allowed["view"])).status_code == 404
