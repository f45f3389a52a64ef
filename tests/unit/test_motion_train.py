"""A tiny motion net learns from a tiny set made here; the trained net streams, stays causal, resumes and refuses nonsense."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from talking_head.audio.mel import log_mel
from talking_head.errors import AudioError, InputError, WeightsError
from talking_head.face.space import Pose, template, to_image, vector_from_rotation
from talking_head.motion.measures import lip_gap
from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import KNOT, NetConfig, spline_weights
from talking_head.motion.space import MotionSpace, fit_space
from talking_head.motion.stream import StreamNet
from talking_head.motion.trained import TrainedMotion, read_folder
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.corpus.tts_corpus import VISEMES
from talking_head.train.heldout import HeldOut, held_out
from talking_head.train.motion.export import articulation, load_net
from talking_head.train.motion.run import items_of, train
from talking_head.train.motion.trainer import MotionTrainer, TrainConfig
from talking_head.train.motion.tts import SpeechItem
from talking_head.types import FRAME_TICKS

FRAMES = 75
TINY = NetConfig(width=32, layers=2, heads=2, hidden=48, window=8, lookahead=2, mouth=16, upper=6)
HELD = HeldOut(frozenset({"tiny/clip3"}), frozenset(), frozenset(), {}, frozenset({"tiny"}))


def made_up_clip(number: int) -> PreparedClip:
    """Somebody whose mouth opens with the loudness of a buzz, and whose head sways."""
    rng = np.random.default_rng(number)
    time = np.arange(FRAMES * FRAME_TICKS) / 48_000
    loud = np.clip(np.sin(2 * np.pi * (1.5 + 0.3 * number) * time + number), 0, 1) * ((time > 0.5) & (time < 2.4))
    buzz = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 20))
    pcm = (0.2 * loud * buzz + 1e-4 * rng.standard_normal(len(time))).astype(np.float32)
    opening = 0.12 * loud.reshape(FRAMES, -1).mean(1)
    face = np.repeat(template()[None], FRAMES, axis=0).copy()
    lower = (template()[:, 1] > 0.95).astype(np.float32)
    lower[[14, 87, 317, 178, 402, 88, 318, 95, 324]] = 1
    face[:, :, 1] += opening[:, None] * lower
    face[:, 468:] = template()[468:]
    face += 0.0005 * rng.standard_normal(face.shape)
    pose = Pose(np.eye(3), 100.0, np.array([120.0, 90.0, 0.0]))
    points = np.stack([to_image(f.astype(np.float32), pose) for f in face])
    sway = np.cumsum(rng.standard_normal(FRAMES)) * 0.05
    points[:, :, 0] += sway[:, None]
    row = np.tile([*vector_from_rotation(pose.rotation), *pose.translation, 100.0], (FRAMES, 1)).astype(np.float32)
    row[:, 3] += sway
    valid = np.ones(FRAMES, bool)
    name = f"tiny/clip{number}"
    return PreparedClip(name, "tiny", 240, 240, points.astype(np.float32), valid, row, template(), log_mel(pcm), pcm)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    for number in range(5):
        clipfile.save(made_up_clip(number), folder / f"clip{number}.safetensors")
    return folder


def quick(steps: int, **changes: object) -> TrainConfig:
    config = TrainConfig(
        steps=steps, evaluate_every=10, warmup=5, faces=4, speech=0, quiet=2, quiet_clips=5, lr=3e-3, average=0.9
    )
    return dataclasses.replace(config, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    train([dataset], out, TINY, quick(60), held=HELD)
    return out


def test_the_loss_falls_and_the_lips_follow(run: Path) -> None:
    rows = list(csv.DictReader((run / "log.csv").open()))
    assert len(rows) == 6
    assert float(rows[-1]["mouth"]) < 0.6 * float(rows[0]["mouth"])
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert float(rows[-1]["known corr"]) > 0.8


def test_trained_weights_serve(run: Path) -> None:
    model = TrainedMotion(folder=run / "weights")
    assert model.lookahead == TINY.lookahead
    state = model.open(seed=0)
    pcm = made_up_clip(3).pcm.reshape(-1, 1, FRAME_TICKS)
    gaps = [float(lip_gap(model.step([state], chunk).offsets)[0]) for chunk in pcm]
    assert max(gaps) > 0.03
    assert abs(gaps[5]) < 0.01  # it is still quiet then


def test_lips_open_as_wide_as_those_of_the_held_out_clips(run: Path, dataset: Path) -> None:
    space, items = items_of([dataset], HELD, run / "space.safetensors")
    _, _, calibration, _ = read_folder(run / "weights")
    predicted = articulation(load_net(run / "best.safetensors")[0], [item for item in items if item.use == "known"], space)
    assert predicted * calibration.articulation == pytest.approx(1, abs=0.01)


def test_lips_meet_where_the_net_hears_p(run: Path, tmp_path: Path) -> None:
    for name in ("config.json", "motion.safetensors", "space.safetensors"):
        (tmp_path / name).write_bytes((run / "weights" / name).read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["calibration"]["closing"] == 0  # learned without sentences: its visemes mean nothing
    config["calibration"]["closing"] = 1.0
    (tmp_path / "config.json").write_text(json.dumps(config))
    model = TrainedMotion(folder=tmp_path)
    mouth = np.zeros((2, 16), np.float32)
    mouth[:, 0] = 1
    visemes = np.zeros((2, 16), np.float32)
    visemes[0, VISEMES.index("p")] = visemes[1, VISEMES.index("aa")] = 12
    before, after = mouth @ model.space.gap, model._meet(mouth, visemes) @ model.space.gap  # noqa: SLF001
    assert after[0] == pytest.approx(0, abs=0.001)
    assert after[1] == pytest.approx(before[1], rel=0.001)


def test_resuming_equals_never_having_stopped(dataset: Path, tmp_path: Path) -> None:
    train([dataset], tmp_path / "whole", TINY, quick(20), held=HELD)
    train([dataset], tmp_path / "parts", TINY, quick(20, minutes=1e9, patience=0), held=HELD)  # stops after ten
    assert len(list(csv.DictReader((tmp_path / "parts" / "log.csv").open()))) == 1
    train([dataset], tmp_path / "parts", TINY, quick(20), held=HELD, resume=True)
    again = csv.DictReader((tmp_path / "parts" / "log.csv").open())
    first = csv.DictReader((tmp_path / "whole" / "log.csv").open())
    for a, b in zip(again, first, strict=True):
        assert float(a["loss"]) == pytest.approx(float(b["loss"]), rel=1e-3)


def sentence() -> SpeechItem:
    """A synthetic sentence: the buzz of a clip, with an “aa” where it is loud and a “p” in its middle."""
    mel = made_up_clip(1).mel
    loud = mel.mean((1, 2)) > np.quantile(mel.mean((1, 2)), 0.4)
    shut = np.zeros(FRAMES, np.float32)
    shut[FRAMES // 2] = 1
    viseme = np.where(shut > 0, 1, np.where(loud, 11, 0))
    none = np.zeros(FRAMES, np.float32)
    return SpeechItem("s", mel, viseme, np.ones(FRAMES, np.float32), shut, none, none, none, plain=True)


def test_synthetic_sentences_get_mouths_from_the_nets_own_visemes(dataset: Path, tmp_path: Path) -> None:
    space, items = items_of([dataset], HELD, tmp_path / "space.safetensors")
    config = quick(20, speech=4, label_at=(0.25, 0.5))
    new = [MotionTrainer(config, TINY, space, items, [sentence()], [], tmp_path / name) for name in ("whole", "parts")]
    for trainer in new:
        trainer.batches.mix = dataclasses.replace(trainer.batches.mix, quiet=0)
    trainer, other = new
    for _ in range(5):
        trainer.advance()
    assert trainer.batches.speech[0].mouth is None
    for _ in range(8):
        trainer.advance()
    mouth = trainer.batches.speech[0].mouth
    assert mouth is not None
    gap = mouth @ space.gap
    assert abs(gap[FRAMES // 2]) < 1e-3 < gap.max()
    trainer.save(tmp_path / "last.safetensors", whole_state=True)
    other.resume(tmp_path / "last.safetensors")
    again = other.batches.speech[0].mouth
    assert again is not None
    np.testing.assert_allclose(again, mouth, atol=1e-6)


def test_overfit_mode_learns_one_clip(dataset: Path, tmp_path: Path) -> None:
    best = train([dataset], tmp_path / "one", TINY, quick(40), held=HELD, overfit=1)
    assert best["known corr"] > 0.9


def test_a_finished_run_is_not_overwritten(dataset: Path, run: Path) -> None:
    with pytest.raises(InputError, match="--resume"):
        train([dataset], run, TINY, quick(10), held=HELD)


def test_everything_held_out_is_refused(dataset: Path, tmp_path: Path) -> None:
    names = frozenset(f"tiny/clip{n}" for n in range(5))
    with pytest.raises((InputError, ValueError)):
        train([dataset], tmp_path, TINY, quick(10), held=HeldOut(names, frozenset(), frozenset(), {}, frozenset()))


def test_an_empty_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="prepare"):
        train([tmp_path], tmp_path / "out", TINY, quick(10), held=HELD)


@pytest.mark.parametrize("trunk", ["transformer", "tcn"])
def test_streaming_equals_the_whole_clip(trunk: str) -> None:
    config = dataclasses.replace(TINY, trunk=trunk, layers=3)
    torch.manual_seed(0)
    net = MotionNet(config).eval()
    rng = np.random.default_rng(0)
    mel = rng.normal(0, 0.3, (2, 40, 4, 80)).astype(np.float32)
    latent = rng.normal(size=(2, 40, config.latent)).astype(np.float32)
    style = rng.normal(size=(2, config.style)).astype(np.float32)
    with torch.inference_mode():
        whole = net.heads(net.trunk(torch.from_numpy(mel)), torch.from_numpy(latent), torch.from_numpy(style))
    stream = StreamNet(config, {name: value.numpy() for name, value in net.state_dict().items()})
    states = [stream.start(), stream.start()]
    for t in range(40):
        token = stream.step(states, mel[:, t], latent[:, t], style)
        for name in ("mouth", "live", "hazard", "visemes"):
            np.testing.assert_allclose(getattr(token, name), getattr(whole, name)[:, t].numpy(), atol=1e-4)


@pytest.mark.parametrize("trunk", ["transformer", "tcn"])
def test_no_token_hears_the_future(trunk: str) -> None:
    torch.manual_seed(0)
    net = MotionNet(dataclasses.replace(TINY, trunk=trunk)).eval()
    mel = torch.randn(1, 30, 4, 80)
    changed = mel.clone()
    changed[:, 20:] += 1
    with torch.inference_mode():
        a, b = net.trunk(mel), net.trunk(changed)
    assert torch.equal(a[:, :20], b[:, :20])
    assert not torch.allclose(a[:, 20], b[:, 20])


def test_attention_forgets_beyond_its_window() -> None:
    torch.manual_seed(0)
    config = dataclasses.replace(TINY, layers=1)
    net = MotionNet(config).eval()
    mel = torch.randn(1, 30, 4, 80)
    changed = mel.clone()
    changed[:, 5] += 1
    with torch.inference_mode():
        a, b = net.trunk(mel), net.trunk(changed)
    assert not torch.allclose(a[:, 5 + config.window - 1], b[:, 5 + config.window - 1])
    assert torch.allclose(a[:, 5 + config.window :], b[:, 5 + config.window :])


def test_a_saved_motion_space_is_the_same_space(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    few = rng.normal(0, 0.01, (40, 6)) @ rng.normal(size=(6, 478 * 3))
    many = np.repeat(few, 40, axis=0) + rng.normal(0, 1e-4, (1_600, 478 * 3))  # more frames than numbers a face: the other way
    for offsets in (few, many):
        face = offsets.reshape(-1, 478, 3).astype(np.float32)
        space = fit_space(face, np.ones(len(face)), np.zeros((478, 3), np.float32), mouth=4, upper=2)
        space.save(tmp_path / "space.safetensors")
        again = MotionSpace.load(tmp_path / "space.safetensors")
        np.testing.assert_array_equal(again.mouth, space.mouth)
        np.testing.assert_array_equal(again.upper, space.upper)


@pytest.mark.parametrize("trunk", ["transformer", "tcn"])
def test_streaming_equals_the_whole_clip_once_norms_have_learned(trunk: str) -> None:
    config = dataclasses.replace(TINY, trunk=trunk, layers=2)
    torch.manual_seed(1)
    net = MotionNet(config).eval()
    with torch.no_grad():
        for name, value in net.named_parameters():
            if "norm" in name:
                value += 0.3 * torch.randn_like(value)
    mel = torch.randn(1, 30, 4, 80) * 0.3
    latent = torch.randn(1, 30, config.latent)
    with torch.inference_mode():
        whole = net.heads(net.trunk(mel), latent)
    stream = StreamNet(config, {name: value.numpy() for name, value in net.state_dict().items()})
    state = stream.start()
    for t in range(30):
        token = stream.step([state], mel[:, t].numpy(), latent[:, t].numpy())
        for name in ("mouth", "live", "hazard", "visemes"):
            np.testing.assert_allclose(getattr(token, name), getattr(whole, name)[:, t].numpy(), atol=1e-4)


@pytest.mark.parametrize("trunk", ["transformer", "tcn"])
def test_streams_that_come_and_go_hear_only_themselves(trunk: str) -> None:
    config = dataclasses.replace(TINY, trunk=trunk, layers=2)
    torch.manual_seed(2)
    net = MotionNet(config).eval()
    mel = torch.randn(5, 80, 4, 80) * 0.3  # longer than a memory that goes round
    latent = torch.randn(5, 80, config.latent)
    with torch.inference_mode():
        whole = net.heads(net.trunk(mel), latent)
    stream = StreamNet(config, {name: value.numpy() for name, value in net.state_dict().items()})
    states, ages = [stream.start() for _ in range(5)], [0] * 5
    for tick in range(130):
        here = [row for row in range(5) if 9 * row <= tick and (tick // (20 + 7 * row)) % 3 != 1 and ages[row] < 80]
        if not here:
            continue
        heard = [(row, ages[row]) for row in here]
        sound, noise = (torch.stack([x[row, age] for row, age in heard]).numpy() for x in (mel, latent))
        token = stream.step([states[row] for row in here], sound, noise)
        for at, (row, age) in enumerate(heard):
            np.testing.assert_allclose(token.mouth[at], whole.mouth[row, age].numpy(), atol=1e-4)
            np.testing.assert_allclose(token.live[at], whole.live[row, age].numpy(), atol=1e-4)
            ages[row] += 1
    assert max(ages) == 80


def test_latent_between_knots_is_smooth_and_of_unit_variance() -> None:
    rng = np.random.default_rng(0)
    knots = rng.standard_normal((4_003,)).astype(np.float32)
    windows = np.stack([knots[i : i + 4_000] for i in range(4)], axis=1)
    line = (windows @ spline_weights().T).reshape(-1)
    assert len(line) == 4_000 * KNOT
    assert line.std() == pytest.approx(1, abs=0.05)
    assert np.abs(np.diff(line)).max() < 0.6


def test_wrong_rate_nan_and_empty_sound_are_refused() -> None:
    for pcm, rate in (
        (np.zeros(4_800, np.float32), 16_000),
        (np.full(4_800, np.nan, np.float32), 48_000),
        (np.zeros(0), 48_000),
    ):
        with pytest.raises(AudioError):
            log_mel(pcm.astype(np.float32), rate)


def test_damaged_weights_are_refused(run: Path, tmp_path: Path) -> None:
    for name in ("config.json", "motion.safetensors", "space.safetensors"):
        (tmp_path / name).write_bytes((run / "weights" / name).read_bytes())
    (tmp_path / "motion.safetensors").write_bytes(b"nonsense")
    with pytest.raises(WeightsError):
        TrainedMotion(folder=tmp_path)
    (tmp_path / "motion.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"motion\.safetensors"):
        TrainedMotion(folder=tmp_path)


def test_the_committed_list_is_large_enough() -> None:
    held = held_out()
    assert sum(name.startswith("s1/") for name in held.known) >= 60
    assert sum(name.startswith("s4hd/") for name in held.known) >= 6
    assert len(held.unseen) >= 3
    assert held.use("s1/bbaf2n") == "train"
    assert held.test_use("elsewhere/film") == "unseen"


def test_a_folder_of_many_people_is_not_one_person() -> None:
    held = held_out()
    assert held.person("grid/s1/bbac1s", "grid/s1") == "grid/s1"
    assert held.person("grid/mixed/GRID_sbia1a", "grid/mixed") == "grid/mixed/GRID_sbia1a"
    assert held.person("grid/mixed/GRID_swiz3n", "grid/mixed") == "grid/s26"
    assert held.person("mixed/GRID_swiz3n", "mixed") == "s26"
    assert held.person("elsewhere/film", "elsewhere") == "elsewhere"
