"""What a photo shows between the lips: whether its mouth is open, and where lips end and teeth begin.

A detector tells neither well where the gap is small: lips that are shut have gaps of up to 0.06 of the mouth's width, a slit
full of teeth 0.025, and the tips of its teeth lie outside the contour, where they would stay on a lip that moves. What is less
red than the lips and as bright is tooth, what is half as bright a hollow.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.face.neutral import INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER
from talking_head.types import F32, U8

_SHUT, _OPEN = 0.02, 0.07  # gap ÷ mouth's width below which, and from which on, the detector is believed
_UNSURE = 0.035  # between the two, where the picture has no colour
_COLUMNS = 48
_MARGIN = 0.12  # of the width at each corner, where nothing is asked
_BESIDE = 0.012  # widths beside the detected gap that count as inside: as far as a contour is off
_PALE = 9.0  # redness (Lab's a) of lips in a picture that has too little colour to tell by
_TOOTH_RED, _TOOTH_LIGHT = 0.65, 0.6  # of the lips' redness that a tooth has at most, of their lightness at least
_HOLLOW_LIGHT = 0.52  # of the lips' lightness that a hollow has at most
_TOOTH, _HOLLOW = 0.008, 0.03  # widths of tooth in a column, of hollow in the median one
_SHARE = 0.2  # of the columns that show a tooth
_NEAR = 9  # columns over which the lips' light is the same
_REACH = 0.06  # widths beyond a contour in which teeth are looked for


class Parting:
    """The strip along the mouth of ``points`` f[478, 2 or 3] in ``image`` u8[H, W, 3], in 48 columns from corner to corner."""

    def __init__(self, image: U8, points: np.ndarray) -> None:
        self._points = points[:, :2].astype(np.float64)
        self._left = self._points[78]
        self.width = max(float(np.linalg.norm(self._points[308] - self._left)), 1e-6)
        self.gap = float(np.linalg.norm(self._points[INNER_LOWER] - self._points[INNER_UPPER], axis=1).max())
        self._along = (self._points[308] - self._left) / self.width
        self._across = np.array([-self._along[1], self._along[0]])
        self._at = np.linspace(_MARGIN, 1 - _MARGIN, _COLUMNS) * self.width
        self._lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        self._upper, self._lower = self._height(INNER_UPPER), self._height(INNER_LOWER)
        within = np.linspace(0.3, 0.7, 7)[:, None]
        rims = ((self._lower, OUTER_LOWER), (self._upper, OUTER_UPPER))
        lips = np.concatenate([inner + (self._height(outer) - inner) * within for inner, outer in rims])
        seen = self._look(lips)
        self._red = float(np.median(seen[..., 1]))
        # A face is lit from a side: each place is held against the lips near it.
        light = cv2.blur(np.median(seen[..., 0], axis=0, keepdims=True), (_NEAR, 1), borderType=cv2.BORDER_REFLECT_101)
        self._light = light.ravel()

    def is_open(self) -> bool:
        """Whether teeth or a hollow are seen between the lips."""
        gap = self.gap / self.width
        if not _SHUT <= gap < _OPEN:
            return gap >= _OPEN
        if self._red < _PALE:
            return gap > _UNSURE
        below = self._steps(-_BESIDE, (self._lower - self._upper).max() / self.width + _BESIDE)
        inside = self._upper + below <= self._lower + _BESIDE * self.width
        tooth, hollow = (inside & seen for seen in self._seen(self._upper + below))
        step = (below[1, 0] - below[0, 0]) / self.width
        shown = (tooth.sum(0) * step > _TOOTH).mean()
        return bool(shown > _SHARE or np.median(hollow.sum(0)) * step > _HOLLOW)

    def widened(self) -> F32:
        """The inner lips' points, f32[478, 2] with the others', moved outwards to where teeth and hollow end; corners stay."""
        out = self._points.copy()
        if self._red >= _PALE:
            for rim, contour, outwards in ((self._upper, INNER_UPPER, -1), (self._lower, INNER_LOWER, 1)):
                beyond = self._steps(0, _REACH)
                tooth, hollow = self._seen(rim + outwards * beyond)
                rows = np.cumprod(tooth | hollow, axis=0).sum(0)
                rows[rows == len(beyond)] = 0  # no lip is seen to end it: a shadow, a moustache
                reach = np.maximum(rows - 0.5, 0) * (beyond[1, 0] - beyond[0, 0])
                reach = cv2.GaussianBlur(reach.reshape(1, -1), (0, 0), _COLUMNS / 24).ravel()
                inner = contour[1:-1]
                placed = (out[inner] - self._left) @ self._along
                at = np.concatenate([[0.0], self._at, [self.width]])
                out[inner] += outwards * np.interp(placed, at, np.pad(reach, 1))[:, None] * self._across
        return out.astype(np.float32)

    def _height(self, contour: np.ndarray) -> np.ndarray:
        """Of ``contour`` over the line between the corners, f64[48] pixels, in each column."""
        placed = self._points[contour] - self._left
        order = np.argsort(placed @ self._along)
        height: np.ndarray = np.interp(self._at, (placed @ self._along)[order], (placed @ self._across)[order])
        return height

    def _steps(self, first: float, last: float) -> np.ndarray:
        """Places from ``first`` to ``last`` widths, half a pixel or 0.004 widths apart, in pixels, f64[n, 1]."""
        step = max(0.5, 0.004 * self.width)
        return np.arange(first * self.width, last * self.width + step, step)[:, None]

    def _look(self, heights: np.ndarray) -> np.ndarray:
        place = (self._left + self._at[:, None] * self._along + heights[..., None] * self._across).astype(np.float32)
        seen: np.ndarray = cv2.remap(self._lab, place[..., 0], place[..., 1], cv2.INTER_LINEAR)
        return seen

    def _seen(self, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where tooth and where hollow is seen, bool[n, 48] each."""
        light, red = self._look(heights)[..., :2].transpose(2, 0, 1)
        return (red < _TOOTH_RED * self._red) & (light > _TOOTH_LIGHT * self._light), light < _HOLLOW_LIGHT * self._light
