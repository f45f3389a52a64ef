"""The shadow that the upper row of teeth casts on what stands behind its tips: the lower row, tongue and hollow.

Light comes from above and in front, and the upper row bites over the lower one. Without that shadow two rows that nearly touch
are one grey band. It is part of the upper layer, dark and half opaque below the tips, so that it costs no frame anything.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.mouth.neutral_teeth import PIXELS_A_UNIT, WIDTH
from talking_head.animator.mouth.teeth_layers import OwnInterior
from talking_head.types import U8

_DARK = 0.6  # of the light, right below the tips
_DEEP = 0.04  # face units, 3 mm: how far down it reaches, ever fainter
_COLOR = np.array([46.0, 15.0, 12.0], np.float32)  # what light is left came through lips and gums


def cast_shadow(interior: OwnInterior) -> OwnInterior:
    """Give the upper row of ``interior`` its shadow, in place; returns it."""
    scale = interior.upper.shape[1] * PIXELS_A_UNIT / WIDTH
    interior.upper = _shadowed(interior.upper, max(1, round(_DEEP * scale)))
    return interior


def _shadowed(row: U8, reach: int) -> U8:
    """``row`` u8[h, w, 4], premultiplied, with a shadow of ``reach`` pixels below it."""
    cover = row[..., 3].astype(np.float32) * np.float32(1 / 255)
    below = np.zeros_like(cover)
    for down in range(1, reach + 1):
        share = np.float32(1 - down / (reach + 1))
        below[down:] = np.maximum(below[down:], share * cover[:-down])
    below = np.asarray(cv2.GaussianBlur(below, (0, 0), max(0.2 * reach, 0.3)), np.float32)
    below *= (1 - cover) * np.float32(_DARK)
    shadow = np.dstack([below[..., None] * _COLOR, 255 * below])
    return np.asarray(np.clip(row + shadow + 0.5, 0, 255), np.uint8)
