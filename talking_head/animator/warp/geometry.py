"""Which landmarks steer the warp, and smooth curves through lips and lids.

Mouth and eyes are *slits*: two contours that meet at the corners. What is above the slit moves with the upper contour, what
is below with the lower one, and what shows between them belongs to a layer behind. A slit is cut along its two contours as
functions of x, so that its masks are arithmetic on columns: exact to a fraction of a pixel, and the same on a GPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from talking_head.face.neutral import INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER
from talking_head.face.space import mirror, template
from talking_head.types import F32

# fmt: off
OVAL = np.array([10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
                 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109])
_MIDDLE = (9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 18, 200, 199, 175)
# One side; the other is its mirror. Brows, nose, cheeks, around the eye, around the mouth, chin.
_SIDE = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55,
         98, 129, 115, 48, 198,
         50, 101, 36, 205, 187, 147, 123, 116, 117, 118, 119, 142, 203,
         225, 223, 221, 193, 130, 25, 110, 23, 26, 112, 243, 230, 33, 133,
         165, 92, 206, 216, 212, 57, 43, 202, 204, 210, 61, 78, 83, 201, 208, 32)
_UPPER_LID = (246, 161, 160, 159, 158, 157, 173)
_LOWER_LID = (7, 163, 144, 145, 153, 154, 155)
# fmt: on


def _both(side: tuple[int, ...], middle: tuple[int, ...] = ()) -> np.ndarray:
    return np.unique(np.array([*middle, *side, *mirror()[list(side)]]))


COMMON = np.unique(np.concatenate([OVAL, _both(_SIDE, _MIDDLE)]))
UPPER = np.union1d(COMMON, np.concatenate([INNER_UPPER, OUTER_UPPER]))  # steer what lies above the mouth
LOWER = np.union1d(COMMON, np.concatenate([INNER_LOWER, OUTER_LOWER]))  # and what lies below; lids are moved by lids.py


@dataclass(frozen=True)
class Contours:
    """A slit by its landmarks, both rows from the picture's left corner to the right one."""

    upper: np.ndarray
    lower: np.ndarray

    @cached_property
    def rows(self) -> np.ndarray:
        """Landmarks of the upper contour, then of the lower one."""
        return np.concatenate([self.upper, self.lower])

    @cached_property
    def _matrix(self) -> np.ndarray:
        """:func:`resampler` of both, f64[2 * DENSE, n_upper + n_lower]."""
        out = np.zeros((2 * DENSE, len(self.rows)))
        out[:DENSE, : len(self.upper)] = resampler(self.upper)
        out[DENSE:, len(self.upper) :] = resampler(self.lower)
        return out

    def curves(self, positions: np.ndarray) -> np.ndarray:
        """Both contours through ``positions`` f[n, 2] of the landmarks ``rows``: f64[2, 2, DENSE], upper and lower, x and y.

        x never falls.
        """
        both = np.ascontiguousarray((self._matrix @ positions).reshape(2, DENSE, 2).transpose(0, 2, 1))
        np.maximum.accumulate(both[:, 0], axis=1, out=both[:, 0])
        return both


MOUTH = Contours(INNER_UPPER, INNER_LOWER)
LEFT_EYE = Contours(np.array([33, *_UPPER_LID, 133]), np.array([33, *_LOWER_LID, 133]))
RIGHT_EYE = Contours(mirror()[LEFT_EYE.upper][::-1], mirror()[LEFT_EYE.lower][::-1])
IRISES = (468, 473)  # centres; the picture's left eye first

Box = tuple[slice, slice]  # rows, columns of a window
DENSE = 65  # samples a resampled contour


@cache
def _resampler(key: bytes) -> F32:
    rows = template()[np.frombuffer(key, np.int64), :2].astype(np.float64)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(rows, axis=0), axis=1))])
    at = length[-1] * (1 - np.cos(np.linspace(0, np.pi, DENSE))) / 2  # denser at the corners, where contours turn
    return _natural_spline(length, at).astype(np.float32)


def _natural_spline(knots: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Matrix f64[len(at), len(knots)]: values at the knots → the natural cubic spline through them, read at ``at``.

    As in Press et al., "Numerical Recipes", 3.3. Not SciPy's, so that a machine with little on it can train and draw.
    """
    count, gaps = len(knots), np.diff(knots)
    inner = np.arange(1, count - 1)
    curved, bends = np.eye(count), np.zeros((count, count))  # second derivatives: curved @ second = bends @ values
    curved[inner, inner - 1], curved[inner, inner + 1] = gaps[:-1] / 6, gaps[1:] / 6
    curved[inner, inner] = (gaps[:-1] + gaps[1:]) / 3
    bends[inner, inner - 1], bends[inner, inner + 1] = 1 / gaps[:-1], 1 / gaps[1:]
    bends[inner, inner] = -1 / gaps[:-1] - 1 / gaps[1:]
    second = np.linalg.solve(curved, bends)
    left = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, count - 2)
    gap, rows = gaps[left], np.arange(len(at))
    b = (at - knots[left]) / gap
    a = 1 - b
    out = np.zeros((len(at), count))
    out[rows, left], out[rows, left + 1] = a, b
    square = gap[:, None] ** 2 / 6
    return np.asarray(out + square * ((a**3 - a)[:, None] * second[left] + (b**3 - b)[:, None] * second[left + 1]))


def resampler(row: np.ndarray) -> F32:
    """Matrix f32[DENSE, n] of the natural cubic spline through n contour points, by the template's arc length."""
    return _resampler(np.ascontiguousarray(row, np.int64).tobytes())


@dataclass(frozen=True, slots=True)
class Slit:
    """A slit in a picture window: for each column the upper and the lower contour.

    ``upper``, ``lower`` f32[w]: y in window pixels; beyond the corners both continue as one line along the slit's axis.
    ``left``, ``right``: the corners (x, y). ``gap`` f32[w]: opening in pixels, 0 beyond the corners.
    """

    upper: F32
    lower: F32
    left: F32
    right: F32

    @property
    def gap(self) -> F32:
        return self.lower - self.upper

    def opening(self, height: int, soft: float) -> F32:
        """Coverage f32[height, w] 0..1 of the opening; its edges are ``soft`` pixels wide. 0 where the slit is shut."""
        edges = np.array((self.upper, self.lower))
        return _coverage(slice(0, height), edges, _slant(edges, soft))

    def opened(self, height: int, soft: float) -> tuple[Box, F32] | None:
        """The part of :meth:`opening` that covers enough to change a level, and where in the window it lies; None: nothing."""
        columns = np.flatnonzero(self.gap > soft / 512)
        if not len(columns):
            return None
        across = slice(max(int(columns[0]) - 1, 0), min(int(columns[-1]) + 2, len(self.upper)))
        edges = np.array((self.upper, self.lower))
        slants = _slant(edges, soft)[:, across]
        edges, halves = edges[:, across], slants / 2
        top, bottom = float((edges[0] - halves[0]).min()), float((edges[1] + halves[1]).max())
        down = slice(max(int(top), 0), min(int(bottom) + 2, height))
        return ((down, across), _coverage(down, edges, slants)) if down.start < down.stop else None

    def below(self, height: int, soft: float, first: int = 0) -> F32:
        """0 above the slit, 1 below, f32[height - first, w] from row ``first`` on; the step is ``soft`` wide in the slit and
        widens beyond its corners.
        """
        width = self._step(soft)
        y = np.arange(first, height, dtype=np.float32)[:, None]
        out = (y - (self.upper + self.lower) / 2) / width
        out += np.float32(0.5)
        np.maximum(out, 0, out=out)
        return np.asarray(np.minimum(out, 1, out=out), np.float32)

    def first_below(self, height: int, soft: float) -> int:
        """The first row in which :meth:`below` is not 0 everywhere, ``height`` at most."""
        top = float(((self.upper + self.lower - self._step(soft)) / 2).min())
        return min(max(int(top), 0), height)

    def _step(self, soft: float) -> F32:
        x = np.arange(len(self.upper), dtype=np.float32)
        outside = np.maximum(np.maximum(self.left[0] - x, x - self.right[0]), 0)
        return np.asarray(np.float32(soft) + np.float32(0.7) * outside, np.float32)


def _coverage(rows: slice, edges: F32, slants: F32) -> F32:
    """f32[rows, w] between the upper and the lower of ``edges`` f32[2, w], which are ``slants`` f32[2, w] wide in y."""
    beyond = np.arange(rows.start, rows.stop, dtype=np.float32)[None, :, None] - edges[:, None]
    beyond /= slants[:, None]
    np.maximum(beyond, np.float32(-0.5), out=beyond)
    np.minimum(beyond, np.float32(0.5), out=beyond)
    return np.asarray(np.maximum(beyond[0] - beyond[1], 0), np.float32)  # a shut slit: both are the same and cancel


def _slant(edges: F32, soft: float) -> F32:
    """Width in y of edges f32[n, w] that are ``soft`` pixels wide across themselves: steep ones (at corners) are wider, up to
    fourfold.
    """
    slope = np.empty_like(edges)
    np.subtract(edges[:, 2:], edges[:, :-2], out=slope[:, 1:-1])
    slope[:, 1:-1] *= np.float32(0.5)
    slope[:, 0], slope[:, -1] = edges[:, 1] - edges[:, 0], edges[:, -1] - edges[:, -2]
    slope *= slope
    slope += 1
    np.sqrt(slope, out=slope)
    np.minimum(slope, 4, out=slope)
    slope *= np.float32(soft)
    return slope


def slit(points: F32, contours: Contours, x0: int, y0: int, width: int) -> Slit:
    """Cut ``contours`` of ``points`` f32[478, 2+] in a window whose first pixel is (x0, y0) and that is ``width`` wide."""
    upper, lower = contours.curves(points[contours.rows, :2])
    (left, high), (right, low) = upper[:, 0].tolist(), upper[:, -1].tolist()
    x = np.arange(x0, x0 + width, dtype=np.float64)
    top, bottom = np.interp(x, *upper), np.interp(x, *lower)
    crossed = np.minimum(bottom - top, 0) / 2  # contours that cross count as shut in their middle
    slope = (low - high) / max(right - left, 1.0)
    beyond = slope * (x - np.minimum(np.maximum(x, left), right)) - y0
    return Slit(
        (top + crossed + beyond).astype(np.float32),
        (bottom - crossed + beyond).astype(np.float32),
        np.array([left - x0, high - y0], np.float32),
        np.array([right - x0, low - y0], np.float32),
    )
