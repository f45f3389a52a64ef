"""A session: one person, one face, one conversation.

States, turns, barge-in and the account of what was heard are here. Everything runs on the event loop, but for
:meth:`Session.next_chunk`: the inference loop takes sound from the playout on its own thread. The stream reports with
:meth:`Session.sent` what it handed to the network.

An interrupt closes the open turn. From then on whatever still carries its number (a clause on the speech executor, sound in the
playout, chunks in the inference loop, frames in the stream's reserve) is dropped or muted where it is met.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from talking_head.errors import BackendError, TalkingHeadError, TextError, visitors_sentence
from talking_head.loop import AudioChunk, MediaFrame, Slot
from talking_head.protocols import Brief
from talking_head.session.answer import Answer, Foresight
from talking_head.session.history import History, Snapshot
from talking_head.session.playout import Mark, Playout, SpokenTextTracker
from talking_head.session.read_ahead import ReadAhead
from talking_head.session.stages import Observer, Stages, TurnEndReason
from talking_head.session.state import SessionState
from talking_head.session.trace import TurnTrace
from talking_head.session.turn import Voice, as_it_is, speak
from talking_head.text.clauses import beside, check, check_spoken, nothing_to_say, shortened, speakable
from talking_head.text.foreign import refusal, remark
from talking_head.text.question import is_question
from talking_head.types import TICKS_PER_SECOND, Manner, MoodOrUnset, Speech

log = logging.getLogger(__name__)

Words = Callable[[str], AsyncGenerator[str, None]]  # the person's text → pieces of what is said
MAX_IN_FLIGHT_S = 5.0  # from the playout to the network; more only if the loop stands still
HARDLY_TICKS = TICKS_PER_SECOND * 3 // 10  # a voice is known for one 0.3 s after it began
MAX_AHEAD_TICKS = 8 * TICKS_PER_SECOND  # the voice may be this far ahead of the mouth

_numbers = itertools.count(1)


class Session:
    """See the module. ``observer`` hears of everything; :meth:`sit` gives the session its face."""

    def __init__(self, stages: Stages, observer: Observer) -> None:
        self.id = secrets.token_urlsafe(24)  # whoever knows it may speak here: never logged
        self.number = next(_numbers)
        self.name = f"session {self.number}"  # what logs and queues call it
        self.turn = 0
        self.state = SessionState.IDLE
        self.trace = TurnTrace(0)
        self.playout = Playout()
        self.history = History(stages.system_prompt, stages.history_tokens, stages.reply.count_tokens)
        self._stages, self._observer = stages, observer
        self._brief, self._splitter = stages.brief, stages.splitter
        self._slot: Slot | None = None
        self._spoken_text = SpokenTextTracker()
        self._running: asyncio.Task[None] | None = None
        self._mood: MoodOrUnset = ""  # of what is said in it
        self._open_turn = 0  # the turn that is being made or spoken; 0: none
        self._room = asyncio.Event()
        self._heard = asyncio.Event()  # something was heard, or the turn has ended
        self._tasks: set[asyncio.Task[None]] = set()
        self._read_ahead, self._foresight = ReadAhead(stages, self.name), Foresight(stages, self.name)
        self._waiting: deque[tuple[str, Words, MoodOrUnset]] = deque()  # without barge-in: what comes after the open turn
        self._before: Snapshot | None = None  # the chat before the open turn
        self._dry_since: float | None = None
        self._typing = self._hearing = self._closed = self._remarked = False  # remarked: that another language is spoken
        self.asking = False  # the clause that is heard is a question
        self._manner: Manner | None = None

    @property
    def waits_s(self) -> float:
        """For how long there has been nothing to hear of an answer that is being made; 0 where nobody waits. Ask regularly."""
        if not self._open_turn or self._running is None or self.playout.queued_ticks:
            self._dry_since = None
            return 0.0
        now = time.monotonic()
        if self._dry_since is None:
            self._dry_since = self.trace.text if self.state is SessionState.THINKING else now
        return now - self._dry_since

    # What the person does

    @property
    def slot(self) -> Slot | None:
        """The session's place in the inference loop; None before :meth:`sit`."""
        return self._slot

    def sit(self, slot: Slot) -> None:
        """Take ``slot`` in the inference loop (joined with :meth:`next_chunk` as its source)."""
        self._slot = slot
        self.playout.manner = self._manner  # a new stream knows nothing of it

    def chat(self, text: str, voice_end: float | None = None, *, subdued: bool = False, not_before: float = 0.0) -> int:
        """Answer ``text``. Returns the new turn's number; raises TextError, also for a writing that is not the presenter's.
        ``voice_end``: when who spoke it fell silent; ``subdued``: how it sounded; ``not_before``: second of ``time.monotonic``
        before which nothing of the answer is said, though it is made."""
        text = self._checked(text)
        if refused := refusal(text, self._stages.language):
            raise TextError(refused)
        turn = self._take(text, self._answer, self._stages.mood_of(text, subdued))
        if turn == self._open_turn:
            self.trace.voice, self.playout.not_before = voice_end, not_before
        if not self._remarked and (told := remark(text, self._stages.language)):
            self._remarked = True
            self._observer.error("language", told)
        return turn

    def foresee(self, text: str) -> None:
        """Somebody has perhaps said ``text``: begin its answer. Nobody hears of it unless :meth:`chat` is told the same."""
        with contextlib.suppress(TextError):
            text = self._checked(text)
            if not (self._open_turn or self._closed):
                self._foresight.begin(text, self.history.asked(text), self._brief, self._keep)

    def say(self, text: str, mood: MoodOrUnset = "") -> int:
        """Speak ``text`` word for word, in ``mood`` ("": as the face is): the new turn's number. TextError: nothing to say."""
        text = self._checked(text)
        speakable(text, self._stages.language, self._stages.pronunciations)
        check_spoken(text, self._splitter(0), self._stages.max_chars)
        return self._take(text, as_it_is, mood)

    def meet(self, brief: Brief | None) -> None:
        """From now on ``brief`` says what is known to a message: it may know this visitor; None: the presenter's own."""
        self._brief = brief or self._stages.brief
        if brief is None:
            self.history.about("")

    def perform(self, manner: Manner) -> None:
        """From now on the face performs like this."""
        self._manner = self.playout.manner = manner

    def pronounce(self, words: Mapping[str, str]) -> None:
        """From the next text on ``words`` are said so, beside those of the configuration. TextError for odd signs."""
        self._splitter = partial(self._stages.splitter, pronunciations=beside(self._stages.pronunciations, words))

    def interrupt(self) -> None:
        """Be silent now, and forget what waits to be said."""
        self._waiting.clear()
        if self._open_turn:
            self._end("interrupted")

    def abort(self, error: Exception) -> None:
        """Something outside this session's own stages failed: the person is told, an open turn ends with an error."""
        if self._open_turn:
            self._fail(self._open_turn, error)
        else:
            log.warning("%s: %s", self.name, error)
            self._observer.error("backend", "The face stopped for a moment and was started again.")

    def typing(self, active: bool) -> None:
        """The person is (not) typing: an idle face listens meanwhile."""
        self._typing = active
        if self.state in (SessionState.IDLE, SessionState.LISTENING):
            self._rest()

    @property
    def answering(self) -> bool:
        """Whether something is being thought of or said."""
        return self._open_turn > 0

    @property
    def unheard(self) -> int:
        """The turn that is answered, as long as hardly anything was heard of it; 0: none. Who speaks now had begun before."""
        return self._open_turn if self._spoken_text.heard_ticks < HARDLY_TICKS else 0

    def hold(self) -> None:
        """Say nothing for now, but forget nothing: what was not heard yet comes after :meth:`release`."""
        self.playout.hold()
        self.playout.activity = "listening"

    def release(self) -> None:
        """Go on where :meth:`hold` stopped."""
        self.playout.release()
        self.playout.activity = self.state.value

    def listening(self, active: bool, *, paused: bool = False) -> None:
        """The person speaks (no longer): an idle face listens meanwhile, and may nod where they have just ``paused``."""
        self._hearing, self.playout.paused = active, paused
        if self.state in (SessionState.IDLE, SessionState.LISTENING):
            self._rest()

    def soften(self, active: bool) -> None:
        """Who speaks sounds subdued (or not, or no longer): a face that listens shows that it hears so."""
        if not self._open_turn:
            self.playout.mood = "sympathetic" if active else ""

    async def close(self) -> None:
        """End the turn, leave the loop, wait until no task is left."""
        self._closed = True
        self.interrupt()
        self._foresight.drop()
        if self._slot is not None:
            self._slot.leave()
        while self._tasks:
            await asyncio.wait(self._tasks)

    # What the inference loop and the stream do

    def next_chunk(self) -> AudioChunk:
        """Source of the session's slot; called on the inference loop's thread."""
        return self.playout.next_chunk()

    def sent(self, media_frame: MediaFrame, at_ms: float) -> None:
        """``frame`` goes out now, at media time ``at_ms``. What is left of a turn that is over is ignored; whoever sends mutes
        it as soon as the observer learns that a turn did not end by itself.
        """
        if not isinstance(media_frame.mark, Mark) or not self.playout.heard(media_frame.mark):
            return
        if media_frame.turn != self._open_turn:
            return
        if self.state is not SessionState.SPEAKING:
            self.trace.mark("audio")
            self._become(SessionState.SPEAKING)
        for piece in media_frame.mark.pieces:
            if piece.offset == 0:
                self._caption(piece.index, at_ms + piece.at * 1000 / TICKS_PER_SECOND)
            self._spoken_text.heard(piece)
        self._heard.set()
        if self.playout.queued_ticks < MAX_AHEAD_TICKS:
            self._room.set()
        if media_frame.mark.end:
            self._end("done")

    # Inside

    def _checked(self, text: str) -> str:
        text = check(text, self._stages.max_chars)
        if not any(character.isalnum() for character in text):
            raise TextError("There is nothing to say in this text: write some words.")
        return text

    def _take(self, text: str, words: Words, mood: MoodOrUnset = "") -> int:
        if self._closed:
            raise BackendError("This session has ended.")
        if self._open_turn and not self._stages.barge_in:
            self._waiting.append((text, words, mood))
            return self.turn + len(self._waiting)
        self.interrupt()
        return self._begin(text, words, mood)

    def _begin(self, text: str, words: Words, mood: MoodOrUnset) -> int:
        self._read_ahead.cancel()
        self.turn += 1
        self._open_turn = self.turn
        self._before, self._mood = self.history.mark(), mood
        self._dry_since, self.playout.not_before = None, 0.0
        self._spoken_text = SpokenTextTracker()
        self.trace = TurnTrace(self.turn)
        self.playout.mood = mood if mood == "sympathetic" else ""  # the face thinks as it will speak
        self._become(SessionState.THINKING)
        self._running = asyncio.create_task(self._run(self.turn, words(text)), name=f"turn-{self.turn}")
        self._keep(self._running)
        return self.turn

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, text: str) -> AsyncGenerator[str, None]:
        self.playout.asked = is_question(text)
        self.history.user(text)
        stages, trace, turn = self._stages, self.trace, self.turn
        messages = self.history.messages()
        answer = self._foresight.taken(messages, self._brief) or Answer(stages, self.name, self._brief, text, messages)
        if (briefing := await answer.briefing()) is not None:
            self.history.about(briefing.visitor)
            if briefing.noticed and self._open_turn == turn:
                self._observer.noticed(turn, briefing.noticed)
            if briefing.sources and self._open_turn == turn:
                self._observer.sources(turn, briefing.sources)
        async with aclosing(answer.pieces(self.history.messages())) as pieces:
            written = 0
            async for piece in pieces:
                if not piece:  # nothing yet: the model gives its executor free between two words
                    continue
                trace.mark("token")
                if self._open_turn == turn:
                    self._mood = answer.mood or self._mood
                    self._observer.reply(turn, piece)
                yield piece
                written += 1
                if written >= stages.max_pieces:
                    return

    async def _run(self, turn: int, pieces: AsyncGenerator[str, None]) -> None:
        stages = self._stages

        async def deliver(speech: Speech) -> None:
            while self.playout.queued_ticks >= MAX_AHEAD_TICKS:
                self._room.clear()
                await self._room.wait()
            if self._mood and not speech.span.mood:
                speech = replace(speech, span=replace(speech.span, mood=self._mood))
            if self._open_turn == turn:  # a turn that was just cut may get here once more before its tasks are cancelled
                begins = self.playout.queued_ticks == 0
                self._spoken_text.made(speech)
                self.playout.put(speech)
                if begins and self._slot is not None and time.monotonic() >= self.playout.not_before:
                    self._slot.hurry()

        voice = Voice(stages.speech, stages.speech_executor, self.name)
        splitter = self._splitter(turn)
        try:
            async with asyncio.timeout(stages.turn_timeout_s):
                await speak(pieces, splitter, voice, deliver, self.trace)
        except TimeoutError:
            self._fail(turn, BackendError(f"This answer took longer than {stages.turn_timeout_s:.0f} seconds and was stopped."))
            return
        except Exception as failure:
            self._fail(turn, failure)
            return
        unread = splitter.unread()
        if self.trace.clause is None and self._open_turn == turn:
            self._fail(turn, nothing_to_say(unread, stages.language))
            return
        if unread:
            self._observer.error("unread", stages.language.sentences.cannot_read.format(shortened(unread)))
        # The last block carries the end, see `sent`. Where none does (there is no sound, or that block is under way), all that
        # was made has to be heard. Either may get lost: then silence is the end.
        ends = self.playout.finish(turn)
        while self._open_turn == turn and (ends or self._spoken_text.unheard):
            self._heard.clear()
            try:
                async with asyncio.timeout(MAX_IN_FLIGHT_S):
                    await self._heard.wait()
            except TimeoutError:
                if not self.playout.held and not self.playout.queued_ticks:
                    break
        if self._open_turn == turn:
            self._end("done")

    def _fail(self, turn: int, failure: Exception) -> None:
        while isinstance(failure, ExceptionGroup):
            failure = failure.exceptions[0]
        if isinstance(failure, TalkingHeadError):
            message = visitors_sentence(failure)
            if failure.__cause__ is not None:
                log.warning("turn %d of session %d: %s", turn, self.number, failure)
        else:
            log.error("turn %d of session %d failed", turn, self.number, exc_info=failure)
            message = "Something went wrong while answering. Please try again."
        if self._open_turn == turn:
            self._observer.error(type(failure).__name__.removesuffix("Error").lower() or "backend", message)
            self._end("error")

    def _end(self, reason: TurnEndReason) -> None:
        """Close the open turn: purge what it left anywhere, keep what was heard."""
        turn, self._open_turn = self._open_turn, 0
        self.playout.purge(turn)
        self.playout.mood = ""
        if reason != "done" and self._slot is not None:
            self._slot.cut()
        if self._running is not None and self._running is not asyncio.current_task():
            self._running.cancel()
        self._running = None
        heard = self._spoken_text.heard_text()
        if reason == "error" and not heard and self._before is not None:
            self.history.back_to(self._before)
        self.history.assistant(heard)
        self.trace.mark("end")
        self._room.set()
        self._heard.set()
        self._observer.turn_end(turn, reason, heard)
        if self._waiting and not self._closed:
            self._begin(*self._waiting.popleft())
        else:
            self._rest()
            asyncio.get_running_loop().call_soon(self._rest_reads, turn)  # after whatever ended this turn: perhaps a new one

    def _rest_reads(self, turn: int) -> None:
        """Nobody asks anything yet, unless a turn has begun meanwhile."""
        self._read_ahead.begin(self.history.messages, lambda: not self._closed and not self._open_turn and self.turn == turn)

    def _rest(self) -> None:
        self._become(SessionState.LISTENING if self._typing or self._hearing else SessionState.IDLE)

    def _become(self, state: SessionState) -> None:
        if state is not self.state:
            self.state = state
            self.playout.activity = state.value
            self._observer.state(state, self.turn)

    def _caption(self, index: int, start_ms: float) -> None:
        span = self._spoken_text.span(index)
        if not span.text:
            return  # a pause
        self.asking = span.text.rstrip(" \"'”’)*_").endswith(("?", "？"))
        duration = self._spoken_text.made_ticks(index) * 1000 / TICKS_PER_SECOND
        self._observer.caption(self._open_turn, index, span.text.strip(), round(start_ms, 1), round(duration, 1))
