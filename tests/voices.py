"""A voice made of numbers: its pitch, how far that moves, how fast it speaks and how loud, for tests of who hears it."""

from __future__ import annotations

import numpy as np

from talking_head.types import F32

RATE = 16_000


def voice(
    seconds: float = 3.0,
    *,
    hertz: float = 180.0,
    swing: float = 4.0,
    level: float = 0.2,
    pause: float = 0.0,
    seed: int = 0,
) -> F32:
    """f32[n] at 16 kHz: four syllables a second for ``seconds``, ``pause`` seconds of silence after each 0.75 of them.

    ``hertz``: the middle of its pitch, which moves by ``swing`` semitones up and down; ``level``: about its loudest sample.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    melody = swing * np.sin(2 * np.pi * time / 1.5 + rng.uniform(0, 2 * np.pi)) / 12
    phase = 2 * np.pi * np.cumsum(hertz * 2**melody) / RATE
    tone = sum(np.sin(k * phase + k * k) / k for k in range(1, 20))
    syllables = 0.35 + 0.65 * np.sin(2 * np.pi * 2 * time) ** 2
    line = tone / np.abs(tone).max() * syllables * level
    phrase, gap = round(0.75 * RATE), np.zeros(round(pause * RATE))
    parts = [part for start in range(0, len(line), phrase) for part in (line[start : start + phrase], gap)]
    whole = np.concatenate([np.zeros(RATE // 2), *parts, np.zeros(RATE // 4)])
    return (whole + rng.normal(0, 3e-4, len(whole))).astype(np.float32)
