"""Work without a clock beside the live faces: a script becomes a video, a sentence is taken apart.

One job at a time, on a lane of low priority with a motion model and an animator of its own: the models of the live loop belong
to the loop's thread. The voice is the studio's, through its lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import cv2
import numpy as np

from talking_head import registry
from talking_head.audio.pcm import read_audio
from talking_head.errors import AudioError
from talking_head.film.render import Film, shoot
from talking_head.film.subtitles import Cue, cues_of
from talking_head.loop import FairExecutor
from talking_head.loop.cues import frame_cues
from talking_head.loop.offline import render
from talking_head.motion.measures import lip_gap
from talking_head.protocols import Animator, MotionModel, Recognizer, Synthesizer
from talking_head.server.container import AppContainer
from talking_head.text.clauses import check, split
from talking_head.types import F32, FPS, FRAME_TICKS, TICKS_PER_SECOND, U8, Phoneme, Speech, Utterance
from talking_head.types import Cue as FrameCue

Tell = Callable[[float, str], None]
_TAIL_S = 0.4  # silence at the end, in which the mouth closes
_MAX_CHARS = 20  # times the limit of a live text


@dataclass(frozen=True, slots=True)
class Spoken:
    """A script as sound: ``pcm`` f32[n] at 48 kHz, its ``phonemes``, ``clauses`` as (start, end, text) in seconds, ``cues``:
    what each frame knows beside its sound (empty where that is all there is)."""

    pcm: F32
    phonemes: tuple[Phoneme, ...]
    clauses: tuple[tuple[float, float, str], ...]
    cues: tuple[FrameCue, ...] = ()


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A spoken sentence taken apart.

    ``opening`` f32[T]: how far the lips part, in pixels. ``picture`` u8[H, W, 3] RGB and ``points`` f32[478, 3]: the frame
    in which they part most.
    """

    spoken: Spoken
    opening: F32
    picture: U8
    points: F32


def _all(voice: Synthesizer, text: str) -> list[Utterance]:
    return list(voice.synthesize(text))


class FilmService:
    """See the module; made once beside a started ``studio``."""

    def __init__(self, container: AppContainer) -> None:
        self._container = container
        self._executor = FairExecutor("workshop", nice=15, limit=4, hang_s=900)

    def close(self) -> None:
        """Let the executor's threads end."""
        self._executor.close()

    def speak(self, text: str) -> Spoken:
        """``text`` in the studio's voice. Raises TextError."""
        spans = split(check(text, _MAX_CHARS * self._container.config.limits.text_chars))
        executor, voice = self._container.speech_executor, self._container.stages.speech
        pieces: list[F32] = []
        phonemes: list[Phoneme] = []
        clauses: list[tuple[float, float, str]] = []
        speeches: list[Speech] = []
        at = 0
        for span in spans:
            start = at
            # A clause a job: a live visitor waits for one clause of this script at most.
            for utterance in executor.submit("workshop", partial(_all, voice, span.spoken)).result():
                phonemes += [replace(phoneme, start=phoneme.start + at) for phoneme in utterance.phonemes]
                pieces.append(utterance.pcm)
                speeches.append(Speech(span, utterance.pcm, utterance.phonemes))
                at += len(utterance.pcm)
            clauses.append((start / TICKS_PER_SECOND, at / TICKS_PER_SECOND, span.text))
        return Spoken(np.concatenate(pieces), tuple(phonemes), tuple(clauses), tuple(frame_cues(speeches)))

    def listen(self, file: Path, transcript: str, *, subtitled: bool) -> Spoken:
        """A sound file; its words are ``transcript``, or recognised if that is empty and ``subtitled``. Raises AudioError."""
        limits = self._container.config.limits
        pcm = read_audio(file, TICKS_PER_SECOND)
        if len(pcm) > limits.audio_seconds * TICKS_PER_SECOND:
            raise AudioError(f"This sound is longer than {limits.audio_seconds:.0f} seconds (limits.audio_seconds).")
        words = transcript.strip()
        if subtitled and not words:
            words = self._executor.submit("listen", lambda: self._recognizer.transcribe(pcm, TICKS_PER_SECOND)).result()
        return Spoken(pcm, (), ((0.0, len(pcm) / TICKS_PER_SECOND, words),) if words else ())

    def film(
        self, spoken: Spoken, avatar: str, file: Path, *, framing: str = "1:1", subtitled: bool = False, tell: Tell
    ) -> tuple[Film, list[Cue]]:
        """Let ``avatar`` say it in a video. ``tell(share, sentence)`` reports progress. Returns the film and its subtitles."""
        config = self._container.config
        portrait = self._container.face(avatar).portrait
        cues = cues_of(spoken.clauses) if subtitled else []
        total = -(-len(spoken.pcm) // FRAME_TICKS) + round(_TAIL_S * FPS)

        def work() -> Film:
            media_frames = render(
                self._motion,
                self._animator,
                portrait,
                spoken.pcm,
                cues=spoken.cues,
                expressiveness=config.motion.expressiveness,
                tail_s=_TAIL_S,
            )
            side = portrait.image.shape[0]
            return shoot(
                media_frames,
                file,
                side,
                framing=framing,
                cues=cues,
                title=file.stem,
                comment=config.stream.label,
                tell=lambda done: tell(done / total, f"{done} of {total} frames") if done % 5 == 0 else None,
            )

        return self._executor.submit("film", work).result(), cues

    def dissect(self, text: str, avatar: str) -> Anatomy:
        """What the models make of ``text``. Raises TextError."""
        spoken = self.speak(text)
        portrait = self._container.face(avatar).portrait

        def work() -> Anatomy:
            motion, frames = self._motion, -(-len(spoken.pcm) // FRAME_TICKS)
            padded = np.zeros((frames + motion.lookahead, FRAME_TICKS), np.float32)
            padded.reshape(-1)[: len(spoken.pcm)] = spoken.pcm
            state = motion.open(seed=0)
            known = [*spoken.cues, *[None] * motion.lookahead]
            moved = [motion.step([state], block[None], [cue]) for block, cue in zip(padded, known, strict=True)]
            moved = moved[motion.lookahead :]
            points = np.concatenate([portrait.place(frame) for frame in moved])
            opening = np.maximum(lip_gap(points), 0).astype(np.float32)
            widest = int(opening.argmax())
            avatar_ = self._animator.prepare(portrait)
            picture = self._animator.render([avatar_], points[widest : widest + 1])[0]
            return Anatomy(spoken, opening, np.asarray(cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_I420), np.uint8), points[widest])

        return self._executor.submit("dissect", work).result()

    @cached_property
    def _motion(self) -> MotionModel:
        model: MotionModel = registry.configured(self._container.config, "motion")
        return model

    @cached_property
    def _animator(self) -> Animator:
        model: Animator = registry.configured(self._container.config, "animator")
        return model

    @cached_property
    def _recognizer(self) -> Recognizer:
        model: Recognizer = registry.configured(self._container.config, "listen")
        return model
