"""How many faces fit: measured on the machine that is going to carry them, before the first one is let in.

A face costs time of the loop's thread (its share of a batch) and time of all cores: its picture, the media (encoding,
encryption) and, as long as it speaks, its voice. Everybody is taken to speak all the time: whoever is let in must not stutter
when the others happen to talk at once. Both budgets are a part of the 40 ms between two frames, because replies need cores too.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from talking_head import device
from talking_head.face.portrait import Portrait
from talking_head.loop.loop import TICK_S
from talking_head.protocols import Animator, MotionModel, with_tongue
from talking_head.types import F32, FRAME_TICKS

LOOP_SHARE = 0.75  # of the loop thread's time
CORE_SHARE = 0.85  # of all cores' time
MEDIA_MS = 5.0  # where it was not measured: 512² on an old core
# One interpreter carries so many sessions, however fast the pictures come (docs/BENCHMARKS.md): with media processes beside it,
# and without, where event loop and encoders share its lock. `loop.capacity` in the configuration goes beyond.
APART_SESSIONS, PROCESS_SESSIONS = 100, 16
_CLEARLY = 1.3  # a batch that would exceed a budget by so much on a straight line is not measured: that takes the start longest
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True)
class Cost:
    """One tick with ``batch`` faces: milliseconds of the clock and of all cores together.

    ``wall_ms`` and ``cpu_ms`` are medians."""

    batch: int
    wall_ms: float
    wall_p95_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """``sessions`` that fit, and what was measured. ``media_ms``: core time a frame of one session's encoders; ``speech_ms``:
    of its voice.
    """

    sessions: int
    costs: tuple[Cost, ...]
    media_ms: float
    speech_ms: float
    cores: int

    @property
    def face_ms(self) -> float:
        """Milliseconds that one more face adds to a tick."""
        last, first = self.costs[-1], self.costs[0]
        return last.wall_ms / last.batch if last is first else (last.wall_ms - first.wall_ms) / (last.batch - first.batch)

    def with_voice(self, speech_ms: float) -> Capacity:
        """The same, where each face also takes so much core time a frame for its voice."""
        return replace(self, sessions=most_sessions(self.costs, self.media_ms + speech_ms, self.cores), speech_ms=speech_ms)

    def sentence(self) -> str:
        """What ``doctor`` prints."""
        faces = "face" if self.sessions == 1 else "faces"
        voice = f"{self.media_ms:.1f} of media, {self.speech_ms:.1f} of voice"
        cost = f"{self.face_ms:.1f} ms a face and frame, {voice}, {self.cores} cores"
        return f"{self.sessions} live {faces} ({cost})"


def measure(
    motion: MotionModel,
    animator: Animator,
    portrait: Portrait,
    *,
    avatar: Any = None,
    media_ms: float = MEDIA_MS,
    cores: int | None = None,
    frames: int = 15,
    most: int = 256,
    on_cpu: bool = False,
) -> Capacity:
    """Time real ticks (motion, placing, picture) at growing batches until the budget is spent.

    ``avatar``: what ``animator.prepare(portrait)`` returned, if at hand. ``media_ms``: see :class:`Capacity`. At least 1.
    ``on_cpu``: one thread computes everything, so a tick takes its core time; the clock would also count whoever else is busy
    on this machine at this moment.
    """
    avatar = animator.prepare(portrait) if avatar is None else avatar
    cores = cores or device.cores()
    costs: list[Cost] = []
    for batch in [size for size in BATCHES if size <= most]:
        cost = _straight_on(costs, batch)
        if cost is None or _fits(cost.wall_ms / _CLEARLY, cost.cpu_ms / _CLEARLY, batch, media_ms / _CLEARLY, cores):
            cost = time_of(motion, animator, portrait, avatar, batch, frames)
            cost = replace(cost, wall_ms=min(cost.wall_ms, cost.cpu_ms)) if on_cpu else cost
        costs.append(cost)
        if not _fits(costs[-1].wall_ms, costs[-1].cpu_ms, batch, media_ms, cores):
            break
    return Capacity(most_sessions(costs, media_ms, cores), tuple(costs), media_ms, 0.0, cores)


def _straight_on(costs: Sequence[Cost], batch: int) -> Cost | None:
    """What ``batch`` would cost on the line through the last two measured sizes; None without two."""
    if len(costs) < 2:
        return None
    a, b = costs[-2:]
    more = (batch - b.batch) / (b.batch - a.batch)
    return Cost(
        batch,
        b.wall_ms + more * (b.wall_ms - a.wall_ms),
        b.wall_p95_ms + more * (b.wall_p95_ms - a.wall_p95_ms),
        b.cpu_ms + more * (b.cpu_ms - a.cpu_ms),
    )


def _fits(wall_ms: float, cpu_ms: float, batch: int, beside_ms: float, cores: int) -> bool:
    tick = TICK_S * 1000
    return wall_ms <= LOOP_SHARE * tick and cpu_ms + batch * beside_ms <= CORE_SHARE * tick * cores


def most_sessions(costs: Sequence[Cost], beside_ms: float, cores: int) -> int:
    """Largest batch that fits, between the measured ones on a straight line."""
    best = 1
    for low, high in itertools.pairwise(costs):
        for batch in range(low.batch, high.batch + 1):
            share = (batch - low.batch) / (high.batch - low.batch)
            wall = low.wall_ms + share * (high.wall_ms - low.wall_ms)
            cpu = low.cpu_ms + share * (high.cpu_ms - low.cpu_ms)
            if _fits(wall, cpu, batch, beside_ms, cores):
                best = max(best, batch)
    return best


def time_of(motion: MotionModel, animator: Animator, portrait: Portrait, avatar: Any, batch: int, frames: int) -> Cost:
    """What a batch of ``batch`` faces costs, as the median of ``frames`` ticks."""
    states = [motion.open(seed=i) for i in range(batch)]
    sound = np.random.default_rng(0)
    wall, cpu = [], []
    for frame in range(frames + 3):
        pcm = _babble(sound, batch, frame)
        wall_start, cpu_start = time.perf_counter(), _core_seconds(animator)
        moved = motion.step(states, pcm)
        points = np.concatenate([portrait.place(moved[i : i + 1]) for i in range(batch)])
        with_tongue(animator.render, moved.tongue)([avatar] * batch, points)
        if frame >= 3:  # the first ones warm up
            wall.append((time.perf_counter() - wall_start) * 1000)
            cpu.append((_core_seconds(animator) - cpu_start) * 1000)
    return Cost(batch, float(np.median(wall)), float(np.percentile(wall, 95)), float(np.median(cpu)))


def _core_seconds(animator: Animator) -> float:
    """Processor time of what draws: that of its own processes and of this thread, else that of this process."""
    own = animator.core_seconds
    return time.process_time() if own is None else time.thread_time() + own


def _babble(rng: np.random.Generator, batch: int, frame: int) -> F32:
    """Noise with the rhythm of syllables and no pause: a mouth at rest would be cheaper than one that speaks."""
    loud = 0.09 + 0.06 * np.sin(2 * np.pi * (frame / 6 + np.arange(batch)[:, None] / 5))
    noise: F32 = (loud * rng.standard_normal((batch, FRAME_TICKS))).astype(np.float32)
    return noise
