"""The sway: NumPy and torch draw the same curve, a seed is a stream, nobody drifts away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from talking_head.errors import MissingModelError, WeightsError
from talking_head.motion.sway import CHANNELS, HEARD, Sway, SwayConfig, SwayState, settled, shipped, spline
from talking_head.train.motion.sway_net import SwayNet
from talking_head.types import F32, FPS

TALKS = np.array([0.8, 0.6, 0.0, 0.0], np.float32)


def made(config: SwayConfig) -> tuple[SwayNet, Sway]:
    """A net of random weights, for training and for serving."""
    torch.manual_seed(3)
    net = SwayNet(config)
    with torch.no_grad():
        for value in net.parameters():
            value += 0.05 * torch.randn_like(value)
    tensors = {name: value.numpy() for name, value in net.state_dict().items()}
    whole = {**tensors, "middle": np.zeros(6, np.float32), "spread": np.ones(6, np.float32)}
    return net, Sway(config, whole)


def drawn(sway: Sway, seeds: list[int], frames: int, *, pace: float = 1.0, gain: float = 1.0) -> F32:
    """f32[B, frames, 6]."""
    states = [sway.start(np.random.default_rng(seed)) for seed in seeds]
    heard, ones = np.tile(TALKS, (len(seeds), 1)), np.ones(len(seeds), np.float32)
    return np.stack([sway.step(states, heard, pace * ones, gain * ones) for _ in range(frames)], axis=1)


def test_numpy_draws_the_curve_that_torch_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SwayState, "hurry", lambda _: 1.0)  # what is learned goes evenly
    config = SwayConfig(latent=5, knot=4, hidden=9, units=7)
    net, sway = made(config)
    state, heard, one = sway.start(np.random.default_rng(1)), TALKS[None], np.ones(1, np.float32)
    ours, knots = [], [state.knots]
    for _ in range(11 * config.knot):
        before = state.knots
        ours.append(sway.step([state], heard, one, one)[0])
        if state.knots is not before:
            knots.append(state.knots[-1:])
    z = torch.from_numpy(np.concatenate(knots)[None, 1:])  # the first of the four leaves with the first draw
    with torch.no_grad():
        curve = net.decode(net.curve(z))[0].numpy()
        mean, log = net.prior(z, torch.from_numpy(np.repeat(heard[None], z.shape[1] - 2, axis=1)))
    np.testing.assert_allclose(np.stack(ours), curve[1 : len(ours) + 1], atol=1e-5)
    to, spread = sway.prior(z[0, 1:-1].numpy(), z[0, :-2].numpy(), np.repeat(heard, z.shape[1] - 2, axis=0))
    np.testing.assert_allclose(to, mean[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(spread, log[0].exp().numpy(), rtol=1e-4)


def test_weights_of_the_spline_sum_to_one_and_meet() -> None:
    u = np.linspace(0, 1, 11, dtype=np.float32)
    np.testing.assert_allclose(spline(u).sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(spline(u)[-1, 1:], spline(u)[0, :-1], atol=1e-6)


def test_a_seed_is_a_stream_however_many_there_are() -> None:
    together, alone = drawn(shipped(), [4, 5], 60), drawn(shipped(), [5], 60)
    np.testing.assert_allclose(together[1], alone[0], atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 0.3


def test_it_begins_in_the_middle_and_nobody_drifts_away() -> None:
    made = drawn(shipped(), list(range(24)), 90 * FPS)
    assert np.abs(made[:, 0]).max() < 0.6
    settled_ = made[:, 20 * FPS :]
    assert np.abs(settled_.mean((0, 1))).max() < 0.45  # TALKS are louder than people are on the mean: 0.3 lower
    assert 0.75 < settled_.std((0, 1)).min() <= settled_.std((0, 1)).max() < 1.3
    late, early = settled_[:, -30 * FPS :].std((0, 1)), settled_[:, : 30 * FPS].std((0, 1))
    assert np.abs(np.log(late / early)).max() < 0.4


def test_a_head_hurries_and_rests_as_people_do() -> None:
    """In two seconds a real head is slower than 0.3 of its own speed in 0.30 to 0.36 of the frames; a Gaussian one in 0.25."""
    made = drawn(shipped(), list(range(16)), 550)[:, 100:]
    speed = np.diff(made, axis=1)[:, :400].reshape(16, -1, 2 * FPS, len(CHANNELS))
    size = np.sqrt((speed**2).mean(2, keepdims=True))
    rest, peak = (np.abs(speed) < 0.3 * size).mean(), (np.abs(speed).max(2) / size[:, :, 0]).mean()
    assert 0.3 < rest < 0.42
    assert 2.6 < peak < 3.3
    assert np.abs(speed).max() < 2.5  # but it never jerks: spreads a frame


def test_haste_changes_the_mean_pace_of_nobody() -> None:
    state = shipped().start(np.random.default_rng(2))
    assert abs(np.mean([state.hurry() for _ in range(20_000)]) - 1) < 0.08


def test_nothing_new_is_stillness_and_more_is_more() -> None:
    still = drawn(shipped(), [1, 2], 400, gain=0.0)
    assert np.abs(np.diff(still[:, -50:], axis=1)).max() < 0.01
    calm, lively = (drawn(shipped(), list(range(8)), 500, gain=gain).std(1).mean() for gain in (0.4, 1.0))
    assert calm < 0.75 * lively


def test_a_slower_pace_is_a_slower_head() -> None:
    speed = [np.abs(np.diff(drawn(shipped(), list(range(8)), 600, pace=pace), axis=1)).mean() for pace in (0.5, 1.0)]
    assert speed[0] < 0.75 * speed[1]


def test_what_was_drawn_is_scaled_to_middle_and_spread() -> None:
    config = SwayConfig(latent=5, knot=4, hidden=9, units=7)
    net, _ = made(config)
    tensors = settled(config, {name: value.detach().numpy() for name, value in net.state_dict().items()}, TALKS)
    assert tensors["spread"].shape == tensors["middle"].shape == (len(CHANNELS),)
    line = drawn(Sway(config, tensors), list(range(100, 164)), 1000)[:, 500:]
    np.testing.assert_allclose(line.std((0, 1)), 1, atol=0.25)
    assert tensors["middle"][CHANNELS.index("yaw")] == 0  # nobody prefers a side


def test_folders_without_a_sway_or_with_a_broken_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"net": {}}))
    with pytest.raises(MissingModelError, match=r"sway\.safetensors"):
        Sway.load(tmp_path)
    save_file({"keep": np.zeros((2, 8), np.float32)}, tmp_path / "sway.safetensors")
    with pytest.raises(WeightsError, match="Train it again"):
        Sway.load(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"sway": SwayConfig().to_dict()}))
    with pytest.raises(WeightsError, match="Train it again"):
        Sway.load(tmp_path)
    assert len(HEARD) == len(TALKS)
