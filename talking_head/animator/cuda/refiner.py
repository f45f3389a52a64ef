"""The refining net of ``gan.py`` for a batch on the device: crop, drawing of the lips, net, residual back into the frame.

The net runs in half precision and channels-last on a GPU, everything around it in f32: half a pixel of a 512² picture is beyond
half precision. Where the crop lies is computed on the host (one small SVD a face) and travels with the landmarks. Polygons are
drawn by columns, see :func:`draw_lips`.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from talking_head.animator.cuda.ops import affine_sample, interp, invert_affine, pixel_grid
from talking_head.animator.cuda.tensor_store import TensorStore
from talking_head.animator.cuda.warp import levels
from talking_head.animator.refiner.crop import CHIN_ROW, HALF, INNER, NOSE_ROW, SIDE, STEPS, catmull_rom
from talking_head.animator.refiner.model import Refiner
from talking_head.animator.refiner.packing import RIM
from talking_head.animator.warp.constants import TOOTH_FROM, TOOTH_RAMP
from talking_head.curves import smoothstep

_SUB = (-0.375, -0.125, 0.125, 0.375)  # columns that make one pixel's coverage
_GROW, _GROW_OPENING = 0.4, 0.75  # OpenCV's antialiased edges lie about so far outside a polygon (measured)


def crop_matrices(
    rigs: NDArray[np.float64], points: NDArray[np.float32], rigid: NDArray[np.int64], size: int
) -> NDArray[np.float32]:
    """``crop.crop_matrix(neutral, fit_pose(points, neutral), size)`` for a batch, f32[B, 2, 3], on the host.

    ``rigs`` f64[B, R + 2, 3]: of each neutral face the rigid landmarks, then nose tip and chin; ``points`` f32[B, 478, 3].
    """
    source, ends = rigs[:, :-2], rigs[:, -2:]
    target = points[:, rigid].astype(np.float64)
    source_mean, target_mean = source.mean(1, keepdims=True), target.mean(1, keepdims=True)
    centred = source - source_mean
    u, singular, vt = np.linalg.svd((target - target_mean).transpose(0, 2, 1) @ centred)
    sign = np.ones((len(rigs), 3))
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (singular * sign).sum(1) / (centred**2).sum((1, 2))
    shift = target_mean[:, 0] - scale[:, None] * np.einsum("bij,bj->bi", rotation, source_mean[:, 0])
    length = np.linalg.norm((ends[:, 1] - ends[:, 0])[:, :2], axis=1) * scale
    centre = (scale[:, None] * np.einsum("bij,bj->bi", rotation, ends.mean(1)) + shift)[:, :2]
    roll = np.arctan2(rotation[:, 1, 0] - rotation[:, 0, 1], rotation[:, 0, 0] + rotation[:, 1, 1])
    k = (CHIN_ROW - NOSE_ROW) / SIDE * size / np.maximum(length, 1e-6)
    c, s = k * np.cos(roll), k * np.sin(roll)
    linear = np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], 1)
    middle = np.array([SIDE / 2, (NOSE_ROW + CHIN_ROW) / 2]) * size / SIDE
    return np.concatenate([linear, (middle - np.einsum("bij,bj->bi", linear, centre))[..., None]], 2).astype(np.float32)


class DeviceRefine:
    """``Refine`` for :class:`~talking_head.animator.cuda.animator.DeviceAnimator`.

    ``net``: the tier's weights; ``half``: run it in float16. The faces need the arrays of ``pack.pack_refiner``.
    """

    def __init__(self, net: Refiner, device: torch.device, *, half: bool) -> None:
        self.size = net.config.size
        self.dtype = torch.float16 if half else torch.float32
        self.net: nn.Module = net.eval().to(device, self.dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
        place = (torch.arange(self.size, dtype=torch.float32, device=device) + 0.5) / self.size
        ramp = (torch.minimum(place, 1 - place) / RIM).clamp(0, 1)
        ramp = smoothstep(ramp)
        self._fade = (ramp[:, None] * ramp[None])[None, None] * 255
        self._ring = torch.from_numpy(catmull_rom(len(INNER))).to(device)

    def __call__(self, bank: TensorStore, slots: Tensor, points: Tensor, matrix: Tensor, rgb: Tensor) -> Tensor:
        """``slots`` i64[B]; ``points`` f32[B, 478, 2]; ``matrix`` f32[B, 2, 3]; ``rgb`` f32[B, 3, H, W] → the same, refined."""
        crop = cut_out(rgb, matrix, self.size, bank.supersampling)
        placed = points @ matrix[:, :, :2].transpose(1, 2) + matrix[:, None, :, 2]
        lips = draw_lips(placed, bank.constants.lips_inner, bank.constants.lips_outer, self._ring, self.size)
        face = bank.faces.refiner
        assert face is not None
        own = face.own.index_select(0, slots)[:, None, None, None]
        drawing = torch.cat([lips, lips[:, 2:3] * own], 1) / 255
        reference = face.reference.index_select(0, slots)
        form = torch.channels_last
        inputs = (part.to(self.dtype, memory_format=form) for part in (crop / 255, drawing, reference))
        residual = self.net(*inputs).float() * self._fade
        bright = face.bright.index_select(0, slots)[:, None, None, None]
        white = crop[:, 1:].amin(1, keepdim=True) / bright.clamp_min(1)
        tooth = ((white - TOOTH_FROM) / TOOTH_RAMP).clamp(0, 1)  # here and in what follows ``gan.spare_inside``
        opened = lips[:, 2:3] / 255
        off_tooth, off_hollow, off_dim = face.spared.index_select(0, slots)[:, :, None, None, None].unbind(1)
        lit = 1 - (off_tooth * tooth + off_hollow * (1 - tooth)) * opened
        kept = torch.where(residual > 0, lit, 1 - off_dim * tooth * opened)
        residual = residual * kept * face.keep.index_select(0, slots)[:, None]
        return add_residual(rgb, residual, matrix, cubic=bank.cubic)


def cut_out(rgb: Tensor, matrix: Tensor, size: int, factor: int) -> Tensor:
    """``gan.cut_out``: f[B, 3, size, size] in whole levels; ``factor``: samples a pixel each way."""
    if factor == 1:
        return levels(affine_sample(rgb, matrix, size, size, outside="border"))
    linear, shift = matrix[:, :, :2] * factor, matrix[:, :, 2:] * factor + (factor - 1) / 2
    fine = affine_sample(rgb, torch.cat([linear, shift], 2), size * factor, size * factor, outside="border")
    return levels(F.avg_pool2d(levels(fine), factor))


def add_residual(rgb: Tensor, residual: Tensor, matrix: Tensor, *, cubic: bool) -> Tensor:
    """``gan.add_residual``: ``residual`` f[B, 3, S, S] back into the frame f[B, 3, H, W], in whole levels."""
    height, width = rgb.shape[-2:]
    size = residual.shape[-1]
    to_frame = invert_affine(matrix)
    back = invert_affine(to_frame)
    at = torch.einsum("bij,hwj->bhwi", back[:, :, :2], pixel_grid(height, width, rgb)) + back[:, None, None, :, 2]
    grid = at * (2 / (size - 1)) - 1
    grown = F.grid_sample(residual, grid, mode="bicubic" if cubic else "bilinear", padding_mode="zeros", align_corners=True)
    return levels(rgb + grown)


def draw_lips(points: Tensor, inner: Tensor, outer: Tensor, ring: Tensor, size: int) -> Tensor:
    """``crop.draw_lips``: upper lip, lower lip, opening f[B, 3, size, size] 0..255; ``points`` f[B, 478, 2] in the crop.

    Lips are bounded by curves over x (the crop is levelled with the face), so a pixel's coverage is the overlap of its column
    with the span between two curves, averaged over a few columns.
    """
    inside, rim = points[:, inner], points[:, outer]
    upper, lower = inside[:, 1:10], inside[:, 11:].flip(1)
    shut = (lower[..., 1:] < upper[..., 1:]).expand_as(upper)
    middle = (upper + lower) / 2
    upper, lower = torch.where(shut, middle, upper), torch.where(shut, middle, lower)
    left, right = inside[:, :1], inside[:, 10:11]
    curve = ring @ torch.cat([left, upper, right, lower.flip(1)], 1)
    half = 10 * STEPS
    opening = _span(curve[:, : half + 1], torch.cat([curve[:, half:], curve[:, :1]], 1).flip(1), size, _GROW_OPENING)
    rim_upper, rim_lower = rim[:, :HALF], torch.cat([rim[:, HALF - 1 :], rim[:, :1]], 1).flip(1)
    within = torch.cat([rim[:, :1], inside[:, :HALF], rim[:, 10:11]], 1)
    beneath = torch.cat([rim[:, :1], torch.cat([inside[:, HALF - 1 :], inside[:, :1]], 1).flip(1), rim[:, 10:11]], 1)
    keep = 1 - opening
    masks = [
        torch.minimum(_span(rim_upper, within, size, _GROW), keep),
        torch.minimum(_span(beneath, rim_lower, size, _GROW), keep),
        opening,
    ]
    return torch.stack(masks, 1) * 255


def _span(top: Tensor, bottom: Tensor, size: int, grow: float) -> Tensor:
    """Coverage f[B, size, size] of what lies between two curves f[B, n, 2], f[B, m, 2] that share their ends, left to right."""
    columns = torch.arange(size, device=top.device, dtype=top.dtype)
    y = columns[:, None]
    total = torch.zeros((len(top), size, size), device=top.device, dtype=top.dtype)
    first, last = top[:, :1, 0], top[:, -1:, 0]
    for offset in _SUB:
        x = (columns + offset).expand(len(top), -1)
        over = interp(x, top[..., 0].cummax(1).values, top[..., 1])[:, None] - grow
        under = interp(x, bottom[..., 0].cummax(1).values, bottom[..., 1])[:, None] + grow
        inside = ((x >= first - grow) & (x <= last + grow))[:, None]
        total += (torch.minimum(y + 0.5, under) - torch.maximum(y - 0.5, over)).clamp(0, 1) * inside
    return total / len(_SUB)
