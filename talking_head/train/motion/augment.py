"""One voice becomes many, one room becomes many: augmentation of log-mel, and sounds at which a mouth must stay still.

All on the features themselves (``audio/mel.py``: (log10 power + 4) / 4, one unit is 40 dB), so that a step costs no
resampling: formant and pitch shift as a warp of the frequency axis (Jaitly & Hinton, "Vocal tract length perturbation",
2013), gain, a microphone's colour, a room's tail and noise as sums of power.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

from talking_head.audio.mel import MELS, SILENCE, log_mel
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND

_UNIT_DB = 40.0
_HZ = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8_000 / 700), MELS + 2)[1:-1] / 2595) - 1)


def vary(mel: F32, rng: np.random.Generator) -> F32:
    """Another voice, level, microphone and room for ``mel`` f32[T, 4, 80]."""
    rows = mel.reshape(-1, MELS)
    if rng.random() < 0.85:
        rows = _warp(rows, float(np.exp(rng.uniform(np.log(0.84), np.log(1.25)))))
    rows = rows + rng.uniform(-12, 6) / _UNIT_DB
    if rng.random() < 0.6:
        rows = rows + _colour(rng, 5.0) / _UNIT_DB
    power = 10 ** (4 * np.maximum(rows, SILENCE) - 4)
    if rng.random() < 0.35:
        power = _room(power, rng)
    if rng.random() < 0.7:
        power = power + _noise(len(rows), rng)
    out = (np.log10(np.maximum(power, 1e-8)) + 4) / 4
    return np.asarray(out.reshape(mel.shape), np.float32)


def _warp(rows: F32, factor: float) -> F32:
    """Formants and pitch multiplied by ``factor``."""
    source = np.interp(_HZ / factor, _HZ, np.arange(MELS))
    low = np.clip(source.astype(int), 0, MELS - 2)
    share = (source - low).astype(np.float32)
    out: F32 = rows[:, low] * (1 - share) + rows[:, low + 1] * share
    return out


def _colour(rng: np.random.Generator, db: float) -> F32:
    """A smooth response over the bands, f32[80] in dB."""
    x = np.linspace(0, 1, MELS)
    waves = [rng.normal() * np.cos(np.pi * (k * x + rng.random())) / k for k in (1, 2, 3)]
    return np.asarray(db * np.sum(waves, axis=0), np.float32)


def _room(power: F32, rng: np.random.Generator) -> F32:
    """A diffuse tail: RT60 of 0.2–0.7 s, 8–20 dB under the voice."""
    decay = 10 ** (-6 * 0.01 / rng.uniform(0.2, 0.7))
    tail = lfilter([1 - decay], [1, -decay], power, axis=0)
    out: F32 = power + 10 ** (rng.uniform(-20, -8) / 10) * tail * 4
    return out


def _noise(rows: int, rng: np.random.Generator) -> F32:
    """Power of steady noise, f32[rows, 80]: any level from inaudible to 20 dB under a voice, any colour."""
    level = rng.uniform(-0.95, 0.05) + _colour(rng, 6.0) / _UNIT_DB - rng.uniform(0, 0.5) * np.linspace(0, 1, MELS)
    return np.asarray(10 ** (4 * (level + 0.05 * rng.standard_normal((rows, MELS))) - 4), np.float32)


def quiet_sound(kind: str, seconds: float, rng: np.random.Generator) -> F32:
    """Sound in which nobody speaks, f32[n] at 48 kHz. ``kind``: silence, noise, hum, breath, clicks."""
    n = round(seconds * TICKS_PER_SECOND / FRAME_TICKS) * FRAME_TICKS
    t = np.arange(n) / TICKS_PER_SECOND
    if kind == "silence":
        return np.zeros(n, np.float32)
    if kind == "noise":
        sound = _coloured(n, rng.uniform(0, 1.2), rng)
        return _at_level(sound, rng.uniform(-80, -38))
    if kind == "hum":
        mains = rng.choice([50.0, 60.0])
        drift = 1 + 0.002 * np.sin(2 * np.pi * rng.uniform(0.05, 0.3) * t)
        partials = [rng.random() / k * np.sin(2 * np.pi * mains * k * t * drift + rng.uniform(0, 6)) for k in range(1, 9)]
        sound = np.sum(partials, axis=0)
        return _at_level(sound + 0.03 * _coloured(n, 0.5, rng), rng.uniform(-60, -30))
    if kind == "breath":
        centre = rng.uniform(700, 2_500)
        band = butter(2, [0.5 * centre, min(2.2 * centre, 9_000)], "bandpass", fs=TICKS_PER_SECOND, output="sos")
        sound = sosfilt(band, rng.standard_normal(n))
        envelope, at = np.zeros(n), rng.uniform(0, 0.5)
        while at < seconds:
            length = rng.uniform(0.4, 1.1)
            inside = np.clip((t - at) / length, 0, 1)
            envelope += np.sin(np.pi * inside) ** 1.5
            at += length + rng.uniform(0.5, 2.0)
        return _at_level(sound * envelope + 0.01 * _coloured(n, 0.5, rng), rng.uniform(-58, -40))
    if kind == "clicks":
        impulses = (rng.random(n) < 4 / TICKS_PER_SECOND) * rng.uniform(0.3, 1, n)
        body = np.exp(-np.arange(960) / rng.uniform(60, 240)) * rng.standard_normal(960)
        return _at_level(np.convolve(impulses, body)[:n] + 1e-4 * rng.standard_normal(n), rng.uniform(-60, -42))
    raise ValueError(f"unknown kind of quiet sound: {kind}")


QUIET_KINDS = ("silence", "noise", "hum", "breath", "clicks")


def quiet_bank(count: int, seconds: float, seed: int) -> list[F32]:
    """``count`` stretches of log-mel f32[T, 4, 80] of all kinds in turn."""
    rng = np.random.default_rng(seed)
    return [log_mel(quiet_sound(QUIET_KINDS[i % len(QUIET_KINDS)], seconds, rng)) for i in range(count)]


def _coloured(n: int, slope: float, rng: np.random.Generator) -> F32:
    """Noise whose power falls as 1 / f^(2 · slope)."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / TICKS_PER_SECOND), 20)
    return np.asarray(np.fft.irfft(spectrum / (frequency / 1_000) ** slope, n), np.float32)


def _at_level(sound: NDArray[np.floating], dbfs: float) -> F32:
    rms = float(np.sqrt(np.mean(np.square(sound)))) or 1.0
    return np.asarray(np.clip(sound * (10 ** (dbfs / 20) / rms), -1, 1), np.float32)
