"""Head, gaze, lids, brows and smile of B streams, one frame a step: the rules put together.

What is heard is ``lookahead`` frames younger than the picture; the rules use that as people do, who begin to nod before they
stress. The pose is a turn about the neck, not about the eyes, and never faster than 3 pixels a frame in a picture of 512².
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from talking_head.face.space import template
from talking_head.motion.performance import blinks, brows, gaze, head, mood, prosody, style
from talking_head.motion.performance.expressions import shapes
from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes, advance
from talking_head.motion.performance.words import NOTHING
from talking_head.types import F32, FPS, LANDMARKS

C = Channel
_LIMITS = np.radians(np.array([8.5, 13.0, 7.0], np.float32))  # pitch, yaw, roll
_FASTEST = 0.0195  # eye distances a frame: 2.9 pixels where the eyes are 150 apart
# Eyes stay on the viewer: % of the eyes' distance for a degree of the head, slopes measured on lively speakers and what a
# film loses.
_COUNTER_X, _COUNTER_Y = 0.21, -0.12
_LID_FOLLOWS = 0.35  # of the ``wide`` shape for a % that the eyes look up
_BLINK_ROLLS = 0.8  # % that eyes turn down with the lids (Collewijn et al., 1985: one or two degrees)
_BREATH_HZ = 0.25
_PROBES = np.array([4, 152, 10, 234, 454, 61, 291])  # tip of the nose, chin, forehead, both ears, corners of the mouth


@dataclass(slots=True)
class PerformerState:
    """One stream. ``knob``: expressiveness 0..2; ``mood``: where it is going; ``mixture`` f32[13]: where it is."""

    rng: np.random.Generator
    style: style.Style
    strokes: Strokes
    blink: blinks.BlinkState
    knob: float
    mood: str
    mixture: F32
    pose: F32
    breath: float
    prosody: prosody.ProsodyState = field(default_factory=prosody.ProsodyState)
    neck: F32 = field(init=False)
    activity: str = "idle"
    clause: int = -1
    scene: Scene | None = None

    def __post_init__(self) -> None:
        habits = self.style.habits
        self.neck = np.array([habits.neck_pitch, habits.neck_yaw, habits.neck_roll], np.float32)


@dataclass(frozen=True, slots=True)
class Performance:
    """One frame of B streams: ``pose`` f32[B, 6] as ``Motion.pose``; ``offsets`` f32[B, 478, 3] of brows, cheeks and corners
    of the mouth; ``lids`` f32[B] 0 open … 1 shut; ``gaze`` f32[B, 2] shift of the irises (right, down) in face space."""

    pose: F32
    offsets: F32
    lids: F32
    gaze: F32


def start(
    rng: np.random.Generator, *, expressiveness: float = 1.0, mood_name: str = mood.DEFAULT, habits: style.Habits = style.HABITS
) -> PerformerState:
    """A stream that has been alive for a while, somewhere near the middle, each channel with a rest of its own before it
    moves."""
    speaker = style.draw(rng, habits)
    strokes = Strokes(np.zeros(len(Channel), np.float32))
    for channel in Channel:
        strokes.wait(channel, float(rng.uniform(0.1, 1.2)))
    mixture = mood.numbers(mood_name)
    lids, breath = blinks.start(rng), float(rng.uniform(0, 2 * math.pi))
    state = PerformerState(rng, speaker, strokes, lids, expressiveness, mood_name, mixture, np.zeros(6, np.float32), breath)
    knob, none = np.array([expressiveness], np.float32), np.zeros(1, np.float32)
    state.pose = _wanted(strokes.at[None], mixture[None], knob, none, state.neck[None])[0]
    return state


def step(states: Sequence[PerformerState], mel: F32, pcm: F32) -> Performance:
    """Advance B streams by one frame of sound: ``mel`` f32[B, 4, 80], ``pcm`` f32[B, 1920] at 48 kHz."""
    heard = prosody.listen([s.prosody for s in states], mel, pcm)
    at, ended = advance([s.strokes for s in states])
    lids = np.empty(len(states), np.float32)
    breath = np.empty(len(states), np.float32)
    for row, state in enumerate(states):
        lids[row] = _live(state, heard[row], ended[row])
        state.breath += 2 * math.pi * _BREATH_HZ / FPS * (1 + 0.15 * math.sin(0.37 * state.breath))
        breath[row] = math.sin(state.breath)
    mixture = np.stack([s.mixture for s in states])
    knob = np.array([s.knob for s in states], np.float32)
    before = np.stack([s.pose for s in states])
    pose = _held(before, _wanted(at, mixture, knob, breath, np.stack([s.neck for s in states])))
    for row, state in enumerate(states):
        state.pose = pose[row]
    eyes = _eyes(at, pose, knob)
    eyes[:, 1] += _BLINK_ROLLS * lids
    return Performance(pose, _face(at, mixture, knob, eyes), lids, eyes * np.float32(0.01))


def _live(state: PerformerState, heard: prosody.Heard, ended: list[int]) -> float:
    """Apply the rules to one stream; how far its lids are down."""
    if state.scene is None:
        state.scene = Scene(state.rng, heard, NOTHING, mood.mixture(state.mixture), state.style)
    scene, strokes = state.scene, state.strokes
    scene.heard = heard
    scene.vigour = math.exp(float(strokes.at[C.VIGOUR]))
    head.react(strokes, scene)
    gaze.react(strokes, scene)
    brows.react(strokes, scene)
    jump = False
    for channel in ended:
        _ = head.go_on(strokes, channel, scene) or gaze.go_on(strokes, channel, scene) or brows.go_on(strokes, channel, scene)
        jump = jump or channel == C.YAW_POSTURE
    jump = jump or (strokes.moving(C.GLANCE_X) and abs(strokes.target(C.GLANCE_X) - float(strokes.at[C.GLANCE_X])) > 0.4)
    return blinks.step(state.blink, scene, jump)


def _wanted(at: F32, mixture: F32, knob: F32, breath: F32, neck: F32) -> F32:
    """Pose f32[B, 6] of the strokes' positions ``at`` f32[B, C]; ``neck`` f32[B, 3]: see :class:`style.Habits`."""
    turn = at[:, : C.PITCH] + at[:, C.PITCH : C.BROWS]
    turn *= knob[:, None]
    turn[:, 0] += np.minimum(knob, 1) * (mixture[:, 7] - 0.25 * breath)
    turn[:, 2] += np.minimum(knob, 1) * mixture[:, 8]
    turn = _LIMITS * np.tanh(np.radians(turn) / _LIMITS)
    pose = np.zeros((len(at), 6), np.float32)
    pose[:, :3] = turn
    pose[:, 3] = neck[:, 2] * turn[:, 2] - neck[:, 1] * turn[:, 1] + 0.01 * knob * at[:, C.LEAN]
    pose[:, 4] = neck[:, 0] * turn[:, 0] + 0.01 * knob * at[:, C.BOB] - 0.004 * np.minimum(knob, 1) * breath
    return pose


def _held(before: F32, wanted: F32) -> F32:
    """From ``before`` towards ``wanted``, both f32[B, 6], no point of the head faster than it may be."""
    change = wanted - before
    probes = template()[_PROBES]
    x = change[:, 3:4] + change[:, 1:2] * probes[:, 2] - change[:, 2:3] * probes[:, 1]
    y = change[:, 4:5] + change[:, 2:3] * probes[:, 0] - change[:, 0:1] * probes[:, 2]
    far = np.sqrt((x * x + y * y).max(axis=1))
    share = np.minimum(1, _FASTEST / np.maximum(far, 1e-6))
    return np.asarray(before + share[:, None] * change, np.float32)


def _eyes(at: F32, pose: F32, knob: F32) -> F32:
    """Shift of the irises f32[B, 2] in % of the eyes' distance: against the head, and where the eyes look."""
    degrees = np.degrees(pose[:, :2])
    glance = np.minimum(knob, 1)[:, None] * at[:, C.GLANCE_X : C.GLANCE_Y + 1]
    return np.asarray(np.stack([_COUNTER_X * degrees[:, 1], _COUNTER_Y * degrees[:, 0]], axis=1) + glance, np.float32)


def _face(at: F32, mixture: F32, knob: F32, eyes: F32) -> F32:
    """Offsets f32[B, 478, 3] of the expressions."""
    some = np.minimum(knob, 1)
    weights = mixture[:, [0, 1, 2, 3, 4, 5, 6]] * (0.4 + 0.6 * some)[:, None]
    smile = knob * at[:, C.SMILE]
    weights[:, 0] = np.clip(weights[:, 0] + smile, -0.1, 1)
    weights[:, 1] += 0.5 * np.maximum(smile, 0)
    weights[:, 2] += knob * at[:, C.LOWER]
    weights[:, 4] -= _LID_FOLLOWS * eyes[:, 1]
    weights[:, 6] += knob * at[:, C.BROWS]
    offsets: F32 = (weights.astype(np.float32) @ shapes()).reshape(-1, LANDMARKS, 3)
    return offsets
