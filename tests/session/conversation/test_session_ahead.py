"""The chat is read while nobody asks anything: as far as it was heard, and in nobody's way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

from talking_head.session.history import History
from talking_head.session.state import SessionState
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import Message
from tests.session.crank import a_session, until
from tests.session.fakes import FakeReply


class ReadingReply(FakeReply):
    """Notes what it is asked to read ahead."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ahead: list[list[str]] = []

    def prepare(self, messages: Sequence[Message]) -> None:
        self.ahead.append([m.content for m in messages])


async def test_the_chat_is_read_ahead_once_a_turn_is_over_as_far_as_it_was_heard() -> None:
    reply = ReadingReply(words=60)
    async with a_session(reply) as (session, crank, log):
        session.chat("tell me a lot")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        for _ in range(12):
            crank.turn()
            await asyncio.sleep(0)
        assert not reply.ahead
        session.interrupt()
        await until(lambda: reply.ahead)
        heard = log.of("turn_end")[0][3]
        assert reply.ahead == [["Be brief.", "tell me a lot", heard]]
        session.chat("and now?")
        await until(lambda: len(reply.seen) == 2, crank)
        assert [m.content for m in reply.seen[1]][:3] == reply.ahead[0]


async def test_who_speaks_at_once_finds_nothing_being_read_ahead() -> None:
    reply = ReadingReply(words=60)
    async with a_session(reply) as (session, crank, log):
        session.chat("first")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        session.chat("second")  # ends the first turn, and another is open already
        await until(lambda: len(reply.seen) == 2)
        assert not reply.ahead
        await until(lambda: log.of("turn_end")[1:], crank)
        await until(lambda: reply.ahead)
        assert len(reply.ahead) == 1


async def test_a_question_takes_back_the_reading_that_waits_for_its_executor() -> None:
    reply = ReadingReply(words=3)
    gate, executor = threading.Event(), FairExecutor("reply")
    async with a_session(reply, reply_executor=executor) as (session, crank, log):
        session.chat("first")
        await until(lambda: session.playout.queued_ticks and len(reply.seen) == 1 and reply.closed)
        held = executor.submit("another visitor", gate.wait)
        await until(lambda: log.of("turn_end"), crank)
        await until(lambda: executor.depth)
        session.chat("second")
        gate.set()
        await until(lambda: len(reply.seen) == 2)
        assert held.result()
        assert not reply.ahead


async def test_reading_ahead_that_fails_harms_nobody() -> None:
    class Failing(FakeReply):
        def prepare(self, messages: Sequence[Message]) -> None:
            raise RuntimeError("no memory")

    async with a_session(Failing(words=3)) as (session, crank, log):
        for turn in (1, 2):
            session.chat("hello")
            await until(lambda turn=turn: len(log.of("turn_end")) == turn, crank)
    assert not log.of("error")
    assert [reason for _, _, reason, _ in log.of("turn_end")] == ["done", "done"]


async def test_an_ordinary_question_makes_nothing_be_forgotten_that_was_read_ahead() -> None:
    history = History("one two", 80, lambda text: len(text.split()))
    for number in range(20):
        known = history.messages()
        history.user(f"question {number} " + "word " * 6)
        assert history.messages()[: len(known)] == known
        history.assistant("answer " * 9)
    assert len(known) > 3
    history.user("long " * 75)
    assert [m.role for m in history.messages()] == ["system", "user"]
