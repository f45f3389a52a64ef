"""RGB pictures to planar I420, BT.601 limited range: what video encoders take."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.types import U8


def to_i420(rgb: U8) -> U8:
    """u8[H, W, 3] with even sides → u8[H * 3 // 2, W]: Y, then U, then V at half size. Raises ValueError on odd sides."""
    height, width = rgb.shape[:2]
    if height % 2 or width % 2:
        raise ValueError(f"I420 needs even sides, not {width}×{height}")
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
