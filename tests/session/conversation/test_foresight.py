"""An answer is begun before it is sure that its question was all; nobody notices where it was not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from talking_head.session import answer as answers
from talking_head.session.state import SessionState
from talking_head.types import Briefing, Message
from tests.session.crank import a_session, until
from tests.session.fakes import FakeRecognizer, FakeReply
from tests.session.microphone import a_microphone, speak


class Local(FakeReply):
    """A model that is here: it may be asked in vain."""

    def prepare(self, messages: Sequence[Message]) -> None: ...

    @property
    def asked(self) -> list[str]:
        return [messages[-1].content for messages in self.seen]


async def test_an_answer_that_was_begun_is_the_one_that_is_heard() -> None:
    reply = Local(6)
    async with a_session(reply) as (session, crank, log):
        session.foresee("what is a lamp?")
        await until(lambda: reply.opened)
        assert session.state is SessionState.IDLE
        assert not log.events
        session.foresee("what is a lamp?")  # heard once more
        session.chat("what is a lamp?")
        await until(lambda: log.of("turn_end"), crank)
    assert reply.asked == ["what is a lamp?"]
    assert log.of("turn_end") == [("turn_end", 1, "done", "word0 word1 word2. word3 word4 word5.")]
    assert "".join(text for _, _, text in log.of("reply")) == "word0 word1 word2. word3 word4 word5. "
    assert reply.closed == reply.opened


async def test_other_words_than_those_foreseen_are_answered_as_if_nothing_had_been() -> None:
    reply = Local(3)
    async with a_session(reply) as (session, crank, log):
        session.foresee("what is")
        await until(lambda: reply.opened)
        session.foresee("what is a lamp")
        session.chat("what is a lamp?")
        await until(lambda: log.of("turn_end"), crank)
        await until(lambda: reply.closed == reply.opened)
        assert reply.asked[-1] == "what is a lamp?"
        assert [m.content for m in session.history.messages()][1:] == ["what is a lamp?", "word0 word1 word2."]
        assert {turn for _, turn, _ in log.of("reply")} == {1}


async def test_an_answer_foreseen_in_another_chat_is_not_taken() -> None:
    reply = Local(3)
    async with a_session(reply) as (session, crank, log):
        session.foresee("and now?")
        await until(lambda: reply.opened)
        session.chat("hello")
        await until(lambda: log.of("turn_end"), crank)
        session.chat("and now?")
        await until(lambda: log.of("turn_end")[1:], crank)
    assert reply.asked == ["and now?", "hello", "and now?"]
    assert len(reply.seen[2]) == 4
    assert reply.closed == 3


async def test_what_nobody_asks_for_is_dropped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "KEPT_S", 0.05)
    reply = Local(3)
    async with a_session(reply) as (session, crank, log):
        session.foresee("hello")
        await until(lambda: reply.closed)
        session.chat("hello")
        await until(lambda: log.of("turn_end"), crank)
    assert reply.asked == ["hello", "hello"]


async def test_a_session_ends_with_an_answer_in_the_making() -> None:
    reply = Local(30, slow=0.02)
    async with a_session(reply) as (session, _, _log):
        session.foresee("hello")
        await until(lambda: reply.opened)
        async with asyncio.timeout(60):
            await session.close()
            await until(lambda: reply.closed)
        session.foresee("hello again")
        await asyncio.sleep(0.02)
    assert reply.asked == ["hello"]


async def test_a_model_that_fails_beforehand_fails_where_its_answer_is_wanted() -> None:
    reply = Local(3)
    async with a_session(reply) as (session, crank, log):
        session.foresee("fail please")
        await until(lambda: reply.seen)
        session.chat("hello")
        await until(lambda: log.of("turn_end"), crank)
        assert not log.of("error")
        session.foresee("fail now")
        await until(lambda: len(reply.seen) == 3)
        session.chat("fail now")
        await until(lambda: log.of("turn_end")[1:], crank)
    assert log.of("error") == [("error", "backend", "The reply stage failed on purpose.")]
    assert len(reply.seen) == 3


async def test_nothing_is_begun_beside_an_answer_nor_for_what_says_nothing() -> None:
    reply = Local(3)
    async with a_session(reply) as (session, crank, log):
        session.foresee("...")
        session.chat("hello")
        session.foresee("and")
        await until(lambda: log.of("turn_end"), crank)
    assert reply.asked == ["hello"]


async def test_a_service_is_not_asked_in_vain() -> None:
    reply = FakeReply(3)
    async with a_session(reply) as (session, crank, log):
        session.foresee("hello")
        session.chat("hello")
        await until(lambda: log.of("turn_end"), crank)
        session.foresee("hello")
        await asyncio.sleep(0.05)
    assert len(reply.seen) == 1


async def test_a_presenter_knows_what_to_say_beforehand_but_nobody_who_remembers_is_asked() -> None:
    asked: list[str] = []

    def brief(message: str, before: Sequence[str] = ()) -> Briefing:
        asked.append(message)
        return Briefing(text="I am Clara.") if "you" in message else Briefing()

    reply = Local(3)
    async with a_session(reply, brief=brief) as (session, crank, log):
        session.foresee("who are you?")
        await until(lambda: asked)
        session.chat("who are you?")
        await until(lambda: log.of("turn_end"), crank)
        assert asked == ["who are you?"]
        assert log.of("turn_end")[0][3] == "I am Clara."
        session.meet(lambda message, before: brief(f"{message} (a visitor who is known)"))
        session.foresee("forget me")
        await asyncio.sleep(0.05)
        assert len(asked) == 1
        session.chat("forget me")
        await until(lambda: log.of("turn_end")[1:], crank)
    assert len(asked) == 2
    assert len(reply.seen) == 1


class Undecided:
    """Nobody has finished; silence decides."""

    def finished(self, pcm: object) -> float:
        return 0.0


@pytest.mark.parametrize("calm", [True, False], ids=["calm", "while others wait"])
async def test_in_a_pause_the_answer_is_begun_and_taken_when_the_turn_ends(calm: bool) -> None:
    reply = Local(3)
    async with (
        a_session(reply) as (session, crank, log),
        a_microphone(session, end_of_turn=Undecided(), calm=lambda: calm) as (hearing, ears),
    ):
        await speak(hearing, 2.0, 0.1)
        assert not reply.seen
        await speak(hearing, 0.4, 0.0)
        if calm:
            await until(lambda: reply.opened)
        assert session.turn == 0
        assert len(reply.seen) == calm
        await speak(hearing, 1.2, 0.0)
        await until(lambda: log.of("turn_end"), crank)
    assert reply.asked == ears.final
    assert reply.closed == 1


async def test_half_a_message_is_not_answered_beforehand() -> None:
    reply = Local(3)
    async with (
        a_session(reply) as (session, _, _log),
        a_microphone(session, FakeRecognizer("the thing is and")) as (hearing, ears),
    ):
        await speak(hearing, 2.0, 0.1)
        await speak(hearing, 0.4, 0.0)
        await until(lambda: ears.words)
        assert ears.words[-1][1].endswith("and")
    assert not reply.seen
