"""A lip that opens rolls up: its edge is lit lip, as in real mouths, and the line between shut lips stays with them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from talking_head.animator.cuda.slits import Cut
from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.warp.field import Layer
from talking_head.animator.warp.geometry import MOUTH, Slit, slit
from talking_head.animator.warp.inner_lip import roll_up, rolled_up
from talking_head.types import F32
from tests.unit.faces import motion, offsets, presenter

SHAPE = (120, 200)


def cut_of(jaw: float) -> tuple[Slit, float]:
    portrait = presenter()
    points = portrait.place(motion(offsets(jaw=jaw)))[0]
    x, y = points[[13, 14], :2].mean(0)
    return slit(points, MOUTH, int(x) - SHAPE[1] // 2, int(y) - SHAPE[0] // 2, SHAPE[1]), float(portrait.pose.scale)


def test_shut_lips_stay_as_they_are_and_an_open_one_gives_up_a_little() -> None:
    shut, unit = cut_of(0.0)
    assert float(np.abs(rolled_up(shut, unit).lower - shut.lower).max()) < 0.2
    wide, _ = cut_of(0.2)
    rise = wide.lower - rolled_up(wide, unit).lower
    middle = SHAPE[1] // 2
    assert 0.015 * unit < rise[middle] < 0.03 * unit
    np.testing.assert_array_equal(rise[[0, -1]], 0)  # corners stay where they are
    np.testing.assert_array_equal(rolled_up(wide, unit).upper, wide.upper)


def test_rows_are_read_in_their_order_and_far_ones_where_they_were() -> None:
    cut, unit = cut_of(0.2)
    rows: F32 = np.repeat(np.arange(SHAPE[0], dtype=np.float32)[:, None] * Layer.ZOOM, SHAPE[1], 1)
    read = rows.copy()
    roll_up(read, cut, unit, Layer.ZOOM)
    assert (np.diff(read, axis=0) > 0).all()  # nothing folds
    far = np.arange(SHAPE[0])[:, None] > cut.lower + 0.1 * unit
    np.testing.assert_array_equal(read[far], rows[far])
    edge = round(float(rolled_up(cut, unit).lower[SHAPE[1] // 2]))
    assert read[edge, SHAPE[1] // 2] / Layer.ZOOM > cut.lower[SHAPE[1] // 2]  # lip, and not the line between lips


def test_the_device_rolls_it_alike() -> None:
    for jaw in (0.0, 0.03, 0.2):
        cut, unit = cut_of(jaw)
        read: F32 = np.zeros(SHAPE, np.float32)
        roll_up(read, cut, unit, 1)
        upper, lower, left, right = (torch.from_numpy(line)[None] for line in (cut.upper, cut.lower, cut.left, cut.right))
        columns, rows = torch.arange(SHAPE[1]).float(), torch.arange(SHAPE[0]).float()[:, None]
        device, units = Cut(upper, lower, left, right, columns, rows), torch.tensor([unit])
        below = np.arange(SHAPE[0])[:, None] > rolled_up(cut, unit).lower - 1  # above it, the skin is covered
        np.testing.assert_allclose(device.roll_up(units)[0].numpy()[below], read[below], atol=1e-3)
        np.testing.assert_allclose(device.rolled_up(units).lower[0].numpy(), rolled_up(cut, unit).lower, atol=1e-4)


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_no_dark_thread_lies_on_an_open_lip(name: str) -> None:
    portrait, animator = presenter(name), GanAnimator(refine=False)
    points = portrait.place(motion(offsets(jaw=0.15)))[0]
    avatar = animator.prepare(portrait)
    assert isinstance(avatar.warp.interior, RigidInterior)
    avatar.warp.interior.lower[:] = 0  # a row of teeth behind a darker lip is no thread
    picture = animator.render_rgb(avatar, points).astype(np.float32).mean(-1)
    x, y = round(float(points[14, 0])), int(points[14, 1])
    down = picture[y - 2 : y + 8, x - 3 : x + 4].mean(1)  # from what shows between the lips onto the lower one
    before, after = np.maximum.accumulate(down), np.maximum.accumulate(down[::-1])[::-1]
    assert float((np.minimum(before, after) - down).max()) < 12  # levels; the line of the shut photo made it 43 to 67
