"""The session alone: its seat is a hand-cranked loop, so nothing here depends on a clock."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from talking_head.errors import TextError
from talking_head.loop import AudioChunk, FairExecutor, MediaFrame
from talking_head.session.history import History
from talking_head.session.session import Session
from talking_head.session.stages import Stages
from talking_head.session.state import SessionState
from talking_head.types import Briefing, Message, Source
from tests.session.fakes import FakeReply, SineSpeech, Splitter


@dataclass
class Log:
    """An Observer that writes everything down."""

    events: list[tuple[Any, ...]] = field(default_factory=list)

    def state(self, state: SessionState, turn: int) -> None:
        self.events.append(("state", state, turn))

    def reply(self, turn: int, text: str) -> None:
        self.events.append(("reply", turn, text))

    def caption(self, turn: int, index: int, text: str, start_ms: float, duration_ms: float) -> None:
        self.events.append(("caption", turn, index, text, start_ms, duration_ms))

    def sources(self, turn: int, sources: Sequence[Source]) -> None:
        self.events.append(("sources", turn, [source.heading for source in sources]))

    def turn_end(self, turn: int, reason: str, heard: str) -> None:
        self.events.append(("turn_end", turn, reason, heard))

    def error(self, code: str, message: str) -> None:
        self.events.append(("error", code, message))

    @property
    def cut(self) -> set[int]:
        """Turns that did not end by themselves: whoever sends lets nothing of them be heard any more."""
        return {turn for _, turn, reason, _ in self.of("turn_end") if reason != "done"}

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        return [event for event in self.events if event[0] == kind]


class Crank:
    """Inference loop and pacer in one: ``turn()`` moves everything on by 40 ms. Sound is delayed by ``lookahead`` blocks."""

    lookahead = 2

    def __init__(self, session: Session, log: Log) -> None:
        self.session, self.log, self.tick = session, log, 0
        self.line: deque[AudioChunk] = deque(AudioChunk() for _ in range(self.lookahead))
        self.heard: list[np.ndarray] = []
        self.left = False

    def cut(self) -> None:
        """A seat that forgets to mute: the session must hold without its help."""

    def leave(self) -> None:
        self.left = True

    def turn(self) -> np.ndarray:
        self.line.append(self.session.next_block())
        block = self.line.popleft()
        media_frame = MediaFrame(self.tick, block.pcm, np.zeros((3, 2), np.uint8), block.turn, block.mark, due=0.0)
        heard = np.zeros_like(media_frame.pcm) if media_frame.turn in self.log.cut else media_frame.pcm
        self.session.sent(media_frame, self.tick * 40.0)
        self.tick += 1
        self.heard.append(heard)
        return heard


@asynccontextmanager
async def a_session(
    reply: FakeReply | None = None,
    speech: SineSpeech | None = None,
    reply_executor: FairExecutor | None = None,
    **options: Any,
) -> AsyncIterator[tuple[Session, Crank, Log]]:
    executors = reply_executor or FairExecutor("reply"), FairExecutor("speech")
    splitter = options.pop("splitter", Splitter)
    stages = Stages(reply or FakeReply(), executors[0], speech or SineSpeech(), executors[1], splitter, "Be brief.", **options)
    log = Log()
    session = Session(stages, log)
    crank = Crank(session, log)
    session.sit(crank)  # type: ignore[arg-type]
    try:
        yield session, crank, log
    finally:
        await session.close()
        for executor in executors:
            executor.close()
    assert crank.left


async def until(condition: Callable[[], Any], crank: Crank | None = None) -> None:
    """Turn the crank (or just wait) until ``condition``; the test's own timeout is the limit."""
    while not condition():
        if crank is not None:
            crank.turn()
        await asyncio.sleep(0.002)


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
    async with a_session(reply, brief=lambda text: briefing) as (session, crank, log):
        session.chat("what does it cost?")
        await until(lambda: log.of("turn_end"), crank)
    assert log.of("sources") == [("sources", 1, ["Prices"])]
    assert log.of("turn_end") == [("turn_end", 1, "done", "nine euros an hour.")]
    assert not reply.seen  # the language model was not asked


async def test_a_sad_message_is_answered_in_sympathy_and_the_next_one_is_not() -> None:
    async with a_session(mood_of=lambda text: "sympathetic" if "sad" in text else "") as (session, crank, log):
        moods = []
        put = session.playout.put
        session.playout.put = lambda speech: (moods.append(speech.span.mood), put(speech))  # type: ignore
        for number, text in enumerate(("I am sad.", "What time is it?"), 1):
            session.chat(text)
            await until(lambda number=number: len(log.of("turn_end")) == number, crank)  # type: ignore[misc]
    assert set(moods[:4]) == {"sympathetic"}
    assert set(moods[4:]) == {""}


async def test_passages_are_handed_to_the_language_model_before_the_question_and_leave_no_trace() -> None:
    reply = FakeReply(words=3)
    async with a_session(reply, brief=lambda text: Briefing(context="Passages: nine euros.")) as (session, crank, log):
        session.chat("what does it cost?")
        await until(lambda: log.of("turn_end"), crank)
        assert [m.role for m in session.history.messages()] == ["system", "user", "assistant"]
    assert [(m.role, m.content) for m in reply.seen[0]][1:] == [
        ("system", "Passages: nine euros."),
        ("user", "what does it cost?"),
    ]


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
        await until(lambda: speech.spoken)  # it is on the speech lane now and cannot be stopped
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


async def test_a_question_takes_back_the_reading_that_waits_for_its_lane() -> None:
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
