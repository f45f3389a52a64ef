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
_AROUND = np.ones((5, 5), np.uint8)


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


def to_pixels(warped: U8, drawing: U8, out: U8 | None = None) -> U8:
    """``warped`` u8[S, S, 3], ``drawing`` u8[4, S, S] → u8[28, S/2, S/2], into ``out`` where given: four neighbours become
    channels.
    """
    half = len(warped) // 2
    out = np.empty((28, half, half), np.uint8) if out is None else out
    rows = warped.reshape(half, 2, half, 6)  # two neighbours of a row are one pixel of twice the channels
    for row in (0, 1):
        cv2.split(rows[:, row], [out[4 * (k % 3) + 2 * row + k // 3] for k in range(6)])
    # Two bytes of a drawing are one number: read in a run, where every other byte would be fetched by itself.
    pairs = drawing.view("<u2").reshape(4, half, 2, half).transpose(0, 2, 1, 3)
    drawn = out[12:].reshape(4, 2, 2, half, half)
    np.bitwise_and(pairs, 255, out=drawn[:, :, 0], casting="unsafe")
    np.right_shift(pairs, 8, out=drawn[:, :, 1], casting="unsafe")
    return out


def to_residual(out: F32, drawing: U8) -> F32:
    """``out`` f32[12, S/2, S/2] of the net and the crop's ``drawing`` u8[4, S, S] → residual f32[S, S, 3], faded at the rim."""
    half = out.shape[-1]
    size, few = 2 * half, (half // 2, half // 2)
    # Away from the lips only the mean of four by four pixels counts: each of them is seen once, and not at full size.
    sums = np.add.reduce(out.reshape(3, 4, half, half), axis=1)
    sums *= np.float32(0.25)
    coarse = cv2.resize(cv2.merge([*sums]), few, interpolation=cv2.INTER_AREA)
    residual = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR)
    lips = cv2.add(cv2.add(drawing[0], drawing[1]), drawing[2])  # saturates at 255
    x, y, width, height = cv2.boundingRect(lips)
    if width:
        lips = cv2.resize(lips, few, interpolation=cv2.INTER_AREA).astype(np.float32)
        near = cv2.blur(cv2.dilate(lips, _AROUND), (3, 3), borderType=cv2.BORDER_CONSTANT)
        weight = cv2.resize(cv2.multiply(near, 1 / 255), (size, size), interpolation=cv2.INTER_LINEAR)
        rows, columns = _reach(y, height, size), _reach(x, width, size)
        weight, part = weight[rows, columns], residual[rows, columns]
        cv2.blendLinear(_sharp(out, rows, columns), part, weight, 1 - weight, dst=part)
    return np.asarray(cv2.multiply(residual, _rim3(size), dst=residual), np.float32)


def _reach(first: int, length: int, size: int) -> slice:
    """Pixels of the crop that are near to lips which begin at ``first``: in quarters of its size they are grown by two, blurred
    by one, and enlarged by one.
    """
    return slice(max(first // 4 - 4, 0) * 4, min(-(-(first + length) // 4) * 4 + 16, size))


def _sharp(out: F32, rows: slice, columns: slice) -> F32:
    """``rows`` and ``columns`` (even ones) of the crop of which the net's ``out`` f32[12, S/2, S/2] is, f32[h, w, 3]."""
    down, across = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
    high, wide = down.stop - down.start, across.stop - across.start
    sharp = np.empty((high, 2, wide, 6), np.float32)
    for row in (0, 1):  # two neighbours of a row are one pixel of twice the channels
        planes = [out[4 * channel + 2 * row + column, down, across] for column in (0, 1) for channel in range(3)]
        cv2.merge(planes, dst=sharp[:, row])
    return sharp.reshape(2 * high, 2 * wide, 3)
