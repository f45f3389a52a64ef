"""The lower row of teeth falls less than the chin does, so that a mouth which opens shows it above the lower lip."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.models import manifest
from talking_head.motion.space import MotionSpace
from tests.unit.faces import motion, presenter


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_an_open_mouth_shows_its_lower_row_above_the_lip(name: str) -> None:
    avatar = GanAnimator(refine=False).prepare(presenter(name)).warp
    interior = avatar.interior
    assert isinstance(interior, RigidInterior)
    edge = float(interior.lower_map[1, 2] + interior.lower_map[1, 1] * interior.edges[1])
    space = MotionSpace.load(manifest.path("motion") / "space.safetensors")

    def above(gap: float) -> float:
        """Face units of the row that stand over the middle of the lower lip, in lips so far apart."""
        wide, *_ = np.linalg.lstsq(np.stack([space.gap, space.width]), np.array([gap, 0.01]), rcond=None)
        shape = np.asarray(np.tensordot(wide, space.mouth, 1), np.float32)
        view = avatar.warp(avatar.portrait.place(motion(shape))[0]).mouth
        x, y = view.jaw[:, 1] * edge + view.jaw[:, 2]
        return float(view.slit.lower[round(float(x))] - y) / avatar.unit

    assert above(0.05) < 0  # a slit belongs to the upper row
    assert 0.018 < above(0.15) < 0.04
