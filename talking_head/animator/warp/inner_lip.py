"""The wet inner side of the lower lip, which rolls up and into the light as a mouth opens.

The lower contour that a detector finds in an open mouth lies too low by some 2 mm: what is seen right above it, in 13 clips of
six people, is lip. And a photo with shut lips has the dark line between them along that contour: carried along by an open lip
it was a thread on it.
"""

from __future__ import annotations

import numpy as np

from talking_head.animator.warp.constants import LIP_LINE, LIP_OPEN, LIP_REACH, LIP_RISE, LIP_SHARE
from talking_head.animator.warp.geometry import Slit
from talking_head.types import F32


def rolled_up(cut: Slit, unit: float) -> Slit:
    """``cut``, its lower contour where the lip that rolled up ends; ``unit`` pixels a face unit."""
    rise = np.minimum(np.float32(LIP_SHARE) * cut.gap, np.float32(LIP_RISE * unit))
    return Slit(cut.upper, cut.lower - rise, cut.left, cut.right)


def roll_up(y: F32, cut: Slit, unit: float, zoom: int) -> None:
    """Change, in place, from which rows ``y`` f32[h, w] of a photo enlarged ``zoom`` times the skin below the lips is read.

    ``cut``: as the landmarks have it, in the window of ``y``. At the raised edge is what lies just below the line between shut
    lips, and the lip between it and its lower border is stretched.
    """
    gap = np.maximum(cut.gap, 0)
    columns = np.flatnonzero(gap > 0)
    if not len(columns):
        return
    across = slice(int(columns[0]), int(columns[-1]) + 1)
    gap = gap[across]
    rise = np.minimum(np.float32(LIP_SHARE) * gap, np.float32(LIP_RISE * unit))
    line = np.float32(LIP_LINE * unit) * np.minimum(gap * np.float32(1 / (LIP_OPEN * unit)), 1)
    edge = cut.lower[across] - rise
    reach = LIP_REACH * unit
    down = slice(max(int(edge.min() - 2), 0), max(int(edge.max() + reach) + 2, 0))
    part = y[down, across]
    away = (np.arange(down.start, down.start + len(part), dtype=np.float32)[:, None] - edge) * np.float32(1 / reach)
    near = 1 - np.minimum(np.maximum(away, 0), 1)
    near *= near
    near *= (rise + line) * np.float32(zoom)
    part += near
