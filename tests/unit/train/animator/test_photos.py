"""Portrait photos train the animator: drawn turned and shut, the photo itself is the answer. A presenter is the photo."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.teeth_layers import OwnInterior
from talking_head.animator.refiner.config import CPU
from talking_head.animator.refiner.model import Refiner
from talking_head.face.space import vector_from_rotation
from talking_head.protocols import Landmarker
from talking_head.train.animator import crops, losses, pairs
from talking_head.train.animator.batches import Batches
from talking_head.train.animator.crops import OFFSET, PHOTOS, SIZE, ClipFrames, Pack
from talking_head.train.animator.photos import clip_of, read_photos
from talking_head.train.animator.trainer import Settings, Trainer
from talking_head.types import F32, U8
from tests.unit.faces import motion, offsets, presenter


class Sees(Landmarker):
    """A detector that knows the one face of this test."""

    def __init__(self, points: F32) -> None:
        self.points = points

    def detect(self, image: U8) -> list[F32]:
        return [self.points]


def clips() -> list[ClipFrames]:
    """Two photos of two people, and a still video of a third."""
    rng = np.random.default_rng(1)
    photos = [clip_of(p, p.points, rng) for p in (presenter("clara", 320), presenter("david", 320))]
    portrait = presenter("marcus", 256)
    points = portrait.place(motion(*(offsets(jaw=float(j)) for j in np.linspace(0, 0.1, 24))))
    frames = np.stack([portrait.image] * len(points))
    return [*photos, ClipFrames("made/marcus", "marcus", "train", frames, points, portrait.neutral, np.ones(24, bool))]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    path = tmp_path_factory.mktemp("photos") / "crops.npz"
    crops.build(clips(), path)
    return crops.load(path)


@pytest.fixture(scope="module")
def made(pack: Pack) -> pairs.PairSet:
    return pairs.build(pack)


def test_a_photo_is_drawn_turned_and_answers_for_itself(pack: Pack, made: pairs.PairSet) -> None:
    of_photos = [i for i, t in enumerate(made.target) if pack.people[pack.clip[t]] == PHOTOS]
    assert len(of_photos) == 8  # two photos, seen twice each, with points that shake in between
    turns = []
    for i in of_photos:
        target, source = int(made.target[i]), int(made.source[i])
        assert pack.names[pack.clip[target]] == pack.names[pack.source_clip[source]]  # never another person's face
        turn = pack.pose[target].rotation @ pack.source_pose[source].rotation.T
        turns.append(float(np.degrees(np.linalg.norm(vector_from_rotation(turn)))))
        x, y = OFFSET
        photo = pack.sources[source][y : y + SIZE, x : x + SIZE].astype(np.float32)
        real, warped = pack.images[target].astype(np.float32), made.skin[i].astype(np.float32)
        cheek = np.s_[40:70, 30:130]
        assert np.abs(warped - real)[cheek].mean() < 0.7 * np.abs(photo - real)[cheek].mean()  # the way back was found
    assert 3 < np.mean(turns) < 17
    assert pack.groups[0] != pack.groups[1]


def test_photos_have_their_share_of_the_draws(pack: Pack, made: pairs.PairSet) -> None:
    batches = Batches(pack, made, seed=2)
    assert float(batches.share.sum()) == pytest.approx(1)
    assert sorted(batches.share.tolist()) == pytest.approx([0.45, 0.55])


def test_training_wears_the_rows_that_are_served(pack: Pack, made: pairs.PairSet, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers = Batches(pack, made, seed=2, own_share=0.0)
    source = int(made.source[0])
    assert isinstance(strangers.standard(source, False), OwnInterior)  # photographic rows; drawn ones are no such thing
    lights = [float(strangers.standard(source, True).light.mean()) for _ in range(2)]
    assert lights[0] != lights[1]
    worn: list[Batches] = []
    served = Batches.standard

    def watched(self: Batches, source: int, augment: bool) -> RigidInterior:
        worn.append(self)
        return served(self, source, augment)

    monkeypatch.setattr(Batches, "standard", watched)
    strangers.draw(24)
    assert 3 <= len(worn) <= 11  # of twelve pairs, some
    worn.clear()
    Batches(pack, made, seed=2, own_share=0.0, personal=True).draw(24)  # a twin is served with drawn rows or its own
    assert not worn


def test_pictures_that_are_no_portraits_are_left_out(tmp_path: Path) -> None:
    portrait = presenter("clara", 320)
    cv2.imwrite(str(tmp_path / "a.png"), portrait.image[..., ::-1])
    (tmp_path / "b.txt").write_text("no picture")
    found = list(read_photos(tmp_path, Sees(portrait.points)))
    assert [clip.name for clip in found] == [f"{PHOTOS}/a"]
    (clip,) = found
    assert clip.frames.shape == (2, *portrait.image.shape)
    shaken = np.linalg.norm(clip.points[1] - clip.points[0], axis=1)
    assert 0 < shaken.max() < 0.02 * portrait.pose.scale
    small = [np.asarray(p, np.float32) for p in (portrait.points * 0.4,)]
    cv2.imwrite(str(tmp_path / "a.png"), cv2.resize(portrait.image, None, fx=0.4, fy=0.4)[..., ::-1])
    assert list(read_photos(tmp_path, Sees(small[0]))) == []  # its face has too few pixels


def test_grey_teeth_cost_though_they_are_nowhere_wrong_by_much() -> None:
    rng = np.random.default_rng(0)
    real = torch.from_numpy(rng.uniform(0.2, 0.9, (2, 3, 64, 64)).astype(np.float32))
    other = torch.from_numpy(rng.uniform(0.2, 0.9, (2, 3, 64, 64)).astype(np.float32))
    opening = torch.zeros(2, 1, 64, 64)
    opening[:, :, 20:40, 10:50] = 1
    grey = real.mean((2, 3), keepdim=True).expand_as(real).contiguous()
    far, near = (float(losses.contrast(x, real, opening)) for x in (grey, other))
    assert (grey - real).abs().mean() < (other - real).abs().mean()  # what pixels alone would choose
    assert far > 10 * near
    assert float(losses.contrast(grey, real, torch.zeros_like(opening))) == 0
    output = (0.5 * real + 0.5 * grey).requires_grad_(True)
    (slope,) = torch.autograd.grad(losses.contrast(output, real, opening), output)
    spread = (output - grey).detach() * opening
    assert float((slope * spread).sum()) < 0  # more contrast is less loss
    assert float(slope[:, :, :19].abs().max()) == 0


def test_a_run_may_start_from_shipped_weights() -> None:
    torch.manual_seed(3)
    shipped = Refiner(CPU)
    trainer = Trainer(Settings(seed=4))
    trainer.take(shipped)
    for name, tensor in shipped.state_dict().items():
        torch.testing.assert_close(trainer.net.state_dict()[name], tensor)
        torch.testing.assert_close(trainer.mean.state_dict()[name], tensor)
    assert trainer.step == 0
