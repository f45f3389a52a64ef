"""Small pictures with transparency laid over I420 pictures: labels and subtitles."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.types import F32, U8


class Patch:
    """A small RGBA picture u8[h, w, 4] to be laid over I420 pictures at (``x``, ``y``); all even."""

    def __init__(self, rgba: U8, x: int, y: int) -> None:
        self._x, self._y = x, y
        height, width = rgba.shape[:2]
        alpha = rgba[..., 3].astype(np.float32) / np.float32(255)
        yuv = np.asarray(cv2.cvtColor(np.ascontiguousarray(rgba[..., :3]), cv2.COLOR_RGB2YUV_I420), np.uint8)
        half = np.asarray(cv2.resize(alpha, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)
        alphas: tuple[F32, F32, F32] = (alpha, half, half)
        self._layers: list[tuple[F32, F32]] = [
            (plane.astype(np.float32) * a, np.float32(1) - a)
            for plane, a in zip(planes(yuv, height, width), alphas, strict=True)
        ]

    def over(self, frame: U8, height: int, width: int) -> U8:
        """A copy of the I420 picture ``frame`` u8[height * 3 // 2, width] with the patch laid over it."""
        out = frame.copy()
        self.onto(out, height, width)
        return out

    def onto(self, out: U8, height: int, width: int) -> None:
        """Lay the patch over ``out`` itself."""
        for step, plane, (colour, keep) in zip((1, 2, 2), planes(out, height, width), self._layers, strict=True):
            y, x = self._y // step, self._x // step
            area = plane[y : y + keep.shape[0], x : x + keep.shape[1]]
            area[:] = area * keep + colour


def planes(frame: U8, height: int, width: int) -> tuple[U8, U8, U8]:
    """Views of the three planes of a contiguous I420 picture u8[height * 3 // 2, width]; both even."""
    half = (height // 2, width // 2)
    colour = frame[height:].reshape(2, *half)
    return frame[:height], colour[0], colour[1]


def even(value: float) -> int:
    """The next lower even number."""
    return int(value) // 2 * 2
