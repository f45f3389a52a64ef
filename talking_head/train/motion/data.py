"""Prepared clips → the arrays that a motion net learns from.

Targets are made here once: the mouth at the level of lively speakers (``levels.py``) as coefficients of the motion space, and
where there is speech. In the silence before and after a sentence the mouth's target is *shut*, whatever the person did
there: some rest with parted lips, and a product must not.
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
from talking_head.motion.space import MotionSpace, fit_space, mouth_mask, symmetric
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut
from talking_head.train.motion import levels
from talking_head.types import F32

SPEECH_BANDS = slice(6, 56)  # mel bands of about 250–3 600 Hz, where speech is and rumble is not
_PAUSE = 9  # frames: a shorter hole in the sound is part of the sentence (plosives, breaths between words)
_BEFORE, _AFTER = 7, 8  # frames over which the mouth leaves and reaches its rest around a sentence
SHUT_EYES = 0.5  # share of the person's eye opening below which the eyes count as shut


@dataclass(frozen=True, slots=True)
class Item:
    """One clip, ready to learn from; all f32, T frames.

    ``mel`` [T, 4, 80]; ``mouth`` [T, M]; ``talk`` [T] 0..1; ``weight`` [T]: 0 where the face was not seen well or turned away.
    """

    name: str
    person: str
    use: str
    mel: F32
    mouth: F32
    talk: F32
    weight: F32


def read_clips(folders: Iterable[Path], held: HeldOut) -> list[PreparedClip]:
    """All prepared clips of ``folders``, each of whom ``held`` knows it to show. Raises InputError when there is none."""
    clips = []
    for folder in folders:
        for path in sorted(folder.rglob("*.safetensors")):
            clip = clipfile.load(path)
            clips.append(replace(clip, person=held.person(clip.name, clip.person)))
    if not clips:
        where = ", ".join(map(str, folders))
        raise InputError(f"There are no prepared clips in {where}; `talking-head prepare VIDEOS --out DATASET` makes them.")
    return clips


def load_clips(folders: Iterable[Path], held: HeldOut) -> tuple[list[tuple[PreparedClip, str]], HeldOut]:
    """As :func:`read_clips` with their use, and ``held`` with a split of the folders that it did not name."""
    clips = read_clips(folders, held)
    held = held.with_split([(clip.name, clip.person) for clip in clips])
    return [(clip, use) for clip in clips if (use := held.use(clip.name)) != "none"], held


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


def quiet_like(mel: F32) -> F32:
    """What this clip sounds like when nobody speaks, f32[4, 80]: its quietest tenth."""
    level = mel.mean(axis=(1, 2))
    quiet: F32 = mel[level <= np.quantile(level, 0.1)].mean(axis=0)
    return quiet


def make_items(
    clips: list[tuple[PreparedClip, str]], blink: F32, space: MotionSpace | None, *, per_person: int = 1_500, seed: int = 0
) -> tuple[MotionSpace, list[Item]]:
    """Targets of all clips, people's mouths made equally lively; the motion space is fitted to the training clips where none is
    given, and no person has more than ``per_person`` frames to say in it."""
    mask = mouth_mask()
    moved = [symmetric(clip.offsets()) for clip, _ in clips]
    talks = [speech_activity(clip.mel) for clip, _ in clips]
    seen = [clip.valid & frontal(clip) for clip, _ in clips]
    people: dict[str, list[int]] = {}
    for place, (clip, _) in enumerate(clips):
        people.setdefault(clip.person, []).append(place)
    said = {}
    for person, places in people.items():
        said[person] = np.concatenate([(moved[i] * mask)[(talks[i] > 0.5) & seen[i]] for i in places])
    training = [person for person, places in people.items() if any(clips[i][1] == "train" for i in places)]
    if not training:
        raise InputError("No clip is left for training: all of them are on the held-out list.")
    directions = levels.duals([said[person] for person in training])
    for person, places in people.items():
        level = levels.Level.of(levels.lengths(said[person]))
        for i in places:
            moved[i] = level.apply(moved[i] * mask, directions) + moved[i] * (1 - mask)
    if space is None:
        rng = np.random.default_rng(seed)
        faces, awake = [], []
        for person in training:
            mine = [i for i in people[person] if clips[i][1] == "train"]
            share = max(1, per_person // len(mine))
            for i in mine[:per_person]:
                good = np.flatnonzero(seen[i])
                pick = rng.choice(good, min(share, len(good)), replace=False)
                faces.append(moved[i][pick])
                awake.append(blink_onsets(clips[i][0], clips[i][0].offsets())[1][pick])
        space = fit_space(np.concatenate(faces), np.concatenate(awake), blink)
    items = [
        Item(
            clip.name,
            clip.person,
            use,
            clip.mel,
            (space.encode(moved[i])[0] * talks[i][:, None]).astype(np.float32),
            talks[i],
            seen[i].astype(np.float32),
        )
        for i, (clip, use) in enumerate(clips)
    ]
    return space, items


def frontal(clip: PreparedClip, degrees: float = 8.0) -> NDArray[np.bool_]:
    """Where the head is turned no further from its usual place than that, bool[T]: a turned mouth is measured too narrow."""
    yaw = clip.pose[:, 1]
    return np.asarray(np.abs(yaw - np.median(yaw)) < np.radians(degrees))
