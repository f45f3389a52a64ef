"""A displacement field on a grid of nodes: landmarks' displacements in, where each pixel comes from out.

The field is a matrix product, and the matrix is much of what a frame costs: as it stands, it is larger than the
processor's cache. It is kept in parts that say the same in fewer numbers: nodes that never move are left out, those that only
follow the skull need only the skull's landmarks, and what is smooth between its nodes is a product of two thinner matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np

from talking_head.animator.warp.constants import DAMPED, INVERSIONS
from talking_head.face.space import RIGID
from talking_head.types import F32, U8

_ERROR = 3e-4  # pixels a pixel of expression, in the mean over the nodes: what a thinner matrix may be wrong by
_CARRIED = 100.0  # how much more exactly the motion of the whole head has to come out
_LINE = 64  # bytes that a processor's cache fetches at once
_BAND = 512 * 1024  # bytes of a picture that are fetched and read at a time: half of a core's own cache


@dataclass(frozen=True)
class Grid:
    """Nodes every ``step`` pixels; node (i, j) is the middle of its cell, at pixel ``(x0 + i*step + (step-1)/2, …)``.

    ``x0``, ``y0``: first pixel of the first cell; ``nx``, ``ny``: cells. Cells tile pixels exactly, as ``cv2.resize`` expects.
    """

    x0: int
    y0: int
    nx: int
    ny: int
    step: int

    def nodes(self, rim: int = 0) -> F32:
        """Node positions in pixels, f32[ny + 2 rim, nx + 2 rim, 2], ``rim``: with so many rows of nodes beyond each side."""
        x = self.x0 + np.arange(-rim, self.nx + rim) * self.step + (self.step - 1) / 2
        y = self.y0 + np.arange(-rim, self.ny + rim) * self.step + (self.step - 1) / 2
        return np.stack(np.meshgrid(x, y), -1).astype(np.float32)

    @cached_property
    def indices(self) -> F32:
        """Node (i, j) → its own (j, i), f32[ny, nx, 2]."""
        return np.stack(np.meshgrid(np.arange(self.nx), np.arange(self.ny)), -1).astype(np.float32)

    @cached_property
    def framed(self) -> tuple[F32, F32]:
        """x and y of :meth:`nodes` with a rim of one, f32[ny + 2, nx + 2] each."""
        x, y = cv2.split(self.nodes(1))
        return np.asarray(x, np.float32), np.asarray(y, np.float32)

    @property
    def width(self) -> int:
        return self.nx * self.step

    @property
    def height(self) -> int:
        return self.ny * self.step


@dataclass(frozen=True, slots=True)
class _Part:
    """Some ``rows`` of a basis (None: all), from some ``columns`` of it (None: all): ``left @ right``, or ``left`` alone."""

    rows: np.ndarray | None
    columns: np.ndarray | None
    left: F32
    right: F32 | None = None


class Field:
    """A forward displacement field on a grid: ``displacement = basis @ (target - source)[index]``.

    ``index`` i64[K]: steering landmarks; ``basis`` f32[ny * nx, K]. Plain arrays, so that any device can do the same product.
    ``places`` f64[K, 3]: the landmarks in the photo; given, the product may be wrong by some hundredths of a pixel.
    """

    def __init__(self, grid: Grid, index: np.ndarray, basis: F32, places: np.ndarray | None = None) -> None:
        self.grid, self.index, self.basis = grid, index, basis
        skull = np.isin(index, RIGID)
        live = basis.any(1)
        follows = live & ~basis[:, ~skull].any(1)
        self._parts: list[_Part] = []
        if bool(follows.any()):
            columns = np.flatnonzero(skull)
            self._parts.append(_Part(np.flatnonzero(follows), columns, np.ascontiguousarray(basis[follows][:, columns])))
        steered = live & ~follows
        thin = None if places is None else _thinner(basis[steered], places)
        left, right = thin or (np.ascontiguousarray(basis[steered]), None)
        self._parts.append(_Part(None if bool(steered.all()) else np.flatnonzero(steered), None, left, right))

    def forward(self, delta: F32) -> F32:
        """``delta`` f32[478, 2]: displacement of every landmark in pixels → f32[ny, nx, 2], in source coordinates."""
        return self._merged(self._planes(delta[self.index]))

    def _planes(self, steered: F32) -> F32:
        """x and y of every node's displacement f32[2, ny * nx], for ``steered`` f32[K, 2]."""
        planes = np.zeros((2, len(self.basis)), np.float32)
        columns = np.ascontiguousarray(steered.T)
        for part in self._parts:
            given = columns if part.columns is None else columns[:, part.columns]
            # One column after the other: a product with two is much slower.
            for plane, column in zip(planes, given, strict=True):
                found = part.left @ (column if part.right is None else part.right @ column)
                plane[slice(None) if part.rows is None else part.rows] = found
        return planes

    def _merged(self, planes: F32) -> F32:
        return np.asarray(cv2.merge([plane.reshape(self.grid.ny, self.grid.nx) for plane in planes]), np.float32)

    def source(
        self, delta: F32, shift: tuple[int, int] = (0, 0), steps: int = INVERSIONS, zoom: float = 1.0
    ) -> tuple[F32, F32]:
        """Where the pixels of the moved picture come from: x and y in the photo, f32[ny * step, nx * step] each.

        ``zoom``: in a photo enlarged so many times, pixel (x, y) at ``(zoom x, zoom y)``.

        Pixel (x, y) of the result belongs to the *target* position ``(grid.x0 + x, grid.y0 + y) + shift``; a shift near the
        grid's mean displacement keeps the look-up inside it. Inverted by the fixed point ``u(y) = forward(y - u(y))`` (Chen et
        al., "A simple fixed-point approach to invert a deformation field", Med. Phys. 2008).
        """
        grid, step = self.grid, self.grid.step
        planes = self._planes(delta[self.index] * np.float32(-1 / step))  # in nodes, as the look-ups need it
        if shift != (0, 0):
            planes += np.array([[shift[0] / step], [shift[1] / step]], np.float32)
        back = found = self._merged(planes)
        for _ in range(steps):
            read = remap(back, grid.indices + found)
            found = np.asarray(cv2.addWeighted(found, 1 - DAMPED, read, DAMPED, 0), np.float32)
        # Beyond the outer nodes the displacement stays. Enlarging positions, not displacements, saves a pass over all pixels.
        size = (grid.nx + 2) * step, (grid.ny + 2) * step
        out = []
        for plane, node in zip(
            cv2.split(cv2.copyMakeBorder(found, 1, 1, 1, 1, cv2.BORDER_REPLICATE)), grid.framed, strict=True
        ):
            place = cv2.scaleAdd(plane, zoom * step, node if zoom == 1 else node * np.float32(zoom))
            out.append(np.asarray(cv2.resize(place, size, interpolation=cv2.INTER_LINEAR)[step:-step, step:-step], np.float32))
        return out[0], out[1]


def remap(picture: np.ndarray, x: np.ndarray, y: np.ndarray | None = None) -> Any:
    """``picture`` (any dtype, [h, w, C]) read at ``x`` and ``y`` f32[m, n], bilinear; beyond the rim the rim is repeated.

    Without ``y``, ``x`` holds both as f32[m, n, 2]. Returns [m, n, C] in the dtype of ``picture``.
    """
    second: Any = y  # the stubs want an array
    return cv2.remap(picture, x, second, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


class Layer:
    """A picture that is read between its pixels nearly as by a bicubic look-up, at the price of a bilinear one.

    A bilinear look-up takes away up to half of the finest detail, and how much depends on where between two pixels it falls: a
    face that moves would lose its skin and shimmer. So the picture is enlarged twofold (Lanczos) once, pixel (x, y) to
    (2x, 2y): a look-up at a whole pixel gives that pixel back. ``box``: x, y, width, height of the part that is kept.

    For other devices: ``twice`` u8[2h, 2w, C] and ``origin``, x and y of the part's first pixel.
    """

    ZOOM = 2

    def __init__(self, picture: np.ndarray, box: tuple[int, int, int, int] | None = None) -> None:
        x, y, width, height = box or (0, 0, picture.shape[1], picture.shape[0])
        enlarged = np.array([[2, 0, -2 * x], [0, 2, -2 * y]], np.float32)
        size = 2 * width, 2 * height
        twice = cv2.warpAffine(picture, enlarged, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
        self.twice, self.origin = np.ascontiguousarray(twice, np.uint8), (x, y)
        # A number of each line of the processor's cache, how many lines a row has, and rows of the result to a band.
        self._lines = self.twice.reshape(-1)[::_LINE]
        self._wide = self.twice[0].nbytes / _LINE
        self._band = max(8, _BAND // (self.ZOOM * self.twice[0].nbytes))

    def read(self, x: F32, y: F32) -> U8:
        """The picture at ``x`` and ``y`` f32[m, n] in pixels of its enlargement, u8[m, n, C]; beyond the rim it is repeated.

        In bands, each of which is run through in order first. The enlargement is more than a core keeps from frame to frame,
        and look-ups that go with the face wait for memory again and again, where a plain run is fetched ahead.
        """
        if any(self.origin):
            x, y = (plane - np.float32(self.ZOOM * first) for plane, first in zip((x, y), self.origin, strict=True))
        out = np.empty((*x.shape, self.twice.shape[2]), np.uint8)
        fetched = max(int(float(y[0].min()) * self._wide), 0)
        for first in range(0, len(x), self._band):
            band = slice(first, first + self._band)
            ahead = max(int((float(y[band][-1].max()) + 2) * self._wide), fetched)
            np.bitwise_or.reduce(self._lines[fetched:ahead])
            fetched = ahead
            cv2.remap(self.twice, x[band], y[band], cv2.INTER_LINEAR, out[band], cv2.BORDER_REPLICATE)
        return out


def _thinner(basis: F32, places: np.ndarray) -> tuple[F32, F32] | None:
    """Two thin matrices f32[N, r], f32[r, K] whose product is nearly ``basis`` f32[N, K]; None where they save little."""
    count, landmarks = basis.shape
    # Landmarks move by tens of pixels with the head and by a few with expression: weigh the error accordingly.
    body = np.c_[np.ones(landmarks), (places - places.mean(0)) / places.std(0).mean()]
    body, _ = np.linalg.qr(body)
    weight = np.eye(landmarks) + (_CARRIED - 1) * body @ body.T
    weighted = basis.astype(np.float64) @ weight
    values, vectors = np.linalg.eigh(weighted.T @ weighted)
    kept = vectors[:, values > count * _ERROR**2]
    if kept.shape[1] * (count + landmarks) > 0.8 * count * landmarks:
        return None
    back = np.eye(landmarks) + (1 / _CARRIED - 1) * body @ body.T
    return (weighted @ kept).astype(np.float32), (kept.T @ back).astype(np.float32)
