"""Landmark displacements → a smooth displacement of the whole head, as one matrix product.

A thin plate spline (Bookstein, "Principal warps", PAMI 1989) through the steering landmarks is linear in their displacements,
so everything but the product is precomputed once an avatar. Hair and skull outside the mesh are steered by *virtual* points:
they follow the rigid motion of the head, itself a linear function (an affine map in 3-D) of the rigid landmarks. A still
mask fades the field to nothing before the shoulders, the background and the picture's rim.
"""

from __future__ import annotations

import numpy as np

from talking_head.animator.warp.field import Field, Grid
from talking_head.animator.warp.geometry import OVAL
from talking_head.face.space import RIGID
from talking_head.types import F32


def rigid_map(points: F32, positions: np.ndarray) -> np.ndarray:
    """Matrix f64[P, len(RIGID)]: displacement of 3-D ``positions`` f[P, 3] fixed to the skull, from the rigid landmarks'.

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

    def at(self, angle: np.ndarray, radius: float) -> np.ndarray:
        """Positions f64[n, 3] at polar coordinates; depth as on the oval, farther back outside it."""
        arm = np.interp(angle, self._angle, self._arm, period=2 * np.pi)
        depth = np.interp(angle, self._angle, self._depth, period=2 * np.pi) + 0.35 * (radius - 1) * arm
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


def expression_mask(frame: HeadFrame, positions: np.ndarray) -> F32:
    """How much expression (not head motion) moves a place: all of the face and under the chin, nothing of hair and ears."""
    angle, radius = frame.polar(positions)
    down = np.clip(np.sin(angle), 0, 1)
    return np.asarray(_step((1.25 + 0.45 * down - radius) / (0.20 + 0.40 * down)), np.float32)


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
_FLAT_FROM, _FLAT = 0.12, 0.35


def _flattened(positions: np.ndarray, eyes: float, unit: float) -> np.ndarray:
    """``positions`` f[n, 3] with depths behind the temples pressed together.

    Under a turn, cheeks, ears and hair lie on one sheet of picture here. At their true depth the ears would slide out far
    behind the cheeks, which needs picture that the photo does not have; pressed flat, they follow the face.
    """
    out = positions.copy()
    deep = np.maximum(out[:, 2] - (eyes + _FLAT_FROM * unit), 0)
    out[:, 2] -= (1 - _FLAT) * deep
    return out


class Steering:
    """A thin plate spline of one face: where it may be read, and what reads it.

    ``points`` f32[478, 3] of the photo; ``index``: steering landmarks (the rigid ones are always among them).
    """

    def __init__(self, points: F32, index: np.ndarray, width: int, height: int) -> None:
        self.index = np.union1d(index, RIGID)
        self._size = width, height
        self._unit = float(np.linalg.norm(points[263, :2] - points[33, :2]))
        self._frame = HeadFrame(points)
        self._places = points[self.index].astype(np.float64)
        eyes = float(points[[33, 263], 2].mean())
        count = len(self.index)
        column = np.searchsorted(self.index, RIGID)
        places = self._places
        # What a landmark does = what the skull does there + expression. The two parts reach differently far.
        skull, expression = np.zeros((count, count)), np.eye(count)
        skull[:, column] = rigid_map(points, _flattened(places, eyes, self._unit))
        expression[:, column] -= rigid_map(points, places)
        controls, rigid = [places[:, :2]], [skull]
        for angles, radius, share in _RINGS:
            ring = self._frame.at(angles, radius)
            follow = np.zeros((len(ring), count))
            follow[:, column] = share * rigid_map(points, _flattened(ring, eyes, self._unit))
            controls.append(ring[:, :2])
            rigid.append(follow)
        far = self._frame.at(np.linspace(0, 2 * np.pi, 24, endpoint=False), 2.4)
        self._controls = np.concatenate([*controls, far[:, :2]]) / self._unit
        values = np.zeros((2, len(self._controls), count))
        values[0, : -len(far)] = np.concatenate(rigid)
        values[1, :count] = expression
        self._weights = _solve(self._controls, np.concatenate(list(values), 1))

    def basis(self, positions: np.ndarray) -> F32:
        """Matrix f32[n, K]: displacement at ``positions`` f[n, 2] of the photo from that of the landmarks ``index``."""
        out = np.zeros((len(positions), len(self.index)), np.float32)
        mask = still_mask(self._frame, positions, *self._size)
        live = mask > 0
        at = positions[live] / self._unit
        design = np.c_[_kernel(at, self._controls), np.ones(len(at)), at].astype(np.float32)
        rigid, expression = np.split(design @ self._weights, 2, axis=1)
        out[live] = (rigid + expression * expression_mask(self._frame, positions[live])[:, None]) * mask[live, None]
        return out

    def field(self, grid: Grid, *, fine: bool = False) -> Field:
        """The displacement field on ``grid``; ``fine``: its nodes are close to each other, which makes a cheaper product."""
        basis = self.basis(grid.nodes().reshape(-1, 2).astype(np.float64))
        return Field(grid, self.index, basis, self._places if fine else None)


def _solve(controls: np.ndarray, values: np.ndarray, smooth: float = 2e-4) -> F32:
    """Spline coefficients f32[n + 3, K] for unit values: kernel weights, then the affine part."""
    count = len(controls)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(controls, controls) + smooth * np.eye(count)
    system[:count, count:] = np.c_[np.ones(count), controls]
    system[count:, :count] = system[:count, count:].T
    wanted = np.vstack([values, np.zeros((3, values.shape[1]))])
    return np.asarray(np.linalg.solve(system, wanted), np.float32)


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    square = np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 0).astype(np.float32)
    return np.asarray(square * np.log(np.maximum(square, np.float32(1e-30))) * np.float32(0.5))
