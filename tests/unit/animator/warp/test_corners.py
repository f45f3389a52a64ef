"""The line between shut lips ends with the lips as they open: no thread is left beyond the corners; a shut mouth keeps it."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.animator.warp.animator import WarpAvatar
from talking_head.types import F32, U8
from tests.unit.faces import motion, offsets, presenter


def placed(name: str, **shape: float) -> F32:
    return np.asarray(presenter(name).place(motion(offsets(**shape)))[0], np.float32)


def thread(picture: U8, points: F32) -> float:
    """By how many levels the picture beside the left corner is darker at its darkest than above and below."""
    x, y = points[61, :2]
    column = picture[int(y) - 12 : int(y) + 13, int(x) - 4 : int(x) + 1].astype(np.float32).mean((1, 2))
    above, below = np.maximum.accumulate(column), np.maximum.accumulate(column[::-1])[::-1]
    return float((np.minimum(above, below) - column).max())


@pytest.mark.parametrize("name", ["clara", "marcus", "mei"])
def test_an_open_mouth_has_no_thread_beside_it(name: str) -> None:
    avatar = WarpAvatar(presenter(name))
    points = placed(name, jaw=0.1)
    lit = thread(avatar.warp_rgb(points), points)
    avatar.corners.lacks[:] = 0
    assert lit < 0.65 * thread(avatar.warp_rgb(points), points)


def test_lips_as_in_the_photo_stay_as_they_are() -> None:
    avatar = WarpAvatar(presenter())
    view = np.full((80, 80, 3), 90, np.uint8)
    avatar.corners.light(view, placed("clara"), 180, 250)
    assert (view == 90).all()
    assert float(avatar.corners.lacks.max()) > 20
    assert float(avatar.corners.lacks.min()) >= 0


def test_a_mouth_at_the_rim_of_the_picture_is_lit_as_far_as_it_is_seen() -> None:
    avatar, points = WarpAvatar(presenter()), placed("clara", jaw=0.1)
    x, y = points[61, :2].astype(int)
    whole: U8 = np.full((80, 80, 3), 90, np.uint8)
    avatar.corners.light(whole, points, int(x) - 40, int(y) - 40)
    part: U8 = np.full((40, 38, 3), 90, np.uint8)
    avatar.corners.light(part, points, int(x) - 40, int(y) - 40)
    assert whole.max() > 100
    np.testing.assert_array_equal(part, whole[:40, :38])
