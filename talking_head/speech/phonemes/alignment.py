"""Where the sounds of Kokoro's family lie, from the lengths that the network gives its letters.

The length of a letter is not where that letter sounds: the sound of letter i lies in the stretch of letter i − 1, and the first
one in the last 75 ms of the start mark's. Measured on hibari, frame by frame, with a linear classifier of log spectra over 60
sentences: nominal places 13 to 19 % of frames right, all of them 50 ms earlier 29.7 %, one letter earlier 30.2 %. (Kokoro's
own time stamps take 75 ms off the start, for the same reason.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from talking_head.speech.phonemes.letters import Letters, units
from talking_head.types import F32, Phoneme

_FIRST_UNITS = 3.0  # of the start mark's stretch belong to the first letter


def edges(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """``lengths`` f64[n + 2] of start mark, n letters and end mark → f64[n + 1]: where the letters' sounds begin, and the end.

    In units of the lengths. The last letter is given what is left.
    """
    ends = np.cumsum(lengths)
    letters = len(lengths) - 2
    first = max(0.0, float(ends[0]) - _FIRST_UNITS)
    starts = np.concatenate([[first], ends[: letters - 1]])
    return np.concatenate([starts, [ends[-1]]])


def spoken_at(lengths: NDArray[np.float64], values: Sequence[float]) -> list[tuple[float, float, float]]:
    """(start, end, value) of every letter whose value is not 0, in units of the lengths."""
    places = edges(lengths)
    return [(float(a), float(b), v) for a, b, v in zip(places[:-1], places[1:], values, strict=True) if v]


def spread(stretches: Sequence[tuple[float, float, float]], per_unit: int, frames: int) -> F32:
    """f32[frames] with each stretch's value in it, ``per_unit`` frames a unit, smooth over 60 ms at its two ends."""
    out = np.zeros(frames, np.float32)
    for start, end, value in stretches:
        out[round(start * per_unit) : round(end * per_unit)] = value
    if not stretches:
        return out
    window = np.hanning(7)[1:-1]
    smooth: F32 = np.convolve(out, window / window.sum(), mode="same").astype(np.float32)
    return smooth


def stretched(factors: F32, lengths: NDArray[np.float64], per_unit: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Frames f32[n], each to last ``factors`` times as long → which frame stands where i[m], and the letters' lengths then."""
    ends = np.concatenate([[0.0], np.cumsum(factors, dtype=np.float64)])
    frames = np.searchsorted(ends, np.arange(round(float(ends[-1]))) + 0.5, side="right") - 1
    edge = np.interp(np.concatenate([[0.0], np.cumsum(lengths)]) * per_unit, np.arange(len(ends)), ends)
    return np.clip(frames, 0, len(factors) - 1), np.diff(edge) / per_unit


def phonemes_of(letters: Letters, lengths: NDArray[np.float64], ticks: float) -> list[Phoneme]:
    """The phonemes of a spoken piece, without gaps, from its first sample to its last; ``ticks`` a unit of length."""
    places = np.round(edges(lengths) * ticks).astype(int)
    out = [Phoneme(" ", 0, int(places[0]))] if places[0] else []
    at = 0
    for symbol, emphasis, count in units(letters):
        start, at = int(places[at]), at + count
        end = int(places[at])
        if end > start:
            out.append(Phoneme(symbol, start, end - start, emphasis))
    return out
