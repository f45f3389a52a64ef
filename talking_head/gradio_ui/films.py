"""Work without a clock beside the live faces: a script becomes a video, a sentence is taken apart.

One job at a time, on an executor of low priority with a motion model and an animator of its own: the models of the live loop
belong to the loop's thread. The voice is the container's, through its executor.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Event

import cv2
import numpy as np

from talking_head.audio.recital import recite
from talking_head.errors import InputError
from talking_head.film import narration as narrations
from talking_head.film.cast import Cast
from talking_head.film.narration import Narration
from talking_head.film.producer import Film, Progress, make
from talking_head.film.spec import FilmSpec, Scene
from talking_head.media_files.pictures import Tell, silent
from talking_head.motion.measures import lip_gap
from talking_head.protocols import Animator, MotionModel, Recognizer, Synthesizer, with_tongue
from talking_head.server.container import AppContainer
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import F32, FRAME_TICKS, U8, TextSpan, Utterance


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


class Cancelled(InputError):
    """Whoever asked for a film wants it no longer."""


def _all(voice: Synthesizer, span: TextSpan) -> list[Utterance]:
    return list(recite(voice, span))


class FilmService:
    """See the module; made once beside a started ``container``."""

    def __init__(self, container: AppContainer) -> None:
        self._container = container
        self._executor = FairExecutor("films", nice=15, limit=4, hang_s=900)
        self._stops: dict[Event, str] = {}  # of the films that are being made, with their visitors

    def close(self) -> None:
        """Let the executor's threads end."""
        self._executor.close()

    def speak(
        self,
        text: str,
        avatar: str = "",
        voice: str = "",
        speed: float = 1.0,
        tell: Tell = silent,
        check: Callable[[], None] = lambda: None,
    ) -> Narration:
        """``text`` in the presenter's voice, or in the one called ``voice``; ``check`` is called before every clause, and may
        raise. Raises TextError, ConfigError, WeightsError.
        """
        stages = self._container.stages_for(avatar, voice, speed)

        def synthesize(span: TextSpan) -> list[Utterance]:
            check()
            # A clause a job: a live visitor waits for one clause of this script at most.
            made: list[Utterance] = stages.speech_executor.submit("films", partial(_all, stages.speech, span)).result()
            return made

        return narrations.speak(
            text,
            synthesize,
            self._container.config.limits,
            language=stages.language,
            pronunciations=stages.pronunciations,
            tell=tell,
        )

    def film(
        self,
        spec: FilmSpec,
        files: Mapping[str, Path],
        out: Path,
        *,
        tell: Progress,
        notes: Tell = silent,
        visitor: str = "",
    ) -> Film:
        """Make ``spec`` into the folder ``out``; see ``producer.make``, also for what it raises. Cancelled once :meth:`stop`
        was called for ``visitor``.
        """
        if any(self._container.faces.is_guest(scene.presenter) for scene in spec.parts()):
            raise InputError("Nobody has agreed to films of this face. Make a presenter of it first, with consent.")
        stopped = Event()

        def check() -> None:
            if stopped.is_set():
                raise Cancelled("The film was cancelled.")

        def going(share: float, sentence: str) -> None:
            check()
            tell(share, sentence)

        def work() -> Film:
            with tempfile.TemporaryDirectory(dir=out, prefix=".work-") as folder:
                return make(spec, files, _LiveCast(self, check), Path(folder) / "film", out, tell=going, notes=notes)

        self._stops[stopped] = visitor
        try:
            made: Film = self._executor.submit("film", work).result()
        finally:
            del self._stops[stopped]
        return made

    def stop(self, visitor: str) -> bool:
        """End what is being made for ``visitor``, at its next clause or frame; whether there is such a film."""
        going = [event for event, whose in self._stops.copy().items() if whose == visitor and not event.is_set()]
        for event in going:
            event.set()
        return bool(going)

    def dissect(self, text: str, avatar: str) -> Anatomy:
        """What the models make of ``text``. Raises TextError."""
        spoken = self.speak(text, avatar)
        portrait = self._container.faces.get(avatar).portrait

        def work() -> Anatomy:
            motion, frames = self.cast.motion, -(-len(spoken.pcm) // FRAME_TICKS)
            padded = np.zeros((frames + motion.lookahead, FRAME_TICKS), np.float32)
            padded.reshape(-1)[: len(spoken.pcm)] = spoken.pcm
            state = motion.open(seed=0)
            known = [*spoken.cues, *[None] * motion.lookahead] if spoken.cues else [None] * len(padded)
            moved = [motion.step([state], block[None], [cue]) for block, cue in zip(padded, known, strict=True)]
            moved = moved[motion.lookahead :]
            points = np.concatenate([portrait.place(frame) for frame in moved])
            opening = np.maximum(lip_gap(points), 0).astype(np.float32)
            widest = int(opening.argmax())
            avatar_ = self.cast.animator.prepare(portrait)
            draw = with_tongue(self.cast.animator.render, moved[widest].tongue)
            picture = draw([avatar_], points[widest : widest + 1])[0]
            return Anatomy(spoken, opening, np.asarray(cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_I420), np.uint8), points[widest])

        taken: Anatomy = self._executor.submit("dissect", work).result()
        return taken

    @property
    def container(self) -> AppContainer:
        """What the live sessions share."""
        return self._container

    @cached_property
    def cast(self) -> Cast:
        """Models for films alone."""
        return Cast(self._container.config)


class _LiveCast(Cast):
    """The models of ``films``; its voice is the live sessions', through their queue, with ``check`` before every clause."""

    def __init__(self, films: FilmService, check: Callable[[], None]) -> None:
        super().__init__(films.container.config)
        self._films, self._check = films, check

    def say(self, text: str, scene: Scene, tell: Tell) -> Narration:
        """As :meth:`Cast.say`."""
        return self._films.speak(text, scene.presenter, scene.voice, scene.speed or 1.0, tell, self._check)

    @property
    def motion(self) -> MotionModel:
        """As :class:`Cast`'s."""
        return self._films.cast.motion

    @property
    def animator(self) -> Animator:
        """As :class:`Cast`'s."""
        return self._films.cast.animator

    @property
    def recognizer(self) -> Recognizer:
        """As :class:`Cast`'s."""
        return self._films.cast.recognizer
