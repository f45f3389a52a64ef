"""The VAE learns how made-up heads turn; its bound is one; still heads teach it nothing; a run goes on where it stopped."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from talking_head.audio.mel import log_mel
from talking_head.errors import InputError
from talking_head.evaluate.motion.sway import sway_figures
from talking_head.face.space import Pose, rotation_from_vector, template, to_image
from talking_head.models import manifest
from talking_head.motion.sway import MIRRORED, Sway, SwayConfig
from talking_head.motion.trained import TrainedMotion
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut, held_out
from talking_head.train.motion.mouth import MouthConfig
from talking_head.train.motion.run import Plan, train
from talking_head.train.motion.sway import SwayTrack, SwayTrainer, SwayTraining, judge, sway_tracks, window, windows
from talking_head.train.motion.sway_net import SwayNet, bound, divergence, loss
from talking_head.types import FPS, FRAME_TICKS

SHORT = SwayTraining(steps=120, warmup=5, rows=8, frames=48, every=40, average=0.9)
HELD = HeldOut(frozenset({"moves/clip2"}), frozenset(), frozenset(), {}, frozenset({"moves"}))


def mover(number: int, seconds: float = 11.0, degrees: float = 5.0) -> PreparedClip:
    """Somebody who speaks, turns and nods about a neck, with a lean of their own."""
    frames, rng = round(seconds * FPS), np.random.default_rng(number)
    ticks = np.arange(frames * FRAME_TICKS) / 48_000
    loud = np.clip(np.sin(2 * np.pi * 1.5 * ticks), 0, 1)
    buzz = sum(np.sin(2 * np.pi * 120 * k * ticks) / k for k in range(1, 20))
    pcm = (0.2 * loud * buzz + 1e-4 * rng.standard_normal(len(ticks))).astype(np.float32)
    face = template() + 0.0005 * rng.standard_normal((frames, 478, 3)).astype(np.float32)
    lower = (template()[:, 1] > 0.95) | np.isin(np.arange(478), [14, 87, 317, 178, 402, 88, 318, 95, 324])
    face[:, lower, 1] += 0.12 * loud.reshape(frames, -1).mean(1, dtype=np.float32)[:, None]
    t = np.arange(frames) / FPS + 7.0 * number
    yaw = degrees * (np.sin(1.9 * t) + 0.5 * np.sin(3.1 * t))
    pitch, roll = 0.8 * degrees * np.sin(2.7 * t + 1), -0.3 * yaw + 0.3 * degrees * np.sin(1.3 * t)
    turns = np.radians(np.stack([pitch, yaw, roll], axis=1)).astype(np.float32)
    points, rows = [], []
    for row, turn in enumerate(turns):
        place = np.array([120 + 3 * np.sin(1.1 * t[row]), 90.0, 0.0])
        points.append(to_image(face[row], Pose(rotation_from_vector(turn), 100.0, place)))
        rows.append([*turn, *place, 100.0])
    valid = np.ones(frames, bool)
    valid[20:23] = False
    pose = np.array(rows, np.float32)
    name = f"moves/clip{number}"
    return PreparedClip(name, "mover", 240, 240, np.stack(points), valid, pose, template(), log_mel(pcm), pcm)


@pytest.fixture(scope="module")
def tracks() -> list[SwayTrack]:
    return sway_tracks([(mover(0), "train"), (mover(1), "train"), (mover(2, 5.0), "known")])


def test_tracks_are_what_the_head_did_in_its_own_spreads(tracks: list[SwayTrack]) -> None:
    assert [(track.name, track.use) for track in tracks] == [
        ("moves/clip0", "train"),
        ("moves/clip1", "train"),
        ("moves/clip2", "known"),
    ]
    both = np.concatenate([track.moves for track in tracks])
    np.testing.assert_allclose(both[:, :3].std(0), 1, atol=0.1)
    clip = mover(0)
    for channel, column in ((0, 0), (1, 1), (2, 2)):
        assert np.corrcoef(tracks[0].moves[:, channel], clip.pose[:, column])[0, 1] > 0.97
    assert abs(np.corrcoef(both[:, 3], both[:, 1])[0, 1]) < 0.1  # a lean is what no turn explains
    assert tracks[0].heard.shape == (len(clip.points), 4)


def test_heads_that_do_not_move_and_short_clips_teach_nothing(tmp_path: Path) -> None:
    assert sway_tracks([(mover(0, degrees=0.3), "train")]) == []
    assert sway_tracks([(mover(0, 1.5), "train")]) == []
    with pytest.raises(InputError, match="20 s"):
        SwayTrainer(SHORT, SwayConfig(), sway_tracks([(mover(0, 5.0), "train")]), tmp_path)


def test_windows_come_with_their_mirror_images_and_only_what_was_heard_before(tracks: list[SwayTrack]) -> None:
    config = SwayConfig(knot=4)
    moves, heard = windows(tracks, config, 48)
    half = len(moves) // 2
    torch.testing.assert_close(moves[half:], moves[:half] * torch.from_numpy(MIRRORED))
    assert heard.shape == (len(moves), 48 // 4 + 1, 4)
    loud = dataclasses.replace(tracks[0], heard=np.arange(len(tracks[0].moves), dtype=np.float32)[:, None].repeat(4, 1))
    given = window(loud, 40, config, 48)[1][:, 0]
    ends = 40 + (np.arange(13) - 1) * 4  # frames at which the knots were drawn
    np.testing.assert_allclose(given, ends - 2.5)
    with pytest.raises(InputError):
        windows([], config, 48)


def test_the_price_of_a_knot_is_never_below_nothing() -> None:
    torch.manual_seed(0)
    a, b, c, d = torch.randn(4, 500, 3)
    assert divergence(a, b, c, d).min() >= 0
    assert divergence(a, b, a, b).abs().max() < 1e-6
    q, p = (torch.distributions.Normal(m, s.exp()) for m, s in ((a, b), (c, d)))
    torch.testing.assert_close(divergence(a, b, c, d), torch.distributions.kl_divergence(q, p), atol=1e-3, rtol=1e-4)


def test_bits_below_the_free_ones_pull_at_nothing(tracks: list[SwayTrack]) -> None:
    torch.manual_seed(0)
    net, (moves, heard) = SwayNet(SwayConfig()), windows(tracks, SwayConfig(), 48)
    with torch.no_grad():
        found = bound(net, moves, heard)
    assert found.made.shape == moves.shape
    assert found.kl.shape == (8,)
    free = float(found.kl.max()) + 1
    assert float(loss(found, weight=1.0, free=free) - found.fit) == pytest.approx(8 * free, rel=1e-5)
    assert float(loss(found, weight=0.0, free=0.0)) == pytest.approx(float(found.fit), rel=1e-6)


def test_it_learns_to_give_movements_back(tracks: list[SwayTrack], tmp_path: Path) -> None:
    trainer = SwayTrainer(SHORT, SwayConfig(), tracks, tmp_path)
    told: list[dict[str, float]] = []
    figures = trainer.train(lambda step, values: told.append(values))
    assert told[-1]["fit"] < told[0]["fit"]
    assert figures["known places"] > 0.5
    assert figures["known kl"] > 0
    assert figures["real nearest"] > 0
    assert figures["drawn nearest"] > 0


def test_resuming_equals_never_having_stopped(tracks: list[SwayTrack], tmp_path: Path) -> None:
    config, training = SwayConfig(), dataclasses.replace(SHORT, steps=8, every=4)
    whole = SwayTrainer(training, config, tracks, tmp_path)
    whole.train(lambda step, figures: None)
    (tmp_path / "parts").mkdir()
    first = SwayTrainer(training, config, tracks, tmp_path / "parts")
    for step in range(5):
        first.advance(step / 8)
    first.run.save(first.path)
    second = SwayTrainer(training, config, tracks, tmp_path / "parts")
    second.run.resume(second.path)
    second.train(lambda step, figures: None)
    for name, value in whole.run.mean.state_dict().items():
        torch.testing.assert_close(second.run.mean.state_dict()[name], value, atol=1e-6, rtol=1e-5)
    other = SwayTrainer(dataclasses.replace(training, seed=1), config, tracks, tmp_path / "parts")
    with pytest.raises(InputError, match="begun with other"):
        other.run.resume(other.path)


def test_a_run_with_heads_that_move_ends_with_a_sway_that_serves(tmp_path: Path) -> None:
    folder = tmp_path / "moves"
    for number in (0, 1):
        clipfile.save(mover(number), folder / f"clip{number}.safetensors")
    clipfile.save(mover(2, 5.0), folder / "clip2.safetensors")
    plan = Plan(move=MouthConfig(steps=2, warmup=1, rows=2, every=1), sway=dataclasses.replace(SHORT, steps=4, every=2))
    figures = train([folder], tmp_path / "run", plan, held=HELD)
    weights = tmp_path / "run" / "weights"
    assert "sway, known places" in figures
    rows = list(csv.DictReader((tmp_path / "run" / "log.csv").read_text("utf-8").splitlines()))
    assert {row["stage"] for row in rows} == {"move", "sway"}
    config = json.loads((weights / "config.json").read_text())
    assert config["training"]["sway"]["people"] == 1
    assert Sway.load(weights).config == SwayConfig(**config["sway"])
    assert TrainedMotion(folder=weights).open(seed=0) is not None
    judged = sway_figures(weights, [mover(2, 5.0)], HELD)
    assert judged["known"]["places"] == pytest.approx(figures["sway, known places"], abs=0.05)


def test_shipped_weights_are_judged_by_people_who_did_not_train_them() -> None:
    held = held_out()
    assert [held.sway_use("a/lively/escobar", test=test) for test in (False, True)] == ["unseen", "unseen"]
    assert [held.sway_use("lively/lieu", test=test) for test in (False, True)] == ["train", "train"]
    assert [held.sway_use("mine/first", test=test) for test in (False, True)] == ["train", "unseen"]
    assert held.use("lively/escobar") == "train"  # lips
    judged = sway_figures(manifest.path("motion"), [dataclasses.replace(mover(0), name="mine/first")], held)
    assert judged["unseen"]["places"] > 0.5
    assert judged["unseen"]["kl"] > 0


def test_a_judge_changes_nothing_that_is_drawn_later(tracks: list[SwayTrack]) -> None:
    net, test = SwayNet(SwayConfig()), windows(tracks, SwayConfig(), 48)
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    assert judge(net, *test) == judge(net, *test)
    torch.testing.assert_close(torch.randn(3), expected)
