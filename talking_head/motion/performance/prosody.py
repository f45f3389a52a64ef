"""How it is said: loudness, pitch, stressed syllables and the ends of phrases, from the sound alone, frame by frame.

A stress is a syllable that rises by 6 dB and more to near the loudest that this speaker has been; a phrase ends after 160 ms
without speech. Pitch is that of ``audio/pitch.py``.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from talking_head.audio.pitch import RATE, WINDOW, pitch
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND

# Log-mel as ``audio.mel`` gives it: 0.25 are 10 dB.
_SPEECH = 0.5  # under the speaker's level: still speech
_STRESSED = 0.17
_RISE = 0.13
_APART = 8  # frames between two stresses
_ENDED = 4  # frames of quiet that end a phrase
_LEAST = 8  # frames of speech that make a phrase
_FLOOR = -0.62  # no speaker is as soft as this
_BANDS = slice(2, 56)  # 100 Hz to 4 kHz

_DOWN = TICKS_PER_SECOND // RATE  # 48 kHz → 8 kHz, where pitch is looked for
_VOICED = 0.45


@dataclass(slots=True)
class ProsodyState:
    """What one stream remembers of its sound."""

    level: float = -0.05
    smooth: float = -1.0
    slow: float = -0.6
    syllable: float = 0.0
    recent: deque[float] = field(default_factory=lambda: deque([-1.0] * 6, 6))
    talked: int = 0
    quiet: int = 100
    since: int = 100
    talking: float = 0.0
    tone: float = 0.0  # mean log2 of the pitch, 0: not known yet
    last: deque[float] = field(default_factory=lambda: deque(maxlen=6))
    tail: F32 = field(default_factory=lambda: np.zeros(WINDOW, np.float32))


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame of one stream. ``loud`` and ``talking`` 0..1 (speech now; smoothed over a second), ``stress`` 0..1 where a
    stressed syllable begins, else 0; ``begins`` and ``ends``: of a phrase; ``rising``: it ends higher than it was, as a
    question. ``syllable``
    −1..1: louder or softer than the last third of a second was."""

    loud: float
    talking: float
    stress: float = 0.0
    begins: bool = False
    ends: bool = False
    rising: bool = False
    syllable: float = 0.0


SILENCE = Heard(0.0, 0.0)


def listen(states: Sequence[ProsodyState], mel: F32, pcm: F32) -> list[Heard]:
    """Advance B streams by a frame: ``mel`` f32[B, 4, 80] as of ``audio.mel``, ``pcm`` f32[B, 1920] at 48 kHz."""
    loud = mel[:, :, _BANDS].mean(axis=(1, 2)).tolist()
    small = pcm.reshape(len(states), FRAME_TICKS // _DOWN, _DOWN).mean(axis=2)
    active = [row for row, (state, v) in enumerate(zip(states, loud, strict=True)) if v > max(_FLOOR, state.level - _SPEECH)]
    for row, state in enumerate(states):
        state.tail = np.concatenate([state.tail[small.shape[1] :], small[row]])
    tones = dict(zip(active, _pitch(np.stack([states[row].tail for row in active])), strict=True)) if active else {}
    return [_hear(state, loud[row], tones.get(row, 0.0)) for row, state in enumerate(states)]


def _pitch(window: F32) -> list[float]:
    """log2 of the pitch in Hz of each row of ``window`` f32[n, 512], 0 where there is none."""
    tone, height = pitch(window)
    found: list[float] = np.where(height > _VOICED, tone, 0.0).tolist()
    return found


def _hear(s: ProsodyState, loud: float, tone: float) -> Heard:
    s.smooth += 0.55 * (loud - s.smooth)
    if loud > s.level:
        s.level += 0.3 * (loud - s.level)
    elif loud > s.level - _SPEECH:
        s.level = max(s.level - 0.0015, -0.45)
    speech = loud > max(_FLOOR, s.level - _SPEECH)
    begins = ends = rising = False
    if speech:
        begins, s.quiet = s.quiet > _ENDED, 0
        s.talked = 0 if begins else s.talked + 1
    else:
        s.quiet += 1
        ends = s.quiet == _ENDED and s.talked >= _LEAST
    s.slow += 0.12 * (loud - s.slow)
    s.syllable += 0.6 * ((math.tanh((loud - s.slow) / 0.12) if speech else 0.0) - s.syllable)
    s.talking += (0.12 if speech else 0.05) * (speech - s.talking)
    if tone:
        s.last.append(tone)
        s.tone = tone if s.tone == 0 else s.tone + 0.02 * (tone - s.tone)
    if ends and len(s.last) == s.last.maxlen:
        rising = sum(list(s.last)[-3:]) / 3 > s.tone + 2.5 / 12
    s.since += 1
    stress = 0.0
    rise = s.smooth - min(s.recent)
    if speech and s.since >= _APART and s.smooth > s.level - _STRESSED and rise > _RISE:
        s.since = 0
        higher = (tone - s.tone) * 2 if tone and s.tone else 0.0  # half an octave up counts fully
        stress = min(1.0, max(0.15, 0.5 + (s.smooth - s.level + 0.08) * 3 + math.tanh(higher) * 0.5))
    s.recent.append(s.smooth)
    near = min(1.0, max(0.0, 1 + (loud - s.level) / _SPEECH))
    return Heard(near, s.talking, stress, begins, ends, rising, s.syllable)
