"""Work without a clock beside the live faces: a script becomes a video, a sentence is taken apart.

One job at a time, on a lane of low priority with a motion model and an animator of its own: the models of the live loop belong
to the loop's thread. The voice is the container's, through its lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import cv2
import numpy as np

from talking_head import registry
from talking_head.audio.recital import recite
from talking_head.errors import InputError
from talking_head.film import narration as narrations
from talking_head.film.narration import Narration
from talking_head.film.producer import Look, models_of, produce
from talking_head.film.render import Film
from talking_head.film.subtitles import Cue
from talking_head.loop import FairExecutor
from talking_head.media_files.pictures import Tell, silent
from talking_head.motion.measures import lip_gap
from talking_head.protocols import Animator, MotionModel, Recognizer, Synthesizer
from talking_head.server.container import AppContainer
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, U8, Manner, TextSpan, Utterance

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A spoken sentence taken apart.

    ``opening`` f32[T]: how far the lips part, in pixels. ``picture`` u8[H, W, 3] RGB and ``points`` f32[478, 3]: the frame
    in which they part most.
    """

    spoken: Narration
    opening: F32
    picture: U8
    points: F32


def _all(voice: Synthesizer, span: TextSpan) -> list[Utterance]:
    return list(recite(voice, span))


class FilmService:
    """See the module; made once beside a started ``container``."""

    def __init__(self, container: AppContainer) -> None:
        self._container = container
        self._executor = FairExecutor("films", nice=15, limit=4, hang_s=900)

    def close(self) -> None:
        """Let the executor's threads end."""
        self._executor.close()

    def speak(self, text: str, avatar: str = "", voice: str = "", speed: float = 1.0, tell: Tell = silent) -> Narration:
        """``text`` in the presenter's voice, or in the one called ``voice``. Raises TextError, ConfigError, WeightsError."""
        executor, stages = self._container.speech_executor, self._container.stages_for(avatar, voice, speed)

        def synthesize(span: TextSpan) -> list[Utterance]:
            # A clause a job: a live visitor waits for one clause of this script at most.
            made: list[Utterance] = executor.submit("films", partial(_all, stages.speech, span)).result()
            return made

        return narrations.speak(
            text,
            synthesize,
            self._container.config.limits,
            language=stages.language,
            pronunciations=stages.pronunciations,
            tell=tell,
        )

    def listen(self, file: Path, transcript: str, *, subtitled: bool, tell: Tell = silent) -> Narration:
        """A sound file; its words are ``transcript``, or recognised if that is empty and ``subtitled``. Raises AudioError."""

        def work() -> Narration:
            known = (lambda pcm: self._recognizer.transcribe(pcm, TICKS_PER_SECOND)) if subtitled else None
            return narrations.listen(file, transcript, self._container.config.limits, known, tell)

        heard: Narration = self._executor.submit("listen", work).result()
        return heard

    def film(
        self,
        spoken: Narration,
        avatar: str,
        file: Path,
        *,
        framing: str = "1:1",
        subtitled: bool = False,
        manner: Manner | None = None,
        tell: Progress,
    ) -> tuple[Film, list[Cue]]:
        """Let ``avatar`` say it in a video, in its ``manner`` (None: as configured). ``tell(share, sentence)`` reports
        progress. Returns the film and its subtitles."""
        config = self._container.config
        if self._container.is_guest(avatar):
            raise InputError("Nobody has agreed to films of this face. Make a presenter of it first, with consent.")
        portrait = self._container.face(avatar).portrait
        look = Look(
            framing,
            subtitled,
            manner=manner or self._container.manner(avatar),
            comment=config.stream.label,
            provenance=config.provenance,
        )

        def report(done: int, total: int) -> None:
            if done % 5 == 0:
                tell(done / total, f"{done} of {total} frames")

        def work() -> tuple[Film, list[Cue]]:
            return produce(spoken, portrait, self._motion, self._animator, file, look, models=models_of(config), tell=report)

        made: tuple[Film, list[Cue]] = self._executor.submit("film", work).result()
        return made

    def dissect(self, text: str, avatar: str) -> Anatomy:
        """What the models make of ``text``. Raises TextError."""
        spoken = self.speak(text, avatar)
        portrait = self._container.face(avatar).portrait

        def work() -> Anatomy:
            motion, frames = self._motion, -(-len(spoken.pcm) // FRAME_TICKS)
            padded = np.zeros((frames + motion.lookahead, FRAME_TICKS), np.float32)
            padded.reshape(-1)[: len(spoken.pcm)] = spoken.pcm
            state = motion.open(seed=0)
            known = [*spoken.cues, *[None] * motion.lookahead] if spoken.cues else [None] * len(padded)
            moved = [motion.step([state], block[None], [cue]) for block, cue in zip(padded, known, strict=True)]
            moved = moved[motion.lookahead :]
            points = np.concatenate([portrait.place(frame) for frame in moved])
            opening = np.maximum(lip_gap(points), 0).astype(np.float32)
            widest = int(opening.argmax())
            avatar_ = self._animator.prepare(portrait)
            picture = self._animator.render([avatar_], points[widest : widest + 1])[0]
            return Anatomy(spoken, opening, np.asarray(cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_I420), np.uint8), points[widest])

        taken: Anatomy = self._executor.submit("dissect", work).result()
        return taken

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
