"""Sound on its way in and out: checking, resampling, files, loudness.

Everything that plays is mono f32 in −1..1 at 48 kHz. What the motion model hears is made in ``mel.py``.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import soxr
from scipy.ndimage import minimum_filter1d
from scipy.signal import fftconvolve, lfilter

from talking_head.errors import AudioError
from talking_head.types import F32, TICKS_PER_SECOND

TARGET_LUFS = -16.0
PEAK_CEILING = float(10 ** (-1.0 / 20))  # −1 dBFS, as a sample value
SILENT_LUFS = -70.0  # the absolute gate of BS.1770: anything quieter has no loudness
_LIMITER_S = 0.012  # longer than one period of a low voice: a vowel is turned down as a whole, its pulses are not flattened


def check_pcm(pcm: F32, sample_rate: int, expected_rate: int | None = None) -> F32:
    """Return ``pcm`` as f32[n] or raise AudioError: wrong rate, not mono, empty, NaN or infinite."""
    if expected_rate is not None and sample_rate != expected_rate:
        raise AudioError(f"The audio is at {sample_rate} Hz; it must be at {expected_rate} Hz.")
    if not 4_000 <= sample_rate <= 384_000:
        raise AudioError(f"{sample_rate} Hz is not a sample rate of sound; between 4 000 and 384 000 Hz works.")
    pcm = np.asarray(pcm)
    if pcm.ndim != 1:
        raise AudioError(f"The audio must be mono, one row of samples; it has the shape {pcm.shape}.")
    if pcm.size == 0:
        raise AudioError("The audio is empty.")
    if not np.issubdtype(pcm.dtype, np.floating):
        raise AudioError(f"The audio must be floating point in −1..1, not {pcm.dtype}.")
    if not np.isfinite(pcm).all():
        raise AudioError("The audio holds NaN or infinite samples.")
    return pcm.astype(np.float32, copy=False)


def resample(pcm: F32, rate_in: int, rate_out: int) -> F32:
    """Whole-clip resampling (soxr, high quality) of mono ``pcm`` f32[n] → f32[round(n · out / in)]."""
    if rate_in == rate_out or pcm.size == 0:
        return pcm
    out: F32 = np.asarray(soxr.resample(pcm, rate_in, rate_out), np.float32)
    return out


class StreamResampler:
    """Resampling piece by piece; all pieces together equal the whole clip resampled at once."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._same = rate_in == rate_out
        self._stream = soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32")

    def push(self, pcm: F32, *, last: bool = False) -> F32:
        """Take f32[n], give what is ready, f32[m]; ``last`` flushes the filter's tail (and ends this stream)."""
        if self._same:
            return pcm
        out: F32 = self._stream.resample_chunk(np.ascontiguousarray(pcm, np.float32), last=last)
        return out


def fade(pcm: F32, rise: int, fall: int) -> F32:
    """A copy of ``pcm`` with raised-cosine fades of ``rise`` and ``fall`` samples at its two ends."""
    out = pcm.copy()
    rise, fall = min(rise, len(out) // 2), min(fall, len(out) // 2)
    if rise:
        out[:rise] *= _ramp(rise)
    if fall:
        out[-fall:] *= _ramp(fall)[::-1]
    return out


def fade_out(pcm: F32, ticks: int) -> F32:
    """``pcm`` gone within its first ``ticks`` samples, linearly; silence behind them."""
    out = np.zeros_like(pcm)
    out[:ticks] = pcm[:ticks] * np.linspace(1, 0, ticks, dtype=np.float32)
    return out


def _ramp(n: int) -> F32:
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)).astype(np.float32)


def k_weighted(pcm: F32, sample_rate: int) -> F32:
    """The two filters of ITU-R BS.1770-4 (head shelf, then high-pass), for any sample rate.

    The published 48 kHz coefficients are the bilinear transform of two analogue biquads; these are the same biquads with
    the parameters of De Man, "Evaluation of implementations of the EBU R128 loudness measurement" (2018).
    """
    k = np.tan(np.pi * 1681.9744509555319 / sample_rate)
    q, high = 0.7071752369554193, 10 ** (3.99984385397 / 20)
    band = high**0.4996667741545416
    shelf = lfilter([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k], _poles(k, q), pcm) / (
        1 + k / q + k * k
    )
    k, q = np.tan(np.pi * 38.13547087613982 / sample_rate), 0.5003270373253953
    out: F32 = lfilter([1.0, -2.0, 1.0], _poles(k, q), shelf).astype(np.float32)
    return out


def _poles(k: float, q: float) -> list[float]:
    norm = 1 + k / q + k * k
    return [1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]


def loudness(pcm: F32, sample_rate: int = TICKS_PER_SECOND) -> float:
    """Integrated loudness of mono ``pcm`` in LUFS (ITU-R BS.1770-4: 400 ms blocks, 75 % overlap, two gates).

    A clip shorter than one block is measured as one block of its own length, so that "Yes." has a loudness too.
    Silence gives −70.
    """
    energy = np.square(k_weighted(pcm, sample_rate), dtype=np.float64)
    block = min(len(energy), round(0.4 * sample_rate))
    if block == 0:
        return SILENT_LUFS
    sums = np.concatenate([[0.0], np.cumsum(energy)])
    starts = np.arange(0, len(energy) - block + 1, max(1, round(0.1 * sample_rate)))
    power = np.maximum((sums[starts + block] - sums[starts]) / block, 1e-12)
    levels = -0.691 + 10 * np.log10(power)
    audible = levels > SILENT_LUFS
    if not audible.any():
        return SILENT_LUFS
    relative = -0.691 + 10 * np.log10(power[audible].mean()) - 10.0
    return float(-0.691 + 10 * np.log10(power[audible & (levels > relative)].mean()))


def limit(pcm: F32, ceiling: float = PEAK_CEILING, sample_rate: int = TICKS_PER_SECOND) -> F32:
    """Look-ahead limiter: the gain dips smoothly around peaks, so that no sample exceeds ``ceiling``.

    Peaks between samples are found at four times the rate, so the analogue wave stays below the ceiling as well.
    """
    if pcm.size == 0 or np.abs(pcm).max() < 0.7 * ceiling:
        return pcm
    fine = np.abs(soxr.resample(pcm, sample_rate, 4 * sample_rate)).astype(np.float32)
    fine = np.pad(fine, (0, max(0, 4 * len(pcm) - len(fine))))[: 4 * len(pcm)]
    between = np.maximum(np.maximum(fine[0::4], fine[1::4]), np.maximum(fine[2::4], fine[3::4]))
    peaks = np.maximum(between, np.abs(pcm))
    peaks[1:] = np.maximum(peaks[1:], between[:-1])
    if peaks.max() <= ceiling:
        return pcm
    half = max(1, round(_LIMITER_S * sample_rate))
    needed = np.minimum(1.0, 0.995 * ceiling / np.maximum(peaks, 1e-9))
    lowest = minimum_filter1d(needed, 2 * half + 1, mode="nearest")
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(lowest, half, mode="edge")
    gain = fftconvolve(padded, window / window.sum(), mode="valid")
    out: F32 = np.clip(pcm * gain, -ceiling, ceiling).astype(np.float32)
    return out


def to_loudness(pcm: F32, sample_rate: int = TICKS_PER_SECOND, target: float = TARGET_LUFS) -> F32:
    """``pcm`` at ``target`` LUFS with peaks below −1 dBFS. Silence stays as it is, and gain ends at +40 dB."""
    for attempt in range(12):  # the limiter takes loudness away from a peaky clip: the next pass gives it back, and more
        level = loudness(pcm, sample_rate)
        if level <= SILENT_LUFS:
            return pcm
        missing = min(target - level, 40.0)
        if abs(missing) < 0.4:  # the contract is ±1; a further pass costs more than it brings
            break
        gain = 10 ** (missing * (1.6 if attempt else 1.0) / 20)
        pcm = (pcm * gain).astype(np.float32)
        if attempt >= 6:  # a few spikes in a short sound: round them off
            pcm = (PEAK_CEILING * np.tanh(pcm / PEAK_CEILING)).astype(np.float32)
        pcm = limit(pcm, sample_rate=sample_rate)
    return pcm


def write_wav(path: Path, pcm: F32, sample_rate: int = TICKS_PER_SECOND) -> None:
    """Write mono ``pcm`` f32[n] in −1..1 as 16-bit WAV."""
    pcm = check_pcm(pcm, sample_rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes((np.clip(pcm, -1, 1) * 32767).round().astype("<i2").tobytes())
