"""Phoneme times that a synthesiser's lengths only nearly say: Kokoro's family gives them late, and lets a phoneme hold the
pause.

Measured on 1 053 files of Kokoro-82M and of hibari, its student, beside Piper's lengths (whose closures lie where the sound
has them): the silence of p, t, k begins 50 to 60 ms before its label, whatever the neighbours' lengths, and the last phoneme
before a comma, a full stop or the end lasts 300 to 700 ms, of which the most is the pause.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talking_head.types import F32, TICKS_PER_SECOND, Phoneme

KOKORO_LATE = round(0.055 * TICKS_PER_SECOND)
_LONG = round(0.2 * TICKS_PER_SECOND)  # no phoneme of read speech lasts longer
_WINDOW = round(0.01 * TICKS_PER_SECOND)
_PAUSE = 10  # windows: a shorter hole is part of the sound
_QUIET_DB = -32.0  # against the loudest window of the utterance


def settled(pcm: F32, phonemes: Sequence[Phoneme], late: int = KOKORO_LATE) -> list[Phoneme]:
    """``phonemes`` moved ``late`` ticks earlier, and the pause that a long one holds made silence (" ").

    ``pcm`` f32[n] at 48 kHz is the sound that they belong to. What would begin before it is cut; the last is drawn out to
    where it ended before, so that the phonemes still cover the sound.
    """
    if not phonemes or not len(pcm):
        return list(phonemes)
    end = phonemes[-1].start + phonemes[-1].ticks
    quiet = _quiet(pcm)
    out: list[Phoneme] = []
    for place, phoneme in enumerate(phonemes):
        start = max(0, phoneme.start - late)
        stop = end if place == len(phonemes) - 1 else max(0, phoneme.start + phoneme.ticks - late)
        if stop <= start:
            continue
        fades = _fades(quiet, start, stop) if stop - start > _LONG and phoneme.symbol != " " else stop
        out.append(Phoneme(phoneme.symbol, start, fades - start))
        if fades < stop:
            out.append(Phoneme(" ", fades, stop - fades))
    return [phoneme for phoneme in out if phoneme.ticks > 0]


def _quiet(pcm: F32) -> np.ndarray:
    """Where 10 ms are quiet, bool[n / 480]."""
    whole = max(1, len(pcm) // _WINDOW)
    power = np.square(np.resize(pcm, whole * _WINDOW), dtype=np.float64).reshape(whole, _WINDOW).mean(axis=1)
    return np.asarray(power < power.max() * 10 ** (_QUIET_DB / 10))


def _fades(quiet: np.ndarray, start: int, stop: int) -> int:
    """The tick between ``start`` and ``stop`` at which a pause begins that lasts to ``stop``, or ``stop``."""
    first, last = start // _WINDOW, min(len(quiet), stop // _WINDOW)
    loud = np.flatnonzero(~quiet[first:last])
    begins = first + (int(loud[-1]) + 1 if len(loud) else 0)
    return max(start, begins * _WINDOW) if last - begins >= _PAUSE else stop
