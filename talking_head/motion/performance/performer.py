"""Head, gaze, lids, brows and smile of B streams, one frame a step: the rules and the sway put together.

What is heard is ``lookahead`` frames younger than the picture; the rules use that as people do, who begin to nod before they
stress. The pose is a turn about the neck, not about the eyes, and never faster than 3 pixels a frame in a picture of 512².
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from talking_head.face.space import template
from talking_head.motion.performance import blinks, brows, gaze, head, mood, pauses, prosody, style
from talking_head.motion.performance.expressions import shapes
from talking_head.motion.performance.scene import Channel, Scene
from talking_head.motion.performance.strokes import Strokes, advance
from talking_head.motion.performance.words import NOTHING, sense
from talking_head.motion.space import IRISES
from talking_head.motion.sway import HEARD, Sway, SwayState, shipped
from talking_head.motion.visemes import sounds
from talking_head.types import F32, FPS, LANDMARKS, TICKS_PER_SECOND, Cue, Manner, MoodName

C = Channel
_LIMITS = np.radians(np.array([8.5, 13.0, 7.0], np.float32))  # pitch, yaw, roll
_FASTEST = 0.0186  # eye distances a frame: 2.8 pixels where the eyes are 150 apart
_FASTEST_TURN = math.radians(32) / FPS  # about any axis: a calm person's
_FACE_TAKES = 0.7  # of it, at most, by brows, lids and cheeks: the head keeps the rest
# Eyes stay on the viewer: % of the eyes' distance for a degree of the head, slopes measured on lively speakers and what a
# film loses.
COUNTER_X, COUNTER_Y = 0.21, -0.25
_CORNERS_DOWN = -0.3  # of a smile, at most: more, and a sad mouth becomes a mask
_LID_FOLLOWS = 0.35  # of the ``wide`` shape for a % that the eyes look up
_BLINK_ROLLS = 0.15  # % that eyes turn down with the lids; more, and a film shows twice what real speakers do
_BREATH_HZ = 0.25
# How far a sway takes pitch, yaw, roll, trunk (side, down) and brows, however it is drawn: nobody turns away from the viewer.
_FARTHEST = np.array([6, 8, 5, 8, 5, 1.8], np.float32)
# A head that hurries and rests may rest through most of a short answer. What it did in about two seconds, as a share of what
# its sway spreads by itself (5th, 50th, 95th percentile of talkers: 0.28, 0.45, 0.74), is kept from falling below this.
_LATELY, _RESTS, _STIRS = 2.0 * FPS, 0.5, 2.0  # frames, share, how many times more it moves at most
_TURNS = 0.5  # degrees a frame from which a head that sways turns: a reason to blink


@dataclass(slots=True)
class PerformerState:
    """One stream. ``manner``: what was asked for last; ``mixture`` f32[13]: the mood that the face has got to; ``drift``
    f32[6]: where its sway is, in degrees and % as ``motion.sway.CHANNELS``; ``worn`` f32[7]: how much of each expression;
    ``lately`` f32[2, 3]: mean and variance of pitch, yaw and roll of its drift, as shares of its own spreads."""

    rng: np.random.Generator
    style: style.Style
    strokes: Strokes
    blink: blinks.BlinkState
    manner: Manner
    mixture: F32
    pose: F32
    breath: float
    sway: SwayState
    drift: F32
    worn: F32
    prosody: prosody.ProsodyState = field(default_factory=prosody.ProsodyState)
    neck: F32 = field(init=False)
    lately: F32 = field(init=False)
    clause: int = -1
    scene: Scene = field(init=False)

    def __post_init__(self) -> None:
        habits = self.style.habits
        self.lately = np.stack([self.drift[:3] / np.array(habits.sway[:3], np.float32), np.full(3, _RESTS**2, np.float32)])
        self.neck = np.array([habits.neck_pitch, habits.neck_yaw, habits.neck_roll], np.float32)
        self.scene = Scene(self.rng, prosody.SILENCE, NOTHING, mood.mixture(self.mixture), self.style)


@dataclass(frozen=True, slots=True)
class Performance:
    """One frame of B streams: ``pose`` f32[B, 6] as ``Motion.pose``; ``offsets`` f32[B, 478, 3] of brows, cheeks and corners
    of the mouth; ``lids`` f32[B] 0 open … 1 shut; ``gaze`` f32[B, 2] shift of the irises (right, down) in face space;
    ``parted`` f32[B]: lip gap in a pause, in eye distances; ``smile`` f32[B]: the smile that the mood wears at rest."""

    pose: F32
    offsets: F32
    lids: F32
    gaze: F32
    parted: F32
    smile: F32


def start(
    rng: np.random.Generator, manner: Manner, *, habits: style.Habits = style.HABITS, sway: Sway | None = None
) -> PerformerState:
    """A stream that has been alive for a while, somewhere near the middle, each channel with a rest of its own before it
    moves. ``sway``: the shipped one without."""
    sway = sway or shipped()
    speaker = style.draw(rng, habits)
    strokes = Strokes(np.zeros(len(Channel), np.float32))
    for channel in Channel:
        strokes.wait(channel, float(rng.uniform(0.1, 1.2)))
    mixture = mood.numbers(manner.mood)
    lids, breath = blinks.start(rng), float(rng.uniform(0, 2 * math.pi))
    swaying = sway.start(rng)
    drift = _spread(sway.decode(swaying.knots[:1]), [speaker])
    nowhere, nothing = np.zeros(6, np.float32), np.zeros(len(shapes()), np.float32)
    state = PerformerState(rng, speaker, strokes, lids, manner, mixture, nowhere, breath, swaying, drift[0], nothing)
    at, knob, none = strokes.at[None], np.array([manner.expressiveness], np.float32), np.zeros(1, np.float32)
    state.pose = _wanted(at, drift, mixture[None], knob, none, state.neck[None], none)[0]
    state.worn = _weights(at, drift[:, 5], mixture[None], knob, _eyes(at, state.pose[None], knob))[0]
    return state


def step(
    states: Sequence[PerformerState],
    mel: F32,
    pcm: F32,
    cues: Sequence[Cue | None] | None = None,
    *,
    sway: Sway | None = None,
) -> Performance:
    """Advance B streams by one frame of sound: ``mel`` f32[B, 4, 80], ``pcm`` f32[B, 1920] at 48 kHz, ``cues`` of the same
    frame; ``sway``: the one that they were started with."""
    heard = prosody.listen([s.prosody for s in states], mel, pcm)
    at, ended = advance([s.strokes for s in states])
    lids = np.empty(len(states), np.float32)
    breath, syllable = np.empty(len(states), np.float32), np.empty(len(states), np.float32)
    for row, state in enumerate(states):
        _follow(state, heard[row], cues[row] if cues else None)
    drift, moved = _sway(states, sway or shipped())
    for row, state in enumerate(states):
        lids[row] = _live(state, ended[row], bool(abs(moved[row, 1]) > _TURNS))
        state.breath += 2 * math.pi * _BREATH_HZ / FPS * (1 + 0.15 * math.sin(0.37 * state.breath))
        breath[row] = math.sin(state.breath)
        syllable[row] = state.style.habits.syllable * heard[row].syllable * state.scene.vigour
    mixture = np.stack([s.mixture for s in states])
    knob = np.array([s.manner.expressiveness for s in states], np.float32)
    wanted = _wanted(at, drift, mixture, knob, breath, np.stack([s.neck for s in states]), syllable)
    weights = _weights(at, drift[:, 5], mixture, knob, _eyes(at, wanted, knob))
    weights, taken = _slowly(np.stack([s.worn for s in states]), weights)
    pose = _held(np.stack([s.pose for s in states]), wanted, taken)
    for row, state in enumerate(states):
        state.pose, state.worn = pose[row], weights[row]
    eyes = _eyes(at, pose, knob)
    eyes[:, 1] += _BLINK_ROLLS * lids
    parted = np.float32(0.01) * at[:, C.PARTED]
    face: F32 = (weights @ shapes()).reshape(-1, LANDMARKS, 3)
    return Performance(pose, face, lids, eyes * np.float32(0.01), parted, mixture[:, 0] * _worn(knob))


def _sway(states: Sequence[PerformerState], sway: Sway) -> tuple[F32, F32]:
    """Where head, trunk and brows of every stream drift now, f32[B, 6] in degrees and %, and how far from the last frame."""
    scenes = [s.scene for s in states]
    heard = np.array([[float(getattr(scene.heard, name)) for name in HEARD] for scene in scenes], np.float32)
    pace = np.array([scene.mood.pace * scene.style.tempo for scene in scenes], np.float32)
    gain = np.array([scene.swaying for scene in scenes], np.float32)
    stir = np.array([_stir(state) for state in states], np.float32)
    pace, gain = pace * np.sqrt(stir), gain * stir
    drift = _spread(sway.step([s.sway for s in states], heard, pace, gain), [scene.style for scene in scenes])
    moved = drift - np.stack([s.drift for s in states])
    for row, state in enumerate(states):
        state.drift = drift[row]
    return drift, moved


def _stir(state: PerformerState) -> float:
    """How many times more than by itself a head moves that talks and has hardly moved lately; 1: it has."""
    mean, variance = state.lately
    away = state.drift[:3] / np.array(state.style.habits.sway[:3], np.float32) - mean
    variance = (1 - 1 / _LATELY) * (variance + away * away / _LATELY)
    state.lately = np.stack([mean + away / _LATELY, variance]).astype(np.float32)
    moved = math.sqrt(float(variance.mean()))
    return 1 + (min(max(_RESTS / max(moved, 1e-3), 1.0), _STIRS) - 1) * state.scene.heard.talking


def _spread(drift: F32, styles: Sequence[style.Style]) -> F32:
    """``drift`` f32[B, 6] of spread 1 as each speaker does it."""
    drift = drift * np.array([s.habits.sway for s in styles], np.float32)
    return np.asarray(_FARTHEST * np.tanh(drift / _FARTHEST), np.float32)


def _live(state: PerformerState, ended: list[int], turns: bool) -> float:
    """Apply the rules to one stream, whose head ``turns`` by itself or does not; how far its lids are down."""
    scene, strokes = state.scene, state.strokes
    head.react(strokes, scene)
    gaze.react(strokes, scene)
    brows.react(strokes, scene)
    pauses.react(strokes, scene)
    for channel in ended:
        for rules in (head, gaze, brows, pauses):
            if rules.go_on(strokes, channel, scene):
                break
        if channel == C.LIDS:
            blinks.narrow(strokes, scene)
    glances = strokes.moving(C.GLANCE_X) and abs(strokes.target(C.GLANCE_X) - float(strokes.at[C.GLANCE_X])) > 0.4
    return blinks.step(state.blink, scene, glances or turns)


def _follow(state: PerformerState, heard: prosody.Heard, cue: Cue | None) -> None:
    """What the sound, the session and the words say of this frame."""
    scene = state.scene
    scene.heard, scene.vigour = heard, math.exp(float(state.strokes.at[C.VIGOUR]))
    if cue is not None and cue.manner is not None:
        state.manner = cue.manner
    goal: MoodName = (cue.mood if cue else "") or state.manner.mood
    if not mood.reached(state.mixture, goal):
        state.mixture = mood.toward(state.mixture, goal)
        scene.mood = mood.mixture(state.mixture)
    scene.before = scene.activity
    scene.activity = cue.activity if cue else "speaking" if scene.heard.talking > 0.2 else "idle"
    scene.changed = scene.activity != scene.before
    scene.paused, scene.asked = (cue.paused, cue.asked) if cue else (False, False)
    _last_sound(scene, cue)
    clause = cue.clause if cue else None
    if clause is None:
        scene.sense, scene.new_clause, scene.ends_in, scene.last, state.clause = NOTHING, False, math.inf, False, -1
        return
    scene.new_clause = clause.index != state.clause
    if scene.new_clause:
        scene.sense, state.clause = sense(clause.text), clause.index
    scene.ends_in, scene.last = clause.ends_in / TICKS_PER_SECOND, clause.last


def _last_sound(scene: Scene, cue: Cue | None) -> None:
    """Whether the last sound of the turn has been heard, where its sounds are known, and nothing has been said since."""
    clause, phonemes = (cue.clause, cue.phonemes) if cue else (None, None)
    said = any(sounds(phoneme.symbol) for phoneme in phonemes or ())
    unknown = cue is None or (clause is not None and phonemes is None)
    before, scene.sounded = scene.over, said or (scene.sounded and clause is not None)
    last = clause is not None and clause.last and scene.sounded
    scene.over = (before or last) and not said and not unknown
    scene.ending = scene.over and not before


def _wanted(at: F32, drift: F32, mixture: F32, knob: F32, breath: F32, neck: F32, syllable: F32) -> F32:
    """Pose f32[B, 6] of the strokes' positions ``at`` f32[B, C] about ``drift`` f32[B, 6]; ``neck`` f32[B, 3]: see
    :class:`style.Habits`; ``syllable`` f32[B]: degrees that this syllable nods."""
    turn = drift[:, :3] + at[:, C.PITCH : C.BROWS]
    turn[:, 0] -= syllable
    turn[:, 1:] += syllable[:, None] * at[:, C.SWING_YAW : C.SWING_ROLL + 1]
    turn *= knob[:, None]
    turn[:, 0] += np.minimum(knob, 1) * (mixture[:, 7] - 0.25 * breath)
    turn[:, 2] += np.minimum(knob, 1) * mixture[:, 8]
    turn = _LIMITS * np.tanh(np.radians(turn) / _LIMITS)
    pose = np.zeros((len(at), 6), np.float32)
    pose[:, :3] = turn
    pose[:, 3] = neck[:, 2] * turn[:, 2] - neck[:, 1] * turn[:, 1] + 0.01 * knob * drift[:, 3]
    pose[:, 4] = neck[:, 0] * turn[:, 0] + 0.01 * knob * (at[:, C.BOB] + drift[:, 4]) - 0.004 * np.minimum(knob, 1) * breath
    return pose


def _slowly(before: F32, wanted: F32) -> tuple[F32, F32]:
    """From expressions ``before`` towards ``wanted``, both f32[B, 7], no point faster than its share of the bound; and how far
    that takes each of the watched points, f32[B, n] in eye distances."""
    move = wanted - before
    far = _apart(np.asarray(move @ _watched()[1], np.float32))
    share = np.minimum(1, _FACE_TAKES * _FASTEST / np.maximum(far.max(axis=1), 1e-6))
    return np.asarray(before + share[:, None] * move, np.float32), np.asarray(share[:, None] * far, np.float32)


def _held(before: F32, wanted: F32, taken: F32) -> F32:
    """From ``before`` towards ``wanted``, both f32[B, 6], no point of the head faster than the bound, of which the face itself
    has ``taken`` f32[B, n] in eye distances already, and no turn faster than a calm person's."""
    turned = np.abs(wanted[:, :3] - before[:, :3]).max(axis=1)
    calm = np.minimum(1, _FASTEST_TURN / np.maximum(turned, 1e-6))
    # Measured over what one frame may turn: a point's way to a pose far off is bent, and longer than it looks from its ends.
    near = before + calm[:, None] * (wanted - before)
    there, here = np.split(_seen(np.concatenate([near, before])), 2)
    far = np.linalg.norm(there - here, axis=2)
    share = np.minimum(1, ((_FASTEST - taken) / np.maximum(far, 1e-6)).min(axis=1))
    return np.asarray(before + share[:, None] * (near - before), np.float32)


def _seen(pose: F32) -> F32:
    """Where a picture shows the watched points, f32[B, n, 2]; the turn to the fourth order of its angle."""
    x, y, z = pose[:, :3].T
    cross = np.zeros((len(pose), 3, 3), np.float32)
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -z, y, -x
    cross -= cross.transpose(0, 2, 1)
    squared = (pose[:, :3] ** 2).sum(axis=1)[:, None, None]
    turn = (1 - squared / 6) * cross[:, :2] + (0.5 - squared / 24) * (cross[:, :2] @ cross)
    seen: F32 = (_watched()[0] @ turn.transpose(0, 2, 1)) + pose[:, None, 3:5]
    return seen


def _apart(move: F32) -> F32:
    """Lengths f32[B, n] of ``move`` f32[B, 2 n]: right of all points, then down."""
    return np.asarray(np.hypot(*np.split(move, 2, axis=1)), np.float32)


@cache
def _watched() -> tuple[F32, F32]:
    """The points that are kept slow, all but the irises, f32[n, 3], and where expressions move them, f32[7, 2 n]."""
    points, moves = template()[: IRISES.start], shapes().reshape(-1, LANDMARKS, 3)[:, : IRISES.start, :2]
    return points, np.ascontiguousarray(moves.transpose(0, 2, 1).reshape(len(moves), -1))


def _eyes(at: F32, pose: F32, knob: F32) -> F32:
    """Shift of the irises f32[B, 2] in % of the eyes' distance: against the head, and where the eyes look."""
    degrees = np.degrees(pose[:, :2])
    glance = np.minimum(knob, 1)[:, None] * at[:, C.GLANCE_X : C.GLANCE_Y + 1]
    return np.asarray(np.stack([COUNTER_X * degrees[:, 1], COUNTER_Y * degrees[:, 0]], axis=1) + glance, np.float32)


def _worn(knob: F32) -> F32:
    """How much of its mood a face shows, f32[B]; ``knob`` f32[B]: its expressiveness."""
    return np.asarray(0.7 + 0.3 * np.minimum(knob, 1), np.float32)


def _weights(at: F32, brows: F32, mixture: F32, knob: F32, eyes: F32) -> F32:
    """How much of each expression the face wears, f32[B, 7]; ``brows`` f32[B]: how far they have drifted up."""
    weights = mixture[:, [0, 1, 2, 3, 4, 5, 6]] * _worn(knob)[:, None]
    smile = knob * at[:, C.SMILE]
    weights[:, 0] = np.clip(weights[:, 0] + smile, _CORNERS_DOWN, 1)
    weights[:, 1] += 0.5 * np.maximum(smile, 0)
    weights[:, 2] += knob * at[:, C.LOWER]
    weights[:, 4] += knob * 0.5 * at[:, C.LIDS] - _LID_FOLLOWS * eyes[:, 1]  # 1 of this shape is 2 %
    weights[:, 6] += knob * (at[:, C.BROWS] + brows)
    return np.asarray(weights, np.float32)
