"""The tongue follows what is said: up for l, t, d, n, between the teeth for th, down for vowels and silence."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.motion.baseline import BaselineMotion
from talking_head.motion.trained import TrainedMotion
from talking_head.types import F32, FRAME_TICKS, Cue, Phoneme

_SOUND = 3 * FRAME_TICKS


@pytest.fixture(scope="module")
def model() -> TrainedMotion:
    return TrainedMotion()


def said(model: TrainedMotion, symbols: str) -> F32:
    """The tongue f32[T, 2] while ``symbols`` are said, 120 ms each, in step with their sound."""
    state, out = model.open(seed=0), []
    total = len(symbols) * 3
    for frame in range(total + model.lookahead):
        phonemes = tuple(
            Phoneme(symbol, i * _SOUND - frame * FRAME_TICKS, _SOUND)
            for i, symbol in enumerate(symbols)
            if -_SOUND < i * _SOUND - frame * FRAME_TICKS < FRAME_TICKS
        )
        out.append(model.step([state], np.zeros((1, FRAME_TICKS), np.float32), [Cue(phonemes)]).tongue[0])
    return np.stack(out[model.lookahead :])


@pytest.mark.parametrize("symbol", ["l", "t", "d", "n"])
def test_the_tip_is_up_in_the_middle_of_its_sound_and_down_before_and_after(model: TrainedMotion, symbol: str) -> None:
    up, out = said(model, f"ɑɑ{symbol}ɑɑ").T
    assert up[7] > 0.9
    assert max(up[0], up[-1]) == pytest.approx(0, abs=1e-3)
    assert not out.any()


def test_th_shows_between_the_teeth(model: TrainedMotion) -> None:
    up, out = said(model, "ɑɑθɑɑ").T
    assert out[7] > 0.9
    assert 0.4 < up[7] < 0.9


def test_it_moves_no_faster_than_from_rest_to_the_ridge_in_two_frames(model: TrainedMotion) -> None:
    assert np.abs(np.diff(said(model, "ɑlɑθɑtɑ"), axis=0)).max() < 0.85


def test_silence_vowels_and_lips_leave_it_lying(model: TrainedMotion) -> None:
    assert not said(model, "  pɑmu  ").any()


def test_a_model_without_a_tongue_leaves_it_lying() -> None:
    model = BaselineMotion()
    noise = np.random.default_rng(0).normal(0, 0.1, (2, FRAME_TICKS)).astype(np.float32)
    moved = model.step([model.open(seed=0), model.open(seed=1)], noise)
    np.testing.assert_array_equal(moved.tongue, np.zeros((2, 2), np.float32))
