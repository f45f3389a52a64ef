"""How long one batch of pictures takes: ``talking-head bench animator``."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import psutil

from talking_head import registry
from talking_head.config import Config
from talking_head.face import avatars
from talking_head.protocols import Animator, MotionModel, with_tongue
from talking_head.types import F32, FRAME_TICKS


def bench(config: Config, *, batch: int = 1, frames: int = 200) -> dict[str, Any]:
    """Animate the configured avatar ``batch`` times over ``frames`` frames of talking, after 10 to warm up.

    Returns ``tier runtime width height batch``, ``frame_ms`` (one batch by the clock) and ``face_ms`` (a face's share of it) as
    {p50 p95 p99}, ``speaking_ms``: that of the batches with sound alone, ``cpu_ms`` (a face's core time) and ``motion_ms`` (the
    motion model's step for the batch). ``load_s``: making the animator, its packages included; ``avatar_s``: preparing the
    face; ``memory_mb``: what both added to this process.
    """
    process = psutil.Process()
    landmarker = registry.configured(config, "landmarks")
    portrait = avatars.resolve(config.avatar.name, landmarker, size=config.animator.size, folder=config.avatar.folder)
    motion: MotionModel = registry.configured(config, "motion")
    before, began_loading = process.memory_info().rss, time.perf_counter()
    animator: Animator = registry.configured(config, "animator")
    loaded = time.perf_counter()
    avatar = animator.prepare(portrait)
    prepared = time.perf_counter()
    memory = process.memory_info().rss - before
    states = [motion.open(seed=seed) for seed in range(batch)]
    wall, cpu, moving = [], [], []
    for frame in range(frames + 10):
        pcm = babble(batch, frame)
        began = time.perf_counter()
        moved = motion.step(states, pcm)
        moving.append((time.perf_counter() - began) * 1000)
        points = np.concatenate([portrait.place(moved[i : i + 1]) for i in range(batch)])
        draw = with_tongue(animator.render, moved.tongue)
        began, busy = time.perf_counter(), time.process_time()
        draw([avatar] * batch, points)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
    height, width = portrait.image.shape[:2]
    speaking = [ms for frame, ms in enumerate(wall) if frame >= 10 and _speaks(frame)]
    return {
        "backend": config.animator.backend,
        "tier": animator.tier or "none",
        "runtime": animator.runtime,
        "width": width,
        "height": height,
        "batch": batch,
        "frames": frames,
        "frame_ms": quantiles(wall[10:]),
        "face_ms": quantiles([ms / batch for ms in wall[10:]]),
        "speaking_ms": quantiles(speaking),
        "cpu_ms": round(float(np.median(cpu[10:])) / batch, 2),
        "motion_ms": round(float(np.median(moving[10:])), 2),
        "load_s": round(loaded - began_loading, 2),
        "avatar_s": round(prepared - loaded, 2),
        "memory_mb": round(memory / 1e6),
    }


def quantiles(values: list[float]) -> dict[str, float]:
    """``{"p50", "p95", "p99"}`` of milliseconds."""
    return {f"p{q}": round(float(np.percentile(values, q)), 2) for q in (50, 95, 99)}


def babble(batch: int, frame: int) -> F32:
    """Sound of ``batch`` streams for one frame, f32[batch, 1920]: noise in the rhythm of syllables."""
    phase = 2 * np.pi * (frame / 6 + np.arange(batch) / max(batch, 1))
    loud = 0.15 * np.maximum(0, np.sin(phase)) * _speaks(frame)
    noise = np.random.default_rng(frame).standard_normal((batch, FRAME_TICKS))
    return np.asarray(loud[:, None] * noise, np.float32)


def _speaks(frame: int) -> bool:
    return (frame // 50) % 4 != 3  # three parts speech, one part silence
