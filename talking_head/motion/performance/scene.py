"""What a frame is about: the sound, the words, the session, the mood and the speaker, as the rules of movement see them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from talking_head.motion.performance.mood import Mood
from talking_head.motion.performance.prosody import Heard
from talking_head.motion.performance.style import Style
from talking_head.motion.performance.words import Sense


class Channel(IntEnum):
    """What strokes move. Degrees: the head, about where it sways (``motion/sway.py``). % of the eyes' distance: brows, bob of
    the trunk (down), glance of the eyes, lips parted in a pause, lids (up). 0..1: lowered brows, smile. VIGOUR: logarithm of
    how much is going on at all."""

    PITCH = 0
    YAW = 1
    ROLL = 2
    BROWS = 3
    LOWER = 4
    SMILE = 5
    BOB = 6
    GLANCE_X = 7
    GLANCE_Y = 8
    VIGOUR = 9
    SWING_YAW = 10
    SWING_ROLL = 11
    PARTED = 12
    LIDS = 13


@dataclass(slots=True)
class Scene:
    """One frame of one stream. ``activity``: idle, listening, thinking or speaking; ``changed``: it was another one before;
    ``paused``, ``asked``: who is listened to has just paused, has just asked something; ``new_clause``: this frame begins one;
    ``ends_in``: seconds left of the clause, infinite where nobody knows; ``last``: the turn ends with it; ``sounded``: sounds
    of the clause are known and have been heard; ``over``: the last one of the turn has; ``ending``: just now."""

    rng: np.random.Generator
    heard: Heard
    sense: Sense
    mood: Mood
    style: Style
    activity: str = "idle"
    before: str = "idle"
    changed: bool = False
    paused: bool = False
    asked: bool = False
    new_clause: bool = False
    ends_in: float = math.inf
    last: bool = False
    sounded: bool = False
    over: bool = False
    ending: bool = False
    vigour: float = 1.0

    @property
    def lively(self) -> float:
        """How much of its movement a head uses now: more in speech than in silence, more in one moment than in the next."""
        return (0.5 + 0.5 * self.heard.talking) * self.vigour

    @property
    def swaying(self) -> float:
        """How much of what its posture does by itself: as :attr:`lively`, as much on the mean as a talking speaker whose
        movement the weights learned; a listener is calmer."""
        calm = 0.5 if self.activity == "listening" else 1.0
        return calm * self.lively * self.mood.head / math.exp(self.style.habits.moods**2)

    def chance(self, share: float) -> bool:
        """True in ``share`` of all cases."""
        return bool(self.rng.random() < share)

    def normal(self, tail: float = 0.0) -> float:
        """A draw about 0 with spread 1; ``tail`` > 0: many small ones and a few large ones, as people's movements."""
        a = float(self.rng.standard_normal())
        return a if tail == 0 else a * math.exp(tail * float(self.rng.standard_normal()) - 0.5 * tail * tail)

    def about(self, value: float, spread: float = 0.3) -> float:
        """A log-normal draw with median ``value``."""
        return value * math.exp(spread * float(self.rng.standard_normal()))
