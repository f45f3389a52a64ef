"""Prepared clips → the arrays that a motion net learns from.

Targets are made here once: coefficients of the motion space, smooth head pose about its own mean, where there is speech,
and where a blink begins. In the silence before and after a sentence the mouth's target is *shut*, whatever the person
did there: some rest with parted lips, and a product must not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, median_filter
from scipy.signal import savgol_filter

from talking_head.errors import InputError
from talking_head.face.space import rotation_from_vector, vector_from_rotation
from talking_head.motion.measures import eye_gap
from talking_head.motion.space import MotionSpace, fit_space, symmetric
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut
from talking_head.types import F32

SPEECH_BANDS = slice(6, 56)  # mel bands of about 250–3 600 Hz, where speech is and rumble is not
_PAUSE = 9  # frames: a shorter hole in the sound is part of the sentence (plosives, breaths between words)
_BEFORE, _AFTER = 7, 8  # frames over which the mouth leaves and reaches its rest around a sentence
SHUT_EYES = 0.5  # share of the person's eye opening below which the eyes count as shut


@dataclass(frozen=True, slots=True)
class Item:
    """One clip, ready to learn from; all f32, T frames.

    ``mel`` [T, 4, 80]; ``mouth`` [T, M]; ``upper`` [T, U]; ``pose`` [T, 6] as Motion.pose, about the clip's mean; ``talk`` [T]
    0..1; ``blink`` [T]: 1 where a blink begins; ``weight`` [T]: 0 where the face was not seen well.
    """

    name: str
    person: str
    use: str
    mel: F32
    mouth: F32
    upper: F32
    pose: F32
    talk: F32
    blink: F32
    weight: F32


def load_clips(folders: Iterable[Path], held: HeldOut) -> list[tuple[PreparedClip, str]]:
    """All prepared clips of ``folders`` with their use. Raises InputError when there is none."""
    out = []
    for folder in folders:
        for path in sorted(folder.rglob("*.safetensors")):
            clip = clipfile.load(path)
            use = held.use(clip.name)
            if use != "none":
                out.append((replace(clip, person=held.person(clip.name, clip.person)), use))
    if not out:
        raise InputError("No prepared clips there; make them with `talking-head prepare VIDEO_DIR -o DATASET`.")
    return out


def speech_activity(mel: F32) -> F32:
    """1 where there is speech, ramping at its two ends, f32[T]; from log-mel f32[T, 4, 80] of a clip with one noise floor."""
    level = mel[..., SPEECH_BANDS].mean(axis=2).max(axis=1)
    floor, peak = np.percentile(level, [8, 96])
    if peak - floor < 0.15 or peak < -0.6:  # under 6 dB of contrast (one unit is 40 dB): nobody speaks
        return np.zeros(len(mel), np.float32)
    on = median_filter(level > floor + 0.3 * (peak - floor), 3)
    on = binary_closing(np.pad(on, _PAUSE), np.ones(_PAUSE))[_PAUSE:-_PAUSE]
    return ramps(on)


def ramps(on: NDArray[np.bool_]) -> F32:
    """bool[T] → f32[T] that is 1 where ``on`` and falls to 0 as a raised cosine over the frames before and after."""
    index = np.arange(len(on))
    where = np.flatnonzero(on)
    if len(where) == 0:
        return np.zeros(len(on), np.float32)
    right = where[np.minimum(np.searchsorted(where, index), len(where) - 1)] - index  # frames until speech
    left = index - where[np.maximum(np.searchsorted(where, index, side="right") - 1, 0)]  # frames since speech
    before = np.where(right >= 0, 1 - np.maximum(right - 2, 0) / (_BEFORE - 2), 0)
    after = np.where(left >= 0, 1 - np.maximum(left - 1, 0) / (_AFTER - 1), 0)
    share = np.clip(np.maximum(before, after), 0, 1)
    ramp: F32 = (0.5 - 0.5 * np.cos(np.pi * share)).astype(np.float32)
    return ramp


def relative_pose(clip: PreparedClip) -> F32:
    """Head motion f32[T, 6] as ``Motion.pose`` about the clip's mean, smoothed without lag (Savitzky–Golay, 360 ms)."""
    poses = clip.poses()
    base_vector = np.median(clip.pose[clip.valid, :3], axis=0)
    base = rotation_from_vector(base_vector)
    place, scale = np.median(clip.pose[clip.valid, 3:6], axis=0), float(np.median(clip.pose[clip.valid, 6]))
    turn = np.stack([vector_from_rotation(base.T @ pose.rotation) for pose in poses])
    shift = np.stack([base.T @ (pose.translation - place) / scale for pose in poses])
    motion = np.concatenate([turn, shift], axis=1)
    motion -= motion[clip.valid].mean(axis=0)
    if len(motion) >= 9:
        motion = savgol_filter(motion, 9, 2, axis=0)
    return motion.astype(np.float32)


def blink_onsets(clip: PreparedClip, offsets: F32) -> tuple[F32, NDArray[np.bool_]]:
    """Where a blink begins, f32[T] of 0 and 1, and where the eyes are open, bool[T]."""
    opening = eye_gap(clip.neutral + offsets) / max(float(eye_gap(clip.neutral)), 1e-3)
    shut = opening < SHUT_EYES
    onset = np.zeros(len(shut), np.float32)
    onset[1:] = shut[1:] & ~shut[:-1]
    near = np.convolve(shut.astype(float), np.ones(9), mode="same") > 0
    return onset, ~near & clip.valid


def make_item(clip: PreparedClip, use: str, space: MotionSpace) -> Item:
    """Targets of one clip in ``space``."""
    offsets = clip.offsets()
    mouth, upper = space.encode(offsets)
    onset, awake = blink_onsets(clip, offsets)
    talk = speech_activity(clip.mel)
    # A blink is a shape of its own: under it the upper face is carried over from both sides.
    if awake.any():
        index = np.arange(len(upper))
        upper = np.stack([np.interp(index, index[awake], column[awake]) for column in upper.T], axis=1)
    upper = upper - upper.mean(axis=0)
    if len(upper) >= 7:
        upper = savgol_filter(upper, 7, 2, axis=0)
    return Item(
        clip.name,
        clip.person,
        use,
        clip.mel,
        (mouth * talk[:, None]).astype(np.float32),
        upper.astype(np.float32),
        relative_pose(clip),
        talk,
        onset,
        clip.valid.astype(np.float32),
    )


def fit_motion_space(clips: list[PreparedClip], blink: F32, *, per_person: int = 1_500, seed: int = 0) -> MotionSpace:
    """A motion space in which no person has more than ``per_person`` frames to say."""
    rng = np.random.default_rng(seed)
    people: dict[str, list[PreparedClip]] = {}
    for clip in clips:
        people.setdefault(clip.person, []).append(clip)
    faces, awake = [], []
    for group in people.values():
        share = max(1, per_person // len(group))
        for clip in group[:per_person]:
            offsets = symmetric(clip.offsets())
            _, open_eyes = blink_onsets(clip, offsets)
            seen = np.flatnonzero(clip.valid)
            pick = rng.choice(seen, min(share, len(seen)), replace=False)
            faces.append(offsets[pick])
            awake.append(open_eyes[pick])
    return fit_space(np.concatenate(faces), np.concatenate(awake), blink)
