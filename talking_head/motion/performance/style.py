"""Who moves: sizes, lengths and rests of a lively speaker's movements, and the habits that differ from one speaker to the
next.

The numbers of :class:`Habits` were set by hand against statistics of the lively tracks (spreads, speeds, spectra of windows of
two seconds); an automatic search by simulated moments gave movement that looked worse and was left (``docs/LOG.md``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Habits:
    """Degrees, % of the eyes' distance, seconds. ``*_s``: length of a stroke; ``*_rest``: what follows it, both medians.
    ``sway``: spreads, in the order of ``motion.sway.CHANNELS``. ``neck_*``: how far behind (pitch, yaw) and below (roll) the
    eyes the head turns, in their distances."""

    nod: float = 2.6
    nod_s: float = 0.22
    beat: float = 1.8
    beat_s: float = 0.24
    beat_rest: float = 0.12
    turn: float = 2.4
    turn_s: float = 0.2
    turn_rest: float = 0.2
    roll: float = 2.0
    roll_s: float = 0.3
    back_s: float = 0.4
    sway: tuple[float, ...] = (3.1, 5.6, 3.7, 4.2, 1.8, 1.1)
    bob: float = 0.25
    syllable: float = 0.75
    swing: float = 0.7
    moods: float = 0.6
    moods_s: float = 2.0
    tail: float = 0.85
    spread: float = 0.3
    pauses: float = 0.25
    brow_flash: float = 0.9
    dart: float = 0.3
    dart_rest: float = 0.45
    glance: float = 0.6
    blink_pause: float = 2.8
    blink_depth: float = 0.9
    lids: float = 0.6
    parted: float = 7.5
    parted_s: float = 1.2
    neck_pitch: float = 0.45
    neck_yaw: float = 0.5
    neck_roll: float = 1.0


@dataclass(frozen=True, slots=True)
class Style:
    """``habits`` with a speaker's own gains in them; ``tilt``: degrees of roll that come with a degree of yaw (people lean
    into a turn or against it: −0.8 to 0.4 in real speakers); ``tempo`` about 1."""

    habits: Habits
    tilt: float
    tempo: float


HABITS = Habits()


def draw(rng: np.random.Generator, habits: Habits = HABITS) -> Style:
    """A speaker; the spread is narrower than among people, so that nobody is stiff and nobody restless, but for brows:
    there people differ most (the busiest of ten move theirs seven times as much as the calmest), and nobody is troubled."""

    def about(spread: float) -> float:
        return float(np.exp(spread * np.clip(rng.standard_normal(), -1.5, 1.5)))

    yaw, pitch, roll, brow = about(0.3), about(0.15), about(0.25), about(0.6)
    gains = (pitch, yaw, roll, about(0.2), pitch, brow)
    own = replace(
        habits,
        nod=habits.nod * pitch,
        beat=habits.beat * pitch,
        turn=habits.turn * yaw,
        roll=habits.roll * roll,
        sway=tuple(spread * gain for spread, gain in zip(habits.sway, gains, strict=True)),
        brow_flash=habits.brow_flash * brow,
        blink_pause=habits.blink_pause * about(0.2),
    )
    return Style(own, float(rng.uniform(-0.45, 0.1)), about(0.08))
