"""The session alone: turns from text to what was heard, failures, and what is refused."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from talking_head.errors import TextError
from talking_head.loop import AudioChunk
from talking_head.session.state import SessionState
from talking_head.types import Briefing, Length, Source
from tests.session.crank import a_session, until
from tests.session.fakes import FakeReply, SineSpeech


async def test_answer_is_spoken_whole_with_captions_and_states() -> None:
    async with a_session() as (session, crank, log):
        assert session.chat("hello") == 1
        await until(lambda: log.of("turn_end"), crank)
    assert [state for _, state, _ in log.of("state")] == [SessionState.THINKING, SessionState.SPEAKING, SessionState.IDLE]
    words = [f"word{n}" for n in range(12)]
    spoken = " ".join(" ".join(words[n : n + 3]) + "." for n in range(0, 12, 3))
    assert log.of("turn_end") == [("turn_end", 1, "done", spoken)]
    assert "".join(text for _, _, text in log.of("reply")).split() == spoken.split()
    captions = log.of("caption")
    assert [index for _, _, index, *_ in captions] == [0, 1, 2, 3]
    starts = [start for *_, start, _ in captions]
    assert starts == sorted(starts)
    assert all(duration == pytest.approx(300) for *_, duration in captions)
    heard = np.concatenate(crank.heard)
    assert np.abs(heard).max() == pytest.approx(0.3, abs=0.01)
    assert np.count_nonzero(np.abs(heard) > 1e-3) == pytest.approx(12 * 4800, rel=0.02)


async def test_the_loop_is_told_once_that_a_voice_begins() -> None:
    async with a_session() as (session, crank, _):
        session.say("one two three. four five six.")
        await until(lambda: session.playout.queued_ticks >= 6 * 4800)
        assert crank.hurried == 1


async def test_clauses_follow_each_other_without_a_gap_when_speech_is_ahead() -> None:
    speech = SineSpeech(frequency=400)
    async with a_session(speech=speech) as (session, crank, log):
        session.say("one two three. four five six.")
        await until(lambda: session.playout.queued_ticks >= 6 * 4800)
        await until(lambda: log.of("turn_end"), crank)
    heard = np.concatenate(crank.heard)
    start = np.flatnonzero(heard)[0]
    whole = heard[start - 1 : start - 1 + 6 * 4800]
    expected = np.tile(0.3 * np.sin(2 * np.pi * 400 * np.arange(3 * 4800) / 48000), 2)
    np.testing.assert_allclose(whole, expected, atol=1e-5)


async def test_what_a_presenter_knows_is_spoken_as_it_stands_with_its_source() -> None:
    source = Source("shop.md", "Prices", 0.7)
    reply = FakeReply()
    briefing = Briefing("nine euros an hour.", sources=(source,))
    async with a_session(reply, brief=lambda text, before: briefing) as (session, crank, log):
        session.chat("what does it cost?")
        await until(lambda: log.of("turn_end"), crank)
    assert log.of("sources") == [("sources", 1, ["Prices"])]
    assert log.of("turn_end") == [("turn_end", 1, "done", "nine euros an hour.")]
    assert not reply.seen  # the language model was not asked


async def test_a_sad_message_is_answered_in_sympathy_and_the_next_one_is_not() -> None:
    async with a_session(mood_of=lambda text, _: "sympathetic" if "sad" in text else "") as (session, crank, log):
        moods = []
        put = session.playout.put
        session.playout.put = lambda speech: (moods.append(speech.span.mood), put(speech))  # type: ignore
        for number, text in enumerate(("I am sad.", "What time is it?"), 1):
            session.chat(text)
            await until(lambda number=number: len(log.of("turn_end")) == number, crank)  # type: ignore[misc]
    assert set(moods[:4]) == {"sympathetic"}
    assert set(moods[4:]) == {""}


async def test_who_asks_for_the_last_words_again_hears_them_again() -> None:
    reply = FakeReply()
    async with a_session(reply, brief=lambda text, before: Briefing("nine euros." if "price" in text else "")) as got:
        session, crank, log = got
        for text in ("the price?", "Sorry, can you say that again?"):
            session.chat(text)
            await until(lambda: session.state is SessionState.IDLE and session.turn == len(log.of("turn_end")), crank)
    assert [spoken for *_, spoken in log.of("turn_end")] == ["nine euros.", "nine euros."]
    assert reply.seen == []


async def test_passages_are_handed_to_the_language_model_before_the_question_and_leave_no_trace() -> None:
    reply = FakeReply(words=3)
    async with a_session(reply, brief=lambda text, before: Briefing(context="Passages: nine euros.")) as (session, crank, log):
        session.chat("what does it cost?")
        await until(lambda: log.of("turn_end"), crank)
        assert [m.role for m in session.history.messages()] == ["system", "user", "assistant"]
    assert [(m.role, m.content) for m in reply.seen[0]][1:] == [
        ("system", "Passages: nine euros."),
        ("user", "what does it cost?"),
    ]


async def test_an_answer_is_no_longer_than_the_visitor_asks_for_and_the_model_writes_no_more() -> None:
    reply = FakeReply(words=12)
    brief = Briefing(length=Length(sentences=2), question="who are you?")
    async with a_session(reply, brief=lambda text, before: brief) as (session, crank, log):
        session.chat("in two sentences: who are you?")
        await until(lambda: log.of("turn_end"), crank)
    assert log.of("turn_end") == [("turn_end", 1, "done", "word0 word1 word2. word3 word4 word5.")]
    assert "".join(text for _, _, text in log.of("reply")).split() == [f"word{n}{'.' * (n % 3 == 2)}" for n in range(6)]
    assert reply.seen[0][-1].content == "who are you?"
    assert reply.opened == reply.closed == 1


async def test_a_failing_stage_ends_the_turn_and_not_the_session() -> None:
    async with a_session() as (session, crank, log):
        session.chat("fail please")
        await until(lambda: log.of("turn_end"), crank)
        assert log.of("error") == [("error", "backend", "The reply stage failed on purpose.")]
        session.say("crash now.")
        await until(lambda: log.of("turn_end")[1:], crank)
        assert "bug" not in log.of("error")[1][2]  # a stranger's traceback is for the log
        session.say("still here.")
        await until(lambda: log.of("turn_end")[2:], crank)
    assert [reason for _, _, reason, _ in log.of("turn_end")] == ["error", "error", "done"]


async def test_a_fast_writer_waits_for_the_voice() -> None:
    async with a_session(FakeReply(words=3000), SineSpeech(seconds=0.5)) as (session, _, log):
        session.chat("go on for ever")
        await until(lambda: session.playout.queued_ticks > 8 * 48_000)
        await asyncio.sleep(0.05)
        assert session.playout.queued_ticks < 11 * 48_000
        assert len(log.of("reply")) < 60


async def test_typing_makes_an_idle_face_listen() -> None:
    async with a_session() as (session, crank, log):
        session.typing(True)
        assert session.state is SessionState.LISTENING
        session.say("hello there.")
        await until(lambda: log.of("turn_end"), crank)
        assert session.state is SessionState.LISTENING
        session.typing(False)
        assert session.state is SessionState.IDLE


async def test_without_barge_in_answers_wait_their_turn() -> None:
    async with a_session(barge_in=False) as (session, crank, log):
        assert session.say("one two.") == 1
        assert session.say("three.") == 2
        await until(lambda: log.of("turn_end")[1:], crank)
    assert log.of("turn_end") == [("turn_end", 1, "done", "one two."), ("turn_end", 2, "done", "three.")]


@pytest.mark.parametrize("text", ["", "  \n", "🙂🙂", "…!?", "x" * 4001])
async def test_text_that_cannot_be_spoken_is_refused_with_a_sentence(text: str) -> None:
    async with a_session() as (session, _, log):
        with pytest.raises(TextError, match=r"\w+ \w+"):
            session.say(text)
        with pytest.raises(TextError):
            session.chat(text)
        assert session.turn == 0
        assert not log.events


async def test_a_turn_that_takes_too_long_is_stopped() -> None:
    async with a_session(FakeReply(words=1000, slow=0.01), turn_timeout_s=0.2) as (session, _, log):
        session.chat("hello")
        await until(lambda: log.of("turn_end"))
        assert log.of("turn_end")[0][2] == "error"
        assert "0 seconds" in log.of("error")[0][2]


async def test_a_question_that_cannot_be_answered_leaves_no_trace() -> None:
    async with a_session() as (session, crank, log):
        session.chat("one")
        await until(lambda: log.of("turn_end"), crank)
        before = session.history.messages()
        session.chat("please fail " + "word " * 500)
        await until(lambda: len(log.of("turn_end")) == 2, crank)
        assert log.of("turn_end")[-1][2] == "error"
        assert session.history.messages() == before
        session.chat("two")
        await until(lambda: len(log.of("turn_end")) == 3, crank)
        assert log.of("turn_end")[-1][2] == "done"


async def test_ids_cannot_be_guessed_and_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with a_session() as (session, crank, log):
        assert len(session.id) >= 22  # 128 bits and more
        with caplog.at_level("DEBUG"):
            session.say("crash")
            await until(lambda: log.of("turn_end"), crank)
            session.abort(RuntimeError("the face"))
        assert session.name in caplog.text
        assert session.id not in caplog.text


async def test_a_wait_is_counted_while_nothing_can_be_heard() -> None:
    async with a_session(reply=FakeReply(slow=0.05)) as (session, crank, log):
        assert session.waits_s == 0
        session.chat("hello")
        await asyncio.sleep(0.1)
        assert session.waits_s > 0.05
        await until(lambda: session.state is SessionState.SPEAKING, crank)
        await until(lambda: log.of("turn_end"), crank)
        assert session.waits_s == 0


async def test_the_face_learns_once_of_a_question_and_of_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[int] = []
    async with a_session() as (session, crank, log):
        take = session.playout.next_chunk

        def taken() -> AudioChunk:
            chunk = take()
            learned.extend([session.turn] * bool(chunk.cue and chunk.cue.asked))
            return chunk

        monkeypatch.setattr(session.playout, "next_chunk", taken)
        session.say("Is it far?")  # the presenter asks, not the visitor
        for turn, message in enumerate(("Is it far?", "I am tired.", "so where are you"), start=1):
            await until(lambda turn=turn: len(log.of("turn_end")) == turn, crank)  # type: ignore[misc]
            session.chat(message)
        await until(lambda: len(log.of("turn_end")) == 4, crank)
    assert learned == [2, 4]
