"""``animator/warp/corners.py`` for a whole batch: what lights the threads beyond the corners of open mouths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from talking_head.animator.cuda.ops import affine_sample
from talking_head.animator.warp.constants import CORNER_FROM, CORNER_PIXELS, CORNER_RAMP, CORNER_SIDE

if TYPE_CHECKING:
    from talking_head.animator.cuda.warp import Batch, View


def corner_light(batch: Batch, view: View) -> Tensor:
    """The levels that ``Corners.light`` adds to the mouth's window, f[B, 3, h, w]."""
    faces, points = batch.faces, batch.points
    unit, patches = batch.of(faces.unit), batch.of(faces.corner_lacks).permute(0, 1, 4, 2, 3)
    gap = (points[:, 14] - points[:, 13]).norm(dim=1) / unit
    opened = ((gap - batch.of(faces.corner_gap) - CORNER_FROM) / CORNER_RAMP).clamp(0, 1)
    eyes = points[:, 263] - points[:, 33]
    eyes = eyes / eyes.norm(dim=1, keepdim=True).clamp_min(1e-6)
    cos, sin = (CORNER_SIDE / CORNER_PIXELS * unit[:, None] * eyes).unbind(1)
    turn = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
    middle = (CORNER_PIXELS - 1) / 2
    lit = []
    for patch, row in zip(patches.unbind(1), (61, 291), strict=True):
        at = points[:, row] - view.place.to(points.dtype) - middle * turn.sum(2)
        lit.append(affine_sample(patch, torch.cat([turn, at[..., None]], 2), view.height, view.width))
    light: Tensor = opened[:, None, None, None] * torch.stack(lit).sum(0)
    return light
