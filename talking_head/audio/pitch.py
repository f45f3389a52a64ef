"""Pitch of a voice: the highest peak of the normalised autocorrelation, 70 to 400 Hz.

Rabiner, "On the use of autocorrelation analysis for pitch detection", IEEE TASSP 1977; divided by the autocorrelation of the
taper as in Boersma, "Accurate short-term analysis of the fundamental frequency", 1993, so that all lags can be compared.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from talking_head.types import F32

RATE = 8_000
WINDOW = 512  # samples: 64 ms
_LAGS = slice(RATE // 400, RATE // 70)
_TAPER = np.hanning(WINDOW).astype(np.float32)
_FFT = 2 * WINDOW
_OWN = scipy.fft.irfft(np.abs(scipy.fft.rfft(_TAPER, _FFT)) ** 2)[: WINDOW // 2].astype(np.float32)
_OWN /= _OWN[0]


def pitch(window: F32, *, share: float = 1.0) -> tuple[F32, F32]:
    """log2 of the pitch in Hz of each row of ``window`` f32[n, 512] at 8 kHz, and how periodic it is, about 0..1, both f32[n].

    ``share``: the first peak that is so high, measured by the highest; a voice repeats itself after two periods as well, and
    0.9 keeps its octave. A pitch that is less periodic than 0.45 is none.
    """
    spectrum = scipy.fft.rfft((window - window.mean(axis=1, keepdims=True)) * _TAPER, _FFT, axis=1)
    own = scipy.fft.irfft(spectrum.real**2 + spectrum.imag**2, axis=1)[:, : WINDOW // 2]
    own = own / (np.maximum(own[:, :1], 1e-9) * _OWN)
    heights = own[:, _LAGS]
    best = heights.argmax(axis=1)
    if share < 1:
        peak = (heights >= own[:, _LAGS.start - 1 : _LAGS.stop - 1]) & (heights >= own[:, _LAGS.start + 1 : _LAGS.stop + 1])
        peak &= heights >= share * heights.max(axis=1, keepdims=True)
        best = np.where(peak.any(axis=1), peak.argmax(axis=1), best)
    height = heights[np.arange(len(own)), best]
    return np.log2(RATE / (best + _LAGS.start)).astype(np.float32), height.astype(np.float32)
