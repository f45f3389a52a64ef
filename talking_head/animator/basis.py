"""Landmark displacements → a smooth displacement of the whole head, as one matrix product.

A thin plate spline (Bookstein, "Principal warps", PAMI 1989) through the steering landmarks is linear in their displacements, so
everything but the product is precomputed once an avatar. Hair and skull outside the mesh are steered by *virtual* points: they
follow the rigid motion of the head, which is itself a linear function (an affine map in 3-D) of the rigid landmarks. A still mask
fades the field to nothing before the shoulders, the background and the picture's rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.special import xlogy

from talking_head.animator.geometry import OVAL
from talking_head.face.space import RIGID
from talking_head.media import F32


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes every ``step`` pixels; node (i, j) sits in the middle of its cell at pixel ``(x0 + i*step + (step-1)/2, …)``.

    ``x0``, ``y0``: the first pixel of the first cell; ``nx``, ``ny``: cells. Cells tile pixels exactly, as ``cv2.resize`` expects.
    """

    x0: int
    y0: int
    nx: int
    ny: int
    step: int

    def nodes(self) -> F32:
        """Node positions in pixels, f32[ny, nx, 2]."""
        x = self.x0 + np.arange(self.nx) * self.step + (self.step - 1) / 2
        y = self.y0 + np.arange(self.ny) * self.step + (self.step - 1) / 2
        return np.stack(np.meshgrid(x, y), -1).astype(np.float32)

    @property
    def width(self) -> int:
        return self.nx * self.step

    @property
    def height(self) -> int:
        return self.ny * self.step


@dataclass(frozen=True, slots=True)
class Field:
    """A forward displacement field on a grid: ``displacement = basis @ (target - source)[index]``.

    ``index`` i64[K]: steering landmarks; ``basis`` f32[ny * nx, K]. Plain arrays, so that any device can do the same product.
    """

    grid: Grid
    index: np.ndarray
    basis: F32

    def forward(self, delta: F32) -> F32:
        """``delta`` f32[478, 2]: displacement of every landmark in pixels → f32[ny, nx, 2], in source coordinates."""
        return (self.basis @ delta[self.index]).reshape(self.grid.ny, self.grid.nx, 2)

    def backward(self, delta: F32, shift: tuple[int, int] = (0, 0), steps: int = 3) -> F32:
        """Where the pixels of the moved picture come from: f32[ny, nx, 2], ``source = target - backward``.

        Node (i, j) of the result belongs to the *target* position ``node + shift``; a shift near the window's mean displacement
        keeps the look-up inside the grid. Inverted by the fixed point ``u(y) = forward(y - u(y))`` (Chen et al., "A simple
        fixed-point approach to invert a deformation field", Med. Phys. 2008).
        """
        forward = self.forward(delta)
        rows, columns = np.indices(forward.shape[:2], dtype=np.float32)
        offset = np.array(shift, np.float32)
        found = forward
        for _ in range(steps):
            at = (found - offset) / np.float32(-self.grid.step)
            found = cv2.remap(
                forward, columns + at[..., 0], rows + at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
        return found


def thin_plate(controls: np.ndarray, queries: np.ndarray, unit: float, smooth: float = 2e-4) -> np.ndarray:
    """Matrix f64[Q, K] of the thin plate spline with unknown values at ``controls`` f[K, 2], read at ``queries`` f[Q, 2]."""
    a, b = controls / unit, queries / unit
    count = len(a)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(a, a) + smooth * np.eye(count)
    system[:count, count:] = np.c_[np.ones(count), a]
    system[count:, :count] = system[:count, count:].T
    inverse = np.linalg.inv(system)[:, :count]
    return np.asarray(np.c_[_kernel(b, a), np.ones(len(b)), b] @ inverse)


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    square = np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 0)
    return np.asarray(xlogy(square, square) / 2)


def rigid_map(points: F32, positions: np.ndarray) -> np.ndarray:
    """Matrix f64[P, len(RIGID)]: displacement of 3-D ``positions`` f[P, 3] fixed to the skull, from that of the rigid landmarks.

    Displacements of a turning rigid body are linear in the 3-D position; the map is their least-squares fit.
    """
    rigid = points[RIGID].astype(np.float64)
    centre, spread = rigid.mean(0), rigid.std(0).mean()
    design = np.c_[(rigid - centre) / spread, np.ones(len(rigid))]
    # A little ridge on the 3-D part: a flat estimate of depth must not blow up far behind the face.
    ridge = np.diag([1e-3, 1e-3, 1e-3, 0.0]) * len(rigid)
    solve = np.linalg.solve(design.T @ design + ridge, design.T)
    return np.asarray(np.c_[(positions - centre) / spread, np.ones(len(positions))] @ solve)


class HeadFrame:
    """Polar coordinates about the face oval: ``radius`` 1 on the oval, about 1.5 on the hair."""

    def __init__(self, points: F32) -> None:
        oval = points[OVAL].astype(np.float64)
        self.centre = (oval[:, :2].min(0) + oval[:, :2].max(0)) / 2
        arms = oval[:, :2] - self.centre
        angle = np.arctan2(arms[:, 1], arms[:, 0])
        order = np.argsort(angle)
        self._angle = angle[order]
        self._arm = np.linalg.norm(arms, axis=1)[order]
        self._depth = oval[order, 2]

    def polar(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Angle (radians, 0 to the right, π/2 down) and radius in ovals of ``positions`` f[..., 2]."""
        arms = positions - self.centre
        angle = np.arctan2(arms[..., 1], arms[..., 0])
        oval = np.interp(angle, self._angle, self._arm, period=2 * np.pi)
        return angle, np.linalg.norm(arms, axis=-1) / oval

    def at(self, angle: np.ndarray, radius: float | np.ndarray) -> np.ndarray:
        """Positions f64[n, 3] at polar coordinates; depth as on the oval, farther back outside it."""
        arm = np.interp(angle, self._angle, self._arm, period=2 * np.pi)
        depth = np.interp(angle, self._angle, self._depth, period=2 * np.pi) + 0.35 * (np.asarray(radius) - 1) * arm
        reach = arm * radius
        return np.stack([self.centre[0] + reach * np.cos(angle), self.centre[1] + reach * np.sin(angle), depth], -1)


def still_mask(frame: HeadFrame, positions: np.ndarray, width: int, height: int) -> F32:
    """1 on the head, falling to exactly 0 around it and at the rim of a ``width`` × ``height`` picture, f32[...]."""
    angle, radius = frame.polar(positions)
    down = np.clip(np.sin(angle), 0, 1)  # 1 below the chin
    up = np.clip(-np.sin(angle), 0, 1)
    inner = 1.32 + 0.28 * up - 0.27 * down
    outer = 1.95 + 0.25 * up - 0.25 * down
    mask = _step((outer - radius) / (outer - inner))
    rim = 0.055 * max(width, height)
    x, y = positions[..., 0], positions[..., 1]
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    return np.asarray(mask * _step(edge / rim), np.float32)


def _step(value: np.ndarray) -> np.ndarray:
    t = np.clip(value, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


# Virtual points: rings of angles with a radius, and how much of the rigid motion they take (hair on shoulders hangs back).
_RINGS = (
    (np.radians([-180, -155, -130, -110, -90, -70, -50, -25, 0]), 1.28, 1.0),
    (np.radians([-150, -120, -90, -60, -30]), 1.6, 0.95),
    (np.radians([25, 155]), 1.3, 0.85),
    (np.radians([60, 90, 120]), 1.35, 0.3),
)


def head_field(points: F32, index: np.ndarray, grid: Grid, width: int, height: int) -> Field:
    """Precompute a :class:`Field` for a face ``points`` f32[478, 3] steered by the landmarks ``index``."""
    frame = HeadFrame(points)
    index = np.union1d(index, RIGID)
    controls = [points[index, :2].astype(np.float64)]
    source = [np.eye(len(index))]
    column = np.searchsorted(index, RIGID)
    for angles, radius, share in _RINGS:
        ring = frame.at(angles, radius)
        follow = np.zeros((len(ring), len(index)))
        follow[:, column] = share * rigid_map(points, ring)
        controls.append(ring[:, :2])
        source.append(follow)
    far = frame.at(np.linspace(0, 2 * np.pi, 24, endpoint=False), 2.4)
    controls.append(far[:, :2])
    source.append(np.zeros((len(far), len(index))))
    nodes = grid.nodes().reshape(-1, 2).astype(np.float64)
    mask = still_mask(frame, nodes, width, height)
    unit = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    basis = np.zeros((len(nodes), len(index)), np.float32)
    live = mask > 0
    spline = thin_plate(np.concatenate(controls), nodes[live], unit) @ np.concatenate(source)
    basis[live] = spline * mask[live, None]
    return Field(grid, index, basis)
