"""What surrounds the refining net on a CPU: crop → the net's pixels, its output → a residual that can be added.

The same as ``Refiner.forward`` does with tensors: pixel (un)shuffle by 2, and
:func:`~talking_head.animator.refiner.model.keep_grain`.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from talking_head.curves import smoothstep
from talking_head.types import F32, U8

RIM = 0.09  # of the crop's side: width of the fade


@cache
def rim(size: int) -> F32:
    """Fade f32[S, S]: 1 inside, 0 at the rim, smooth."""
    place = (np.arange(size, dtype=np.float32) + 0.5) / size
    ramp = np.clip(np.minimum(place, 1 - place) / RIM, 0, 1)
    ramp = smoothstep(ramp)
    return np.asarray(np.outer(ramp, ramp), np.float32)


@cache
def _rim3(size: int) -> F32:
    fade = rim(size)
    return np.asarray(cv2.merge([fade, fade, fade]), np.float32)


def to_pixels(warped: U8, drawing: U8) -> U8:
    """``warped`` u8[S, S, 3], ``drawing`` u8[4, S, S] → u8[28, S/2, S/2]: four neighbours become channels."""
    size = len(warped)
    out = np.empty((7, 2, 2, size // 2, size // 2), np.uint8)
    planes = [*cv2.split(warped), *drawing]
    for channel, plane in enumerate(planes):
        for row in (0, 1):
            for column in (0, 1):
                out[channel, row, column] = plane[row::2, column::2]
    return out.reshape(28, size // 2, size // 2)


def to_residual(out: F32, drawing: U8) -> F32:
    """``out`` f32[12, S/2, S/2] of the net and the crop's ``drawing`` u8[4, S, S] → residual f32[S, S, 3], faded at the rim."""
    half = out.shape[-1]
    size = 2 * half
    residual = np.empty((half, 2, half, 6), np.float32)
    for row in (0, 1):  # two neighbours of a row are one pixel of twice the channels
        planes = [out[4 * channel + 2 * row + column] for column in (0, 1) for channel in range(3)]
        cv2.merge(planes, dst=residual[:, row])
    sharp: F32 = residual.reshape(size, size, 3)
    few = (size // 4, size // 4)
    lips = cv2.add(cv2.add(drawing[0], drawing[1]), drawing[2])  # saturates at 255
    lips = cv2.resize(lips, few, interpolation=cv2.INTER_AREA).astype(np.float32)
    near = cv2.blur(cv2.dilate(lips, np.ones((5, 5), np.uint8)), (3, 3), borderType=cv2.BORDER_CONSTANT)
    near = cv2.multiply(near, 1 / 255)
    weight: F32 = np.asarray(cv2.resize(near, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)
    coarse = cv2.resize(sharp, few, interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR)
    cv2.blendLinear(sharp, smooth, weight, 1 - weight, dst=sharp)
    return np.asarray(cv2.multiply(sharp, _rim3(size), dst=sharp), np.float32)
