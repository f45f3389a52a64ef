"""A tiny net learns to hear and to move from a tiny set made here; what it learned streams, stays causal, resumes, refuses
nonsense."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from talking_head.audio.mel import log_mel
from talking_head.errors import InputError, WeightsError
from talking_head.face.space import Pose, template, to_image, vector_from_rotation
from talking_head.models import manifest
from talking_head.motion.articulation import Articulator
from talking_head.motion.measures import lip_gap
from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.trained import TrainedMotion, read_folder
from talking_head.motion.visemes import VISEMES
from talking_head.train.corpus import clipfile, tts_corpus
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut, held_out, of_run
from talking_head.train.motion import levels
from talking_head.train.motion.mouth import MouthConfig
from talking_head.train.motion.recogniser import RecogniserConfig, RecogniserTrainer
from talking_head.train.motion.run import Plan, train
from talking_head.train.motion.speech import load_speech
from talking_head.types import FRAME_TICKS, Cue, Phoneme

FRAMES = 75
TINY = NetConfig(context=2, width=32, layers=2, heads=2, hidden=48, window=8, lookahead=2, past=4, units=32)
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


def spoken(number: int) -> tuple[np.ndarray, list[Phoneme]]:
    """The sound of a made-up clip as if it said "a" where it is loud."""
    pcm = made_up_clip(number).pcm
    loud = np.abs(pcm.reshape(-1, FRAME_TICKS)).max(axis=1) > 0.02
    edges = np.flatnonzero(np.diff(loud.astype(int), prepend=0, append=0))
    return pcm, [
        Phoneme("ˈɑː", int(a) * FRAME_TICKS, int(b - a) * FRAME_TICKS) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def readings() -> Iterator[tts_corpus.Reading]:
    for number in range(30):
        yield tts_corpus.Reading("buzz", f"clip {number}", lambda number=number: spoken(number))  # type: ignore[misc]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus")
    totals = tts_corpus.prepare_tts(out, readings, {"made": "up"}, per_shard=16)
    assert totals["clips"] == 60
    return out


HEAR = RecogniserConfig(steps=150, warmup=10, frames=50, speech=6, quiet=2, quiet_clips=5, every=50, lr=4e-3, average=0.9)
MOVE = MouthConfig(steps=120, warmup=5, rows=8, every=40, average=0.9)


def plan(corpus: Path, **changes: object) -> Plan:
    return dataclasses.replace(Plan(TINY, HEAR, MOVE, (corpus,)), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(dataset: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    train([dataset], out, plan(corpus), held=HELD)
    return out


def logged(run: Path, stage: str, name: str) -> list[float]:
    rows = csv.DictReader((run / "log.csv").read_text("utf-8").splitlines())
    return [float(row["value"]) for row in rows if (row["stage"], row["name"]) == (stage, name)]


def test_the_losses_fall_and_the_lips_follow(run: Path) -> None:
    assert logged(run, "hear", "loss")[-1] < 0.7 * logged(run, "hear", "loss")[0]
    assert logged(run, "hear", "visemes right, 2 ahead")[-1] > 0.8
    assert logged(run, "move", "loss")[-1] < logged(run, "move", "loss")[0]
    assert logged(run, "move", "known corr")[-1] > 0.6


def test_the_run_says_how_it_split_the_clips(run: Path) -> None:
    split = json.loads((run / "split.json").read_text())
    assert split == {f"tiny/clip{n}": "known" if n == 3 else "train" for n in range(5)}
    again = of_run(run / "weights", held_out())
    assert again.test_use("tiny/clip3") == "known"
    assert again.test_use("tiny/clip1") == "train"


def test_heads_that_do_not_turn_teach_no_sway(run: Path) -> None:
    assert not logged(run, "sway", "fit")
    kept, there = (load_file(folder / "sway.safetensors") for folder in (run / "weights", manifest.path("motion")))
    assert kept.keys() == there.keys()
    for name, value in there.items():
        np.testing.assert_array_equal(kept[name], value)


def test_trained_weights_serve_and_know_phonemes(run: Path) -> None:
    model = TrainedMotion(folder=run / "weights")
    assert model.lookahead == TINY.lookahead
    pcm = made_up_clip(3).pcm.reshape(-1, 1, FRAME_TICKS)
    state = model.open(seed=0)
    heard = np.array([float(lip_gap(model.step([state], chunk).offsets)[0]) for chunk in pcm])
    assert heard.max() > 0.03
    assert abs(heard[5]) < 0.015  # it is still quiet then
    silence = np.zeros((1, FRAME_TICKS), np.float32)
    vowel = Cue((Phoneme("ˈɑː", 0, FRAME_TICKS),))
    said = []
    state = model.open(seed=0)
    for frame in range(40):
        cue = vowel if 10 <= frame < 30 else Cue(())
        said.append(float(lip_gap(model.step([state], silence, [cue]).offsets)[0]))
    assert max(said[14:28]) > 0.03  # without any sound
    assert abs(said[2]) < 0.015
    assert abs(said[-1]) < 0.015


def test_lips_meet_at_p_and_touch_the_teeth_at_f(run: Path) -> None:
    config, space, tensors = read_folder(run / "weights")
    articulate = Articulator(config, tensors, space)

    def gap(middle: str) -> float:
        window = articulate.start()
        window[:] = 0
        window[:, :, VISEMES.index("a")] = 1
        window[config.past] = 0
        window[config.past, :, VISEMES.index(middle)] = 1
        return float((articulate(window[None], np.array([True]), np.ones(1, np.float32)) @ space.gap)[0])

    assert gap("a") > 0.03
    assert gap("p") == pytest.approx(0, abs=1e-3)
    assert gap("f") <= 0.027


def test_lips_are_parted_in_a_pause_and_not_in_speech(run: Path) -> None:
    config, space, tensors = read_folder(run / "weights")
    articulate = Articulator(config, tensors, space)
    pause = articulate.start()
    speech = np.zeros_like(pause)
    speech[:, :, VISEMES.index("p")] = 1
    windows, known, gain = np.stack([pause, pause, speech]), np.ones(3, bool), np.array([1, 1.5, 1], np.float32)
    gap = articulate(windows, known, gain, np.full(3, 0.05, np.float32)) @ space.gap
    np.testing.assert_allclose(gap, [0.05, 0.075, 0], atol=1e-3)


def test_resuming_equals_never_having_stopped(corpus: Path, tmp_path: Path) -> None:
    items = load_speech(corpus)
    config = dataclasses.replace(HEAR, steps=12, every=4)
    whole = RecogniserTrainer(config, TINY, items, tmp_path)
    whole.train(lambda step, figures: None)
    (tmp_path / "parts").mkdir()
    first = RecogniserTrainer(config, TINY, items, tmp_path / "parts")
    for step in range(7):
        first.advance(step / 12)
    first.run.save(first.path)
    second = RecogniserTrainer(config, TINY, items, tmp_path / "parts")
    second.run.resume(second.path)
    assert second.run.step == 7
    second.train(lambda step, figures: None)
    for name, value in whole.run.mean.state_dict().items():
        torch.testing.assert_close(second.run.mean.state_dict()[name], value, atol=1e-6, rtol=1e-5)


def test_voices_held_out_train_nothing_and_a_recogniser_goes_on_from_another(corpus: Path, tmp_path: Path) -> None:
    items = load_speech(corpus)
    strangers = [dataclasses.replace(item, speaker="stranger") for item in items[:4]]
    config = dataclasses.replace(HEAR, steps=2, every=1)
    first = RecogniserTrainer(config, TINY, items + strangers, tmp_path, voices=frozenset({"stranger"}))
    assert first.strangers == strangers
    assert not any(item.speaker == "stranger" for group in [*first.groups, first.test] for item in group)
    told: list[dict[str, float]] = []
    first.train(lambda step, figures: told.append(figures))
    assert 0 <= told[-1]["visemes right, strange voices"] <= 1
    net = first.run.net
    assert isinstance(net, MotionNet)
    second = RecogniserTrainer(config, TINY, items, tmp_path, start=net)
    torch.testing.assert_close(second.run.net.state_dict(), net.state_dict())
    with pytest.raises(InputError, match="another shape"):
        RecogniserTrainer(config, dataclasses.replace(TINY, window=9), items, tmp_path, start=net)
    with pytest.raises(InputError, match="no speech"):
        RecogniserTrainer(config, TINY, strangers, tmp_path, voices=frozenset({"stranger"}))


def test_a_checkpoint_of_another_net_is_refused(corpus: Path, tmp_path: Path) -> None:
    items = load_speech(corpus)
    one = RecogniserTrainer(HEAR, TINY, items, tmp_path)
    one.run.save(one.path)
    other = RecogniserTrainer(HEAR, dataclasses.replace(TINY, window=9), items, tmp_path)
    with pytest.raises(InputError, match="begun with other net"):
        other.run.resume(other.path)


def test_ears_are_kept_and_folders_split_where_nobody_said_how(run: Path, dataset: Path, tmp_path: Path) -> None:
    kept = Plan(TINY, move=dataclasses.replace(MOVE, steps=10), recogniser=run / "weights")
    empty = HeldOut(frozenset(), frozenset(), frozenset(), {}, frozenset())
    train([dataset], tmp_path / "own", kept, held=empty)
    uses = json.loads((tmp_path / "own" / "split.json").read_text())
    assert sorted(uses.values()) == ["known", "train", "train", "train", "train"]
    before, after = (read_folder(folder / "weights")[2] for folder in (run, tmp_path / "own"))
    np.testing.assert_array_equal(before["viseme.weight"], after["viseme.weight"])


def test_overfit_mode_learns_one_clip(corpus: Path, dataset: Path, tmp_path: Path) -> None:
    best = train([dataset], tmp_path / "one", plan(corpus, hear=dataclasses.replace(HEAR, steps=60)), held=HELD, overfit=1)
    assert best["known corr"] > 0.7


def test_a_finished_run_is_not_overwritten(dataset: Path, corpus: Path, run: Path) -> None:
    with pytest.raises(InputError, match="--resume"):
        train([dataset], run, plan(corpus), held=HELD)


def test_a_run_goes_on_with_its_own_clips_only(dataset: Path, corpus: Path, run: Path, tmp_path: Path) -> None:
    went = tmp_path / "went"
    shutil.copytree(run, went)
    split = (went / "split.json").read_text()
    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    (first,) = other.rglob("clip0.safetensors")
    first.unlink()
    clipfile.save(made_up_clip(9), first.with_name("clip9.safetensors"))
    with pytest.raises(InputError, match="begun with other clips"):
        train([other], went, plan(corpus), held=HELD, resume=True)
    assert (went / "split.json").read_text() == split


def test_where_no_run_was_begun_none_goes_on(dataset: Path, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leave --resume away"):
        train([dataset], tmp_path / "nothing", plan(corpus), held=HELD, resume=True)


def test_everything_held_out_is_refused(dataset: Path, run: Path, tmp_path: Path) -> None:
    names = frozenset(f"tiny/clip{n}" for n in range(5))
    kept = Plan(TINY, recogniser=run / "weights")
    with pytest.raises(InputError, match="held-out"):
        train([dataset], tmp_path, kept, held=HeldOut(names, frozenset(), frozenset(), {}, frozenset({"tiny"})))


def test_an_empty_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="prepare"):
        train([tmp_path], tmp_path / "out", Plan(TINY), held=HELD)


def test_a_mumbler_is_made_lively_and_stays_shut_where_shut() -> None:
    rng = np.random.default_rng(0)
    form = levels.functionals()
    shapes = np.linalg.pinv(form.reshape(7, -1)).T.reshape(7, 478, 3)
    amounts = rng.normal(0, 0.02, (300, 7)) + 0.02
    amounts[::10, 0] = 0
    offsets = np.einsum("tk,kic->tic", amounts, shapes).astype(np.float32)
    directions = levels.duals([offsets])
    np.testing.assert_allclose(levels.lengths(directions), np.eye(7), atol=1e-3)
    level = levels.Level.of(levels.lengths(offsets))
    moved = levels.lengths(level.apply(offsets, directions))
    np.testing.assert_allclose(moved[::10, 0], 0, atol=1e-4)
    assert moved[:, 0].mean() > 1.5 * amounts[:, 0].mean()
    np.testing.assert_allclose(moved[:, 1:].mean(axis=0), levels.MEAN[1:], atol=1e-3)


def test_damaged_weights_are_refused(run: Path, tmp_path: Path) -> None:
    for name in ("config.json", "motion.safetensors", "space.safetensors"):
        (tmp_path / name).write_bytes((run / "weights" / name).read_bytes())
    (tmp_path / "motion.safetensors").write_bytes(b"nonsense")
    with pytest.raises(WeightsError):
        TrainedMotion(folder=tmp_path)
    (tmp_path / "motion.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"motion\.safetensors"):
        TrainedMotion(folder=tmp_path)
