"""Eyes: an eyeball behind two lids that slide over it.

Lids move far in little room: a blink carries the upper lid over most of the way to the brow's distance. A field inverted by
fixed point would fold there, so lids slide by an explicit backward map, one column at a time: the edge with its lashes moves as
a body, what lies above follows less and less. The skin that unrolls from the fold is not in the photo: it is a smooth layer,
made once from the skin around the eye.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from talking_head.animator.warp.basis import Steering, rigid_map
from talking_head.animator.warp.constants import (
    BESIDE_INNER,
    BESIDE_INNER_RAMP,
    BESIDE_OUTER,
    BESIDE_OUTER_RAMP,
    FALL,
    FALL_RAMP,
    FOLD,
    FOLD_RAMP,
    GAZE_REACH,
    LASH_FROM,
    LASH_TO,
    LASH_WIDTH,
    LASHES,
    RIM,
    RIM_EDGE,
    RIM_RAMP,
    STRIP,
    TOUCH,
)
from talking_head.animator.warp.field import Layer, remap
from talking_head.animator.warp.geometry import LEFT_EYE, Box, Contours, Slit, slit
from talking_head.animator.warp.layers import Window, blend, darken, eyeball_layer, lid_layer, soften_seam
from talking_head.curves import smoothstep
from talking_head.types import F32, U8

Fold = tuple[Box, F32, F32]  # a part of the eye's window, lid skin f32[h, w, 3] for it, and how much of it covers, f32[h, w]


class Eye:
    """One eye of an avatar. The eyeball moves with the skull and, by the iris landmark, with the gaze.

    Arrays for other devices: ``lids`` f32[n_upper + n_lower, K], the displacement of the lid landmarks under the head's field;
    ``contour`` f32[n_upper + n_lower, 2], their places in the photo; ``heights``: pixels over which the upper and lower lid's
    slide fades; ``ball`` RGB and ``lid`` RGBA of ``window``: what lies behind the lids, and the lid's unrolled skin;
    ``anchors`` f64[3, 3] and ``rigid`` f64[3, R]: what places the ball.
    """

    def __init__(
        self, image: U8, points: F32, contours: Contours, iris: int, window: Window, steering: Steering, brow: tuple[int, ...]
    ) -> None:
        self.contours, self.iris, self.window = contours, iris, window
        self.contour = points[contours.rows, :2].astype(np.float32)
        self.lids = steering.basis(self.contour.astype(np.float64))
        self.ball = np.ascontiguousarray(eyeball_layer(image, points, contours, window)[..., :3])
        self.lid = lid_layer(image, points, contours, window)
        corners = points[[contours.upper[0], contours.upper[-1]]].astype(np.float64)
        self.width = float(np.linalg.norm(corners[1, :2] - corners[0, :2]))
        self.anchors = corners.mean(0) + self.width / 2 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
        self.rigid = rigid_map(points, self.anchors)
        # Affine coefficients (a row each: x, y, 1) from where the three anchors are: their places in the layer, inverted.
        self._placing = np.linalg.inv(np.c_[self.anchors[:, :2] - window[:2], np.ones(3)])
        self.iris_at = points[iris, :2].astype(np.float64)
        cut = slit(points, contours, window[0], window[1], window[2])
        self.open = max(float(cut.gap.max()), 1.0)
        middle = points[contours.upper[len(contours.upper) // 2], 1]
        room = float(middle - points[list(brow), 1].mean())
        # Reach and fade of unrolled skin beyond the left corner, and beyond the right one.
        beside = np.array([[BESIDE_OUTER, BESIDE_OUTER_RAMP], [BESIDE_INNER, BESIDE_INNER_RAMP]], np.float32) * self.width
        self._beside: F32 = beside if contours is LEFT_EYE else beside[::-1]
        self._x, self._y = np.meshgrid(np.arange(window[2], dtype=np.float32), np.arange(window[3], dtype=np.float32))
        self._y = self._y[:, :1]
        self.heights = float(np.clip(0.85 * room, 0.4 * self.width, 0.9 * self.width)), 0.40 * self.width

    def slide(self, at: list[F32], cut: Slit, steered: F32, x0: int, y0: int) -> Fold | None:
        """Lids over ``at``, x and y f32[h, w] in place: where the head's field takes the pixels of the window at (x0, y0) from,
        in the enlarged photo of :class:`Layer`.

        ``cut``: the eye's slit in that window; ``steered`` f32[K, 2]: displacement of those that steer the head's field.
        Returns the lid skin that unrolls from the fold; None while the lid does not fall.
        """
        width = at[0].shape[1]
        columns = slice(max(int(cut.left[0]), 0), min(int(cut.right[0]) + 2, width))  # nothing slides beyond the corners
        if columns.start >= columns.stop:
            return None
        lines = self.contours.curves(self.contour + self.lids @ steered)
        x = np.arange(x0, x0 + width, dtype=np.float64)
        was_upper, was_lower = ((np.interp(x, *line) - y0).astype(np.float32) for line in lines)
        upper, lower, across = cut.upper[columns], cut.lower[columns], self._x[:, columns]
        inside = _unit(np.minimum(across[0] - cut.left[0], cut.right[0] - across[0]) / np.float32(0.06 * self.width))
        down, up = (upper - was_upper[columns]) * inside, (lower - was_lower[columns]) * inside
        strip, (above, below) = np.float32(STRIP * self.width), (np.float32(h) for h in self.heights)
        y = self._y
        # Above the middle of the slit the second distance is negative, below it the first one.
        far = np.maximum((upper - strip) / (above - strip) - y / (above - strip), y / below - (lower + strip) / below)
        moved = np.where(y <= (upper + lower) / 2, down, up)
        moved *= _falloff(far)
        fold = self._fold(at, cut, down, was_upper, columns)
        rows = y - moved
        for plane in at:
            plane[:, columns] = remap(plane, across, rows)
        return fold

    def _fold(self, at: list[F32], cut: Slit, down: F32, was_upper: F32, columns: slice) -> Fold | None:
        """Lid skin for lids that fall by ``down`` in ``columns``; ``was_upper`` f32[w]: the upper lid's edge without that."""
        fallen = float(down.max()) / self.width
        if fallen <= FALL:
            return None
        # All along the lid, and beyond its corners: creases and lashes there would stay where the open eye had them.
        x = self._x[0]
        (before, rise), (after, fall) = self._beside
        within = np.minimum((x - cut.left[0] + before) / rise, (cut.right[0] + after - x) / fall)
        near = _smooth(within) * np.float32(smoothstep(min((fallen - FALL) / FALL_RAMP, 1.0)))
        covered = np.flatnonzero(near)
        if not len(covered):
            return None
        strip, above = STRIP * self.width, self.heights[0]
        across = slice(int(covered[0]), int(covered[-1]) + 1)
        upper, was = cut.upper[across], was_upper[across]
        shut = self._shut(cut)
        hides = shut > 0.5  # from there on the wet rim and its glints lie behind the lashes that come down
        deepest = float(cut.lower[across].max()) + RIM * self.width if hides else float(upper.max()) - LASH_FROM * strip
        last = min(int(deepest) + 2, len(self._y))
        rows = slice(max(int(float(was.min()) - FOLD * above), 0), last)
        if rows.start >= rows.stop:
            return None
        y = self._y[rows]
        over = _smooth((upper - LASH_FROM * strip - y) / ((LASH_TO - LASH_FROM) * strip))
        over *= _smooth((y - was + FOLD * above) / (FOLD_RAMP * above))
        if hides:
            down = (y - cut.lower[across]) / np.float32(self.width)
            covered_rim = _smooth(down / RIM_EDGE) * _smooth((RIM - down) / RIM_RAMP)
            over += np.float32(2 * shut - 1) * self._touch(cut)[across] * covered_rim
        left, top = self.window[:2]
        at_x, at_y = (plane[rows, across] / np.float32(Layer.ZOOM) for plane in at)
        lid = remap(self.lid, at_x - np.float32(left), at_y - np.float32(top))
        # A closed lid is round: it darkens towards its lashes.
        light = 1 - 0.10 * np.exp(-(((upper - y) / (0.22 * self.width)) ** 2))
        skin = lid[..., :3] * light.astype(np.float32)[..., None]
        return (rows, across), np.asarray(skin, np.float32), np.asarray(over * near[across], np.float32)

    def draw(self, view: U8, cut: Slit, fold: Fold | None, gaze: F32, places: np.ndarray, x0: int, y0: int) -> None:
        """Lid skin and eyeball into ``view`` u8[h, w, 3]: the frame's window at (x0, y0), lids already moved.

        ``gaze`` f32[2]: the iris; ``places`` f64[3, 2]: where the skull has carried the ``anchors``.
        """
        if fold is not None:
            blend(view, *fold)
        opened = cut.opened(len(view), max(1.2, self.width / 32))
        shut = self._shut(cut)
        if opened is not None:
            (rows, columns), weight = opened
            size = columns.stop - columns.start, rows.stop - rows.start
            ball = self._placed_ball(gaze, places, x0 + columns.start, y0 + rows.start, size)
            if shut > 0.05:  # the upper lid's shadow on the ball follows the lid
                light = _unit((self._y[rows] - cut.upper[columns]) / np.float32(0.10 * self.width))
                light *= np.float32(0.28 * shut)
                light += np.float32(1 - 0.28 * shut)
                blend(view, (rows, columns), ball * light[..., None], weight)
            else:
                part = view[rows, columns]
                cv2.blendLinear(ball, part, weight, 1 - weight, dst=part)
        if shut > 0.15:
            # Only where lids are about to touch: a half-open eye has no line across its iris.
            touch = self._touch(cut)
            if shut > 0.5:
                soften_seam(view, cut, np.float32(2 * shut - 1) * touch)
            # Lashes close up to one dark line.
            darken(view, cut, LASH_WIDTH * self.width, np.float32(LASHES * (shut - 0.15) / 0.85) * touch)

    def _shut(self, cut: Slit) -> float:
        """How far the eye is shut, 0..1."""
        return 1 - min(float(cut.gap.max()) / self.open, 1.0)

    def _touch(self, cut: Slit) -> F32:
        """How near lids are to touching, a column, f32[w] 0..1."""
        return np.asarray(np.maximum(1 - cut.gap / np.float32(TOUCH * self.width), 0), np.float32)

    def _placed_ball(self, iris: F32, places: np.ndarray, x0: int, y0: int, size: tuple[int, int]) -> U8:
        """The eyeball u8[h, w, 3] in the part of the frame that begins at (x0, y0)."""
        (was_x, was_y), (at_x, at_y) = self.anchors[0, :2].tolist(), places[0].tolist()
        x = float(iris[0]) - self.iris_at[0] - (at_x - was_x)
        y = float(iris[1]) - self.iris_at[1] - (at_y - was_y)
        share = min(1.0, GAZE_REACH * self.width / max(math.hypot(x, y), 1e-6))
        matrix = np.ascontiguousarray((self._placing @ places).T)
        matrix[0, 2] += x * share - x0
        matrix[1, 2] += y * share - y0
        ball = cv2.warpAffine(self.ball, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(ball, np.uint8)


def _unit(t: F32) -> F32:
    """``t`` held between 0 and 1, in place."""
    np.maximum(t, 0, out=t)
    return np.asarray(np.minimum(t, 1, out=t), np.float32)


def _falloff(t: F32) -> F32:
    """1 up to t = 0, then down to 0 at t = 1, nowhere steeper than 1.17. ``t`` is used up."""
    s = _unit(t)
    out = s * np.float32(-0.5)
    out += np.float32(0.5)
    out *= s
    out += 1
    out *= s
    return np.asarray(np.subtract(1, out, out=out), np.float32)


def _smooth(t: F32) -> F32:
    s = np.clip(t, 0, 1)
    return np.asarray(smoothstep(s), np.float32)
