"""Whatever happens meanwhile: a session ends when it is asked to, a turn when nothing more of it can be heard, and a presenter
who gave way goes on when nobody speaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from talking_head.errors import BackendError
from talking_head.loop import MediaFrame
from talking_head.session import session as sessions
from talking_head.session.stages import Stages
from talking_head.session.state import SessionState
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import F32
from talking_head.webrtc import client as clients
from talking_head.webrtc import events
from talking_head.webrtc.peer_connection import ConnectionStats
from tests.session.crank import Crank, Log, a_session, until
from tests.session.fakes import FakeReply, LoudVoice, SineSpeech, Splitter
from tests.session.microphone import RATE, a_microphone, speak

PACKET = np.zeros(RATE // 50, np.float32)


@pytest.mark.parametrize("passes", range(4))
async def test_a_microphone_closes_in_whichever_pass_of_the_loop_its_packet_came(passes: int) -> None:
    """``asyncio.wait_for`` of Python 3.11 forgets a cancellation that meets its result: the session stayed for ever."""
    async with a_session() as (session, _, _log), a_microphone(session) as (hearing, _ears):
        await asyncio.sleep(0.05)  # it waits for a packet
        hearing.push(PACKET)
        for _ in range(passes):
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await hearing.close()


async def test_a_turn_ends_whose_last_block_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_IN_FLIGHT_S", 0.1)
    async with a_session(FakeReply(3)) as (session, crank, log):
        sent = session.sent

        def lossy(frame: MediaFrame, at_ms: float) -> None:
            if frame.mark is None or not frame.mark.end:
                sent(frame, at_ms)

        monkeypatch.setattr(session, "sent", lossy)
        session.chat("hello")
        async with asyncio.timeout(60):
            await until(lambda: log.of("turn_end"), crank)
        assert log.of("turn_end")[0][1:3] == (1, "done")
        assert session.state is SessionState.IDLE


async def test_a_turn_that_is_held_is_not_over_however_long_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_IN_FLIGHT_S", 0.01)
    async with a_session(FakeReply(3)) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        session.hold()
        for _ in range(50):
            crank.turn()
            await asyncio.sleep(0.003)
        assert not log.of("turn_end")
        monkeypatch.setattr(sessions, "MAX_IN_FLIGHT_S", 60.0)  # what is on its way while a busy machine rests is not lost
        session.release()
        await until(lambda: log.of("turn_end"), crank)
        assert log.of("turn_end")[0][2:] == ("done", "word0 word1 word2.")


async def _speaking(session: Any, crank: Crank) -> None:
    session.chat("hello")
    await until(lambda: session.state is SessionState.SPEAKING, crank)


async def test_a_button_let_go_for_an_open_microphone_lets_the_presenter_go_on() -> None:
    async with a_session(FakeReply(6), SineSpeech(seconds=0.3)) as (session, crank, log):
        await _speaking(session, crank)
        async with a_microphone(session) as (hearing, ears), asyncio.timeout(60):
            hearing.switch(True, True)
            assert ears.gains == [0.0]
            hearing.switch(True, False)
            await until(lambda: log.of("turn_end"), crank)
            assert ears.gains[-1] == 1.0
    assert log.of("turn_end")[0][2] == "done"


async def test_a_button_pressed_again_at_once_holds_until_it_is_let_go() -> None:
    async with a_session(FakeReply(6), SineSpeech(seconds=0.3)) as (session, crank, log):
        await _speaking(session, crank)
        async with a_microphone(session) as (hearing, ears), asyncio.timeout(60):
            for active in (True, False, True):
                hearing.switch(active, active)
            await speak(hearing, 2.5, 0.0, crank)  # longer than last words take to come
            assert ears.gains == [0.0]
            hearing.switch(False, False)
            await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end")[0][2] == "done"


async def test_a_microphone_that_falls_dry_within_a_word_does_not_leave_the_presenter_soft() -> None:
    async with a_session(FakeReply(9), SineSpeech(seconds=0.3)) as (session, crank, _log):
        await _speaking(session, crank)
        async with a_microphone(session) as (hearing, ears), asyncio.timeout(60):
            await speak(hearing, 0.14, 0.1, crank)
            await until(lambda: ears.gains)
            await until(lambda: ears.gains[-1] == 1.0)


class Refusing(LoudVoice):
    """Waits for ``go``, then fails at every chunk."""

    def __init__(self, error: type[Exception]) -> None:
        self.go, self.error = threading.Event(), error

    def probability(self, chunk: F32) -> float:
        self.go.wait(60)
        raise self.error("The ear failed on purpose.")


# Kinds and not instances: a parameter lives as long as the run, and an exception keeps the session that it was raised in.
@pytest.mark.parametrize("error", [BackendError, RuntimeError])
async def test_an_ear_that_fails_when_the_button_is_let_go_does_not_keep_the_presenter_silent(
    error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    voice = Refusing(error)
    async with a_session(FakeReply(6), SineSpeech(seconds=0.3)) as (session, crank, log):
        await _speaking(session, crank)
        async with a_microphone(session, voice=voice) as (hearing, _ears), asyncio.timeout(60):
            hearing.switch(True, True)
            await speak(hearing, 0.2, 0.1)
            hearing.switch(False, True)
            await asyncio.sleep(0.4)  # the last words have come, and wait for the ear like those before them
            voice.go.set()
            await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end")[0][2] == "done"
    assert session.name in caplog.text
    assert session.id not in caplog.text  # whoever knows it may speak there


class Line:
    """A PeerConnection that nobody hears."""

    closed = False

    def __init__(self) -> None:
        self.said: list[str] = []

    def send(self, message: str) -> None:
        self.said.append(message)

    def mute(self, turn: int) -> None: ...
    def duck(self, gain: float) -> None: ...

    async def close(self) -> None:
        self.closed = True


class Recording:
    """A SessionRecording that does not close as it should."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails

    async def close(self) -> None:
        if self.fails:
            raise RuntimeError("a bug in the recording")
        await asyncio.Event().wait()


@asynccontextmanager
async def a_client(**more: Any) -> AsyncIterator[tuple[clients.ClientSession, Line, Crank, list[Any]]]:
    """A visitor's session, the line that it has, its slot, and who has gone."""
    executors = FairExecutor("reply"), FairExecutor("speech")
    stages = Stages(FakeReply(), executors[0], SineSpeech(), executors[1], Splitter, "Be brief.")
    hello = events.Hello(session="", avatar="nobody", licence="CC0", source="", label="", width=128, height=128)
    line, gone = Line(), list[Any]()
    peer = clients.ClientSession(stages, lambda *_: line, hello, gone.append, gauges=clients.Gauges(), **more)
    crank = Crank(peer.session, Log())
    peer.session.sit(crank)
    try:
        yield peer, line, crank, gone
    finally:
        for executor in executors:
            executor.close()


@pytest.mark.parametrize("fails", [True, False], ids=["fails", "does not end"])
async def test_a_part_that_does_not_close_keeps_no_place_in_the_loop(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "CLOSE_S", 0.1)
    recording: Any = Recording(fails=fails)
    async with a_client(record=lambda _: recording) as (peer, line, crank, gone):
        async with asyncio.timeout(60):
            await peer.close()
        assert crank.left
        assert line.closed
        assert gone == [peer]


@pytest.mark.parametrize("typing", [False, True], ids=["silent", "with a text half typed"])
async def test_who_does_nothing_for_long_gives_up_the_place(typing: bool) -> None:
    async with a_client(idle_timeout_s=0.0) as (peer, line, _, gone):
        peer.opened()
        if typing:
            peer.received('{"type": "typing", "active": true}')
            assert peer.session.state is SessionState.LISTENING
        await asyncio.sleep(0.01)  # of the clock, a step at least
        peer.measured(ConnectionStats())
        async with asyncio.timeout(60):
            while not gone:
                await asyncio.sleep(0)
        assert gone == [peer]
        assert '"code":"idle"' in line.said[-1]
