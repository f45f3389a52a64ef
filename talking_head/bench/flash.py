"""Stages that beep and flash at the same instant: what goes in together must come out together.

They take the places of speech, motion and animator; session, inference loop, pacer, encoders and WebRTC are the real ones. The
motion model has a look-ahead like the trained one, so that the loop's delay line is measured too.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from talking_head.face.portrait import Portrait
from talking_head.face.space import fit_pose, template
from talking_head.motion.space import CHIN
from talking_head.protocols import Animator
from talking_head.types import F32, FRAME_TICKS, LANDMARKS, PLAIN, U8, Cue, Delivery, Manner, Message, Motion, Utterance

SIZE = 512


class Beeps:
    """Speech: ``seconds`` of beeps, a frame each, at unequal distances around ``every`` seconds (so that none is mistaken)."""

    def __init__(self, seconds: float = 60.0, every: float = 0.6, seed: int = 0) -> None:
        self._frames, self._every, self._seed = round(seconds * 25), every, seed

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """The beeps, two seconds a piece."""
        rng = np.random.default_rng(self._seed)
        on = np.zeros(self._frames, bool)
        at = 5
        while at < self._frames:
            on[at] = True
            at += round(self._every * 25 * rng.uniform(0.7, 1.3))
        beep = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(FRAME_TICKS) / 48_000)).astype(np.float32)
        for first in range(0, self._frames, 50):
            part = on[first : first + 50]
            yield Utterance((part[:, None] * beep).astype(np.float32).reshape(-1))


class Nobody:
    """A reply generator that is not asked."""

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """Nothing."""
        yield from ()

    def count_tokens(self, text: str) -> int:
        """Words."""
        return len(text.split())


class LoudnessMotion:
    """The chin drops by the loudness of its frame."""

    def __init__(self, lookahead: int = 4) -> None:
        self.lookahead = lookahead

    def open(self, *, seed: int, manner: Manner | None = None) -> Any:
        """The loudness of the frames that are still ahead."""
        return deque([0.0] * self.lookahead)

    def step(self, states: Sequence[Any], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        """See MotionModel."""
        offsets = np.zeros((len(states), LANDMARKS, 3), np.float32)
        for number, (state, block) in enumerate(zip(states, pcm, strict=True)):
            state.append(float(np.abs(block).max()))
            offsets[number, CHIN, 1] = state.popleft()
        return Motion(offsets, np.zeros((len(states), 6), np.float32))


class FlashAnimator(Animator):
    """White when the chin is low, else a moving grey pattern (an encoder with nothing to do would flatter the figures).

    :meth:`stall` makes the next picture take so many seconds.
    """

    def __init__(self) -> None:
        self._stall_s = 0.0
        self._lock = threading.Lock()
        self._count = 0
        self._noise = np.random.default_rng(0).integers(16, 96, (SIZE, 2 * SIZE), np.uint8)

    def stall(self, seconds: float) -> None:
        """Stand still once; from any thread."""
        with self._lock:
            self._stall_s = seconds

    def prepare(self, portrait: Portrait) -> Any:
        """See Animator."""
        return portrait

    def render(self, avatars: Sequence[Any], points: F32) -> list[U8]:
        """See Animator."""
        with self._lock:
            seconds, self._stall_s = self._stall_s, 0.0
        time.sleep(seconds)
        self._count += 1
        pictures = []
        for portrait, face in zip(avatars, points, strict=True):
            picture = np.full((SIZE * 3 // 2, SIZE), 128, np.uint8)
            lit = face[CHIN, 1] - portrait.points[CHIN, 1] > 0.2 * portrait.pose.scale
            shift = self._count % 16
            picture[:SIZE] = 235 if lit else np.repeat(np.repeat(self._noise[:64, shift : shift + 64], 8, 0), 8, 1)
            pictures.append(picture)
        return pictures


def portrait() -> Portrait:
    """A face of which only the chin matters."""
    points = (template() * 150 + np.array([SIZE / 2, SIZE / 2, 0])).astype(np.float32)
    image = np.full((SIZE, SIZE, 3), 96, np.uint8)
    return Portrait("flash", image, points, fit_pose(points), template(), licence="CC0", source="drawn")
