"""Where in its crop the net may change the picture."""

from __future__ import annotations

import numpy as np

from talking_head.animator.gan import inside_crop
from talking_head.animator.refiner.config import CPU
from talking_head.animator.refiner.crop import NOSE, OUTER, apply, crop_matrix
from talking_head.face.space import to_image
from talking_head.types import U8
from tests.unit.faces import presenter


def test_the_net_leaves_the_collar_alone() -> None:
    """It drew the collars of those that it has learned from: pale and dark smears on jackets beside the chin."""
    face = presenter("marcus")
    matrix = crop_matrix(face.neutral, face.pose, CPU.size)
    neutral = apply(matrix, to_image(face.neutral, face.pose))
    share = inside_crop(face.matte, matrix, CPU.size, neutral)
    assert share[-12:].max() < 0.02
    lips: U8 = neutral[[*OUTER, NOSE]].round().astype(np.uint8)
    assert share[lips[:, 1], lips[:, 0]].min() > 0.98
