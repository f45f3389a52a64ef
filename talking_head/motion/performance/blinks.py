"""Blinks: pauses drawn anew each time, shorter at the ends of phrases and where eyes and head jump, and a lid's own time
course.

Pauses are log-normal (Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", 1997: 17 a minute at rest, 26
in talk); a blink is quick down and slow up, the last of it slowest, and no two are alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from talking_head.curves import smoothstep
from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes
from talking_head.types import FPS

_LEAST, _MOST = 0.9, 7.0  # seconds
_HURRY = {"listening": 0.8, "idle": 0.7}  # of a wait, against somebody who talks
# Frames. Of 150 blinks of lively speakers: 0.17, 0.71, 1, 0.78, 0.52, 0.35, 0.20, 0.13, 0.07, 0.04 of the way down.
_DOWN, _SHUT, _UP = 1.9, 0.5, 7.5


@dataclass(slots=True)
class BlinkState:
    """``until``: frames of waiting left; ``phase``: frames since the lid began to fall, −1: it is up."""

    until: float
    phase: float = -1.0
    pace: float = 1.0
    depth: float = 1.0


def start(rng: np.random.Generator) -> BlinkState:
    """A stream that has been alive for a while: its first blink is near."""
    return BlinkState(float(rng.uniform(10, 60)))


def narrow(strokes: Strokes, scene: Scene) -> None:
    """Lids between blinks: never quite still, now a little narrower, now wider."""
    size = max(-1.2, min(1.5, scene.style.habits.lids * scene.normal(0.5)))  # narrower, a face looks sleepy
    strokes.go(Channel.LIDS, size, scene.about(0.22, 0.4), scene.about(0.15, 0.8))


def step(state: BlinkState, scene: Scene, jump: bool) -> float:
    """How far the lids are down, 0..1. ``jump``: the eyes or the head have just jumped."""
    if state.phase >= 0:
        state.phase += state.pace
        value = state.depth * _course(state.phase)
        if state.phase >= _DOWN + _SHUT + _UP:
            state.phase = -1.0
        return value
    hurry = _HURRY.get(scene.activity, 1.0)
    if scene.heard.ends:
        hurry += 0.35 * state.until  # a third of what is left to wait, at once
    if jump:
        hurry += 0.12 * state.until
    state.until -= hurry
    if state.until <= 0:
        rng = scene.rng
        again = rng.random() < 1 / 14  # one blink in fourteen is followed at once by another
        pause = 0.25 if again else min(max(scene.about(scene.style.habits.blink_pause, 0.5), _LEAST), _MOST)
        state.until = pause * FPS
        state.phase, state.pace = 0.4, math.exp(0.14 * float(rng.standard_normal()))
        state.depth = float(min(1.0, scene.style.habits.blink_depth + 0.05 - 0.09 * abs(rng.standard_normal())))
    return 0.0


def _course(phase: float) -> float:
    if phase < _DOWN:
        return smoothstep(phase / _DOWN)
    if phase < _DOWN + _SHUT:
        return 1.0
    u = min((phase - _DOWN - _SHUT) / _UP, 1.0)
    return (1 - u) ** 2  # at once off the eye, then ever more slowly
