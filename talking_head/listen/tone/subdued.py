"""Whether a visitor sounds subdued: lower and flatter in pitch, slower and softer than this visitor before.

Which way pitch, its range, rate and loudness go in subdued speech: Scherer, "Vocal affect expression", Psychological Bulletin
1986; Banse and Scherer, "Acoustic profiles in vocal emotion expression", 1996. What one voice says of itself from turn to turn
is compared, never one person with another, but for a first turn, where only what hardly anybody's speech is like counts. It
tells how a voice sounds, not what somebody feels; in doubt it says nothing.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass
from statistics import median

from talking_head.listen.tone.prosody import Prosody

_KEPT = 6  # turns that a visitor is compared with
# What differs from turn to turn of one voice that is as ever: semitones, octaves of the spread, of the rate, dB, dB.
_PITCH, _SPREAD, _RATE, _LEVEL, _TILT = 1.2, 0.33, 0.22, 5.0, 3.0
_ENOUGH = 3.2  # of melody, pace and half of the force together
_MELODY, _PACE = 0.9, 0.6  # and of each of these
_DOUBT = 1.6  # more of it where nothing is sure
_FLAT, _SLOW = 0.40, 2.85  # log2 of semitones and of letters a second: below both, a first turn counts as well
_FIRST_S = 2.0  # seconds of voice in such a turn
_MELODY_ALONE, _FORCE = 1.9, 0.4  # while somebody still speaks, and no words are known
_LEAST_S, _LEAST_SNR = 1.2, 12.0
_CHINESE, _FIGURE = 3, 4  # letters that a sign or a figure is worth


@dataclass(frozen=True, slots=True)
class Difference:
    """How much further down than usual: ``melody`` (pitch and its range), ``pace``, ``force`` (loudness and brightness), each
    about −2..3 where ±1 is an ordinary change; ``sure`` 0..1: how far the sound and the turns before allow to say so."""

    melody: float
    pace: float
    force: float
    sure: float

    @property
    def subdued(self) -> bool:
        """Whether it is a clear case: melody and pace both, with more of them where little is sure."""
        together = self.melody + self.pace + 0.5 * self.force
        return self.melody > _MELODY and self.pace > _PACE and together > _ENOUGH + _DOUBT * (1 - self.sure)


class Habits:
    """How one visitor has sounded: five numbers a turn of the last six. Any thread may ask."""

    def __init__(self) -> None:
        self._before: deque[tuple[float, ...]] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def heard(self, prosody: Prosody | None, letters: int) -> bool:
        """Whether a turn of so many ``letters`` sounded subdued; it is one of those before from now on."""
        if prosody is None or not letters or not _audible(prosody):
            return False
        now = _numbers(prosody, letters)
        difference = self.difference(prosody, letters)
        with self._lock:
            self._before.append(now)
        return _flat_and_slow(prosody, now) or (difference is not None and difference.subdued)

    def subdued(self, prosody: Prosody | None) -> bool:
        """Whether what was said so far sounds so, before its words are known: only with turns to compare it with."""
        difference = self.difference(prosody, 0) if prosody is not None and _audible(prosody) else None
        sure = difference is not None and difference.sure > 0.6
        return difference is not None and sure and difference.melody > _MELODY_ALONE and difference.force > _FORCE

    def difference(self, prosody: Prosody, letters: int) -> Difference | None:
        """Between this turn and those before; None for a first one. Without ``letters`` its pace is as ever."""
        with self._lock:
            before = list(self._before)
        if not before:
            return None
        usual = [median(column) for column in zip(*before, strict=True)]
        now = _numbers(prosody, letters)
        pitch, spread, rate, level, tilt = (was - value for was, value in zip(usual, now, strict=True))
        return Difference(
            melody=_bounded((spread / _SPREAD + pitch / _PITCH) / 2, -2, 3),
            pace=_bounded(rate / _RATE, -2, 3) if letters else 0.0,
            # Who turns away from the microphone is softer and duller, too: this may support, never decide.
            force=_bounded((level / _LEVEL + tilt / _TILT) / 2, -1.5, 1.0),
            sure=min(_share(prosody.voiced_s, 1.0, 3.0), _share(prosody.snr, 10, 20), 1.0 if len(before) > 1 else 0.5),
        )


def letters(text: str) -> int:
    """How long ``text`` is when it is spoken, in letters of English; a Chinese sign is worth three, a figure four."""
    return sum(
        _FIGURE if sign.isdigit() else _CHINESE if "\u3400" <= sign <= "\u9fff" else 1 for sign in text if sign.isalnum()
    )


def _audible(prosody: Prosody) -> bool:
    return prosody.voiced_s >= _LEAST_S and prosody.snr >= _LEAST_SNR


def _numbers(prosody: Prosody, letters: int) -> tuple[float, ...]:
    rate = math.log2(max(letters, 1) / max(prosody.span_s, 0.3))
    return prosody.pitch, math.log2(max(prosody.spread, 0.2)), rate, prosody.level, prosody.tilt


def _flat_and_slow(prosody: Prosody, numbers: tuple[float, ...]) -> bool:
    return numbers[1] < _FLAT and numbers[2] < _SLOW and prosody.voiced_s >= _FIRST_S


def _bounded(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))


def _share(value: float, none: float, full: float) -> float:
    return _bounded((value - none) / (full - none), 0, 1)
