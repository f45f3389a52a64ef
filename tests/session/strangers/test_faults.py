"""Fault injection: whatever breaks or hangs in one session, its person is told and can go on, and nobody else notices."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from talking_head.loop import Slot
from talking_head.types import Utterance
from tests.session.client import WhepClient
from tests.session.conftest import Running


def slot_of(running: Running, client: WhepClient) -> Slot:
    slot = running.server.peers[client.session].session.slot
    assert slot is not None
    return slot


async def plays(running: Running, client: WhepClient, frames: int = 10) -> Slot:
    """Wait until the loop delivered so many frames more; returns the slot."""
    slot = slot_of(running, client)
    goal = slot.frames + frames
    async with asyncio.timeout(60):
        while slot.frames < goal:
            await asyncio.sleep(0.02)
    return slot


async def noticed_nothing(running: Running, client: WhepClient, slot: Slot) -> None:
    """The bystander still has its slot, gets frames in it, and heard of no error."""
    assert await plays(running, client) is slot
    assert not slot.ended
    assert not [event for event in client.events if event["type"] == "error"]


async def answers_again(client: WhepClient, turn: int) -> None:
    client.send("say", text="all is well.")
    end = await client.wait("turn_end", turn=turn)
    assert (end["reason"], end["heard"]) == ("done", "all is well.")


@pytest.mark.parametrize("how", ["dies", "hangs"])
async def test_a_slot_that_breaks_is_replaced(running: Running, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    async with WhepClient(running.http) as ill, WhepClient(running.http) as well:
        slot, bystander = await plays(running, ill), await plays(running, well)
        next_chunk = running.server.peers[ill.session].session.next_chunk
        broken = threading.Event()

        def break_once() -> Any:
            if broken.is_set():
                return next_chunk()
            broken.set()
            if how == "hangs":
                release.wait(60)
            raise RuntimeError("a bug in one session")

        ill.send("say", text=" ".join(["word"] * 60))
        await ill.wait("state", state="speaking")
        monkeypatch.setattr(slot, "source", break_once)
        assert await asyncio.to_thread(broken.wait, 30)
        await plays(running, well)  # while the other one hangs
        assert (await ill.wait("error"))["message"]
        assert (await ill.wait("turn_end", turn=1))["reason"] == "error"
        await answers_again(ill, 2)
        assert slot_of(running, ill) is not slot
        await noticed_nothing(running, well, bystander)
        release.set()


async def test_a_voice_that_hangs_ends_the_turn_and_not_the_executor(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    synthesize = running.container.stages.speech.synthesize

    def hang(text: str) -> Iterator[Utterance]:
        if "hang" in text:
            release.wait(60)
        yield from synthesize(text)

    monkeypatch.setattr(running.container.stages.speech, "synthesize", hang)
    monkeypatch.setattr(running.container.speech_executor, "hang_s", 0.5)
    async with WhepClient(running.http) as ill, WhepClient(running.http) as well:
        bystander = await plays(running, well)
        ill.send("say", text="please hang here.")
        well.send("say", text="and I just go on.")
        assert (await ill.wait("turn_end", turn=1))["reason"] == "error"
        assert (await ill.wait("error"))["message"]
        assert (await well.wait("turn_end", turn=1))["heard"] == "and I just go on."
        await answers_again(ill, 2)
        await noticed_nothing(running, well, bystander)
        release.set()


async def test_a_face_that_keeps_breaking_is_given_up(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with WhepClient(running.http) as ill, WhepClient(running.http) as well:
        peer = running.server.peers[ill.session]

        def broken() -> Any:
            raise RuntimeError("a bug that stays")

        monkeypatch.setattr(peer.session.playout, "next_chunk", broken)
        while ill.session in running.server.peers:
            await asyncio.sleep(0.02)
        assert len([event for event in ill.events if event["type"] == "error"]) >= 1
        await answers_again(well, 1)
        assert running.container.loop.sessions == 1
