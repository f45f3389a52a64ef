"""Landmark displacements → a smooth displacement of the whole head, as one matrix product.

A thin plate spline (Bookstein, "Principal warps", PAMI 1989) through the steering landmarks is linear in their displacements,
so everything but the product is precomputed once an avatar. Hair and skull follow the rigid motion of the head at depths of
their own, itself a linear function (an affine map in 3-D) of the rigid landmarks. Where the person has been cut from the
background, shoulders follow a little; where not, a still mask fades the field to nothing around the head.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.warp.field import Field, Grid, remap
from talking_head.animator.warp.geometry import OVAL
from talking_head.curves import smoothstep
from talking_head.face.space import RIGID, fit_pose, vector_from_rotation
from talking_head.types import F32, U8


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
        """Positions f64[n, 3] at polar coordinates; farther back than the oval, and at the sides all alike.

        Hair is one mass: with the oval's own depths, which change from ear to jaw, its edge would wave when the head turns.
        """
        arm = np.interp(angle, self._angle, self._arm, period=2 * np.pi)
        depth = np.interp(angle, self._angle, self._depth, period=2 * np.pi)
        alike = np.clip((radius - 1) / _ALIKE, 0, 1) * (1 - _step(np.sin(angle))) * np.cos(angle) ** 2
        depth = depth + alike * (np.percentile(self._depth, 60) - depth) + 0.35 * (radius - 1) * arm
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
    return np.asarray(smoothstep(t))


# Virtual points: rings of angles with a radius at which hair and skull have a depth of their own.
_RINGS = (
    (np.radians([-180, -155, -130, -110, -90, -70, -50, -25, 0]), 1.28),
    (np.radians([-150, -120, -90, -60, -30]), 1.6),
    (np.radians([25, 155]), 1.3),
    (np.radians([60, 90, 120]), 1.35),
)
_SHOULDER_SHIFT, _SHOULDER_ROLL = 1 / 3, 1 / 5  # what shoulders take of the head's shift and of its roll
_STEEPEST = 3.0  # pixels of depth a pixel: a turn by 15° compresses a cheek to a third at most
# The far cheek of a face that is turned in its photo: what lies behind its edge was never seen, and pulled out it hangs as a
# bag at jaw and temple. From which yaw on and over what it is flatter; how steep it is then; from what radius on, over what.
_STRAIGHT, _TURNED = np.radians(2.5), np.radians(6)
_FAR_STEEPEST, _FAR_FROM, _FAR_RAMP = 0.7, 0.7, 0.3
_FACE, _FACE_RAMP = 0.85, 0.30  # ovals: from where on depth is smoothed as outside the face, over what that begins
_ALIKE = 0.35  # ovals beyond the face: from there on, hair is at one depth
_RIM = 0.10  # of the picture's side: how far from where the rim cuts the person its motion fades
_REACH = 0.45  # face units around the person within which the field is defined


def head_share(frame: HeadFrame, positions: np.ndarray) -> F32:
    """How much of the head's motion, and not of the shoulders', a place takes: 1 on head and hair, 0 on the chest, f32[...]."""
    angle, radius = frame.polar(positions)
    down = np.clip(np.sin(angle), 0, 1)
    inner = 1.06 + 1.2 * (1 - down) ** 2
    outer = inner + 0.75 + 0.6 * (1 - down)
    return np.asarray(_step((outer - radius) / (outer - inner)), np.float32)


class Steering:
    """The displacement of one face's places by its landmarks: where it may be read, and what reads it.

    ``points`` f32[478, 3] of the photo; ``index``: steering landmarks (the rigid ones are always among them); ``matte``
    u8[H, W]: the person in it. With one, the whole person moves as one body, shoulders less; without one, motion fades to
    nothing around the head.

    What a landmark does is what the skull does there and expression. The skull's part is an affine map of a place in 3-D, whose
    depth a thin plate spline through the landmarks knows; the other is a thin plate spline of displacements.
    """

    def __init__(self, points: F32, index: np.ndarray, width: int, height: int, matte: U8 | None = None) -> None:
        self.index = np.union1d(index, RIGID)
        self._points, self._size = points, (width, height)
        self._unit = float(np.linalg.norm(points[263, :2] - points[33, :2]))
        self._frame = HeadFrame(points)
        self._places = points[self.index].astype(np.float64)
        self._reach = None if matte is None else _grown(matte, _REACH * self._unit)
        self._column = np.searchsorted(self.index, RIGID)
        places, count = self._places, len(self.index)
        expression = np.eye(count)
        expression[:, self._column] -= rigid_map(points, places)
        rings = np.concatenate([self._frame.at(angles, radius) for angles, radius in _RINGS])
        far = self._frame.at(np.linspace(0, 2 * np.pi, 24, endpoint=False), 2.4)
        controls = np.concatenate([places, rings, far])
        self._controls = controls[:, :2] / self._unit
        values = np.zeros((len(controls), count + 1))
        values[:count, :count] = expression
        values[:, count] = controls[:, 2]
        self._weights = _solve(self._controls, values)
        self._depth_step = max(2, round(self._unit / 24))
        self._depth = self._depth_map()

    def basis(self, positions: np.ndarray) -> F32:
        """Matrix f32[n, K]: displacement at ``positions`` f[n, 2] of the photo from that of the landmarks ``index``."""
        out = np.zeros((len(positions), len(self.index)), np.float32)
        mask = self._mask(positions)
        live = mask > 0
        if not bool(live.any()):
            return out
        at = positions[live] / self._unit
        found = self._design(at) @ self._weights[:, :-1]
        expression = found * expression_mask(self._frame, positions[live])[:, None]
        depth = self._depth_at(positions[live])
        expression[:, self._column] += self._carried(positions[live], depth).astype(np.float32)
        out[live] = expression * mask[live, None]
        return out

    def _design(self, at: np.ndarray) -> F32:
        return np.asarray(np.c_[_kernel(at, self._controls), np.ones(len(at)), at], np.float32)

    def _depth_map(self) -> F32:
        """Depth every ``_depth_step`` pixels, nowhere so steep that a turn would fold or tear the picture, f32[h, w]."""
        step = self._depth_step
        x, y = (np.arange(-(-side // step)) * step + (step - 1) / 2 for side in self._size)
        at = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2) / self._unit
        depth = (self._design(at) @ self._weights[:, -1]).reshape(len(y), len(x))
        rise = self._steepest(at.reshape(*depth.shape, 2)) * np.float32(step)
        for _ in range(int(1.2 * self._unit / step)):
            flat = depth
            for distance, shape in ((1.0, cv2.MORPH_CROSS), (2**0.5, cv2.MORPH_RECT)):
                near = cv2.erode(flat, cv2.getStructuringElement(shape, (3, 3)))
                depth = np.minimum(depth, near + np.float32(distance) * rise)
        # Where the limit has bent it, at cheeks and hair, hair would show the bends; a nose would lose a fifth of its length.
        _, radius = self._frame.polar(at.reshape(*depth.shape, 2) * self._unit)
        face = np.asarray(_step((_FACE - radius) / _FACE_RAMP), np.float32)
        smooth, sharp = (cv2.GaussianBlur(depth, (0, 0), sigma) for sigma in (1.5, 0.5))
        return np.asarray(smooth + face * (sharp - smooth), np.float32)

    def _steepest(self, at: np.ndarray) -> F32:
        """How many pixels of depth a pixel there may be at ``at`` f[h, w, 2] in face units, f32[h, w]."""
        yaw = float(vector_from_rotation(fit_pose(self._points).rotation)[1])
        turned = _step((abs(yaw) - _STRAIGHT) / _TURNED)
        angle, radius = self._frame.polar(at * self._unit)
        far = _step((radius - _FAR_FROM) / _FAR_RAMP) * _step(-2 * np.sign(yaw) * np.cos(angle))
        return np.asarray(_STEEPEST + turned * far * (_FAR_STEEPEST - _STEEPEST), np.float32)

    def _depth_at(self, positions: np.ndarray) -> F32:
        x, y = ((positions.T - (self._depth_step - 1) / 2) / self._depth_step).astype(np.float32)
        return np.asarray(remap(self._depth, x[:, None], y[:, None]), np.float32).ravel()

    def _mask(self, positions: np.ndarray) -> F32:
        if self._reach is None:
            return still_mask(self._frame, positions, *self._size)
        column, row = (np.clip(positions[:, i].astype(int), 0, n - 1) for i, n in enumerate(self._size))
        return np.asarray(self._reach[row, column], np.float32)

    def _carried(self, positions: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Displacement f64[n, R] of ``positions`` f[n, 2] at ``depth`` f[n] by head and shoulders."""
        head = rigid_map(self._points, np.c_[positions, depth])
        eyes = self._points[[33, 263]].mean(0).astype(np.float64)
        pivot = self._frame.at(np.array([np.pi / 2]), 1.9)[0, :2]
        turned = rigid_map(self._points, np.c_[eyes[:2] + positions - pivot, np.full(len(positions), eyes[2])])
        shift = rigid_map(self._points, eyes[None])
        shoulders = _SHOULDER_SHIFT * shift + _SHOULDER_ROLL * (turned - shift)
        share = head_share(self._frame, positions)[:, None]
        return np.asarray(share * head + (1 - share) * shoulders)

    def field(self, grid: Grid, *, fine: bool = False) -> Field:
        """The displacement field on ``grid``; ``fine``: its nodes are close to each other, which makes a cheaper product."""
        basis = self.basis(grid.nodes().reshape(-1, 2).astype(np.float64))
        return Field(grid, self.index, basis, self._places if fine else None)


def _grown(matte: U8, reach: float) -> F32:
    """1 within ``reach`` pixels of the person and 0 beyond, f32[H, W]; falling to 0 at where the picture's rim cuts it.

    Of a head or a shoulder that the rim cuts there is no more to be seen: there it stays, but below, where it is cut always.
    """
    near = cv2.distanceTransform((matte < 3).astype(np.uint8), cv2.DIST_L2, 5) <= reach
    free = np.ones_like(matte)
    for line in (np.s_[0, :], np.s_[:, 0], np.s_[:, -1]):
        free[line] = matte[line] < 128
    edge = cv2.distanceTransform(free, cv2.DIST_L2, 5) if free.min() == 0 else np.full(matte.shape, np.inf)
    return np.asarray(near * _step(edge / (_RIM * max(matte.shape))), np.float32)


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
