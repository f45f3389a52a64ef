"""A loop in virtual time: arrays for models, a clock that only moves when told, and sessions that keep what comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talking_head.face.portrait import Portrait
from talking_head.face.space import Pose
from talking_head.loop import AudioChunk, InferenceLoop, MediaFrame, Slot
from talking_head.protocols import Animator
from talking_head.types import F32, FRAME_TICKS, LANDMARKS, U8, Cue, Motion


class VirtualClock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def wait_until(self, when: float, wake: threading.Event) -> None:
        if not wake.is_set():
            self.time = max(self.time, when)


@dataclass
class EchoMotion:
    """Each stream's motion is the loudness of the sound ``lookahead`` steps ago plus its seed, so that a mix-up shows."""

    lookahead: int = 2
    poison: float | None = None  # a batch that holds this value raises
    batches: list[int] = field(default_factory=list)

    def open(self, *, seed: int, manner: object = None) -> list[float]:
        return [float(seed)] + [0.0] * self.lookahead

    def step(self, states: Sequence[list[float]], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        if self.poison is not None and np.any(pcm[:, 0] == np.float32(self.poison)):
            raise RuntimeError("poisoned")
        self.batches.append(len(states))
        offsets = np.zeros((len(states), LANDMARKS, 3), np.float32)
        for row, state, sound in zip(offsets, states, pcm, strict=True):
            state.append(float(sound[0]))
            row[0, 0] = state[0]
            row[14, 1] = state.pop(1)
        return Motion(offsets, np.zeros((len(states), 6), np.float32))


@dataclass
class DotAnimator(Animator):
    """The picture is a number: what the landmarks say, times what the avatar says."""

    clock: VirtualClock | None = None
    seconds: Callable[[int], float] = lambda batch: 0.0
    batches: list[int] = field(default_factory=list)
    poison: float | None = None

    def prepare(self, portrait: Portrait) -> float:
        return 1.0

    def render(self, avatars: Sequence[float], points: F32) -> list[U8]:
        if self.poison in avatars:
            raise RuntimeError("poisoned")
        self.batches.append(len(avatars))
        if self.clock is not None:
            self.clock.time += self.seconds(len(avatars))
        return [np.full((6, 4), round(p[14, 1] * 100 + p[0, 0]) % 256, np.uint8) for p in points]


def portrait() -> Portrait:
    zero = np.zeros((LANDMARKS, 3), np.float32)
    return Portrait("dot", np.zeros((4, 4, 3), np.uint8), zero, Pose(np.eye(3), 1.0, np.zeros(3)), zero)


class Session:
    """Feeds a list of numbers, one a block, and keeps what comes back."""

    def __init__(self, values: Sequence[float] = ()) -> None:
        self.values = list(values)
        self.media_frames: list[MediaFrame] = []
        self.errors: list[Exception] = []
        self.failed = threading.Event()
        self.slot: Slot | None = None

    def source(self) -> AudioChunk | None:
        if not self.values:
            return None
        value = self.values.pop(0)
        return AudioChunk(np.full(FRAME_TICKS, value, np.float32), turn=1, mark=value)

    def join(self, loop: InferenceLoop, **options: Any) -> Session:
        options = {"avatar": 1.0, "portrait": portrait(), "source": self.source, "deliver": self.media_frames.append, **options}
        self.slot = loop.join(failed=self._failed, **options)
        return self

    def _failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.failed.set()


def make(motion: Any = None, animator: Any = None, **options: Any) -> tuple[InferenceLoop, VirtualClock]:
    clock = VirtualClock()
    animator = animator or DotAnimator()
    if isinstance(animator, DotAnimator):
        animator.clock = clock
    return InferenceLoop(motion or EchoMotion(), animator, clock=clock, **options), clock
