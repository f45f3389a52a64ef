"""Four lengths of a face: the opening of the lips, their width, the opening of the eyes, the height of the brows."""

from __future__ import annotations

import numpy as np

from talking_head.types import F32

BROWS = np.array([70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 336, 296, 334, 293, 300, 276, 283, 282, 295, 285])

# Pairs (upper, lower) across the inner lips and across each eye.
_GAP = np.array([[13, 14], [82, 87], [312, 317]])
_LIDS = np.array([[159, 145], [158, 153], [160, 144], [386, 374], [385, 380], [387, 373]])


def lip_gap(points: F32) -> F32:
    """Mean distance of the inner lips along the face's y, f32[...]; ``points`` f32[..., 478, 3]."""
    gap: F32 = (points[..., _GAP[:, 1], 1] - points[..., _GAP[:, 0], 1]).mean(-1)
    return gap


def lip_width(points: F32) -> F32:
    """Distance of the corners of the mouth, f32[...]."""
    width: F32 = np.linalg.norm(points[..., 291, :2] - points[..., 61, :2], axis=-1)
    return width


def eye_gap(points: F32) -> F32:
    """Mean opening of the lids of both eyes, f32[...]."""
    gap: F32 = (points[..., _LIDS[:, 1], 1] - points[..., _LIDS[:, 0], 1]).mean(-1)
    return gap


def brow_height(points: F32) -> F32:
    """Mean height of both brows (up is positive), f32[...]."""
    height: F32 = -points[..., BROWS, 1].mean(-1)
    return height
