"""The pretrained features that teach the animator."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from talking_head.train.animator.batches import Batch
from talking_head.train.animator.perceptual import FILE, TAPS, Backbone, perceptual
from talking_head.train.animator.trainer import Settings, Trainer
from talking_head.types import F32

# Three features in the middle of the picture after each tap, of the published net itself (its own code, f32, before folding).
PUBLISHED = {
    0: (-1.1690, 0.2282, 4.1057),
    2: (0.3976, 3.0404, 1.4708),
    4: (-5.0307, 4.1880, -5.3762),
    7: (-1.6509, -8.7107, 6.4704),
}


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return Backbone()


def tensor(picture: F32) -> torch.Tensor:
    return torch.from_numpy(picture.transpose(2, 0, 1)[None] / np.float32(255))


@pytest.fixture(scope="module")
def face() -> F32:
    """What the published net saw, 224 x 224: a composite of GRID faces that depicts nobody (CC BY 4.0, Cooke et al. 2006)."""
    picture = Image.open(Path(__file__).with_name("backbone_face.png"))
    return np.asarray(picture.convert("RGB")).astype(np.float32)


def test_features_are_those_of_the_published_net(backbone: Backbone, face: F32) -> None:
    for tap, features in zip(TAPS, backbone(tensor(face)), strict=True):
        raw = features * backbone.get_buffer(f"{tap}_spread")[:, None, None]
        middle = raw[0, :3, raw.shape[2] // 2, raw.shape[3] // 2]
        torch.testing.assert_close(middle, torch.tensor(PUBLISHED[tap]), atol=0.08, rtol=0.02)  # kept as half floats


def test_blur_is_worse_than_light(backbone: Backbone, face: F32) -> None:
    """What pixels call the same distance, these features do not: that is what they are for."""
    ones = torch.ones(1, 1, 224, 224)
    soft = cv2.GaussianBlur(face, (0, 0), 1.5)
    brighter = face + np.abs(soft - face).mean()
    assert np.abs(brighter - face).mean() == pytest.approx(np.abs(soft - face).mean(), rel=1e-3)
    of = {name: float(perceptual(backbone, tensor(x), tensor(face), ones)) for name, x in (("soft", soft), ("light", brighter))}
    assert of["soft"] > 3 * of["light"] > 0
    assert float(perceptual(backbone, tensor(face), tensor(face), ones)) == 0


def test_weight_and_gradient(backbone: Backbone, face: F32) -> None:
    output = tensor(cv2.GaussianBlur(face, (0, 0), 1.0)).requires_grad_(True)
    weight = torch.zeros(1, 1, 224, 224)
    weight[..., 160:, :] = 1
    loss = perceptual(backbone, output, tensor(face), weight)
    loss.backward()  # type: ignore[no-untyped-call]
    slope = output.grad
    assert slope is not None
    assert float(slope[..., 160:, :].abs().sum()) > 0
    assert float(slope[..., :40, :].abs().max()) == 0  # beyond what the deepest features see
    assert not list(backbone.parameters())


def made_up(face: F32) -> Batch:
    """Neighbours whose warp is a blurred face."""
    crop = tensor(face[32:192, 32:192]).repeat(2, 1, 1, 1)
    soft = tensor(cv2.GaussianBlur(face, (0, 0), 1.5)[32:192, 32:192]).repeat(2, 1, 1, 1)
    drawing = torch.zeros(2, 4, 160, 160)
    drawing[:, 2, 90:110, 60:100] = 1
    corner = torch.tensor([[32, 50], [32, 50]])
    reference = torch.cat([crop, drawing[:, :3]], 1)
    return Batch(soft, drawing, reference, crop, torch.ones(2, 1, 1, 1), corner, crop, torch.ones(2, 1, 160, 160))


def test_a_run_brings_the_features_nearer(face: F32, tmp_path: Path) -> None:
    trainer = Trainer(Settings(batch=2, lr=1e-3, gan_from=10**9, perceptual=0.02))
    batch = made_up(face)
    first = trainer.train_step(batch)["perceptual"]
    for _ in range(24):
        last = trainer.train_step(batch)["perceptual"]
    assert last < 0.9 * first
    trainer.save(tmp_path / "state.npz")
    with np.load(tmp_path / "state.npz") as state:
        assert not [key for key in state.files if "spread" in key]  # it is the package's, no part of a run
    assert "perceptual" not in Trainer(Settings(batch=2, perceptual=0)).train_step(batch)


def test_the_file_is_small() -> None:
    assert FILE.stat().st_size < 600_000
