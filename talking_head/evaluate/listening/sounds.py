"""Sounds for judging how the server listens: rooms, noises, music, coughs, made from numbers, the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from talking_head.types import F32, VOICE_RATE

Wave = NDArray[np.floating[Any]]


def room(pcm: F32, metres: float, seed: int, t60: float = 0.4) -> F32:
    """``pcm`` f32[n] at 16 kHz as a microphone hears it at this distance in a living room.

    The direct sound, six early reflections and an exponentially decaying tail (``t60`` s for 60 dB) whose share grows with the
    square of the distance: equal to the direct sound at 1.5 m. The level stays that of the direct sound.
    """
    rng = np.random.default_rng(seed)
    count = round(t60 * VOICE_RATE)
    tail = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail[: VOICE_RATE // 100] = 0
    for place in rng.integers(VOICE_RATE // 500, VOICE_RATE // 40, 6):
        tail[place] += 2.5 * rng.choice([-1.0, 1.0])
    tail *= (metres / 1.5) / np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    out: F32 = fftconvolve(pcm, tail)[: len(pcm)].astype(np.float32)
    return out


def noise(seconds: float, level: float, seed: int) -> F32:
    """A fan: noise that falls by 3 dB an octave, with RMS ``level``."""
    rng = np.random.default_rng(seed)
    count = round(seconds * VOICE_RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count)) / np.sqrt(np.maximum(np.arange(count // 2 + 1), 20))
    return _levelled(np.fft.irfft(spectrum, count), level)


def music(seconds: float, level: float, seed: int) -> F32:
    """Chords of four notes with overtones, two a second, and a drum."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * VOICE_RATE)) / VOICE_RATE
    line = np.zeros(len(time))
    for bar in range(int(seconds * 2) + 1):
        at = (time - bar / 2).clip(0)
        envelope = np.where(time >= bar / 2, np.exp(-3 * at), 0.0)
        root = 220 * 2 ** (rng.integers(0, 8) / 12)
        for step in (0, 4, 7, 12):
            for partial in (1, 2, 3):
                line += envelope / partial**2 * np.sin(2 * np.pi * root * 2 ** (step / 12) * partial * time)
        line += 4 * np.where(time >= bar / 2, np.exp(-40 * at), 0.0) * rng.standard_normal(len(time)) * 0.3
    return _levelled(line, level)


def coughs(seconds: float, level: float, seed: int) -> F32:
    """A cough every second: two bursts of noise through a throat of three resonances."""
    rng = np.random.default_rng(seed)
    line = np.zeros(round(seconds * VOICE_RATE))
    for start in np.arange(0.2, seconds - 0.5, 1.0):
        for offset, length in ((0.0, 0.12), (0.18, 0.2)):
            count = round(length * VOICE_RATE)
            burst = rng.standard_normal(count) * np.exp(-np.arange(count) / (0.35 * count))
            place = round((start + offset) * VOICE_RATE)
            line[place : place + count] += burst
    return _levelled(np.sum([_resonance(line, hertz) for hertz in (600, 1_400, 2_600)], axis=0), level)


def keys(seconds: float, level: float, seed: int) -> F32:
    """Somebody types: clicks, six a second."""
    rng = np.random.default_rng(seed)
    line = np.zeros(round(seconds * VOICE_RATE))
    for place in np.sort(rng.integers(0, len(line) - 400, int(seconds * 6))):
        line[place : place + 300] += rng.standard_normal(300) * np.exp(-np.arange(300) / 40)
    return _levelled(sosfilt(butter(2, 800, "highpass", fs=VOICE_RATE, output="sos"), line), level)


def _resonance(line: Wave, hertz: float) -> Wave:
    radius = 0.97
    poles = [1, -2 * radius * np.cos(2 * np.pi * hertz / VOICE_RATE), radius**2]
    out: Wave = lfilter([1 - radius], poles, line)
    return out


def _levelled(line: Wave, level: float) -> F32:
    out: F32 = (line * level / max(float(np.sqrt(np.square(line).mean())), 1e-9)).astype(np.float32)
    return out
