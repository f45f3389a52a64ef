"""A visitor who pauses within a message: what is waited for, made but not heard yet, and joined."""

from __future__ import annotations

import pytest

from talking_head.session import hearing as hearing_
from talking_head.session.state import SessionState
from talking_head.types import TICKS_PER_SECOND
from tests.session.crank import a_session, until
from tests.session.fakes import FakeReply
from tests.session.microphone import a_microphone, speak


@pytest.mark.parametrize(("ends", "messages"), [(0.5, 2), (0.001, 1)])
async def test_half_a_message_is_waited_for_where_a_model_knows_it(ends: float, messages: int) -> None:
    asked = list[str]()

    def knows(text: str) -> float:
        asked.append(text)
        return ends if text == "heard0 heard1 heard2" else 0.5

    async with a_session() as (session, _, _log), a_microphone(session, ends=knows) as (hearing, ears):
        await speak(hearing, 1.5, 0.1)
        await speak(hearing, 0.3, 0.0)
        await until(lambda: "heard0 heard1 heard2" in asked)  # all that was said until the pause
        await speak(hearing, 0.2, 0.0)
        await speak(hearing, 1.0, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: len(ears.final) == messages)


async def test_what_a_pause_will_ask_is_asked_as_soon_as_somebody_falls_quiet() -> None:
    asked = list[str]()

    def knows(text: str) -> float:
        asked.append(text)
        return 0.5

    async with a_session() as (session, _, _log), a_microphone(session, ends=knows) as (hearing, ears):
        await speak(hearing, 1.5, 0.1)
        await until(lambda: ears.words)
        await speak(hearing, 0.07, 0.0)  # no pause yet
        await until(lambda: asked)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: ears.final)
    assert len(set(asked)) == len(asked)  # the same words are read once


async def test_an_answer_to_what_could_go_on_is_made_but_not_heard_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing_, "AHEAD_S", -1e9)  # whatever the clock says, it is not the time yet
    async with a_session() as (session, crank, log), a_microphone(session, ends=lambda _: 0.1) as (hearing, ears):
        await speak(hearing, 1.5, 0.1, crank)
        await speak(hearing, 0.6, 0.0, crank)
        await until(lambda: ears.final and session.playout.queued_ticks)
        for _ in range(50):
            crank.turn()
        assert session.state is SessionState.THINKING
        assert crank.hurried == 0
        session.playout.not_before = 0.0
        await until(lambda: log.of("turn_end"), crank)
        assert log.of("turn_end")[0][2] == "done"
        session.chat("What is typed is answered at once.")
        assert session.playout.not_before == 0
        await until(lambda: len(log.of("turn_end")) == 2, crank)


async def test_who_goes_on_before_the_answer_is_heard_is_judged_by_all_their_words() -> None:
    asked = list[str]()

    def knows(text: str) -> float:
        asked.append(text)
        return 0.1

    reply = FakeReply()
    async with a_session(reply) as (session, crank, log), a_microphone(session, ends=knows) as (hearing, ears):
        await speak(hearing, 1.5, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: session.unheard)
        for turn, seconds in ((2, 2.0), (3, 1.0)):
            await speak(hearing, seconds, 0.1)
            await speak(hearing, 0.6, 0.0)
            await until(lambda turn=turn: session.unheard == turn)
        session.playout.not_before = 0.0
        await until(lambda: log.of("turn_end") and log.of("turn_end")[-1][2] == "done", crank)
        await speak(hearing, 1.0, 0.1)
        await speak(hearing, 0.6, 0.0)
        await until(lambda: len(ears.final) == 4)
    first, second = "heard0 heard1 heard2", "heard0 heard1 heard2 heard3"
    then = iter(asked)  # beside these, what was known of them when somebody fell quiet
    assert all(words in then for words in (first, f"{first} {second}", f"{first} {second} heard0 heard1", "heard0 heard1"))
    assert reply.seen[-2][-1].content == f"{first}\n{second}\nheard0 heard1"


async def test_who_spoke_before_a_voice_can_be_known_for_one_goes_on_with_the_same_message() -> None:
    """A presenter whose first 0.3 s were heard began beside them, not before."""
    async with a_session(FakeReply(30)) as (session, crank, _):
        turn = session.chat("Hello there.")
        assert session.unheard == turn
        await until(lambda: session.playout.queued_ticks > TICKS_PER_SECOND)
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        heard = 1
        while session.unheard == turn and heard < 50:
            crank.turn()
            heard += 1
        assert heard == pytest.approx(0.3 / 0.04, abs=1.5)
        assert session.unheard == 0
