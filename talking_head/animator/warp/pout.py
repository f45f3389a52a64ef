"""Pouting lips come forward: their fronts catch the light, and a shadow falls below the lower one.

A warp narrows a mouth in the picture's plane alone; what an eye takes for lips that are pushed out is that light. Set by eye on
the four presenters.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.warp.constants import POUT_FROM, POUT_LIGHTS, POUT_RAMP, POUT_TINT
from talking_head.types import F32, U8

_CORNERS, _EYES = (61, 291), (33, 263)
_REACH = 2.2  # half sizes of a light, beyond which it changes no level


def mouth_width(points: F32) -> float:
    """Of the mouth in f32[478, 2+], in distances of the outer eye corners, as seen."""
    mouth, eyes = (float(np.hypot(*(points[right, :2] - points[left, :2]))) for left, right in (_CORNERS, _EYES))
    return mouth / max(eyes, 1e-3)


def pouting(points: F32, wide: float) -> float:
    """0 for a mouth about as wide as at rest (``wide``, see :func:`mouth_width`) or wider, 1 for a pout."""
    return min(max((1 - mouth_width(points) / wide - POUT_FROM) / POUT_RAMP, 0.0), 1.0)


def bring_forward(rgb: U8, points: F32, pout: float, unit: float) -> None:
    """Shade ``rgb`` u8[H, W, 3] in place by ``pout`` 0..1: ``points`` f32[478, 2+] in its pixels, ``unit`` pixels a unit."""
    if pout <= 0:
        return
    left, right = points[_CORNERS[0], :2], points[_CORNERS[1], :2]
    mouth = max(float(np.hypot(*(right - left))), 1.0)
    across = (right - left) / np.float32(mouth)
    spots = []
    for rows, below, wide, high, light in POUT_LIGHTS:
        at = points[list(rows), :2].mean(0) + np.float32(below * unit) * np.array([-across[1], across[0]], np.float32)
        spots.append((at, wide * mouth, high * unit, light * pout))
    reach = np.array([[_REACH * wide, _REACH * (high + 0.2 * wide)] for _, wide, high, _ in spots])
    places = np.array([at for at, *_ in spots])
    (x0, y0), (x1, y1) = np.floor((places - reach).min(0)).astype(int), np.ceil((places + reach).max(0)).astype(int)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, rgb.shape[1]), min(y1, rgb.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    x = np.arange(x0, x1, dtype=np.float32)
    y = np.arange(y0, y1, dtype=np.float32)[:, None]
    gain = np.zeros((y1 - y0, x1 - x0), np.float32)
    for (cx, cy), wide, high, light in spots:
        along = ((x - cx) * across[0] + (y - cy) * across[1]) * np.float32(1 / wide)
        down = ((y - cy) * across[0] - (x - cx) * across[1]) * np.float32(1 / high)
        gain += np.float32(light) * cv2.exp(-(along * along) - down * down)
    part = rgb[y0:y1, x0:x1]
    gains = cv2.merge([1 + gain * np.float32(tint) for tint in POUT_TINT])
    part[:] = cv2.multiply(part, gains, dtype=cv2.CV_8U)
