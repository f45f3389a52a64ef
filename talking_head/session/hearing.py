"""What a session does with its visitor's microphone: who speaks, what is said, and when the presenter gives way.

The decisions are made by ``listen/`` (``Ear``, ``Draft``, ``BargeIn``: plain objects that know no clock); here they meet the
executors on which the models run and the session that answers. Everything but those jobs runs on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any, Protocol

import numpy as np

from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.listen.barge_in import BargeIn, Move, is_hum
from talking_head.listen.draft import SLOWER, Draft, Hearing
from talking_head.listen.ear import Ear, Said
from talking_head.listen.tone.subdued import Habits, letters
from talking_head.listen.turns import DOUBTED, Sign, doubted
from talking_head.protocols import EndOfTurn, Recognizer
from talking_head.session.endings import Endings
from talking_head.session.incoming_sound import IncomingSound
from talking_head.session.stages import HearingObserver, ListenStages
from talking_head.session.steps import step
from talking_head.text.foreign import told
from talking_head.types import F32, VOICE_RATE, Transcript

log = logging.getLogger(__name__)

LAST_WORDS_S = 0.25  # what was said when a button was let go is still on its way
TAKEN_BACK_S = 0.5  # what was on its way when the presenter was held has passed by then, unheard
DUCKED = 0.12  # of the presenter's sound, while somebody seems to speak
LONG_ENOUGH_S = 1.0  # of voice, to tell a language by
DOUBTFUL = -0.9  # mean log-probability below which the words may be of another language: English has -0.02 to -0.5
SURE = 0.85  # probability of another language from which it is told
HUSHED_S = 0.09  # HUSHED comes so long after the voice: 0.06 s of quiet, and what a microphone hears comes 0.03 s later
WORDS_S = 0.6  # so long the judgement of a pause waits for the words before it
AHEAD_S = 0.14  # what leaves the playout is heard so much later: 0.08 s to the network, the rest in the browser
TAIL = VOICE_RATE // 16  # samples of a last consonant that no detector takes for voice


class Speaker(Protocol):
    """The session that is spoken to; see ``Session``."""

    name: str
    asking: bool

    @property
    def answering(self) -> bool: ...
    @property
    def unheard(self) -> int: ...
    def chat(self, text: str, voice_end: float | None = None, *, subdued: bool = False, not_before: float = 0.0) -> int: ...
    def foresee(self, text: str) -> None: ...
    def interrupt(self) -> None: ...
    def hold(self) -> None: ...
    def release(self) -> None: ...
    def listening(self, active: bool, *, paused: bool = False) -> None: ...
    def soften(self, active: bool) -> None: ...


class MicrophoneHearing:
    """One visitor's microphone. ``barge_in``: whether their voice cuts what is being said; ``habits``: how they have sounded so
    far, None where nobody asks."""

    def __init__(
        self,
        stages: ListenStages,
        speaker: Speaker,
        observer: HearingObserver,
        *,
        barge_in: bool = True,
        habits: Habits | None = None,
    ) -> None:
        self._stages, self._speaker, self._observer, self._may_barge = stages, speaker, observer, barge_in
        self._habits = habits
        self._endings = None if stages.ends is None else Endings(stages.ends)
        self._policy = BargeIn()
        self._ear: Ear | None = None
        self._incoming = IncomingSound()
        self._opinion: float | None = None  # whether the speaker has finished, for the ear's next step
        self._on = self._switched_on = True  # what comes in is listened to; it was switched on, and not off since
        self._pressed = self._let_go = False
        self._number = 0  # of the utterance
        self._draft = Draft()
        self._said = (0, "")  # the turn that answers the last utterance, and all words of its message
        self._before = ""  # words of the same message before this utterance: their answer had not been heard
        self._asked = False  # a hearing is wanted as soon as the one that runs is done
        self._hearing: asyncio.Task[None] | None = None
        self._gain, self._held_since = 1.0, 0.0
        self._voice_end: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._start(self._run(), "ear")

    # What comes in

    def push(self, pcm: F32) -> None:
        """A packet of the microphone, f32[n] at 16 kHz."""
        if self._on:
            self._incoming.push(pcm)

    def played(self, pcm: F32, at_ms: float) -> None:
        """The presenter's sound that goes out now, f32[n] at 16 kHz, at this media time."""
        self._incoming.played(pcm * np.float32(self._gain), at_ms)

    def switch(self, active: bool, pressed: bool) -> None:
        """The visitor switched the microphone on or off; ``pressed``: they hold a button as long as they speak."""
        self._switched_on = active
        self._on = self._on or active
        was, self._pressed = self._pressed, active and pressed
        if self._pressed and not was:
            self._move(self._policy.began())
        let_go = was and not self._pressed
        if let_go or not active:
            asyncio.get_running_loop().call_later(LAST_WORDS_S, self._finish, let_go)

    async def close(self) -> None:
        """Stop listening; nothing is left when it is done."""
        while self._tasks:  # one that ends may have started the next
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)

    # The ear

    def _finish(self, let_go: bool) -> None:
        """The last words have come. ``let_go``: of the button, so they end, though the microphone may be on."""
        if self._pressed or (self._switched_on and not let_go):
            return
        self._on = self._switched_on
        self._let_go = True
        self._incoming.wake()

    async def _run(self) -> None:
        stages, session = self._stages, self._speaker.name
        self._ear = ear = await step(stages.ear_executor, session, stages.make_ear)
        ear.turns.joins = self._may_barge
        while True:
            if not await self._incoming.arrived():
                if ear.turns.speaking or self._policy.state is Move.DUCK:
                    self._incoming.fall_silent()
                continue
            let_go, self._let_go = self._let_go, False
            sound, played = self._incoming.taken(ear.missing)
            job = partial(_hear, ear, sound, played, self._opinion, self._pressed)
            self._opinion, signs = None, []
            try:
                signs = await step(stages.ear_executor, session, job)
            except TalkingHeadError as error:
                log.warning("%s: %s", session, error)
            for sign in signs:
                self._took(sign)
            if let_go and ear.finish():
                self._took(Sign.ENDED)
            elif let_go:
                self._go_on()
            self._hear_on(now=False)
            self._expect_end()

    def _took(self, sign: Sign) -> None:
        match sign:
            case Sign.SUSPECTED:
                self._move(self._policy.suspected())
            case Sign.DROPPED:
                self._move(self._policy.dropped())
            case Sign.BEGAN:
                self._number += 1
                self._draft = Draft()
                turn, words = self._said
                self._before = words if turn and turn == self._speaker.unheard else ""
                self._move(self._policy.began())
                self._speaker.listening(True)
            case Sign.HUSHED:
                self._voice_end = time.monotonic() - HUSHED_S
                if self._habits is not None and self._ear is not None:
                    self._speaker.soften(self._habits.subdued(self._ear.prosody))
                self._hear_on(now=True)
                self._foresee()
            case Sign.PAUSED:
                self._speaker.listening(True, paused=True)
                if self._stages.end_of_turn is not None:
                    self._start(self._judge(self._stages.end_of_turn), "turn")
            case Sign.ENDED:
                self._speaker.listening(False)
                assert self._ear is not None
                answer = self._answer(self._number, self._draft, self._ear.said(), self._hearing, self._before)
                self._start(answer, "answer")

    async def _judge(self, model: EndOfTurn) -> None:
        """Has the speaker finished, by the sound and by the words? The ear is told at once."""
        assert self._ear is not None
        stages, name, number, before, draft = self._stages, self._speaker.name, self._number, self._before, self._draft
        sound, voiced = self._ear.utterance(), self._ear.voiced
        with contextlib.suppress(TalkingHeadError):  # then silence decides
            opinion = await step(stages.turn_executor, name, lambda: model.finished(sound))
            patience = time.monotonic() + WORDS_S
            while draft.upto < voiced and (hearing := self._hearing) is not None and not hearing.done():
                left = patience - time.monotonic()  # its words are waited for in any case before they are answered
                if left <= 0 or not (await asyncio.wait({hearing}, timeout=left))[0]:
                    break
            # Words of a part of what was said are half a sentence of themselves.
            words = _joined(before, draft.words.text) if draft.upto >= voiced else ""
            opinion = await step(stages.turn_executor, name, lambda: doubted(opinion, words, self._endings))
            if number == self._number:
                self._opinion = opinion
                self._incoming.wake()

    def _expect_end(self) -> None:
        """The speaker falls quiet: unless there is something else to do, ask now whether a message may end after the words that
        are known; the judgement of the pause will want to know it, mostly of the same words."""
        ear, endings, executor = self._ear, self._endings, self._stages.turn_executor
        if ear is None or endings is None or not ear.turns.pausing or executor.busy or self._speaker.answering:
            return
        words = _joined(self._before, self._draft.words.text)
        if words and not endings.knows(words):
            self._start(self._expected(endings, words), "ending")

    async def _expected(self, endings: Endings, words: str) -> None:
        with contextlib.suppress(TalkingHeadError):  # asked once more where it is needed
            await step(self._stages.turn_executor, self._speaker.name, lambda: endings(words))

    def _foresee(self) -> None:
        """In a pause, what was heard may be all: its answer is begun while that is judged, where nobody waits for the cores."""
        ear, words = self._ear, self._draft.words.text
        quiet = ear is not None and ear.turns.pausing and self._stages.calm()
        if quiet and not is_hum(words) and doubted(1.0, words) > DOUBTED:
            self._speaker.foresee(words)

    # The presenter's sound

    def _move(self, move: Move | None) -> None:
        """Carry out what the policy says."""
        if move is None or not self._may_barge:
            return
        if move is not Move.CUT and not self._speaker.answering:
            self._policy.over()
            self._settle()
            return
        match move:
            case Move.DUCK:
                self._loudness(DUCKED)
            case Move.HOLD:
                self._held_since = time.monotonic()
                self._loudness(0.0)
                self._speaker.hold()
            case Move.RELEASE:
                self._go_on()
            case Move.CUT:
                self._speaker.interrupt()

    def _go_on(self) -> None:
        """Nobody speaks over the presenter any more; what was taken back has to pass unheard first."""
        self._policy.over()
        wait = self._held_since + TAKEN_BACK_S - time.monotonic()
        if self._gain == 0 and wait > 0 and self._speaker.answering:
            asyncio.get_running_loop().call_later(wait, self._settle)
        else:
            self._settle()

    def _settle(self) -> None:
        """The presenter is heard as before."""
        if self._policy.state is Move.RELEASE and not self._pressed:
            self._speaker.release()
            self._loudness(1.0)

    def _loudness(self, gain: float) -> None:
        if gain != self._gain:
            self._gain = gain
            self._observer.loudness(gain)

    # The words

    def _hear_on(self, *, now: bool) -> None:
        """Have what is new of the utterance recognised, unless that happens already."""
        ear = self._ear
        if ear is None or not ear.turns.speaking:
            return
        self._asked = self._asked or now
        if self._hearing is not None and not self._hearing.done():
            return
        self._asked = self._asked and self._draft.upto < ear.voiced + TAIL
        if not (self._asked or self._may_hear(ear)):
            return
        hearing = self._draft.due(ear.utterance(), now=self._asked)
        self._asked = False
        if hearing is not None:
            self._hearing = self._start(self._partial(self._number, self._draft, hearing), "hearing")
            self._hearing.add_done_callback(lambda _: self._hear_on(now=False) if self._asked else None)

    def _may_hear(self, ear: Ear) -> bool:
        """Whether words that nobody waits for may be made out now. They yield to those that are answered, other visitors' too
        (in a pause their own may be next), and are fewer where pictures or an answer are late; but not those that a presenter
        who is held back waits for."""
        taken = ear.turns.pausing or self._stages.recognizer_executor.busy
        slower = 1.0 if self._policy.state is not Move.RELEASE or self._stages.calm() else SLOWER
        return not taken and self._draft.wants(ear.samples, slower=slower)

    async def _partial(self, number: int, draft: Draft, hearing: Hearing) -> None:
        began = time.monotonic()
        try:
            heard = await self._recognize(hearing.pcm, self._stages.recognizer)
        except TalkingHeadError as error:
            log.warning("%s: %s", self._speaker.name, error)  # the last hearing will tell
            return
        words = draft.heard(hearing, heard, time.monotonic() - began)
        if number != self._number or self._ear is None or not self._ear.turns.speaking:
            return
        if words.text:
            self._observer.transcript(number, words.text, words.settled, False)
            self._foresee()
        if self._policy.state is not Move.RELEASE:
            sure, seconds, settled = heard.confidence, self._ear.turns.voiced_s, words.text[: words.settled]
            self._move(self._policy.words(words.text, ended=False, confidence=sure, seconds=seconds, settled=settled))

    async def _recognize(self, sound: F32, recognizer: Recognizer) -> Transcript:
        return await step(self._stages.recognizer_executor, self._speaker.name, lambda: recognizer.recognize(sound, VOICE_RATE))

    async def _answer(self, number: int, draft: Draft, said: Said, running: asyncio.Task[None] | None, before: str) -> None:
        """The utterance is over: hear what was said since the last hearing, if anything, and take the words as if they had been
        typed. ``before``: words of the same message."""
        not_before = (self._voice_end or 0.0) + said.unheard_s - AHEAD_S
        if running is not None:
            await asyncio.wait({running})
        text = ""
        try:
            end = min(len(said.sound), said.voiced + TAIL)
            while draft.upto < end and (hearing := draft.due(said.sound, now=True)) is not None:
                draft.heard(hearing, await self._recognize(hearing.pcm, self._stages.recognizer))
            if foreign := await self._foreign(said.sound, draft.latest):
                self._observer.error("language", foreign)
            text = "" if foreign else self._meant(draft, said.voiced_s)
            self._observer.transcript(number, text, len(text), True)
            if text:
                subdued = self._habits is not None and self._habits.heard(said.prosody, letters(text))
                turn = self._speaker.chat(text, self._voice_end, subdued=subdued, not_before=not_before)
                self._said = turn, f"{before} {text}".strip()
                if number != self._number:  # they have gone on already
                    self._before = self._said[1]
            else:
                self._speaker.soften(False)
        except TalkingHeadError as error:
            self._observer.error(type(error).__name__.removesuffix("Error").lower(), visitors_sentence(error))
            if not text:
                self._observer.transcript(number, "", 0, True)
        if self._ear is None or not self._ear.turns.speaking:  # else somebody speaks again already
            self._go_on()

    async def _foreign(self, sound: F32, heard: Transcript) -> str:
        """A sentence in the language of ``sound``, "" where that is the presenter's. ``heard``: its last words."""
        stages = self._stages
        if len(sound) < LONG_ENOUGH_S * VOICE_RATE:
            return ""
        if not heard.language and heard.confidence < DOUBTFUL and (detector := stages.detector) is not None:
            await asyncio.to_thread(detector.load)  # seconds the first time, in which others are heard
            heard = await self._recognize(sound, detector)
        foreign = heard.sure >= SURE and heard.language != stages.language.code
        return told(heard.language, stages.language) if foreign else ""

    def _meant(self, draft: Draft, voiced_s: float) -> str:
        """What of the words is to be answered: nothing where they only show that somebody listens."""
        text = draft.words.text
        if self._policy.state is Move.RELEASE or not self._speaker.answering:
            return "" if is_hum(text) else text
        asked, sure = self._speaker.asking, draft.latest.confidence
        move = self._policy.words(text, ended=True, asked=asked, confidence=sure, seconds=voiced_s)
        self._move(move)
        return text if move is Move.CUT else ""

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=f"{name}-{self._speaker.name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.error("listening to %s failed", self._speaker.name, exc_info=failure)
            self._observer.error("listen", "The microphone cannot be listened to any more; type, or connect anew.")
            self._pressed = False  # nobody would see that the button is let go
            self._policy.over()
            self._settle()


def _joined(before: str, words: str) -> str:
    """All words of a message; "" where the last of them are not known."""
    return f"{before} {words}".strip() if words else ""


def _hear(ear: Ear, sound: F32, played: list[tuple[F32, int]], opinion: float | None, pressed: bool) -> list[Sign]:
    """One step of the ear, on its executor."""
    ear.turns.held = pressed
    signs = [] if opinion is None else ear.judged(opinion)
    for pcm, at in played:
        ear.played(pcm, at)
    return signs + ear.push(sound)
