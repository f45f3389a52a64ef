"""Training the animator on a self-made talking clip: a presenter, warped. Nobody's face and no model is needed."""

from __future__ import annotations

import csv
import os
import signal
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.neutral_teeth import tooth_set
from talking_head.animator.mouth.softness import softness
from talking_head.animator.mouth.teeth_layers import own_interior
from talking_head.animator.refiner.config import TIERS
from talking_head.animator.refiner.weights import load_refiner, save_refiner
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.errors import InputError
from talking_head.evaluate.animator.measures import Sums, add_frame, add_neighbours, psnr
from talking_head.face.build import portrait_from_points
from talking_head.train import twin
from talking_head.train.animator import crops, pairs
from talking_head.train.animator.batches import Batches, answer
from talking_head.train.animator.contact_sheets import COLUMNS, Sheet, plot_losses
from talking_head.train.animator.crops import ClipFrames, Pack
from talking_head.train.animator.discriminator import Discriminator, condition
from talking_head.train.animator.export import averaged
from talking_head.train.animator.state import read_state
from talking_head.train.animator.trainer import Settings, Trainer, run
from tests.unit.faces import motion, offsets, presenter

JAWS = 0.16 * np.abs(np.sin(np.linspace(0, 6, 24)))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    clips = []
    for person in ("clara", "marcus"):
        portrait = presenter(person, 256)
        avatar = WarpAvatar(portrait)
        points = portrait.place(motion(*(offsets(jaw=float(j)) for j in JAWS)))
        frames = np.stack([avatar.warp_rgb(p) for p in points])
        clips.append(
            ClipFrames(f"made/{person}", person, "train", frames, points, portrait.neutral, np.ones(len(points), bool))
        )
    path = tmp_path_factory.mktemp("pack") / "crops.npz"
    counts = crops.build(clips, path)
    assert counts["clips"] == 2
    assert counts["bytes"] < 5_000_000
    return crops.load(path)


@pytest.fixture(scope="module")
def made(pack: Pack) -> pairs.PairSet:
    return pairs.build(pack)


@pytest.fixture
def batches(pack: Pack, made: pairs.PairSet) -> Batches:
    return Batches(pack, made, seed=3)


def test_crops_are_where_the_landmarks_say(pack: Pack) -> None:
    for neutral, clip in zip(pack.neutral, range(2), strict=True):
        first = int(np.flatnonzero(pack.clip == clip)[0])
        nose, chin = pack.points[first, 1], pack.points[first, 152]
        assert abs(float(nose[1]) - 24) < 3  # row of the nose tip
        assert abs(float(chin[1]) - 128) < 8  # row of the resting chin
        assert neutral.shape == (478, 3)
    assert pack.images.shape[1:] == (160, 160, 3)


def test_a_foreign_file_is_no_pack(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match="not a pack of crops"):
        crops.load(tmp_path / "other.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(InputError, match="cannot be read"):
        crops.load(tmp_path / "text.npz")


def test_photo_and_answer_are_apart_in_time(pack: Pack, made: pairs.PairSet) -> None:
    apart = np.abs(pack.frame[made.target] - pack.source_frame[made.source])
    same = pack.clip[made.target] == pack.source_clip[made.source]
    assert same.all()
    assert apart.min() >= 7  # eight, less one for a neighbour that shares the photo


def test_a_picture_whose_photos_are_all_of_its_moment_is_left_out(pack: Pack) -> None:
    at = np.where(pack.source_clip == 0, 12, pack.source_frame).astype(np.int32)
    made = pairs.build(replace(pack, source_frame=at))
    kept = pack.frame[made.target[pack.clip[made.target] == 0]]
    assert set(kept.tolist()) == {0, 1, 2, 3, 4, 5, 20, 21, 22, 23}  # neighbours share their photos
    assert (pack.clip[made.target] == 1).any()
    with pytest.raises(InputError, match="No clip is long enough"):
        pairs.build(replace(pack, frame=np.zeros_like(pack.frame), source_frame=np.zeros_like(pack.source_frame)))


def test_pairs_come_back_from_disk(made: pairs.PairSet, tmp_path: Path) -> None:
    made.save(tmp_path / "pairs.npz")
    again = pairs.PairSet.load(tmp_path / "pairs.npz")
    np.testing.assert_array_equal(again.skin, made.skin)
    assert len(again.own) == len(made.own)
    for a, b in zip(again.own, made.own, strict=True):
        np.testing.assert_array_equal(a.upper, b.upper)


def test_batches_hold_neighbours(batches: Batches) -> None:
    batch = batches.draw(6)
    assert batch.warped.shape == (6, 3, 160, 160)
    assert batch.drawing.shape == (6, 4, 160, 160)
    torch.testing.assert_close(batch.reference[::2], batch.reference[1::2])  # the same photo under the same light
    assert float((batch.target[::2] - batch.target[1::2]).abs().max()) > 0.02  # another frame
    for part in (batch.warped, batch.target, batch.wanted, batch.drawing):
        assert float(part.min()) >= 0
        assert float(part.max()) <= 1


def test_the_net_of_one_person_sees_no_mirror_images(pack: Pack, made: pairs.PairSet) -> None:
    def likeness(personal: bool) -> list[float]:
        batches = Batches(pack, made, seed=3, personal=personal)
        plain, found = batches.item(0, batches.neutral(int(made.source[0]), 0, False), 0.0)[3], []
        for _ in range(12):
            varied = batches.pair(0, True)[0][3]
            found.append(float(np.corrcoef(plain.mean(0).ravel(), varied.mean(0).ravel())[0, 1]))
        return found

    assert min(likeness(True)) > 0.99
    assert min(likeness(False)) < 0.95  # half of them are mirror images


def test_with_own_teeth_the_answer_is_the_real_frame() -> None:
    rng = np.random.default_rng(0)
    target, warped = (rng.uniform(0, 255, (160, 160, 3)).astype(np.float32) for _ in range(2))
    opening = np.zeros((160, 160), np.uint8)
    opening[60:90, 50:110] = 255
    np.testing.assert_array_equal(answer(target, warped, opening, 1.0), target)
    np.testing.assert_array_equal(answer(target, warped, np.zeros_like(opening), 0.0), target)
    mixed = answer(target, warped, opening, 0.0)
    np.testing.assert_array_equal(mixed[:40], target[:40])
    inside = (slice(66, 84), slice(60, 100))

    def fine(picture: np.ndarray) -> np.ndarray:
        return np.asarray((picture - cv2.GaussianBlur(picture, (0, 0), 3.5))[inside].ravel())

    # What is painted keeps its own detail and takes the light of the frame.
    assert np.corrcoef(fine(mixed), fine(warped))[0, 1] > 0.9
    assert np.corrcoef(fine(mixed), fine(target))[0, 1] < 0.3


def test_the_loss_falls(batches: Batches) -> None:
    trainer = Trainer(Settings(batch=4, lr=1e-3, gan_from=10**9))
    fixed = batches.draw(4, augment=False)
    first = trainer.train_step(fixed)["pixels"]
    for _ in range(24):
        last = trainer.train_step(fixed)["pixels"]
    assert last < 0.8 * first


def test_critics_join_and_learn(batches: Batches) -> None:
    torch.manual_seed(0)
    trainer = Trainer(Settings(batch=4, gan_from=2, adversarial=0.03))
    fixed = batches.draw(4, augment=False)
    assert "critic" not in trainer.train_step(fixed)
    trainer.train_step(fixed)
    before = {k: v.clone() for k, v in trainer.critic.state_dict().items()}
    terms = trainer.train_step(fixed)
    assert {"critic", "fool", "pull"} <= terms.keys()
    assert all(np.isfinite(v) for v in terms.values())
    assert any(not torch.equal(v, before[k]) for k, v in trainer.critic.state_dict().items())


def test_critics_never_see_the_painted_teeth() -> None:
    critic = Discriminator(8)
    drawing = torch.zeros(1, 4, 160, 160)
    drawing[:, 2, 60:90, 50:110] = 1
    warped = torch.rand(1, 3, 160, 160)
    other = warped.clone()
    other[:, :, 60:90, 50:110] = torch.rand(1, 3, 30, 60)
    torch.testing.assert_close(condition(warped, drawing), condition(other, drawing))
    scores = critic(torch.rand(1, 3, 160, 160), condition(warped, drawing), torch.tensor([[32, 27]]))
    assert [s.shape for s, _ in scores] == [(1, 1, 12, 12), (1, 1, 10, 10)]


def test_a_resumed_run_is_the_same_run(batches: Batches, tmp_path: Path) -> None:
    one, two, three = (batches.draw(2) for _ in range(3))
    settings = Settings(batch=2, gan_from=1)
    whole = Trainer(settings)
    for batch in (one, two):
        whole.train_step(batch)
    whole.save(tmp_path / "state.npz")
    expected = whole.train_step(three)
    resumed = Trainer(settings)
    resumed.load(tmp_path / "state.npz")
    assert resumed.step == 2
    again = resumed.train_step(three)
    for key in ("pixels", "steady", "critic"):
        assert again[key] == pytest.approx(expected[key], rel=1e-4)
    for a, b in zip(whole.mean.parameters(), resumed.mean.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-4)


def test_a_state_of_another_tier_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TIERS, "large", TIERS["cpu"])
    Trainer(Settings()).save(tmp_path / "state.npz")
    with pytest.raises(InputError, match="tier “cpu”"):
        Trainer(Settings(tier="large")).load(tmp_path / "state.npz")


def test_a_run_leaves_state_log_and_sheets(batches: Batches, pack: Pack, made: pairs.PairSet, tmp_path: Path) -> None:
    trainer = Trainer(Settings(steps=26, minutes=0, batch=2, gan_from=10**9, sheet_every=13))
    run(trainer, batches, tmp_path, sheet=Sheet(Batches(pack, made, seed=1), rows=2), say=lambda _: None)
    plot_losses(tmp_path / "losses.csv", tmp_path / "losses.png")
    assert {p.name for p in tmp_path.iterdir()} >= {"state.npz", "losses.csv", "losses.png", "sheet_000013.jpg"}
    with (tmp_path / "losses.csv").open() as file:
        noted = {term for row in csv.DictReader(file) for term, value in row.items() if value} - {"step", "minutes"}
    assert cv2.imread(str(tmp_path / "losses.png")).shape[0] == 150 * len(noted)  # nothing of critics that never joined
    sheet = cv2.imread(str(tmp_path / "sheet_000013.jpg"))
    assert sheet.shape[1] == len(COLUMNS) * 160
    head = sheet[: sheet.shape[0] - 2 * 160]
    assert head.mean() > 200
    assert all(column.min() < 100 for column in np.array_split(head, len(COLUMNS), axis=1))  # each has its name
    net, notes = averaged(tmp_path / "state.npz")
    assert notes["step"] == 26
    save_refiner(net, tmp_path / "weights")
    assert load_refiner(tmp_path / "weights").config.tier == "cpu"


def test_a_run_that_is_asked_to_end_keeps_its_last_step(batches: Batches, tmp_path: Path) -> None:
    def ask(trainer: Trainer) -> None:
        if trainer.step == 2:
            os.kill(os.getpid(), signal.SIGINT)

    trainer = Trainer(Settings(steps=5, batch=2, gan_from=10**9, save_every=10**9))
    with pytest.raises(KeyboardInterrupt):
        run(trainer, batches, tmp_path, say=lambda _: None, told=ask)
    assert read_state(tmp_path / "state.npz")[0]["step"] == 2


def test_losses_have_a_head_though_the_first_run_was_killed_early(batches: Batches, tmp_path: Path) -> None:
    (tmp_path / "losses.csv").touch()
    trainer = Trainer(Settings(steps=3, batch=2, gan_from=10**9))
    trainer.step = 1
    run(trainer, batches, tmp_path, say=lambda _: None)
    head, last = (tmp_path / "losses.csv").read_text("utf-8").splitlines()
    assert head.startswith("step,minutes,pixels")
    assert last.startswith("3,")  # what ends between two notes is noted, too


def test_teeth_are_cut_from_a_smile_and_not_from_a_shut_mouth() -> None:
    portrait = presenter("mei")
    closed = WarpAvatar(portrait)
    assert own_interior(closed) is None
    shape = offsets(jaw=0.12)
    shape[[0, 13, 37, 39, 80, 81, 82, 191, 267, 269, 310, 311, 312, 415], 1] -= 0.04  # a smile lifts the lip off the teeth
    points = portrait.place(motion(shape))[0]
    closed.interior = RigidInterior(closed.unit, np.full(3, 1.5, np.float32))  # in good light
    smiling = WarpAvatar(portrait_from_points(closed.warp_rgb(points), points, settle=False))
    own = own_interior(smiling)
    assert own is not None
    # Worn with the picture's own landmarks, they show the picture they were cut from.
    smiling.interior = own
    again = smiling.warp(smiling.portrait.points)
    opening = again.mouth.opening > 0.9
    x0, y0 = again.origin
    place = (slice(y0, y0 + again.mouth.height), slice(x0, x0 + again.mouth.width))
    a, b = again.rgb[place][opening].astype(float), smiling.portrait.image[place][opening].astype(float)
    assert np.corrcoef(a.mean(-1), b.mean(-1))[0, 1] > 0.7


def test_tooth_sets_differ_by_seed_only() -> None:
    np.testing.assert_array_equal(tooth_set(3).upper, tooth_set(3).upper)
    assert float(np.abs(tooth_set(3).upper.astype(int) - tooth_set(4).upper).mean()) > 1
    for row in (tooth_set(0).upper, tooth_set(0).lower):
        mirrored = np.abs(row.astype(int) - row[:, ::-1]).mean()
        assert mirrored < 2  # the mean set is symmetric


def test_an_enlarged_photo_counts_as_soft() -> None:
    portrait = presenter()
    small = cv2.resize(portrait.image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.resize(small, portrait.image.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)
    unit = portrait.pose.scale
    assert softness(portrait.image, portrait.points, unit) < 0.3
    assert softness(soft, portrait.points, unit) > 0.7
    # The cut of its lips is as soft as the rest of it, the shipped one's is as crisp as pixels allow.
    assert WarpAvatar(portrait).edge == max(1.1, 0.011 * unit)
    assert WarpAvatar(replace(portrait, image=soft)).edge > 1.5 * WarpAvatar(portrait).edge


def test_measures_know_real_from_blurred() -> None:
    rng = np.random.default_rng(0)
    a = cv2.GaussianBlur(rng.integers(0, 255, (160, 160, 3)).astype(np.uint8), (0, 0), 1.0)
    b = np.roll(a, 1, 1)
    blurred = np.asarray(cv2.GaussianBlur(a, (0, 0), 2.0), np.uint8)
    box = (slice(32, 128), slice(32, 128))
    opening = np.zeros((96, 96), np.uint8)
    opening[40:60, 30:70] = 255
    same, soft, still = Sums(), Sums(), Sums()
    add_frame(same, a[box], a[box], opening)
    add_frame(soft, blurred[box], a[box], opening)
    rest = np.zeros((478, 3), np.float32)
    add_neighbours(same, (a, b), (a, b), (rest, rest + 1), box)
    add_neighbours(still, (a, a), (a, b), (rest, rest), box)  # noise: nothing that a mouth did
    add_neighbours(still, (a, b), (a, b), (rest, rest + 1), box)
    assert same.table()["sharpness"] == 1.0
    assert same.table()["motion_energy"] == still.table()["motion_energy"] == 1.0
    assert still.table()["motion_energy_all"] < 1.0
    assert soft.table()["sharpness"] < 0.3
    assert soft.table()["psnr"] < same.table()["psnr"]
    assert psnr(np.zeros((2, 2)), np.full((2, 2), 255.0)) == pytest.approx(0.0)


def test_segments_of_a_twin_keep_off_cuts() -> None:
    valid = np.ones(500, bool)
    valid[149:151] = False  # a cut at 150
    valid[430:] = False  # the person has left
    pieces = list(twin.unbroken(valid))
    assert pieces == [(0, 100), (100, 149), (151, 251), (251, 351), (351, 430)]
    assert list(twin.unbroken(np.zeros(50, bool))) == []
