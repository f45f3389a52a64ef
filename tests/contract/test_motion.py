"""Every motion model: batched equals single, causal, deterministic, silent when the sound is, and picky about its input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talking_head import registry
from talking_head.errors import AudioError
from talking_head.motion.measures import eye_gap, lip_gap
from talking_head.protocols import MotionModel
from talking_head.types import FRAME_TICKS, LANDMARKS, Cue, Manner, Motion

FRAMES = 50


@pytest.fixture(scope="module", params=["baseline", "trained"])
def model(request: pytest.FixtureRequest) -> MotionModel:
    built: MotionModel = registry.build("motion", request.param)
    return built


def voice(seed: int, frames: int = FRAMES) -> np.ndarray:
    """A buzz with moving formants, in bursts: enough like speech to move a mouth. f32[frames * 1920]."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames * FRAME_TICKS) / 48_000
    f0 = 110 + 40 * rng.random()
    out = np.zeros_like(t)
    for k in range(1, 40):
        formant = 500 + 350 * np.sin(2 * np.pi * 3 * t + seed)
        out += np.sin(2 * np.pi * f0 * k * t) * np.exp(-(((f0 * k - formant) / 250) ** 2))
    return (0.2 * out * (np.sin(2 * np.pi * 2.1 * t) > -0.5)).astype(np.float32)


def run(model: MotionModel, pcm: np.ndarray, seed: int = 1, expressiveness: float = 1.0) -> Motion:
    state: Any = model.open(seed=seed, manner=Manner(expressiveness=expressiveness))
    steps = [model.step([state], chunk[None]) for chunk in pcm.reshape(-1, FRAME_TICKS)]
    return Motion(np.concatenate([s.offsets for s in steps]), np.concatenate([s.pose for s in steps]))


def test_protocol(model: MotionModel) -> None:
    assert isinstance(model, MotionModel)
    assert 0 < model.lookahead <= 5


def test_batched_streams_equal_single_streams(model: MotionModel) -> None:
    sounds = [voice(i) for i in range(3)]
    single = [run(model, sound, seed=i) for i, sound in enumerate(sounds)]
    states = [model.open(seed=i) for i in range(3)]
    for frame in range(FRAMES):
        chunk = slice(frame * FRAME_TICKS, (frame + 1) * FRAME_TICKS)
        together = model.step(states, np.stack([s[chunk] for s in sounds]))
        for row in range(3):
            np.testing.assert_allclose(together.offsets[row], single[row].offsets[frame], atol=1e-4)
            np.testing.assert_allclose(together.pose[row], single[row].pose[frame], atol=1e-4)


def test_streams_that_join_late_are_not_disturbed(model: MotionModel) -> None:
    sound = voice(3, 20)
    alone = run(model, sound, seed=5)
    other = model.open(seed=9)
    for _ in range(7):
        model.step([other], voice(4, 1)[None])
    late = model.open(seed=5)
    for frame in range(20):
        chunk = sound[frame * FRAME_TICKS : (frame + 1) * FRAME_TICKS]
        both = model.step([other, late], np.stack([chunk * 0, chunk]))
        np.testing.assert_allclose(both.offsets[1], alone.offsets[frame], atol=1e-4)


def test_causal_beyond_the_lookahead(model: MotionModel) -> None:
    first, second = voice(1), voice(1)
    cut = 30
    second[cut * FRAME_TICKS :] = voice(2)[cut * FRAME_TICKS :]
    a, b = run(model, first), run(model, second)
    np.testing.assert_array_equal(a.offsets[:cut], b.offsets[:cut])  # what a step returned cannot depend on later sound
    assert np.abs(lip_gap(a.offsets)[cut:] - lip_gap(b.offsets)[cut:]).max() > 1e-3


def test_same_seed_same_motion(model: MotionModel) -> None:
    a, b, c = run(model, voice(1), 7), run(model, voice(1), 7), run(model, voice(1), 8)
    np.testing.assert_array_equal(a.offsets, b.offsets)
    np.testing.assert_array_equal(a.pose, b.pose)
    assert np.abs(a.pose - c.pose).max() > 1e-3


def test_sound_opens_the_mouth_and_silence_closes_it(model: MotionModel) -> None:
    motion = run(model, np.concatenate([voice(1, 50), np.zeros(150 * FRAME_TICKS, np.float32)]))
    gap = lip_gap(motion.offsets)
    assert gap[:50].max() > 0.03
    assert np.abs(gap[125:]).max() < 0.012  # lips may stay parted for a while: nobody knows yet that nothing follows
    assert np.abs(np.diff(gap[125:])).max() < 0.004


def test_idle_lives(model: MotionModel) -> None:
    motion = run(model, np.zeros(60 * 25 * FRAME_TICKS, np.float32))
    shut = eye_gap(motion.offsets) < -0.05
    blinks = int((np.diff(shut.astype(int)) == 1).sum())
    assert 8 <= blinks <= 25
    assert shut.mean() < 0.12
    speed = np.abs(np.diff(motion.pose, axis=0)).max(0)
    assert (speed[:3] < 0.0225).all()  # 32 degrees a second, the fastest stroke
    assert (speed[:3] > 1e-4).all()


def test_expressiveness_scales_the_head_but_not_the_lips(model: MotionModel) -> None:
    calm, lively = run(model, voice(1), expressiveness=0.3), run(model, voice(1), expressiveness=1.5)
    assert calm.pose.std(0).sum() < 0.6 * lively.pose.std(0).sum()
    np.testing.assert_allclose(lip_gap(calm.offsets), lip_gap(lively.offsets), atol=0.02)


def test_articulation_scales_the_lips(model: MotionModel) -> None:
    sound = voice(1)
    state, states = model.open(seed=1, manner=Manner(articulation=0.5)), model.open(seed=1)
    small = np.concatenate([model.step([state], chunk[None]).offsets for chunk in sound.reshape(-1, FRAME_TICKS)])
    usual = np.concatenate([model.step([states], chunk[None]).offsets for chunk in sound.reshape(-1, FRAME_TICKS)])
    assert 0.3 < lip_gap(small).max() / lip_gap(usual).max() < 0.75


def test_a_cue_changes_the_manner_of_a_stream_that_runs(model: MotionModel) -> None:
    sound = np.zeros((100, 1, FRAME_TICKS), np.float32)
    same, other = model.open(seed=3), model.open(seed=3)
    asked = Cue((), manner=Manner(mood="serious", expressiveness=0.0))
    before = [model.step([same], chunk, [Cue(())]).offsets for chunk in sound]
    after = [model.step([other], chunk, [asked if t == 10 else Cue(())]) for t, chunk in enumerate(sound)]
    corners = [61, 291]
    usual, grave = np.concatenate(before)[60:, corners, 1], np.concatenate([m.offsets for m in after])[60:, corners, 1]
    assert (grave.mean(0) > usual.mean(0) + 0.005).all()  # down
    assert np.abs(np.diff(np.concatenate([m.pose for m in after])[60:], axis=0)).max() < 0.002


@pytest.mark.parametrize("shape", [(1, 0), (1, 1919), (2, FRAME_TICKS), (FRAME_TICKS,)])
def test_a_wrong_shape_is_refused(model: MotionModel, shape: tuple[int, ...]) -> None:
    with pytest.raises(AudioError):
        model.step([model.open(seed=0)], np.zeros(shape, np.float32))


def test_nan_is_refused(model: MotionModel) -> None:
    pcm = np.zeros((1, FRAME_TICKS), np.float32)
    pcm[0, 5] = np.nan
    with pytest.raises(AudioError):
        model.step([model.open(seed=0)], pcm)


def test_no_landmark_flies_away(model: MotionModel) -> None:
    motion = run(model, voice(2))
    assert motion.offsets.shape == (FRAMES, LANDMARKS, 3)
    assert np.isfinite(motion.offsets).all()
    assert np.abs(motion.offsets).max() < 0.5
