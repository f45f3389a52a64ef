"""Moods as numbers, continuous between one another: where the face rests, how much it moves, how fast.

Shapes that a mood's numbers weigh (``expressions.py``) were measured on faces; the weights here are settings, chosen by eye
on the four presenters.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np

from talking_head.types import F32, FPS, MoodName

_SECONDS = 0.7  # in which a face gets from one mood to the next


@dataclass(frozen=True, slots=True)
class Mood:
    """``smile``, ``squint``, ``lower``, ``inner``, ``wide``, ``frown``: weights of expressions at rest, 0..1 (a smile may be
    negative: corners down); ``brows``:
    height in % of the eyes' distance; ``pitch``, ``roll``: of the head at rest, degrees; ``head``, ``brow``, ``vary``: gains
    of movement, of brows and of the smile's coming and going; ``pace``: of everything."""

    smile: float = 0.0
    squint: float = 0.0
    lower: float = 0.0
    inner: float = 0.0
    wide: float = 0.0
    frown: float = 0.0
    brows: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    head: float = 1.0
    brow: float = 1.0
    vary: float = 1.0
    pace: float = 1.0


MOODS: dict[MoodName, Mood] = {
    "neutral": Mood(smile=0.03, vary=0.7, head=0.95),
    # Lips that talk let go of their smile, and brows that slant to the nose, as a photo has them, look stern over them.
    "friendly": Mood(smile=0.20, squint=0.10, inner=0.16, brows=0.1),
    "happy": Mood(smile=0.50, squint=0.32, brows=0.5, head=1.1, vary=1.3, pace=1.06),
    "serious": Mood(smile=-0.10, lower=0.28, frown=0.25, squint=0.10, pitch=1.0, head=0.85, brow=1.5, vary=0.7, pace=0.92),
    "sympathetic": Mood(
        smile=-0.20, inner=0.42, frown=0.30, squint=0.10, pitch=1.0, roll=2.2, head=0.95, brow=0.8, vary=0.5, pace=0.9
    ),
    "excited": Mood(smile=0.36, squint=0.15, wide=0.30, brows=1.1, pitch=-0.6, head=1.3, brow=1.5, vary=1.3, pace=1.2),
}
_NAMES = [field.name for field in fields(Mood)]
_NUMBERS = {name: np.array(astuple(mood), np.float32) for name, mood in MOODS.items()}


def numbers(name: MoodName) -> F32:
    """A mood as f32[13], in the order of :class:`Mood`; mixtures of such vectors are moods, too."""
    return _NUMBERS[name].copy()


def reached(now: F32, name: MoodName) -> bool:
    """Whether the mixture ``now`` f32[13] is that mood, as far as anybody sees."""
    return bool(np.abs(now - _NUMBERS[name]).max() < 0.005)


def toward(now: F32, name: MoodName) -> F32:
    """One frame from the mixture ``now`` f32[13] towards a mood."""
    now = now + (_NUMBERS[name] - now) * np.float32(1 - np.exp(-1 / (_SECONDS / 2 * FPS)))
    return np.asarray(now, np.float32)


def mixture(now: F32) -> Mood:
    """The mood that the numbers f32[13] stand for."""
    return Mood(**dict(zip(_NAMES, now.tolist(), strict=True)))
