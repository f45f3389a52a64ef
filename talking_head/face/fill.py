"""A picture continued smoothly from where it is known: pull and push through a pyramid."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.types import F32, U8


def continued(image: U8, known: U8) -> F32:
    """``image`` u8[H, W, C] where it is ``known`` u8[H, W] (0, 1), elsewhere its smooth continuation, f32[H, W, C].

    As in Gortler et al., "The lumigraph", SIGGRAPH 1996.
    """
    weight = known.astype(np.float32)[..., None]
    levels = [np.dstack([image.astype(np.float32) * weight, weight])]
    while min(levels[-1].shape[:2]) > 2:
        levels.append(np.asarray(cv2.pyrDown(levels[-1]), np.float32))
    out = levels[-1][..., :-1] / np.maximum(levels[-1][..., -1:], 1e-4)
    for level in reversed(levels[:-1]):
        out = np.asarray(cv2.pyrUp(out, dstsize=level.shape[1::-1]), np.float32)
        own = level[..., :-1] / np.maximum(level[..., -1:], 1e-4)
        out = out + (own - out) * np.clip(4 * level[..., -1:], 0, 1)
    return np.asarray(out, np.float32)
