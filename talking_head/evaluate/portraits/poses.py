"""Poses and mouths in which portraits are looked at, and how much of a turn is seen in a drawn picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talking_head.evaluate.motion.phonemes import held_out_sentences, speak
from talking_head.evaluate.motion.tracks import play_all
from talking_head.face.space import fit_pose, vector_from_rotation
from talking_head.motion.space import MotionSpace
from talking_head.protocols import MotionModel
from talking_head.types import F32, FPS, LANDMARKS, Motion

STILL = np.zeros((LANDMARKS, 3), np.float32)


def mouth_shape(space: MotionSpace, gap: float, width: float) -> F32:
    """Offsets f32[478, 3] of the smallest movement that opens the lips by ``gap`` and widens them by ``width``."""
    wanted = np.stack([space.gap, space.width])
    coefficients, *_ = np.linalg.lstsq(wanted, np.array([gap, width]), rcond=None)
    return np.asarray(np.tensordot(coefficients, space.mouth, 1), np.float32)


def held(offsets: F32 = STILL, pose: Sequence[float] = (0, 0, 0)) -> Motion:
    """One frame of a face of ``offsets`` f32[478, 3], turned by ``pose``: pitch, yaw, roll in degrees."""
    return Motion(offsets[None], np.array([[*np.radians(pose), 0, 0, 0]], np.float32))


def seen_turn(rest: F32, turned: F32, neutral: F32) -> F32:
    """Pitch, yaw, roll f32[3] in degrees from the landmarks ``rest`` to ``turned`` f32[478, 3] of a person of ``neutral``."""
    first, then = (fit_pose(points, neutral).rotation for points in (rest, turned))
    return np.asarray(np.degrees(vector_from_rotation(first.T @ then)), np.float32)


def talk(model: MotionModel, seconds: float, seed: int) -> Motion:
    """So many ``seconds`` of what ``model`` does with held-out sentences, which ``seed`` draws and a synthesiser speaks."""
    frames, sentences = round(seconds * FPS), held_out_sentences()
    order = np.random.default_rng(seed).permutation(len(sentences))
    offsets, pose = np.zeros((0, LANDMARKS, 3), np.float32), np.zeros((0, 6), np.float32)
    for index in order:
        if len(pose) >= frames:
            break
        said = play_all(model, [speak([sentences[index]])[0].pcm], seeds=[seed])[0]
        offsets, pose = np.concatenate([offsets, said.offsets]), np.concatenate([pose, said.pose])
    return Motion(offsets[:frames], pose[:frames])
