"""Blinks: pauses drawn anew each time, cut short now and then by the end of a phrase or a jump of eyes or head, and a lid's
own time course.

Pauses are log-normal (Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", 1997: 17 a minute at rest, 26
in talk). An event either ends a pause or leaves it alone: events that shortened every pause by a share made them all alike.
A blink is quick down and slow up, the last of it slowest; no two are alike, and some do not shut the eye.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from talking_head.curves import smoothstep
from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes
from talking_head.types import FPS

_LEAST, _MOST, _SPREAD = 0.25, 10.0, 0.62  # seconds; of a pause's logarithm
_CALM = {"listening": 0.85, "idle": 0.85}  # frames that a frame of waiting counts, against somebody who talks
_AT_END, _AT_JUMP = 0.12, 0.015  # chance that this ends a pause: a phrase's end; a frame in which eyes or head jump
_AGAIN = 1 / 25  # share of blinks that are followed at once by another
# Frames. Of 150 blinks of lively speakers: 0.17, 0.71, 1, 0.78, 0.52, 0.35, 0.20, 0.13, 0.07, 0.04 of the way down.
_DOWN, _SHUT, _UP = 1.9, 0.5, 7.5
_SHALLOWEST = 0.5  # of the way down; less is a lid that droops


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
    state.until -= _CALM.get(scene.activity, 1.0)
    due = state.until <= 0
    if not due and (scene.heard.ends or jump):
        due = scene.chance(_AT_END if scene.heard.ends else _AT_JUMP)
    if due:
        rng, habits = scene.rng, scene.style.habits
        pause = min(max(scene.about(habits.blink_pause, _SPREAD), _LEAST), _MOST)
        state.until = FPS * (float(rng.uniform(0.04, 0.25)) if scene.chance(_AGAIN) else pause)
        state.phase, state.pace = 0.4, math.exp(0.2 * float(rng.standard_normal()))
        depth = habits.blink_depth + 0.06 - 0.13 * abs(float(rng.standard_normal()))
        state.depth = min(max(depth, _SHALLOWEST), 1.0)
    return 0.0


def _course(phase: float) -> float:
    if phase < _DOWN:
        return smoothstep(phase / _DOWN)
    if phase < _DOWN + _SHUT:
        return 1.0
    u = min((phase - _DOWN - _SHUT) / _UP, 1.0)
    return (1 - u) ** 2  # at once off the eye, then ever more slowly
