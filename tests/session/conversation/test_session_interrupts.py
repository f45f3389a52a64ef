"""Who interrupts: silence at once, nothing of the old turn afterwards, and a history of what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from talking_head.session.state import SessionState
from talking_head.session.trace import TurnTrace
from talking_head.session.turn import Voice, speak
from talking_head.system.fair_executor import FairExecutor
from talking_head.text.clauses import ClauseSplitter as Splitter
from talking_head.types import Speech
from tests.session.crank import a_session, until
from tests.session.fakes import FakeReply, SineSpeech


async def test_barge_in_silences_at_once_and_trims_history_to_what_was_heard() -> None:
    reply = FakeReply(words=60)
    async with a_session(reply) as (session, crank, log):
        session.chat("tell me a lot")
        await until(lambda: session.playout.queued_ticks >= 9 * 4800)  # more words than are played below
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        await until(lambda: session.playout.queued_ticks >= 20 * 1920)  # a loaded machine's voice is not ahead yet
        for _ in range(12):
            crank.turn()
            await asyncio.sleep(0)
        session.interrupt()
        for _ in range(30):
            assert not crank.turn().any()
            await asyncio.sleep(0.002)
        assert session.playout.queued_ticks == 0
        ((_, turn, reason, heard),) = log.of("turn_end")
        assert (turn, reason) == (1, "interrupted")
        # 12 or 13 blocks of 40 ms at 0.1 s a word
        assert 4 <= len(heard.split()) <= 5
        assert heard.startswith("word0 word1 word2.")
        session.chat("and now?")
        await until(lambda: len(reply.seen) == 2, crank)
        assert [(m.role, m.content) for m in reply.seen[1]] == [
            ("system", "Be brief."),
            ("user", "tell me a lot"),
            ("assistant", heard),
            ("user", "and now?"),
        ]
    assert reply.closed >= 1  # the second one may be closed before it began


async def test_late_arrivals_of_an_old_turn_are_dropped() -> None:
    speech = SineSpeech(slow=0.05)
    async with a_session(speech=speech) as (session, crank, log):
        session.say("old words of the first turn.")
        await until(lambda: speech.spoken)  # it is on the speech executor now and cannot be stopped
        session.say("new.")
        await until(lambda: log.of("turn_end")[1:], crank)
        assert log.of("turn_end") == [("turn_end", 1, "interrupted", ""), ("turn_end", 2, "done", "new.")]
        assert [turn for _, turn, *_ in log.of("caption")] == [2]
    heard = np.concatenate(crank.heard)
    assert np.count_nonzero(np.abs(heard) > 1e-3) == pytest.approx(4800, rel=0.02)


async def test_blocks_of_a_cut_turn_that_are_in_the_loop_are_muted() -> None:
    async with a_session() as (session, crank, _):
        session.say("one two three four five six seven eight.")
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        assert any(block.pcm.any() for block in crank.line)
        session.interrupt()
        assert not any(crank.turn().any() for _ in range(4))


async def test_what_was_never_heard_leaves_no_answer_in_the_history() -> None:
    reply = FakeReply(slow=0.02)
    async with a_session(reply) as (session, crank, log):
        session.chat("first")
        await until(lambda: log.of("reply"))
        session.chat("second")
        await until(lambda: len(reply.seen) == 2, crank)
        assert [m.content for m in reply.seen[1]] == ["Be brief.", "first\nsecond"]


async def test_a_reply_is_closed_before_its_cut_turn_is_over() -> None:
    """Also one that waits for the voice: what is left to the garbage collector is closed by two at once, which it logs."""
    closed = list[bool]()

    async def sentences() -> AsyncGenerator[str, None]:
        try:
            while True:
                yield "This is a whole sentence. "
        finally:
            closed.append(True)

    async def never(speech: Speech) -> None:
        delivered.set()
        await asyncio.Event().wait()

    delivered, reply, executor = asyncio.Event(), sentences(), FairExecutor("speech")
    turn = asyncio.create_task(speak(reply, Splitter(1), Voice(SineSpeech(), executor, "s"), never, TurnTrace(1)))
    await delivered.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    executor.close()
    assert closed == [True]
