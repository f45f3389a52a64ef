"""Head, gaze, lids, brows and smile of B streams, one frame a step: the rules put together.

What is heard is ``lookahead`` frames younger than the picture; the rules use that as people do, who begin to nod before they
stress. The pose is a turn about the neck, not about the eyes, and never faster than 3 pixels a frame in a picture of 512².
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from scipy.spatial import ConvexHull

from talking_head.face.space import template
from talking_head.motion.performance import blinks, brows, gaze, head, mood, pauses, prosody, style
from talking_head.motion.performance.expressions import shapes
from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes, advance
from talking_head.motion.performance.words import NOTHING, sense
from talking_head.types import F32, FPS, LANDMARKS, TICKS_PER_SECOND, Cue, Manner, MoodName

C = Channel
_LIMITS = np.radians(np.array([8.5, 13.0, 7.0], np.float32))  # pitch, yaw, roll
_FASTEST = 0.0186  # eye distances a frame: 2.8 pixels where the eyes are 150 apart
_BROWS_MOVE, _LOWER_MOVES, _LIDS_MOVE = 0.0115, 0.069, 0.01  # of which so much goes where 1 of a channel moves brows or lids
# Eyes stay on the viewer: % of the eyes' distance for a degree of the head, slopes measured on lively speakers and what a
# film loses.
COUNTER_X, COUNTER_Y = 0.21, -0.25
_LID_FOLLOWS = 0.35  # of the ``wide`` shape for a % that the eyes look up
_BLINK_ROLLS = 0.15  # % that eyes turn down with the lids; more, and a film shows twice what real speakers do
_BREATH_HZ = 0.25


@dataclass(slots=True)
class PerformerState:
    """One stream. ``manner``: what was asked for last; ``mixture`` f32[13]: the mood that the face has got to."""

    rng: np.random.Generator
    style: style.Style
    strokes: Strokes
    blink: blinks.BlinkState
    manner: Manner
    mixture: F32
    pose: F32
    breath: float
    prosody: prosody.ProsodyState = field(default_factory=prosody.ProsodyState)
    neck: F32 = field(init=False)
    clause: int = -1
    scene: Scene = field(init=False)

    def __post_init__(self) -> None:
        habits = self.style.habits
        self.neck = np.array([habits.neck_pitch, habits.neck_yaw, habits.neck_roll], np.float32)
        self.scene = Scene(self.rng, prosody.SILENCE, NOTHING, mood.mixture(self.mixture), self.style)


@dataclass(frozen=True, slots=True)
class Performance:
    """One frame of B streams: ``pose`` f32[B, 6] as ``Motion.pose``; ``offsets`` f32[B, 478, 3] of brows, cheeks and corners
    of the mouth; ``lids`` f32[B] 0 open … 1 shut; ``gaze`` f32[B, 2] shift of the irises (right, down) in face space;
    ``parted`` f32[B]: lip gap in a pause, in eye distances."""

    pose: F32
    offsets: F32
    lids: F32
    gaze: F32
    parted: F32


def start(rng: np.random.Generator, manner: Manner, *, habits: style.Habits = style.HABITS) -> PerformerState:
    """A stream that has been alive for a while, somewhere near the middle, each channel with a rest of its own before it
    moves."""
    speaker = style.draw(rng, habits)
    strokes = Strokes(np.zeros(len(Channel), np.float32))
    for channel in Channel:
        strokes.wait(channel, float(rng.uniform(0.1, 1.2)))
    mixture = mood.numbers(manner.mood)
    lids, breath = blinks.start(rng), float(rng.uniform(0, 2 * math.pi))
    state = PerformerState(rng, speaker, strokes, lids, manner, mixture, np.zeros(6, np.float32), breath)
    knob, none = np.array([manner.expressiveness], np.float32), np.zeros(1, np.float32)
    state.pose = _wanted(strokes.at[None], mixture[None], knob, none, state.neck[None], none)[0]
    return state


def step(states: Sequence[PerformerState], mel: F32, pcm: F32, cues: Sequence[Cue | None] | None = None) -> Performance:
    """Advance B streams by one frame of sound: ``mel`` f32[B, 4, 80], ``pcm`` f32[B, 1920] at 48 kHz, ``cues`` of the same
    frame."""
    heard = prosody.listen([s.prosody for s in states], mel, pcm)
    at, ended = advance([s.strokes for s in states])
    lids = np.empty(len(states), np.float32)
    breath, syllable = np.empty(len(states), np.float32), np.empty(len(states), np.float32)
    for row, state in enumerate(states):
        lids[row] = _live(state, heard[row], ended[row], cues[row] if cues else None)
        state.breath += 2 * math.pi * _BREATH_HZ / FPS * (1 + 0.15 * math.sin(0.37 * state.breath))
        breath[row] = math.sin(state.breath)
        syllable[row] = state.style.habits.syllable * heard[row].syllable * state.scene.vigour
    mixture = np.stack([s.mixture for s in states])
    knob = np.array([s.manner.expressiveness for s in states], np.float32)
    before = np.stack([s.pose for s in states])
    rate = np.abs(np.stack([s.strokes.rate for s in states])) * knob[:, None]
    brow = _BROWS_MOVE * rate[:, C.BROWS] + _LOWER_MOVES * rate[:, C.LOWER]
    left = np.asarray(_FASTEST - np.maximum(brow, _LIDS_MOVE * rate[:, C.LIDS]), np.float32)
    pose = _held(before, _wanted(at, mixture, knob, breath, np.stack([s.neck for s in states]), syllable), left)
    for row, state in enumerate(states):
        state.pose = pose[row]
    eyes = _eyes(at, pose, knob)
    eyes[:, 1] += _BLINK_ROLLS * lids
    parted = np.float32(0.01) * at[:, C.PARTED]
    return Performance(pose, _face(at, mixture, knob, eyes), lids, eyes * np.float32(0.01), parted)


def _live(state: PerformerState, heard: prosody.Heard, ended: list[int], cue: Cue | None) -> float:
    """Apply the rules to one stream; how far its lids are down."""
    scene, strokes = state.scene, state.strokes
    scene.heard, scene.vigour = heard, math.exp(float(strokes.at[C.VIGOUR]))
    _follow(state, scene, cue)
    head.react(strokes, scene)
    gaze.react(strokes, scene)
    brows.react(strokes, scene)
    pauses.react(strokes, scene)
    jump = False
    for channel in ended:
        for rules in (head, gaze, brows, pauses):
            if rules.go_on(strokes, channel, scene):
                break
        jump = jump or channel == C.YAW_POSTURE
        if channel == C.LIDS:
            blinks.narrow(strokes, scene)
    jump = jump or (strokes.moving(C.GLANCE_X) and abs(strokes.target(C.GLANCE_X) - float(strokes.at[C.GLANCE_X])) > 0.4)
    return blinks.step(state.blink, scene, jump)


def _follow(state: PerformerState, scene: Scene, cue: Cue | None) -> None:
    """What the session and the words say of this frame."""
    if cue is not None and cue.manner is not None:
        state.manner = cue.manner
    goal: MoodName = (cue.mood if cue else "") or state.manner.mood
    if not mood.reached(state.mixture, goal):
        state.mixture = mood.toward(state.mixture, goal)
        scene.mood = mood.mixture(state.mixture)
    scene.before = scene.activity
    scene.activity = cue.activity if cue else "speaking" if scene.heard.talking > 0.2 else "idle"
    scene.changed = scene.activity != scene.before
    clause = cue.clause if cue else None
    if clause is None:
        scene.sense, scene.new_clause, scene.ends_in, state.clause = NOTHING, False, math.inf, -1
        return
    scene.new_clause = clause.index != state.clause
    if scene.new_clause:
        scene.sense, state.clause = sense(clause.text), clause.index
    scene.ends_in = clause.ends_in / TICKS_PER_SECOND


def _wanted(at: F32, mixture: F32, knob: F32, breath: F32, neck: F32, syllable: F32) -> F32:
    """Pose f32[B, 6] of the strokes' positions ``at`` f32[B, C]; ``neck`` f32[B, 3]: see :class:`style.Habits`; ``syllable``
    f32[B]: degrees that this syllable nods."""
    turn = at[:, : C.PITCH] + at[:, C.PITCH : C.BROWS]
    turn[:, 0] -= syllable
    turn[:, 1:] += syllable[:, None] * at[:, C.SWING_YAW : C.SWING_ROLL + 1]
    turn *= knob[:, None]
    turn[:, 0] += np.minimum(knob, 1) * (mixture[:, 7] - 0.25 * breath)
    turn[:, 2] += np.minimum(knob, 1) * mixture[:, 8]
    turn = _LIMITS * np.tanh(np.radians(turn) / _LIMITS)
    pose = np.zeros((len(at), 6), np.float32)
    pose[:, :3] = turn
    pose[:, 3] = neck[:, 2] * turn[:, 2] - neck[:, 1] * turn[:, 1] + 0.01 * knob * at[:, C.LEAN]
    pose[:, 4] = neck[:, 0] * turn[:, 0] + 0.01 * knob * at[:, C.BOB] - 0.004 * np.minimum(knob, 1) * breath
    return pose


def _held(before: F32, wanted: F32, fastest: F32) -> F32:
    """From ``before`` towards ``wanted``, both f32[B, 6], no point of the head faster than ``fastest`` f32[B], in eye distances
    a frame."""
    far = np.linalg.norm(_seen(wanted) - _seen(before), axis=2).max(axis=1)
    share = np.minimum(1, np.maximum(fastest, 0.3 * _FASTEST) / np.maximum(far, 1e-6))
    return np.asarray(before + share[:, None] * (wanted - before), np.float32)


def _seen(pose: F32) -> F32:
    """Where a picture shows the head's outermost points, f32[B, n, 2]; the turn to the second order, which is enough here."""
    x, y, z = pose[:, :3].T
    cross = np.zeros((len(pose), 3, 3), np.float32)
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -z, y, -x
    cross -= cross.transpose(0, 2, 1)
    turn = cross[:, :2] + np.float32(0.5) * (cross[:, :2] @ cross)
    seen: F32 = _outermost() @ turn.transpose(0, 2, 1) + pose[:, None, 3:5]
    return seen


@cache
def _outermost() -> F32:
    """The points of the head that no other can outrun, f32[n, 3]: how far an affine map takes a point is convex."""
    points: F32 = template()[ConvexHull(template()).vertices]
    return points


def _eyes(at: F32, pose: F32, knob: F32) -> F32:
    """Shift of the irises f32[B, 2] in % of the eyes' distance: against the head, and where the eyes look."""
    degrees = np.degrees(pose[:, :2])
    glance = np.minimum(knob, 1)[:, None] * at[:, C.GLANCE_X : C.GLANCE_Y + 1]
    return np.asarray(np.stack([COUNTER_X * degrees[:, 1], COUNTER_Y * degrees[:, 0]], axis=1) + glance, np.float32)


def _face(at: F32, mixture: F32, knob: F32, eyes: F32) -> F32:
    """Offsets f32[B, 478, 3] of the expressions."""
    some = np.minimum(knob, 1)
    weights = mixture[:, [0, 1, 2, 3, 4, 5, 6]] * (0.7 + 0.3 * some)[:, None]
    smile = knob * at[:, C.SMILE]
    weights[:, 0] = np.clip(weights[:, 0] + smile, -0.1, 1)
    weights[:, 1] += 0.5 * np.maximum(smile, 0)
    weights[:, 2] += knob * at[:, C.LOWER]
    weights[:, 4] += knob * 0.5 * at[:, C.LIDS] - _LID_FOLLOWS * eyes[:, 1]  # 1 of this shape is 2 %
    weights[:, 6] += knob * at[:, C.BROWS]
    offsets: F32 = (weights.astype(np.float32) @ shapes()).reshape(-1, LANDMARKS, 3)
    return offsets
