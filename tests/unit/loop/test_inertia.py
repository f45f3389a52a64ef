"""Frames that are left out where a voice begins are not seen to be missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from talking_head.loop.inertia import FRAMES, Inertia
from talking_head.motion.trained import TrainedMotion
from talking_head.types import F32, FRAME_TICKS, LANDMARKS, Motion


def frame(pose: float, offset: float = 0.0) -> Motion:
    return Motion(np.full((1, LANDMARKS, 3), offset, np.float32), np.full((1, 6), pose, np.float32))


def test_nothing_is_changed_where_no_frame_is_left_out() -> None:
    inertia = Inertia()
    for motion in (frame(0.1), frame(0.5, 0.3), frame(0.0)):
        assert inertia.shown(motion) is motion
    first = Inertia()
    first.unseen(frame(0.2))
    alone = frame(0.3)
    assert first.shown(alone) is alone  # nothing was seen before it


def test_a_head_that_turns_evenly_goes_on_evenly_and_catches_up() -> None:
    inertia = Inertia()
    shown = [inertia.shown(frame(0.01 * step)) for step in range(5)]
    for step in range(5, 8):
        inertia.unseen(frame(0.01 * step))
    shown += [inertia.shown(frame(0.01 * step)) for step in range(8, 8 + 2 * FRAMES)]
    steps = np.diff([motion.pose[0, 0] for motion in shown])
    assert steps[4] == pytest.approx(0.01, abs=1e-6)  # not the 0.04 that lie between the two frames
    assert steps.min() > 0.009
    assert steps.max() < 0.016
    assert shown[5 + FRAMES].pose[0, 0] == pytest.approx(0.01 * (8 + FRAMES))
    assert steps[-5:] == pytest.approx([0.01] * 5, abs=1e-6)


def test_lips_are_never_further_than_the_new_face_and_there_in_the_second_frame() -> None:
    inertia = Inertia()
    inertia.shown(frame(0.0, 0.0))
    inertia.unseen(frame(0.0, 0.5))
    first, second = inertia.shown(frame(0.0, 1.0)), inertia.shown(frame(0.0, 0.8))
    assert 0.5 <= first.offsets.min() == first.offsets.max() < 1.0
    assert second.offsets.max() == pytest.approx(0.8)


def test_frames_may_be_left_out_again_before_the_head_has_caught_up() -> None:
    inertia = Inertia()
    poses, step = [inertia.shown(frame(0.0)).pose[0, 0]], 0
    for _ in range(4):
        for _ in range(3):
            step += 1
            inertia.unseen(frame(0.01 * step))
        for _ in range(3):
            step += 1
            poses.append(inertia.shown(frame(0.01 * step)).pose[0, 0])
    assert np.diff(poses).max() < 0.025
    assert np.diff(poses).min() >= 0


def _steps(frames: Sequence[F32]) -> F32:
    return np.linalg.norm(np.diff(np.stack(frames), axis=0), axis=-1)


def test_a_head_of_the_trained_motion_moves_no_faster_where_a_voice_begins() -> None:
    """Sixteen faces that think, and begin to speak after three frames that are not seen or with all of them."""
    motion = TrainedMotion()
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 0.1, (40, 1, FRAME_TICKS)).astype(np.float32)
    fastest: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(16):
        for left_out in (True, False):
            state, inertia, poses = motion.open(seed=seed), Inertia(), list[F32]()
            for step in range(60):
                moved = motion.step([state], sound[step - 30] if step >= 30 else np.zeros((1, FRAME_TICKS), np.float32))
                if left_out and 30 <= step < 30 + motion.lookahead:
                    inertia.unseen(moved)
                else:
                    poses.append((inertia.shown(moved) if left_out else moved).pose[0])
            fastest[left_out].append(float(_steps(poses[20:]).max()))
    assert np.median(fastest[True]) < 1.15 * np.median(fastest[False])
    assert max(fastest[True]) < 1.3 * max(fastest[False])
