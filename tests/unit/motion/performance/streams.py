"""Sounds that make a face talk, and faces that hear them."""

from __future__ import annotations

import numpy as np

from talking_head.audio.mel import log_mel
from talking_head.motion.performance import performer
from talking_head.types import FRAME_TICKS, LANDMARKS, Cue, Manner, Motion

LIVELY = Manner()


def talk(seconds: float, seed: int = 0) -> np.ndarray:
    """Phrases of two seconds with pauses between them, syllables of a buzz four times a second, every third a loud one.
    f32[n]."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * 48_000)) / 48_000
    syllable = np.floor(t * 4).astype(int)
    level = np.where(syllable % 3 == 0, 1.0, 0.3) * (0.7 + 0.6 * rng.random(syllable.max() + 1))[syllable]
    shape = np.clip(np.sin(2 * np.pi * 4 * t) + 0.6, 0, 1) * level * (t % 2.6 < 2.0)
    buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20))
    return (0.12 * shape * buzz).astype(np.float32)


def play(
    pcm: np.ndarray, seeds: list[int], manner: Manner = LIVELY, cues: list[Cue | None] | None = None
) -> tuple[Motion, np.ndarray, np.ndarray]:
    """One stream a seed, all hearing ``pcm``: motion with T = B · frames, one stream after the other; lids and gaze
    f32[B, frames, …]."""
    frames = len(pcm) // FRAME_TICKS
    mel, blocks = log_mel(pcm), pcm[: frames * FRAME_TICKS].reshape(frames, FRAME_TICKS)
    states = [performer.start(np.random.default_rng(seed), manner) for seed in seeds]
    out = []
    for t in range(frames):
        known = None if cues is None else [cues[t]] * len(states)
        out.append(performer.step(states, np.stack([mel[t]] * len(states)), np.stack([blocks[t]] * len(states)), known))
    offsets = np.stack([o.offsets for o in out], axis=1).reshape(-1, LANDMARKS, 3)
    pose = np.stack([o.pose for o in out], axis=1).reshape(-1, 6)
    return Motion(offsets, pose), np.stack([o.lids for o in out], axis=1), np.stack([o.gaze for o in out], axis=1)
