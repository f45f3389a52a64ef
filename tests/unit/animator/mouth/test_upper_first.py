"""The upper row of teeth is the first to be seen: where a lip hides it, the lower one is in its shade."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.models import manifest
from talking_head.motion.space import MotionSpace
from tests.unit.faces import motion, presenter


def contribution(avatar: WarpAvatar, *, covered: bool) -> float:
    """Levels by which the lower row changes what is painted into a wide mouth; ``covered``: a lip hides the upper row."""
    interior = avatar.interior
    assert isinstance(interior, RigidInterior)
    space = MotionSpace.load(manifest.path("motion") / "space.safetensors")
    wide, *_ = np.linalg.lstsq(np.stack([space.gap, space.width]), np.array([0.25, 0.0]), rcond=None)
    shape = np.asarray(np.tensordot(wide, space.mouth, 1), np.float32)
    view = avatar.warp(avatar.portrait.place(motion(shape))[0]).mouth
    if covered:
        _, y = view.skull[:, 1] * interior.tip + view.skull[:, 2]
        view.slit.upper[:] = np.minimum(np.maximum(view.slit.upper, y), view.slit.lower)
    box = (slice(0, view.height), slice(0, view.width))
    row, with_it = interior.lower, interior.paint(view, box)
    interior.lower = np.zeros_like(row)
    without = interior.paint(view, box)
    interior.lower = row
    return float(np.abs(with_it - without)[view.opening > 0.5].max())


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_a_lip_over_the_upper_row_puts_the_lower_one_in_the_shade(name: str) -> None:
    avatar = GanAnimator(refine=False).prepare(presenter(name)).warp
    assert contribution(avatar, covered=False) > 40
    assert contribution(avatar, covered=True) < 1
