"""Prosody of what is said: pitch, its range, loudness, brightness and pauses of an utterance, from its steps of 32 ms.

No sound is kept: five numbers a step.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import scipy.fft

from talking_head.audio.pitch import pitch
from talking_head.listen.turns import STEP_S
from talking_head.types import F32

_STEP = 512  # samples at 16 kHz
_PERIODIC = 0.7  # a pitch less sure than this does not count
_OCTAVE = 0.55  # of log2: further from the middle, and it is the octave that was mistaken
_LONGEST = round(20 / STEP_S)  # steps of an utterance that are measured: its last 20 s
_LOW, _HIGH = slice(4, 32), slice(32, 128)  # bands of 31.25 Hz: 125–1000, 1000–4000 Hz
_TAPER = np.hanning(_STEP).astype(np.float32)
_FLOOR = 1e-12
_EVERY = 2  # steps: as long as the window in which pitch is looked for
_LEAST_PITCH = 8  # of these with a pitch, for anything to be said of it


@dataclass(frozen=True, slots=True)
class Prosody:
    """One utterance. ``voiced_s``: seconds of voice; ``span_s``: from the first to the last of it; ``snr``: dB of it over the
    room; ``level``: dB, of the louder half of its steps; ``pitch``: semitones over 1 Hz, the middle; ``spread``: semitones, as
    a standard deviation, robustly; ``tilt``: dB of 1–4 kHz against 125–1000 Hz where there is pitch."""

    voiced_s: float
    span_s: float
    snr: float
    level: float
    pitch: float
    spread: float
    tilt: float


class ProsodyMeter:
    """One microphone. :meth:`push` every step, :meth:`begin` where an utterance begins, :meth:`measure` when asked."""

    def __init__(self) -> None:
        self._before = np.zeros(_STEP, np.float32)
        self._steps: deque[tuple[bool, bool, float, float, float]] = deque(maxlen=_LONGEST)
        self._room: float | None = None  # dB of steps without voice
        self._now = self._last = 0  # steps so far, those until the last voice
        self._first: int | None = None  # those before the first voice of the utterance

    def push(self, chunk: F32, voice: bool, *, clear: bool = True) -> None:
        """f32[512] at 16 kHz; ``voice``: somebody speaks in it; ``clear`` False: perhaps the presenter, too."""
        level = 10 * math.log10(float(chunk @ chunk) / _STEP + _FLOOR)
        tone = tilt = float("nan")
        if voice and clear and self._now % _EVERY == 0:
            line = np.concatenate([self._before, chunk])
            found, sure = pitch((0.5 * (line[::2] + line[1::2]))[None], share=0.9)
            if sure[0] > _PERIODIC:
                tone = 12 * float(found[0])
                size = np.abs(scipy.fft.rfft(chunk * _TAPER))
                low, high = size[_LOW], size[_HIGH]
                tilt = 10 * math.log10((float(high @ high) + _FLOOR) / (float(low @ low) + _FLOOR))
        elif not voice:
            # Falls at once, rises slowly: the end of a word that no detector takes for voice is not the room.
            room = self._room if self._room is not None else level
            self._room = room + (0.3 if level < room else 0.03) * (level - room)
        self._before = chunk
        self._now += 1
        if voice:
            self._first = self._now - 1 if self._first is None else self._first
            self._last = self._now
        self._steps.append((voice, clear, level, tone, tilt))

    def begin(self, kept: int) -> None:
        """An utterance has begun, ``kept`` steps ago."""
        while len(self._steps) > kept:
            self._steps.popleft()
        voices = [place for place, step in enumerate(self._steps) if step[0]]
        self._first = self._now - len(self._steps) + voices[0] if voices else None

    def measure(self) -> Prosody | None:
        """The utterance so far; None where too little of it is voice."""
        if not self._steps or self._first is None:
            return None
        rows = np.array(self._steps, np.float32)
        voice, clear = rows[:, 0] > 0, rows[:, 1] > 0
        counted = np.flatnonzero(voice & clear)
        tones, tilts = rows[:, 3][~np.isnan(rows[:, 3])], rows[:, 4][~np.isnan(rows[:, 4])]
        if len(tones) < _LEAST_PITCH:
            return None
        near = np.abs(tones - np.median(tones)) < 12 * _OCTAVE
        tones = tones[near]
        levels = np.sort(rows[counted, 2])[len(counted) // 2 :]
        low, high = np.percentile(tones, [10, 90])
        level = float(levels.mean())
        return Prosody(
            voiced_s=len(counted) * STEP_S,
            span_s=(self._last - self._first) * STEP_S,
            snr=level - (self._room if self._room is not None else level - 40.0),
            level=level,
            pitch=float(np.median(tones)),
            spread=float(high - low) / 2.56,
            tilt=float(np.median(tilts)),
        )
