"""The same words in a subdued voice, made of an ordinary one: lower, flatter, slower, with longer pauses, softer and duller.

By pitch-synchronous overlap and add (Moulines and Charpentier, "Pitch-synchronous waveform processing techniques for
text-to-speech synthesis using diphones", Speech Communication 1990). It is made and not real: nobody is sad in it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

from talking_head.audio.pitch import WINDOW, pitch
from talking_head.types import F32, VOICE_RATE

_HOP = VOICE_RATE // 100
_UNVOICED = 80.0  # samples between marks where there is no pitch
_EDGE = 200


def subdued(pcm: F32, depth: float = 1.0, seed: int = 0) -> F32:
    """``pcm`` f32[n] at 16 kHz; ``depth`` 1: 2 semitones lower, half its range, 22 % slower, pauses 1.8 times as long and
    0.12 s more, 4 dB less above 1.2 kHz and 5 dB less of all; 0: as it is, but for the pauses."""
    line = _paused(_said(pcm, -2 * depth, 1 - 0.5 * depth, 1 + 0.22 * depth), 1 + 0.8 * depth, seed)
    return (_shelf(line, -4 * depth) * 10 ** (-5 * depth / 20)).astype(np.float32)


def lively(pcm: F32) -> F32:
    """``pcm`` f32[n] at 16 kHz 2 semitones higher, with 1.3 times its range, 10 % faster, brighter and 3.5 dB louder."""
    return (_shelf(_said(pcm, 2, 1.3, 0.9), 2) * 1.5).astype(np.float32)


def _track(pcm: F32) -> NDArray[np.float64]:
    """Pitch in Hz every 10 ms, 0 where there is none."""
    small = np.pad(resample_poly(pcm, 1, 2).astype(np.float32), WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(small, WINDOW)[:: _HOP // 2]
    tone, sure = pitch(np.ascontiguousarray(windows))
    loud = np.sqrt(np.square(windows).mean(axis=1))
    voiced = (sure > 0.6) & (loud > 0.03 * loud.max())
    if voiced.any():
        voiced &= np.abs(tone - np.median(tone[voiced])) < 0.6  # else the octave was mistaken
    return np.where(voiced, 2.0**tone, 0.0)


def _said(pcm: F32, shift: float, flat: float, slow: float) -> F32:
    """Pitch ``shift`` semitones away and its movement about its middle times ``flat``; ``slow`` times as long."""
    now = _track(pcm)
    voiced = now > 0
    if not voiced.any():
        return pcm
    log = np.log2(np.maximum(now, 1))
    middle = np.median(log[voiced])
    wanted = np.where(voiced, 2 ** (middle + (log - middle) * flat + shift / 12), 0.0)
    marks = _marks(pcm, now)
    places = np.array([place for place, _ in marks])
    out = np.zeros(int(len(pcm) * slow) + 2 * _EDGE, np.float64)
    weight = np.zeros_like(out)
    at = _EDGE * slow
    while at < (len(pcm) - 2 * _EDGE) * slow:
        place, period = marks[int(np.abs(places - at / slow).argmin())]
        first, to = place - period, int(at) - period
        if first >= 0 and place + period <= len(pcm) and to >= 0 and to + 2 * period < len(out):
            taper = np.hanning(2 * period)
            out[to : to + 2 * period] += pcm[first : place + period] * taper
            weight[to : to + 2 * period] += taper
        hertz = wanted[min(len(wanted) - 1, place // _HOP)]
        at += VOICE_RATE / hertz if hertz > 0 else _UNVOICED
    return (out / np.maximum(weight, 0.35))[: int(len(pcm) * slow)].astype(np.float32)


def _marks(pcm: F32, hertz: NDArray[Any]) -> list[tuple[int, int]]:
    """Where each period has its peak, and how long it is, in samples."""
    marks, at = list[tuple[int, int]](), float(_EDGE)
    while at < len(pcm) - _EDGE:
        here = hertz[min(len(hertz) - 1, int(at / _HOP))]
        period = VOICE_RATE / here if here > 0 else _UNVOICED
        place = int(at)
        if here > 0:
            first, last = int(at - 0.3 * period), int(at + 0.3 * period)
            place = max(first + int(pcm[first:last].argmax()), marks[-1][0] + _EDGE // 5 if marks else 0)
        marks.append((place, int(period)))
        at = place + period
    return marks


def _paused(pcm: F32, times: float, seed: int) -> F32:
    """Silences within, of 40 ms and more, ``times`` as long and 0.12 s longer."""
    rng = np.random.default_rng(seed)
    count = len(pcm) // _HOP
    loud = np.sqrt(np.square(pcm[: count * _HOP]).reshape(count, _HOP).mean(axis=1))
    quiet = loud < 0.04 * np.percentile(loud, 95)
    edges = [0, *(np.flatnonzero(np.diff(quiet)) + 1).tolist(), count]
    parts = list[F32]()
    for first, last in pairwise(edges):
        parts.append(pcm[first * _HOP : last * _HOP])
        if quiet[first] and first > 0 and last < count and last - first >= 4:
            more = int((last - first) * _HOP * (times - 1) + 0.12 * VOICE_RATE)
            parts.append((1e-5 * rng.standard_normal(more)).astype(np.float32))
    return np.concatenate(parts)


def _shelf(pcm: F32, decibels: float) -> F32:
    """What lies above about 1.2 kHz, so much louder."""
    low = sosfilt(butter(1, 1200, "low", fs=VOICE_RATE, output="sos"), pcm)
    return np.asarray(low + (pcm - low) * 10 ** (decibels / 20), np.float32)
