"""Log-mel spectra as Whisper wants them: what the recogniser and the end-of-turn model hear.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022): windows of 25 ms every 10 ms, 80 bands on
Slaney's mel scale, log10, at most 80 dB of range. Written in NumPy, so that no recogniser's package is needed for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from talking_head.types import F32, VOICE_RATE

MELS = 80
HOP = 160
_WINDOW = 400


def _to_mel(hertz: NDArray[Any]) -> F32:
    """Slaney's scale: linear to 1 kHz, logarithmic above."""
    high = np.maximum(hertz, 1000.0)
    mel: F32 = np.where(hertz < 1000, 3 * hertz / 200, 15 + np.log(high / 1000) * 27 / np.log(6.4))
    return mel


def _to_hertz(mel: NDArray[Any]) -> F32:
    hertz: F32 = np.where(mel < 15, 200 * mel / 3, 1000 * np.exp(np.log(6.4) / 27 * (np.maximum(mel, 15) - 15)))
    return hertz


def _bank(bands: int) -> F32:
    """f32[201, bands]: triangles of unit area over the bins of a 400-point transform."""
    edges = _to_hertz(np.linspace(0, float(_to_mel(np.array(VOICE_RATE / 2))), bands + 2))
    bins = np.linspace(0, VOICE_RATE / 2, _WINDOW // 2 + 1)
    rise = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    bank: F32 = (np.maximum(0, np.minimum(rise, fall)) * 2 / (edges[2:] - edges[:-2])).astype(np.float32)
    return bank


_BANKS = {MELS: _bank(MELS)}
_HANN = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)


def log_mel(pcm: F32, bands: int = MELS) -> F32:
    """``pcm`` f32[n] at 16 kHz, n ≥ 200 → f32[bands, n // 160], about −1..1; row t is centred on sample 160 t.

    The range ends 80 dB below the loudest band of the clip.
    """
    if (bank := _BANKS.get(bands)) is None:
        bank = _BANKS[bands] = _bank(bands)
    padded = np.pad(pcm.astype(np.float32, copy=False), _WINDOW // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][: len(pcm) // HOP]
    power = np.square(np.abs(scipy.fft.rfft(windows * _HANN, axis=1)))
    spectrum = np.log10(np.maximum(power @ bank, 1e-10)).T
    out: F32 = np.ascontiguousarray((np.maximum(spectrum, spectrum.max() - 8) + 4) / 4, np.float32)
    return out
