"""``animator/warp/pout.py`` for a whole batch: lips that come forward, by shading."""

from __future__ import annotations

import torch
from torch import Tensor

from talking_head.animator.cuda.ops import pixel_grid
from talking_head.animator.warp.constants import POUT_FROM, POUT_LIGHTS, POUT_RAMP, POUT_TINT


def bring_forward(frame: Tensor, points: Tensor, wide: Tensor, unit: Tensor) -> Tensor:
    """``frame`` f[B, 3, H, W] 0..255, ``points`` f[B, 478, 2] in its pixels; ``wide``, ``unit`` f[B] → the same, shaded."""
    side, eyes = points[:, 291] - points[:, 61], points[:, 263] - points[:, 33]
    mouth = side.norm(dim=1).clamp_min(1)
    pout = ((1 - side.norm(dim=1) / eyes.norm(dim=1).clamp_min(1e-3) / wide - POUT_FROM) / POUT_RAMP).clamp(0, 1)
    across = side / mouth[:, None]
    pixels = pixel_grid(frame.shape[2], frame.shape[3], points)[None]
    gain = torch.zeros_like(frame[:, 0])
    down = torch.stack([-across[:, 1], across[:, 0]], 1)
    for rows, below, width, height, light in POUT_LIGHTS:
        at = sum((points[:, row] for row in rows[1:]), points[:, rows[0]]) / len(rows) + below * unit[:, None] * down
        away = pixels - at[:, None, None]
        along = (away * across[:, None, None]).sum(-1) / (width * mouth)[:, None, None]
        under = (away * down[:, None, None]).sum(-1) / (height * unit)[:, None, None]
        gain = gain + light * torch.exp(-along.square() - under.square())
    gain = gain * pout[:, None, None]
    return torch.stack([frame[:, i] * (1 + tint * gain) for i, tint in enumerate(POUT_TINT)], 1)
