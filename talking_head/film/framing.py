"""From the square picture of the animator to the shape that a video should have: 1:1, 9:16 or 16:9.

The face is scaled and moved, never squeezed. Where the shape is larger than the picture, the border of the first frame is
continued outwards, softened along its length, and the live picture is feathered into it: a plain wall stays a plain wall.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talking_head.curves import smoothstep
from talking_head.errors import InputError
from talking_head.provenance.overlay import planes
from talking_head.types import F32, U8

SHAPES = ("1:1", "9:16", "16:9")
_FEATHER = 0.06  # of the picture's side: width of the seam between live and continued picture


@dataclass(frozen=True, slots=True)
class Shape:
    """``width`` × ``height`` of the video, even; ``zoom`` of the square picture; ``left``, ``top``: where its corner goes."""

    width: int
    height: int
    zoom: float
    left: int
    top: int


def shape(name: str, side: int) -> Shape:
    """The shape called ``name`` for square pictures of ``side`` pixels. Raises InputError for a name not in SHAPES."""
    if name == "1:1":
        return Shape(side, side, 1.0, 0, 0)
    long, short = side * 2, side * 9 // 8
    if name == "9:16":  # head and shoulders at the bottom, air above
        face = round(1.42 * short)
        return Shape(short, long, face / side, (short - face) // 2, long - face)
    if name == "16:9":  # cut below the shoulders, wall to both sides
        face = round(1.08 * short)
        return Shape(long, short, face / side, (long - face) // 2, 0)
    raise InputError(f"There is no framing “{name}”. Known ones: {', '.join(SHAPES)}.")


class Framing:
    """Turns square I420 pictures into I420 pictures of a shape; made for one portrait at a time."""

    def __init__(self, name: str, side: int) -> None:
        self.shape = shape(name, side)
        self._side = side
        self._planes: list[tuple[F32, F32]] | None = None  # per plane: continued border × (1 − mask), mask

    def __call__(self, frame: U8) -> U8:
        """``frame`` u8[side * 3 // 2, side] → u8[height * 3 // 2, width]. The first one gives the still border."""
        if self.shape.zoom == 1.0:
            return frame
        to = self.shape
        parts = planes(frame, self._side, self._side)
        if self._planes is None:
            self._planes = [self._still(plane, 1 if index == 0 else 2) for index, plane in enumerate(parts)]
        out = np.empty((to.height * 3 // 2, to.width), np.uint8)
        for index, (plane, target) in enumerate(zip(parts, planes(out, to.height, to.width), strict=True)):
            still, mask = self._planes[index]
            live = self._place(plane, 1 if index == 0 else 2, (target.shape[1], target.shape[0]))
            np.copyto(target, cv2.add(cv2.multiply(live, mask, dtype=cv2.CV_32F), still), casting="unsafe")
        return out

    def _matrix(self, step: int) -> F32:
        to = self.shape
        return np.array([[to.zoom, 0, to.left / step], [0, to.zoom, to.top / step]], np.float32)

    def _still(self, plane: U8, step: int) -> tuple[F32, F32]:
        """The continued border × (1 − mask) and the mask of one plane; ``step`` 2 for the chroma planes of half size."""
        to = self.shape
        width, height = to.width // step, to.height // step
        rim = max(1, len(plane) // 64)
        border = np.zeros((height, width), np.float32)
        inside = np.ones_like(plane, np.float32)
        feather = max(2, round(len(plane) * _FEATHER))
        ramp = (np.arange(feather, dtype=np.float32) + 0.5) / feather
        ramp = smoothstep(ramp)
        if to.top > 0:
            row = self._line(plane[:rim].mean(0)[None], step, (width, 1))
            border[:] = cv2.GaussianBlur(row, (0, 0), width / 12, borderType=cv2.BORDER_REPLICATE)
            inside[:feather] *= ramp[:, None]
        if to.left > 0:
            for side, columns in ((slice(0, width // 2), plane[:, :rim]), (slice(width // 2, None), plane[:, -rim:])):
                column = self._line(columns.mean(1)[:, None], step, (1, height))
                border[:, side] = cv2.GaussianBlur(column, (0, 0), height / 40, borderType=cv2.BORDER_REPLICATE)
            inside[:, :feather] *= ramp
            inside[:, -feather:] *= ramp[::-1]
        mask = self._place(inside, step, (width, height))
        return border * (1 - mask), mask

    def _line(self, line: np.ndarray, step: int, size: tuple[int, int]) -> F32:
        """One row or column of the picture, f[1, n] or f[n, 1], where it lies in the shape: f32[1, width] or f32[height, 1]."""
        matrix = self._matrix(step)
        matrix[0 if size[0] == 1 else 1] = (1, 0, 0) if size[0] == 1 else (0, 1, 0)
        moved = cv2.warpAffine(line.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.float32).reshape(size[::-1])

    def _place(self, plane: np.ndarray, step: int, size: tuple[int, int]) -> np.ndarray:
        flags = cv2.INTER_LINEAR
        return cv2.warpAffine(plane, self._matrix(step), size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
