"""A face that is turned in its photo already, and turns on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from talking_head.animator.warp.animator import WarpAvatar
from talking_head.animator.warp.basis import Steering
from talking_head.animator.warp.geometry import UPPER
from talking_head.face.build import flat, portrait_from_points
from talking_head.face.portrait import Portrait
from tests.unit.faces import motion, offsets, presenter


@cache
def turned(degrees: float) -> Portrait:
    """A photo of a face that looks ``degrees`` to the side."""
    face = presenter("marcus")
    points = face.place(motion(offsets(), pose=(0, degrees, 0)))[0]
    return portrait_from_points(WarpAvatar(face).warp_rgb(points), flat(points))


def stretched(degrees: float) -> float:
    """By how much the skin at the far cheek's edge is pulled apart at most when that face turns back by 12°."""
    face = turned(degrees)
    height, width = face.image.shape[:2]
    steering = Steering(face.points, UPPER, width, height)
    delta = face.place(motion(offsets(), pose=(0, -12 * np.sign(degrees), 0)))[0] - face.points
    far, edge = (234, 93, 132, 58), (454, 323, 361, 288)
    outline = face.points[list(far if degrees > 0 else edge), :2].astype(np.float64)
    steps = np.linspace(-0.1, 0.1, 21)[:, None] * float(face.pose.scale)
    rows = [at - steps * [np.sign(degrees), 0] for at in outline]
    moved = [steering.basis(row) @ delta[steering.index, 0] for row in rows]
    return max(float(np.abs(np.diff(x) / np.diff(row[:, 0])).max()) for x, row in zip(moved, rows, strict=True))


@pytest.mark.parametrize("degrees", [-16, 16])
def test_the_far_cheek_does_not_hang_as_a_bag(degrees: float) -> None:
    """What lies behind its edge is not in the photo: pulled out by its depth, jaw and temple waved."""
    assert stretched(degrees) < 0.3
