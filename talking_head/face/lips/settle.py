"""Put the inner lip contours where the picture has them.

A detector's lip contours are off by a percent or two of the face, which is enough to leave a strip of the wrong lip, or of
teeth, on the wrong side of the cut. Closed lips meet in the darkest line: it is found by dynamic programming (a seam, Avidan
and Shamir, "Seam carving", SIGGRAPH 2007) near the detected one.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.face.lips.parting import Parting
from talking_head.face.neutral import INNER_LOWER, INNER_UPPER
from talking_head.types import F32, U8

_REACH = 0.045  # how far the line may lie from the detected contours, in mouth widths


def settle_lips(image: U8, points: F32) -> F32:
    """Return ``points`` f32[478, 3] with the inner lips where ``image`` u8[H, W, 3] has them.

    Those of a closed mouth lie on its dark line, those of an open one around all that is seen of teeth and hollow
    (``parting.py``).
    """
    left, right = points[78, :2].astype(np.float64), points[308, :2].astype(np.float64)
    parting = Parting(image, points)
    width, gap = parting.width, parting.gap
    if width < 16:
        return points
    out = points.copy()
    if parting.is_open():
        out[:, :2] = parting.widened()
        return out
    along = (right - left) / width
    across = np.array([-along[1], along[0]])
    middle = (points[INNER_UPPER, :2] + points[INNER_LOWER, :2]).astype(np.float64) / 2
    rows, columns = 4 * int(np.ceil(_REACH * width + gap / 2)) + 1, max(24, int(width))
    # A strip that follows the detected line, two samples a pixel across it.
    at = np.linspace(0, width, columns)
    line_at, line = (middle - left) @ along, (middle - left) @ across
    base = np.interp(at, line_at, line)
    offset = (np.arange(rows) - rows // 2) / 2.0
    grid = left + at[None, :, None] * along + (base[None] + offset[:, None])[..., None] * across
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    sheet = cv2.remap(grey, grid[..., 0].astype(np.float32), grid[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 1.2)
    cost = (sheet - sheet.min(0)) / max(float(np.ptp(sheet)), 1.0) + 0.35 * (offset[:, None] / offset.max()) ** 2
    path = offset[_seam(cost)]
    ends = np.clip(np.minimum(at, width - at) / (0.12 * width), 0, 1)  # the corners stay where they were found
    shift = cv2.GaussianBlur((path * ends).astype(np.float32).reshape(1, -1), (0, 0), columns / 40).ravel()
    for contour in (INNER_UPPER[1:-1], INNER_LOWER[1:-1]):
        inner = middle[1:-1] + np.interp((middle[1:-1] - left) @ along, at, shift)[:, None] * across
        out[contour, :2] = inner.astype(np.float32)
    return out


def _seam(cost: np.ndarray) -> np.ndarray:
    """Row of the cheapest left-to-right path through ``cost`` f[rows, columns] that moves at most one row a column."""
    rows, columns = cost.shape
    total = cost.astype(np.float64).copy()
    came = np.zeros((rows, columns), np.int64)
    for x in range(1, columns):
        before = np.pad(total[:, x - 1], 1, constant_values=np.inf)
        choices = np.stack([before[:-2] + 0.02, before[1:-1], before[2:] + 0.02])
        pick = choices.argmin(0)
        came[:, x] = pick - 1
        total[:, x] += choices[pick, np.arange(rows)]
    path = np.empty(columns, np.int64)
    path[-1] = total[:, -1].argmin()
    for x in range(columns - 1, 0, -1):
        path[x - 1] = path[x] + came[path[x], x]
    return path
