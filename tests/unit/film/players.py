"""A cast that is quick and predictable: a sine for a voice, the warp without a net for a face."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from talking_head.animator.warp.animator import WarpAnimator
from talking_head.audio.recital import recite
from talking_head.config import Config
from talking_head.errors import TextError
from talking_head.face.portrait import Portrait
from talking_head.film import job
from talking_head.film.cast import Cast
from talking_head.film.narration import Narration, speak
from talking_head.film.spec import Scene
from talking_head.jobs.work import Work
from talking_head.media_files.pictures import Tell
from talking_head.protocols import Animator, MotionModel
from talking_head.types import F32, U8, Manner
from tests.session.fakes import LoudnessMotion, SineSpeech
from tests.unit.faces import presenter


class FakeCast(Cast):
    """``Cast`` of shipped faces; refuses to say “unsayable”."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.voice = SineSpeech(220.0)

    def portrait(self, name: str, side: int) -> Portrait:
        return presenter(name or "clara", side)

    def agreed(self, name: str) -> str:
        return super().agreed(name or ("clara" if self.config.avatar.name == "nobody" else ""))

    def manner(self, scene: Scene) -> Manner:
        return Manner()

    def say(self, text: str, scene: Scene, tell: Tell) -> Narration:
        if "unsayable" in text:
            raise TextError("That cannot be said.")
        return speak(text, partial(recite, self.voice), self.config.limits, tell=tell)

    @cached_property
    def motion(self) -> MotionModel:
        return LoudnessMotion()

    @cached_property
    def animator(self) -> Animator:
        return WarpAnimator()


class Stalling(WarpAnimator):
    """Draws two seconds and a half, and then no more, until its process is ended."""

    drawn = 0

    def render(self, avatars: Sequence[Any], points: F32, tongue: F32 | None = None) -> list[U8]:
        self.drawn += len(points)
        while self.drawn > 62:
            time.sleep(0.1)
        return super().render(avatars, points, tongue)


class StallingCast(FakeCast):
    """Never comes to the end of a film."""

    @cached_property
    def animator(self) -> Animator:
        return Stalling()


def run_film(work: Work) -> dict[str, Any]:
    """The job of a film with that cast."""
    job.Cast = FakeCast  # type: ignore[misc]
    return job.run(work)


def run_film_on_second_try(work: Work) -> dict[str, Any]:
    """The same, which is in the middle of it, however late anybody looks, until it was begun anew."""
    job.Cast = StallingCast if work.attempt == 1 else FakeCast  # type: ignore[misc]
    return job.run(work)


def moov_first(file: Path) -> bool:
    """Whether an MP4's index stands before its pictures."""
    data = file.read_bytes()
    at, order = 0, []
    while at < len(data):
        order.append(data[at + 4 : at + 8])
        size = int.from_bytes(data[at : at + 4])
        at += size if size > 1 else int.from_bytes(data[at + 8 : at + 16])
    return order.index(b"moov") < order.index(b"mdat")
