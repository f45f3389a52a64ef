"""Where the lower face lies: the crop that the net sees, and the drawing of the lips that goes with it.

The crop is a similarity on points that move with the skull alone, so speech never moves it: nose tip on row 24 and the resting
chin on row 128 of 160. Shared by training and serving.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from talking_head.face.space import Pose, to_image
from talking_head.types import F32, U8

NOSE, CHIN = 1, 152
NOSE_ROW, CHIN_ROW, SIDE = 24.0, 128.0, 160.0

# MediaPipe mesh: rings of the lips, clockwise in the picture from the left corner.
INNER = np.array([78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95])
OUTER = np.array([61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146])
HALF = 11  # the first 11 of a ring are its upper border, corners included
STEPS = 4  # samples of the opening's curve between two landmarks


def crop_matrix(neutral: F32, pose: Pose, size: int = 160) -> F32:
    """Picture pixels → crop pixels, f32[2, 3]. ``neutral`` f32[478, 3] in face space; ``size`` the crop's side."""
    nose, chin = neutral[NOSE].astype(np.float64), neutral[CHIN].astype(np.float64)
    length = float(np.linalg.norm((chin - nose)[:2])) * pose.scale
    centre = to_image(((nose + chin) / 2)[None], pose)[0, :2].astype(np.float64)
    r = pose.rotation
    roll = np.arctan2(r[1, 0] - r[0, 1], r[0, 0] + r[1, 1])
    k = (CHIN_ROW - NOSE_ROW) / SIDE * size / max(length, 1e-6)
    c, s = k * np.cos(roll), k * np.sin(roll)
    linear = np.array([[c, s], [-s, c]])
    target = np.array([SIDE / 2, (NOSE_ROW + CHIN_ROW) / 2]) * size / SIDE
    return np.hstack([linear, (target - linear @ centre)[:, None]]).astype(np.float32)


def apply(matrix: F32, points: F32) -> F32:
    """``points`` f32[..., 2 or 3] through a 2×3 affine → f32[..., 2]."""
    result: F32 = (points[..., :2] @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    return result


@cache
def catmull_rom(count: int, steps: int = STEPS) -> F32:
    """Matrix f32[count * steps, count] of the closed Catmull-Rom curve through ``count`` points: no hexagonal rim."""
    points = np.eye(count, dtype=np.float32)
    before, after, beyond = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
    t = (np.arange(steps, dtype=np.float32) / steps)[None, :, None]
    p, b, a, e = points[:, None], before[:, None], after[:, None], beyond[:, None]
    curve = 0.5 * (2 * p + (a - b) * t + (2 * b - 5 * p + 4 * a - e) * t**2 + (3 * p - b - 3 * a + e) * t**3)
    result: F32 = curve.reshape(-1, count).astype(np.float32)
    return result


def opening_curve(points: F32) -> F32:
    """Border of the mouth opening, f32[80, 2], from ``points`` f32[478, 2+]. Where a detector's noise crosses the lips, they
    are closed.
    """
    ring = points[INNER, :2].copy()
    up = np.arange(1, 10)
    down = 20 - up
    middle = (ring[up] + ring[down]) / 2
    crossed = ring[down, 1] < ring[up, 1]
    ring[up[crossed]] = middle[crossed]
    ring[down[crossed]] = middle[crossed]
    curve: F32 = catmull_rom(len(ring)) @ ring
    return curve


def fill(mask: U8, curve: F32) -> None:
    """Fill a polygon in ``mask`` u8[h, w] with 255, antialiased, with sub-pixel corners."""
    cv2.fillPoly(mask, [np.round(curve * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)


def draw_lips(points: F32, size: int, out: U8 | None = None) -> U8:
    """Upper lip, lower lip and opening as u8[3, size, size], into ``out`` where given.

    ``points`` f32[478, 2+] in crop pixels.
    """
    outer, inner = points[OUTER, :2], points[INNER, :2]
    upper = np.concatenate([outer[:HALF], inner[:HALF][::-1]])
    lower = np.concatenate([outer[HALF - 1 :], outer[:1], inner[:1], inner[HALF - 1 :][::-1]])
    out = np.empty((3, size, size), np.uint8) if out is None else out
    out[:] = 0
    for plane, curve in zip(out, (upper, lower, opening_curve(points)), strict=True):
        fill(plane, curve)
    keep = 255 - out[2]
    for plane in out[:2]:
        cv2.min(plane, keep, dst=plane)
    return out
