"""The handful of picture operations of the warp, batched, in torch: on a GPU and, the same code, on a CPU.

They follow OpenCV's conventions (pixel centres at integers), so that both paths draw the same picture. OpenCV rounds
coordinates to 1/32 pixel, which torch does not: results agree to a level or two, not to the bit. Torch alone.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from talking_head.animator.warp.constants import DAMPED, INVERSIONS


def sample(picture: Tensor, at: Tensor, *, outside: str = "border", mode: str = "bilinear") -> Tensor:
    """``cv2.remap``: ``picture`` f[B, C, h, w] read at ``at`` f[B, m, n, 2] (x, y in pixels) → f[B, C, m, n].

    ``outside``: "border" repeats the rim (BORDER_REPLICATE), "zeros" gives 0 (BORDER_CONSTANT). ``mode``: "bilinear" or
    "bicubic" (the result may leave 0..255).
    """
    height, width = picture.shape[-2:]
    grid = torch.stack([at[..., 0] * (2 / max(width - 1, 1)) - 1, at[..., 1] * (2 / max(height - 1, 1)) - 1], -1)
    return F.grid_sample(picture, grid, mode=mode, padding_mode=outside, align_corners=True)


def affine_sample(
    picture: Tensor, matrix: Tensor, height: int, width: int, *, outside: str = "zeros", mode: str = "bilinear"
) -> Tensor:
    """``cv2.warpAffine``: ``matrix`` f[B, 2, 3] maps pixels of ``picture`` f[B, C, h, w] to those of the
    result f[B, C, height, width]."""
    inverse = invert_affine(matrix)
    pixels = pixel_grid(height, width, matrix)
    at = torch.einsum("bij,hwj->bhwi", inverse[:, :, :2], pixels) + inverse[:, None, None, :, 2]
    return sample(picture, at, outside=outside, mode=mode)


def invert_affine(matrix: Tensor) -> Tensor:
    """f[B, 2, 3] → its inverse, written out: no solver call, so that it can be captured into a CUDA graph."""
    a, b, c, d = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 0], matrix[:, 1, 1]
    determinant = a * d - b * c
    linear = torch.stack([torch.stack([d, -b], -1), torch.stack([-c, a], -1)], 1) / determinant[:, None, None]
    return torch.cat([linear, -linear @ matrix[:, :, 2:]], 2)


def compose_affine(outer: Tensor, inner: Tensor) -> Tensor:
    """First ``inner``, then ``outer``; f[B, 2, 3] each."""
    linear = outer[:, :, :2] @ inner[:, :, :2]
    return torch.cat([linear, outer[:, :, :2] @ inner[:, :, 2:] + outer[:, :, 2:]], 2)


def pixel_grid(height: int, width: int, like: Tensor) -> Tensor:
    """(x, y) of every pixel, f[height, width, 2], on the device and in the format of ``like``."""
    y = torch.arange(height, device=like.device, dtype=like.dtype)
    x = torch.arange(width, device=like.device, dtype=like.dtype)
    return torch.stack([x[None].expand(height, width), y[:, None].expand(height, width)], -1)


def invert_field(forward: Tensor, step: Tensor, shift: Tensor | None = None) -> Tensor:
    """The nodes of ``Field.source``: fixed point of u(y) = forward(y - u(y)), f[B, 2, ny, nx].

    ``step`` f[B]: pixels between nodes; ``shift`` f[B, 2]: how far the window is from its nodes.
    """
    ny, nx = forward.shape[-2:]
    nodes = pixel_grid(ny, nx, forward)
    if shift is not None:
        nodes = nodes + (shift / step[:, None])[:, None, None]
    found = forward
    for _ in range(INVERSIONS):
        read = sample(forward, nodes - found.permute(0, 2, 3, 1) / step[:, None, None, None])
        found = found + DAMPED * (read - found)
    return found


def at_pixels(field: Tensor, step: Tensor, height: int, width: int) -> Tensor:
    """``cv2.resize`` of a grid to its pixels, bilinear: f[B, C, ny, nx] → f[B, C, height, width]; ``step`` f[B] may differ."""
    pixels = pixel_grid(height, width, field)
    return sample(field, (pixels + 0.5) / step[:, None, None, None] - 0.5)


def interp(x: Tensor, xp: Tensor, fp: Tensor) -> Tensor:
    """``numpy.interp``, batched: ``x`` f[B, n]; ``xp`` f[B, k] never falling, ``fp`` f[B, k] → f[B, n]."""
    right = torch.searchsorted(xp.contiguous(), x.contiguous(), right=True).clamp(1, xp.shape[1] - 1)
    left = right - 1
    x0, x1 = xp.gather(1, left), xp.gather(1, right)
    y0, y1 = fp.gather(1, left), fp.gather(1, right)
    share = ((x - x0) / (x1 - x0).clamp_min(1e-6)).clamp(0, 1)
    return y0 + (y1 - y0) * share


_Y = (65.738 / 256, 129.057 / 256, 25.064 / 256)
_U = (-37.945 / 256, -74.494 / 256, 112.439 / 256)
_V = (112.439 / 256, -94.154 / 256, -18.285 / 256)


def _weigh(rgb: Tensor, weights: tuple[float, float, float], base: float) -> Tensor:
    r, g, b = weights  # numbers, not a tensor: making one would copy from the host, which a graph cannot hold
    return (rgb[:, 0] * r + rgb[:, 1] * g + rgb[:, 2] * b + base).flatten(1)


def to_i420(rgb: Tensor) -> Tensor:
    """f[B, 3, H, W] 0..255 with even sides → planar I420 u8[B, H * 3 // 2, W]; BT.601 limited range, chroma as in OpenCV."""
    batch, _, height, width = rgb.shape
    rgb = rgb.clamp(0, 255)
    half = rgb[:, :, ::2, ::2]
    planes = torch.cat([_weigh(rgb, _Y, 16), _weigh(half, _U, 128), _weigh(half, _V, 128)], 1)
    return (planes + 0.5).clamp(0, 255).to(torch.uint8).reshape(batch, height * 3 // 2, width)
