"""One synthetic voice made into many speakers, microphones and rooms, without moving anything in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, fftconvolve, istft, sosfilt, stft

from talking_head.audio.pcm import resample, to_loudness
from talking_head.types import F32, TICKS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Voice:
    """How to change a voice. ``pitch``: factor on pitch and vocal tract together (tape speed); ``formants``: further factor
    on the spectral envelope alone; ``tilt_db``: treble against bass; ``lufs``: loudness; ``snr_db``: noise of spectral slope
    ``noise_slope`` (0 white, 1 pink, 2 brown) with ``hum`` of 50/60 Hz; ``room_s``: reverberation time, 0 for none."""

    pitch: float = 1.0
    formants: float = 1.0
    tilt_db: float = 0.0
    lufs: float = -16.0
    snr_db: float = 60.0
    noise_slope: float = 1.0
    hum: float = 0.0
    room_s: float = 0.0


def random_voice(rng: np.random.Generator, *, strength: float = 1.0) -> Voice:
    """Men, women and children (pitch 0.82–1.55), phones and halls. ``strength`` 0 is the original voice in a quiet studio."""
    room = float(rng.uniform(0.1, 0.6)) if rng.random() < 0.5 * strength else 0.0
    return Voice(
        pitch=float(np.exp(strength * rng.uniform(np.log(0.82), np.log(1.55)))),
        formants=float(np.exp(strength * rng.uniform(np.log(0.92), np.log(1.09)))),
        tilt_db=float(strength * rng.uniform(-9, 9)),
        lufs=float(-16 - strength * rng.uniform(0, 14)),
        snr_db=float(60 - strength * rng.uniform(0, 50)),
        noise_slope=float(rng.choice([0.0, 1.0, 2.0])),
        hum=float(rng.uniform(0, 1)) if rng.random() < 0.2 * strength else 0.0,
        room_s=room,
    )


def disguise(pcm: F32, voice: Voice, rng: np.random.Generator) -> F32:
    """``pcm`` f32[n] at 48 kHz, spoken ``voice.pitch`` times too slowly → f32[round(n / pitch)] in another voice."""
    out = resample(pcm, round(TICKS_PER_SECOND * voice.pitch), TICKS_PER_SECOND) if voice.pitch != 1 else pcm
    length = round(len(pcm) / voice.pitch)
    out = np.pad(out, (0, max(0, length - len(out))))[:length]
    if abs(voice.formants - 1) > 0.01:
        out = _formants(out, voice.formants)
    if voice.tilt_db:
        out = _tilt(out, voice.tilt_db)
    if voice.room_s:
        out = _room(out, voice.room_s, rng)
    out = to_loudness(out.astype(np.float32), target=voice.lufs)
    if voice.snr_db < 59:
        out = out + _noise(len(out), voice, rng) * np.sqrt(np.mean(np.square(out))) * 10 ** (-voice.snr_db / 20)
    return np.clip(out, -1, 1).astype(np.float32)


def telephone(pcm: F32, rng: np.random.Generator) -> F32:
    """``pcm`` f32[n] at 48 kHz as a telephone passes it on: 300–3 400 Hz or so, half of the time through coarse µ-law steps."""
    band = butter(3, [rng.uniform(150, 400), rng.uniform(3_000, 3_900)], "bandpass", fs=TICKS_PER_SECOND, output="sos")
    out = np.asarray(sosfilt(band, pcm))
    if rng.random() < 0.5:
        out = out / (np.abs(out).max() + 1e-6)
        steps = np.round(np.sign(out) * np.log1p(255 * np.abs(out)) / np.log(256) * 24) / 24
        out = 0.5 * np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255
    return out.astype(np.float32)


def _formants(pcm: F32, factor: float) -> F32:
    """Stretch the spectral envelope (60 cepstral coefficients) by ``factor``; the harmonics stay where they are."""
    _, _, spectrum = stft(pcm, TICKS_PER_SECOND, nperseg=2048, noverlap=1536)
    log = np.log(np.abs(spectrum) + 1e-6)
    cepstrum = np.fft.irfft(log, axis=0)
    cepstrum[60:-59] = 0
    envelope = np.fft.rfft(cepstrum, axis=0).real
    bins = np.arange(len(envelope))
    source = np.clip(bins / factor, 0, len(bins) - 1.001)
    low, part = source.astype(int), (source % 1)[:, None]
    moved = envelope[low] * (1 - part) + envelope[low + 1] * part
    _, out = istft(spectrum * np.exp(np.clip(moved - envelope, -3, 3)), TICKS_PER_SECOND, nperseg=2048, noverlap=1536)
    return np.pad(out, (0, max(0, len(pcm) - len(out))))[: len(pcm)].astype(np.float32)


def _tilt(pcm: F32, gain_db: float) -> F32:
    """First-order shelf around 1.5 kHz: ``gain_db`` more treble than bass."""
    high = 10 ** (gain_db / 20)
    k = np.tan(np.pi * 1_500 / TICKS_PER_SECOND)
    sos = np.array([[(high + k) / (1 + k), (k - high) / (1 + k), 0.0, 1.0, (k - 1) / (1 + k), 0.0]])
    return np.asarray(sosfilt(sos, pcm), np.float32)


def _room(pcm: F32, reverberation_s: float, rng: np.random.Generator) -> F32:
    """Direct sound first, then decaying noise 6–20 dB below it: timing stays."""
    n = round(reverberation_s * TICKS_PER_SECOND)
    tail = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    tail[: round(0.002 * TICKS_PER_SECOND)] = 0
    tail *= 10 ** (-rng.uniform(6, 20) / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return np.asarray(fftconvolve(pcm, tail)[: len(pcm)], np.float32)


def _noise(length: int, voice: Voice, rng: np.random.Generator) -> F32:
    """Unit-power noise."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequency = np.maximum(np.fft.rfftfreq(length, 1 / TICKS_PER_SECOND), 20)
    noise = np.fft.irfft(spectrum * frequency ** (-voice.noise_slope / 2), length)
    noise /= np.sqrt(np.mean(noise**2)) + 1e-12
    if voice.hum:
        base = rng.choice([50, 60])
        time = np.arange(length) / TICKS_PER_SECOND
        noise += voice.hum * sum(np.sin(2 * np.pi * base * k * time + rng.uniform(0, 6.3)) / k for k in (1, 2, 3, 5))
    return noise.astype(np.float32)
