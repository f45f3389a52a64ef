"""A real peer connection against the real app, loop, pacer and encoders; only the models are fakes."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from tests.session.client import WhepClient
from tests.session.conftest import Running


class Ear:
    """Collects sound: ``pcm()`` is what was heard."""

    def __init__(self) -> None:
        self.blocks: list[np.ndarray] = []

    def __call__(self, frame: Any) -> None:
        self.blocks.append(frame.to_ndarray().reshape(-1, 2)[:, 0].astype(np.float32) / 32768)

    def pcm(self) -> np.ndarray:
        return np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.float32)

    async def more(self, seconds: float) -> None:
        """Until so much more has come: silence is sent as well."""
        wanted = sum(map(len, self.blocks)) + seconds * 48_000
        while sum(map(len, self.blocks)) < wanted:
            await asyncio.sleep(0.02)

    def seconds_of_sound(self) -> float:
        pcm = self.pcm()
        frames = pcm[: len(pcm) // 480 * 480].reshape(-1, 480)
        return float((np.abs(frames).max(1) > 0.05).sum() * 0.01)


class Eye:
    """Collects the mean brightness of the pictures."""

    def __init__(self) -> None:
        self.brightness: list[float] = []

    def __call__(self, frame: Any) -> None:
        self.brightness.append(float(frame.to_ndarray(format="gray").mean()))


async def test_text_becomes_sound_picture_captions_and_states(running: Running) -> None:
    ear, eye = Ear(), Eye()
    async with WhepClient(running.http, on_audio=ear, on_video=eye) as client:
        hello = await client.wait("hello")
        assert hello["session"] == client.session
        assert (hello["avatar"], hello["licence"]) == ("nobody", "CC0")
        assert hello["label"]
        while len(eye.brightness) < 5:
            await asyncio.sleep(0.02)
        still = len(eye.brightness)
        client.send("chat", text="hello")
        end = await client.wait("turn_end", turn=1)
        assert end["reason"] == "done"
        assert end["heard"].startswith("word0 word1 word2.")
        states = [event["state"] for event in client.events if event["type"] == "state"]
        assert states[:2] == ["thinking", "speaking"]
        assert [event["index"] for event in client.events if event["type"] == "caption"] == [0, 1, 2, 3]
        await client.wait("state", state="idle")
        await ear.more(0.3)
    assert 0.9 < ear.seconds_of_sound() < 1.5
    assert max(eye.brightness[still:]) > max(eye.brightness[:still]) + 50


async def test_interrupt_over_the_channel_is_silence(running: Running) -> None:
    ear = Ear()
    async with WhepClient(running.http, on_audio=ear) as client:
        client.send("say", text=" ".join(["word"] * 100))
        await client.wait("state", state="speaking")
        client.send("interrupt")
        end = await client.wait("turn_end", turn=1)
        assert end["reason"] == "interrupted"
        assert len(end["heard"].split()) < 100
        await ear.more(0.3)  # what is still in the jitter buffers
        heard = len(ear.pcm())
        await ear.more(0.5)
        assert np.abs(ear.pcm()[heard:]).max() < 0.01


async def test_two_sessions_hear_only_their_own(running: Running) -> None:
    ears = Ear(), Ear()
    async with WhepClient(running.http, on_audio=ears[0]) as one, WhepClient(running.http, on_audio=ears[1]) as two:
        assert one.session != two.session
        one.send("say", text="one two three four five.")
        await one.wait("turn_end", turn=1)
        await ears[0].more(0.2)
        await ears[1].more(0.2)
        assert ears[0].seconds_of_sound() > 0.4
        assert ears[1].seconds_of_sound() == 0
        assert not [event for event in two.events if event["type"] in ("caption", "turn_end", "reply")]


async def test_programs_speak_over_http(running: Running) -> None:
    async with WhepClient(running.http) as client:
        answer = await running.http.post(f"/sessions/{client.session}/say", json={"text": "hello there."})
        assert (answer.status_code, answer.json()) == (202, {"turn": 1})
        assert (await client.wait("turn_end", turn=1))["heard"] == "hello there."
        answer = await running.http.post(f"/sessions/{client.session}/chat", json={"text": "hello"})
        assert answer.json() == {"turn": 2}
        await client.wait("state", state="speaking", turn=2)
        answer = await running.http.post(f"/sessions/{client.session}/interrupt")
        assert answer.status_code == 202
        assert (await client.wait("turn_end", turn=2))["reason"] == "interrupted"


async def test_bye_delete_and_a_vanished_peer_end_the_session(running: Running) -> None:
    async with WhepClient(running.http) as client:
        client.send("bye")
        while running.server.peers:
            await asyncio.sleep(0.02)
        assert (await running.http.delete(client.location)).status_code == 200  # pages say both, and no error follows
        assert (await running.http.head(client.location)).status_code == 404
    async with WhepClient(running.http) as client:
        assert (await running.http.delete(client.location)).status_code == 200
        assert not running.server.peers
    async with WhepClient(running.http) as client:
        await client.pc.close()
        while running.server.peers:
            await asyncio.sleep(0.05)
    assert running.container.loop.sessions == 0
