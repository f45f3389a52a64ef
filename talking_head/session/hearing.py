"""What a session does with its visitor's microphone: who speaks, what is said, and when the presenter gives way.

The decisions are made by ``listen/`` (``Ear``, ``Draft``, ``BargeIn``: plain objects that know no clock); here they meet the
executors on which the models run and the session that answers. Everything but those jobs runs on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from talking_head.errors import BackendError, TalkingHeadError
from talking_head.listen.barge_in import BargeIn, Move, is_hum
from talking_head.listen.draft import Draft, Hearing
from talking_head.listen.ear import RATE, Ear
from talking_head.listen.turns import Sign
from talking_head.protocols import Recognizer
from talking_head.session.steps import step
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import F32, Transcript

log = logging.getLogger(__name__)

MOST_WAITING_S = 2.0  # of sound that is not listened to yet; what is older is dropped
DRY_S = 0.3  # no packet for so long while somebody speaks: what comes is silence
LAST_WORDS_S = 0.25  # what was said when a button was let go is still on its way


class EndOfTurn(Protocol):
    """Tells a speaker who has finished from one who pauses."""

    def finished(self, pcm: F32) -> float:
        """Probability 0–1 that whoever speaks in ``pcm`` f32[n] at 16 kHz has finished."""
        ...


@dataclass(frozen=True, slots=True)
class ListenStages:
    """What all microphones share. ``make_ear`` is called once a microphone, on ``ear_executor``; ``end_of_turn`` None: silence
    alone decides. Recognition has an executor of its own, so that voices are noticed while words are made out."""

    make_ear: Callable[[], Ear]
    ear_executor: FairExecutor
    recognizer: Callable[[], Recognizer]
    recognizer_executor: FairExecutor
    end_of_turn: Callable[[], EndOfTurn] | None = None
    turn_executor: FairExecutor | None = None


class Speaker(Protocol):
    """The session that is spoken to."""

    id: str

    @property
    def answering(self) -> bool:
        """Whether something is being thought of or said."""
        ...

    def chat(self, text: str) -> int:
        """Answer ``text``; the turn's number."""
        ...

    def interrupt(self) -> None:
        """Be silent, and forget the answer."""
        ...

    def hold(self) -> None:
        """Be silent, but forget nothing."""
        ...

    def release(self) -> None:
        """Go on."""
        ...

    def listening(self, active: bool) -> None:
        """Somebody speaks (no longer)."""
        ...


class HearingObserver(Protocol):
    """Who wants to know; called on the event loop."""

    def voice(self, active: bool) -> None:
        """Somebody seems to speak (no longer): the presenter's sound goes down (up)."""
        ...

    def transcript(self, utterance: int, text: str, settled: int, final: bool, turn: int | None) -> None:
        """The words so far. ``final`` with an empty text: it was nothing; ``turn``: the answer to it."""
        ...

    def error(self, code: str, message: str) -> None:
        """Something failed."""
        ...


class MicrophoneHearing:
    """One visitor's microphone; made when it is first switched on."""

    def __init__(self, stages: ListenStages, speaker: Speaker, observer: HearingObserver, *, barge_in: bool = True) -> None:
        self._stages, self._speaker, self._observer, self._may_barge = stages, speaker, observer, barge_in
        self._policy = BargeIn()
        self._ear: Ear | None = None
        self._sound: deque[F32] = deque()
        self._played: list[F32] = []
        self._waiting = 0
        self._arrived = asyncio.Event()
        self._last_packet = time.monotonic()
        self._opinion: float | None = None
        self._held = False
        self._finish = False
        self._number = 0  # of the utterance
        self._draft = Draft()
        self._asked = False  # a hearing is wanted as soon as the one that runs is done
        self._hearing: asyncio.Task[None] | None = None
        self._ducked = False
        self.voice_end: float | None = None  # when the last utterance ended, on the monotonic clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._start(self._run(), "ear")

    # What comes in

    def push(self, pcm: F32) -> None:
        """A packet of the microphone, f32[n] at 16 kHz."""
        self._last_packet = time.monotonic()
        self._put(pcm)

    def played(self, pcm: F32) -> None:
        """What the presenter's sound is from now on, f32[n] at 16 kHz."""
        self._played.append(pcm)
        del self._played[:-50]

    def switch(self, active: bool, held: bool) -> None:
        """The visitor switched the microphone on or off; ``held``: a button is pressed as long as they speak."""
        was, self._held = self._held, active and held
        if self._held and not was and self._may_barge:
            self._move(self._policy.began())
        if not active:
            asyncio.get_running_loop().call_later(LAST_WORDS_S, self._end_of_words)

    async def close(self) -> None:
        """Stop listening; nothing is left when it is done."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Inside

    def _start(self, work: asyncio.coroutines.Coroutine[None, None, None], name: str) -> asyncio.Task[None]:  # type: ignore[name-defined]
        task = asyncio.create_task(work, name=f"{name}-{self._speaker.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _put(self, pcm: F32) -> None:
        self._sound.append(pcm)
        self._waiting += len(pcm)
        while self._waiting > MOST_WAITING_S * RATE:
            self._waiting -= len(self._sound.popleft())
        self._arrived.set()

    def _end_of_words(self) -> None:
        self._finish = True
        self._put(np.zeros(0, np.float32))

    async def _run(self) -> None:
        stages, session = self._stages, self._speaker.id
        self._ear = ear = await step(stages.ear_executor, session, stages.make_ear)
        while True:
            try:
                await asyncio.wait_for(self._arrived.wait(), DRY_S)
            except TimeoutError:
                if ear.turns.speaking:
                    self._put(np.zeros(round(DRY_S * RATE), np.float32))
                continue
            self._arrived.clear()
            sound = np.concatenate(self._sound) if self._sound else np.zeros(0, np.float32)
            self._sound.clear()
            self._waiting = 0
            played, self._played = self._played, []
            opinion, self._opinion = self._opinion, None
            try:
                signs = await step(stages.ear_executor, session, partial(_hear, ear, sound, played, opinion, self._held))
            except TalkingHeadError as error:
                log.warning("session %s: %s", session, error)
                continue
            for sign in signs:
                self._took(sign)
            if self._finish:
                self._finish = False
                if ear.finish():
                    self._took(Sign.ENDED)
                else:
                    self._let_go()
            self._hear_on(now=False)

    def _took(self, sign: Sign) -> None:
        match sign:
            case Sign.SUSPECTED:
                self._move(self._policy.suspected())
            case Sign.DROPPED:
                self._move(self._policy.dropped())
            case Sign.BEGAN:
                self._number += 1
                self._draft = Draft()
                self._move(self._policy.began())
                self._speaker.listening(True)
            case Sign.HUSHED:
                self.voice_end = time.monotonic()
                self._hear_on(now=True)
            case Sign.PAUSED:
                self._start(self._judge(), "turn")
            case Sign.RESUMED:
                pass
            case Sign.ENDED:
                self._speaker.listening(False)
                assert self._ear is not None
                self._start(self._answer(self._number, self._draft, self._ear.utterance(), self._hearing), "answer")

    def _move(self, move: Move | None) -> None:
        """Carry out what the policy says about the presenter's sound."""
        if move is None or not self._may_barge:
            return
        if not self._speaker.answering:
            self._policy.over()
            move = Move.RELEASE if self._ducked else None
        ducked = move in (Move.DUCK, Move.HOLD)
        match move:
            case Move.HOLD:
                self._speaker.hold()
            case Move.RELEASE:
                self._speaker.release()
            case Move.CUT:
                self._speaker.interrupt()
        if move is not None and ducked != self._ducked:
            self._ducked = ducked
            self._observer.voice(ducked)

    def _let_go(self) -> None:
        """Nothing was said after all."""
        if self._policy.state is not Move.RELEASE:
            self._move(self._policy.words("", ended=True))

    async def _judge(self) -> None:
        """Has the speaker finished? The answer goes in with the next sound."""
        stages, ear = self._stages, self._ear
        if stages.end_of_turn is None or stages.turn_executor is None or ear is None:
            return
        number, sound = self._number, ear.utterance()
        with contextlib.suppress(TalkingHeadError):  # then silence decides
            model = stages.end_of_turn
            opinion = await step(stages.turn_executor, self._speaker.id, lambda: model().finished(sound))
            if number == self._number:
                self._opinion = opinion
                self._put(np.zeros(0, np.float32))

    def _hear_on(self, *, now: bool) -> None:
        """Have what is new of the utterance recognised, unless that happens already."""
        ear = self._ear
        if ear is None or not ear.turns.speaking:
            return
        if self._hearing is not None and not self._hearing.done():
            self._asked = self._asked or now
            return
        now, self._asked = now or self._asked, False
        hearing = self._draft.due(ear.utterance(), now=now)
        if hearing is not None:
            self._hearing = self._start(self._partial(self._number, self._draft, hearing), "hearing")

    async def _partial(self, number: int, draft: Draft, hearing: Hearing) -> None:
        began = time.monotonic()
        try:
            heard = await self._recognize(hearing)
        except TalkingHeadError as error:
            log.warning("session %s: %s", self._speaker.id, error)
            return  # the last hearing will say it
        words = draft.heard(hearing, heard.text, time.monotonic() - began)
        if number != self._number or self._ear is None or not self._ear.turns.speaking:
            return
        if words.text:
            self._observer.transcript(number, words.text, words.settled, False, None)
            if self._policy.state is not Move.RELEASE:
                self._move(self._policy.words(words.text, ended=False))
        if self._asked:
            asyncio.get_running_loop().call_soon(partial(self._hear_on, now=True))

    async def _recognize(self, hearing: Hearing) -> Transcript:
        stages = self._stages
        return await step(
            stages.recognizer_executor, self._speaker.id, lambda: stages.recognizer().recognize(hearing.pcm, RATE)
        )

    async def _answer(self, number: int, draft: Draft, sound: F32, running: asyncio.Task[None] | None) -> None:
        """The utterance is over: hear what is new in it, and take the words as if they had been typed."""
        if running is not None:
            await asyncio.wait({running})
        try:
            quiet = round(0.3 * RATE)  # the pause that ended it holds no words
            while draft.upto < len(sound) - quiet and (hearing := draft.due(sound, now=True)) is not None:
                draft.heard(hearing, (await self._recognize(hearing)).text)
            text = draft.words.text
            if not self._speaker.answering:
                self._move(self._policy.words(text, ended=True))
                text = "" if is_hum(text) else text
            elif self._may_barge and self._policy.words(text, ended=True) is not Move.CUT:
                text = ""
                self._policy.over()
                self._speaker.release()
            self._policy.over()
            turn = self._speaker.chat(text) if text else None
        except TalkingHeadError as error:
            self._observer.error(type(error).__name__.removesuffix("Error").lower(), str(error))
            self._let_go()
            text, turn = "", None
        if self._ducked:
            self._ducked = False
            self._observer.voice(False)
        self._observer.transcript(number, text, len(text), True, turn)


def _hear(ear: Ear, sound: F32, played: list[F32], opinion: float | None, held: bool) -> list[Sign]:
    """One step of the ear, on its executor."""
    ear.turns.held = held
    if opinion is not None:
        ear.turns.judged(opinion)
    for pcm in played:
        ear.played(pcm)
    return ear.push(sound)


def failed(error: Exception) -> BackendError:
    """What the visitor is told when listening itself broke."""
    return BackendError(f"The microphone cannot be listened to: {error}")
