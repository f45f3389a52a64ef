"""What listening costs, in counts: the ear works once a chunk, and words that nobody waits for yield to everything else."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from talking_head.config import Config
from talking_head.listen.echo import CHUNK
from talking_head.loop import InferenceLoop
from talking_head.server import load_watch
from talking_head.server.listening import listening
from talking_head.session.session import Session
from talking_head.session.state import SessionState
from talking_head.system.fair_executor import FairExecutor
from talking_head.text import language as languages
from talking_head.types import F32
from tests.session.crank import a_session, until
from tests.session.fakes import FakeRecognizer, FakeReply, FlashAnimator, LoudnessMotion, SineSpeech, build
from tests.session.microphone import RATE, a_microphone, speak


class Counting(FairExecutor):
    """Counts what it is asked for."""

    jobs = 0

    def submit(self, session: Hashable, job: Callable[[], Any]) -> Future[Any]:
        self.jobs += 1
        return super().submit(session, job)


async def test_the_ear_is_asked_once_a_chunk_not_once_a_packet() -> None:
    ear = Counting("ear")
    async with a_session() as (session, _, _log), a_microphone(session, ear_executor=ear) as (hearing, _ears):
        await speak(hearing, 4.0, 0.0)
    chunks = 4 * RATE // CHUNK
    assert 2 <= ear.jobs <= chunks + 1  # one makes the ear; packets that come together are heard together


async def _partials(session: Session, calm: Callable[[], bool]) -> int:
    recognizer = FakeRecognizer()
    async with a_microphone(session, recognizer, calm=calm) as (hearing, _ears):
        await speak(hearing, 4.0, 0.1)
        return len(recognizer.heard)


async def test_words_are_shown_more_seldom_while_pictures_or_answers_are_late() -> None:
    async with a_session() as (session, _, _log):
        calm = await _partials(session, lambda: True)
        busy = await _partials(session, lambda: False)
    assert calm >= 6
    assert 1 <= busy <= calm / 2


async def test_a_presenter_who_is_held_back_waits_for_words_as_ever() -> None:
    async with a_session(FakeReply(30), SineSpeech(seconds=0.3)) as (session, crank, log):
        session.chat("hello")
        await until(lambda: session.state.value == "speaking", crank)
        async with a_microphone(session, calm=lambda: False) as (hearing, _ears):
            await speak(hearing, 1.5, 0.1, crank)  # one word would be settled by now if they were fewer
            await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end")[0][2] == "interrupted"


async def test_words_that_are_only_shown_do_not_stand_in_the_way_of_another_visitor() -> None:
    executor, gate, recognizer = FairExecutor("listen"), threading.Event(), FakeRecognizer()
    async with a_session() as (session, _, _log):
        other = executor.submit("another visitor's last words", gate.wait)
        async with a_microphone(session, recognizer, recognizer_executor=executor) as (hearing, _ears):
            await speak(hearing, 2.0, 0.1)
            assert executor.depth == 0
            gate.set()
            other.result(timeout=60)
            assert not recognizer.heard
            await speak(hearing, 1.0, 0.1)
            await until(lambda: recognizer.heard)


async def test_in_a_pause_only_its_own_words_are_made_out() -> None:
    """A hearing that begins in the first tenth of a second of a pause would hold up the one that is answered."""
    recognizer = FakeRecognizer()
    async with a_session() as (session, _, _log), a_microphone(session, recognizer) as (hearing, ears):
        await speak(hearing, 0.26, 0.1)  # begun, and shorter than what is heard first
        await speak(hearing, 0.6, 0.0)
        await until(lambda: ears.final)
    assert len(recognizer.heard) == 1


class Doubting:
    """Nobody has ever finished: silence decides, long after the words were heard."""

    def finished(self, pcm: F32) -> float:
        return 0.0


async def test_silence_alone_is_not_heard_again_before_the_answer() -> None:
    recognizer = FakeRecognizer()
    async with a_session() as (session, _, _log), a_microphone(session, recognizer, end_of_turn=Doubting()) as (hearing, ears):
        await speak(hearing, 0.8, 0.1)  # no hearing is due at its very end
        await speak(hearing, 1.8, 0.0)
        await until(lambda: ears.final)
        assert ears.final == ["heard0 heard1"]
    assert recognizer.heard.count(max(recognizer.heard)) == 1


def test_words_and_ends_of_turns_have_one_worker_between_them() -> None:
    """Two that work at a time leave a small machine no core for the picture; and recognisers are made as nice as that one."""
    nice = dict[str, int]()

    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) if sys.platform == "linux" else 0

    def noted(config: Config, stage: str) -> Any:
        nice[stage] = own()
        return build(config, stage)

    made = listening(Config(), noted, languages.get("en"))
    assert made is not None
    stages = made.of(languages.get("en"))
    assert stages is not None
    assert stages.turn_executor is stages.recognizer_executor
    assert nice["listen"] == stages.turn_executor.submit("test", own).result()
    made.close()


class ListensToNobody:
    """As much of an AppContainer as a LoadWatch looks at."""

    def __init__(self) -> None:
        self.loop = InferenceLoop(LoudnessMotion(), FlashAnimator())
        self.awaited = self.behind = False


async def test_late_pictures_and_a_loop_that_is_nearly_full_make_words_yield(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_watch, "LOOK_S", 0.01)
    monkeypatch.setattr(load_watch, "BEHIND_S", 0.1)
    container: Any = ListensToNobody()
    watch = load_watch.LoadWatch(container, {})
    task = asyncio.create_task(watch.watch())
    async with asyncio.timeout(60):
        await asyncio.sleep(0.05)
        assert not container.behind
        watch.late()
        await until(lambda: container.behind)
        await until(lambda: not container.behind)
        container.loop.stats.batch_ms.extend([35.0] * 25)
        await until(lambda: container.behind)
    task.cancel()
    container.loop.stop()


async def test_memory_is_given_back_while_somebody_talks_and_once_after(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[SessionState] = []
    session = SimpleNamespace(waits_s=0.0, turn=1, state=SessionState.IDLE)
    monkeypatch.setattr(load_watch, "LOOK_S", 0.01)
    monkeypatch.setattr(load_watch, "GIVE_BACK_S", 0.02)
    monkeypatch.setattr(load_watch, "give_back", lambda: given.append(session.state))
    container: Any = ListensToNobody()
    peers: Any = {"one": SimpleNamespace(session=session)}
    task = asyncio.create_task(load_watch.LoadWatch(container, peers).watch())
    async with asyncio.timeout(60):
        await asyncio.sleep(0.1)
        assert given == []
        session.state = SessionState.SPEAKING
        await until(lambda: given.count(SessionState.SPEAKING) >= 3)
        session.state = SessionState.IDLE
        await until(lambda: given[-1] is SessionState.IDLE)
        await asyncio.sleep(0.2)
    assert given.count(SessionState.IDLE) <= 2  # the first may have begun before
    task.cancel()
    container.loop.stop()


@pytest.mark.parametrize("jobs", [0, 3])
def test_an_executor_is_busy_while_a_job_runs_or_waits(jobs: int) -> None:
    executor, gate = FairExecutor("listen"), threading.Event()
    futures = [executor.submit("a", gate.wait) for _ in range(jobs)]
    assert executor.busy == bool(jobs)
    gate.set()
    for future in futures:
        future.result(timeout=60)
    assert not executor.busy
    executor.close()
