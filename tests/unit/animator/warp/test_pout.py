"""Lips that pout come forward: light on them, a shadow below, and nothing where a mouth is as wide as at rest."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from talking_head.animator.cuda import pout as device
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.animator.warp.pout import bring_forward, mouth_width, pouting
from talking_head.types import F32
from tests.unit.faces import motion, offsets, presenter

GREY = np.full((512, 512, 3), 120, np.uint8)


def placed(**shape: float) -> F32:
    return np.asarray(presenter().place(motion(offsets(**shape)))[0], np.float32)


@pytest.fixture(scope="module")
def clara() -> WarpAvatar:
    return WarpAvatar(presenter())


def test_only_a_narrow_mouth_pouts(clara: WarpAvatar) -> None:
    assert pouting(placed(), clara.mouth_width) == 0
    assert pouting(placed(jaw=0.1), clara.mouth_width) == 0
    half, whole = (pouting(placed(pucker=much), clara.mouth_width) for much in (0.02, 0.05))
    assert 0 < half < whole <= 1
    untouched = GREY.copy()
    bring_forward(untouched, placed(), 0.0, clara.unit)
    np.testing.assert_array_equal(untouched, GREY)


def test_a_head_that_turns_does_not_pout(clara: WarpAvatar) -> None:
    for pose in ((0, 0.25, 0), (0.15, 0, 0), (0, 0, 0.14)):
        turned = presenter().place(motion(offsets(), pose=pose))[0]
        assert pouting(turned, clara.mouth_width) < 0.35


def test_lips_are_lit_and_a_warm_shadow_falls_below(clara: WarpAvatar) -> None:
    points, frame = placed(pucker=0.1), GREY.copy()
    bring_forward(frame, points, 1.0, clara.unit)
    lip = (points[14, :2] + points[17, :2]) / 2
    below = points[17, :2] + [0, 0.045 * clara.unit]
    (x, y), (u, v) = lip.round().astype(int), below.round().astype(int)
    assert frame[y, x].min() > 124
    assert frame[v, u].max() < 112
    assert frame[v, u, 0] > frame[v, u, 2]  # light that falls through skin is red
    assert (frame[:200] == 120).all()


def test_the_device_shades_alike(clara: WarpAvatar) -> None:
    for shape in ({"pucker": 0.06}, {"pucker": 0.1, "jaw": 0.05}, {"jaw": 0.1}):
        points, frame = placed(**shape), GREY.copy()
        bring_forward(frame, points, pouting(points, clara.mouth_width), clara.unit)
        batch = torch.full((1, 3, 512, 512), 120.0)
        wide, unit = torch.tensor([clara.mouth_width]), torch.tensor([clara.unit])
        shaded = device.bring_forward(batch, torch.from_numpy(points[None, :, :2].copy()), wide, unit)[0].permute(1, 2, 0)
        assert np.abs(shaded.numpy() - frame).max() <= 1.01


def test_widths_do_not_depend_on_size() -> None:
    points = placed(pucker=0.05)
    assert mouth_width(points) == pytest.approx(mouth_width(points * np.float32(2)))
