"""What a living face does by itself: blinks, glances, breath, a head that is never quite still.

Batched over streams, deterministic by seed, without a loop or a period that an eye could find. Blinks are a renewal
process with log-normal pauses (Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", 1997: about 17
a minute at rest, more in talk) and the measured time course of a lid: quick down, slow up. Everything slow is white
noise through two equal one-pole filters, so that position and speed are both continuous.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from talking_head.types import F32, FPS

# Closure of the lids, one value a frame of 40 ms: shut for about 100 ms, open again after 280 ms.
BLINK = np.array([0.32, 0.9, 1.0, 0.86, 0.52, 0.24, 0.08], np.float32)
_PAUSE_LOG_MEAN, _PAUSE_LOG_STD = float(np.log(3.0)), 0.5  # seconds between blinks
_PAUSE_MIN, _PAUSE_MAX = 1.0, 8.0

SWAY = 6  # channels of head sway, as in Motion.pose
_SLOW_HZ, _QUICK_HZ = 0.12, 0.6
_SLOW_STD = np.array([0.016, 0.022, 0.012, 0.014, 0.008, 0.010], np.float32)
_QUICK_STD = np.array([0.006, 0.007, 0.004, 0.003, 0.003, 0.003], np.float32)
_BREATH_HZ = 0.24  # 14 breaths a minute
_GLANCE = 0.012  # furthest glance, in eye distances
_CHANNELS = 2 * SWAY + 2  # + brows (slow), breath rate


def one_pole(hz: float) -> float:
    """Coefficient of a one-pole low-pass at ``hz`` for a step of one video frame."""
    return float(np.exp(-2 * np.pi * hz / FPS))


def unit_gain(a: float) -> float:
    """Factor that gives white noise of variance 1 variance 1 again after two one-poles of coefficient ``a``."""
    return float(((1 - a) ** 4 * (1 + a * a) / (1 - a * a) ** 3) ** -0.5)


_A = np.array([one_pole(_SLOW_HZ)] * SWAY + [one_pole(_QUICK_HZ)] * SWAY + [one_pole(0.2), one_pole(0.1)], np.float32)
_PASS = 1 - _A
_GAIN = np.array([unit_gain(float(a)) for a in _A], np.float32)


@dataclass(slots=True)
class LifeState:
    """One stream's life. ``noise`` f32[2, 14]: the two filter stages."""

    rng: np.random.Generator
    noise: F32 = field(default_factory=lambda: np.zeros((2, _CHANNELS), np.float32))
    breath: float = 0.0
    until_blink: float = 0.0
    blink: int = len(BLINK)
    gaze: F32 = field(default_factory=lambda: np.zeros(2, np.float32))
    gaze_goal: F32 = field(default_factory=lambda: np.zeros(2, np.float32))
    until_glance: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """One frame of B streams: ``lids`` f32[B] 0 open … 1 shut, ``gaze`` f32[B, 2] shift of the irises (right, down; face
    space), ``breath`` f32[B] −1..1; ``slow`` f32[B, 14]: the smooth noise that moves the rest."""

    lids: F32
    gaze: F32
    breath: F32
    slow: F32

    @property
    def sway(self) -> F32:
        """Of the head, f32[B, 6] as Motion.pose."""
        sway: F32 = self.slow[:, :SWAY] * _SLOW_STD + self.slow[:, SWAY : 2 * SWAY] * _QUICK_STD
        sway[:, 0] += 0.003 * self.breath  # the chest lifts the head a little
        sway[:, 4] -= 0.004 * self.breath
        return sway

    @property
    def brows(self) -> F32:
        """f32[B], about −1..1."""
        brows: F32 = np.tanh(self.slow[:, -2])
        return brows


def start(rng: np.random.Generator) -> LifeState:
    """A stream that has been alive for a while: the filters are already in their stationary state, the first blink is near."""
    state = LifeState(rng)
    for _ in range(8):  # a few long steps reach the stationary spread well enough
        state.noise[:] = rng.standard_normal((2, _CHANNELS)) * 0.5 / _GAIN
    state.noise[1] = state.noise[0] * 0.7
    state.breath = float(rng.uniform(0, 2 * np.pi))
    state.until_blink = float(rng.integers(10, 60))
    state.until_glance = int(rng.integers(10, 60))
    return state


def step(states: Sequence[LifeState], pace: F32 | None = None) -> Life:
    """Advance B streams by one frame; ``pace`` f32[B]: how much faster than usual blinks come at this moment."""
    noise = np.array([s.noise for s in states])
    first, second = noise[:, 0], noise[:, 1]
    white = np.array([s.rng.standard_normal(_CHANNELS, np.float32) for s in states])
    first += _PASS * (white - first)
    second += _PASS * (first - second)
    slow = second * _GAIN
    lids, gaze, breath = (np.zeros(n, np.float32) for n in (len(states), (len(states), 2), len(states)))
    for row, state in enumerate(states):
        state.noise = noise[row]
        lids[row] = _blink(state, 1.0 if pace is None else float(pace[row]))
        gaze[row] = _glance(state)
        state.breath += 2 * np.pi * _BREATH_HZ / FPS * (1 + 0.15 * float(slow[row, -1]))
        breath[row] = math.sin(state.breath)
    return Life(lids, gaze, breath, slow)


def _blink(state: LifeState, pace: float) -> float:
    if state.blink < len(BLINK):
        value = float(BLINK[state.blink])
        state.blink += 1
        return value
    state.until_blink -= pace
    if state.until_blink <= 0:
        pause = float(np.exp(state.rng.normal(_PAUSE_LOG_MEAN, _PAUSE_LOG_STD)))
        # One blink in twelve is followed at once by another, as in people.
        pause = 0.2 if state.rng.random() < 1 / 12 else min(max(pause, _PAUSE_MIN), _PAUSE_MAX)
        state.until_blink = pause * FPS
        state.blink = 0
    return 0.0


def _glance(state: LifeState) -> NDArray[np.float32]:
    state.until_glance -= 1
    if state.until_glance <= 0:
        away = state.rng.random() < 0.5
        goal = state.rng.uniform(-_GLANCE, _GLANCE, 2) * (1, 0.5) if away else np.zeros(2)  # mostly back to the viewer
        state.gaze_goal = goal.astype(np.float32)
        state.until_glance = round(float(state.rng.uniform(0.6, 3.0)) * FPS)
    state.gaze = state.gaze + np.float32(0.65) * (state.gaze_goal - state.gaze)  # a saccade takes two frames
    return state.gaze
