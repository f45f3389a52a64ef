"""Eyes: an eyeball behind two lids that slide over it.

Lids move far in little room: a blink carries the upper lid over most of the way to the brow's distance. A field inverted by
fixed point would fold there, so lids slide by an explicit backward map, one column at a time: the edge with its lashes moves as
a body, what lies above follows less and less. The skin that unrolls from the fold is not in the photo: it is a smooth layer,
made once from the skin around the eye.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.basis import Steering, rigid_map
from talking_head.animator.field import remap
from talking_head.animator.geometry import Contours, Slit, curve_of, slit
from talking_head.animator.layers import Window, darker, eyeball_layer, lid_layer
from talking_head.face.space import RIGID
from talking_head.media import F32, U8

_GAZE_REACH = 0.12  # of the eye's width: farther, the continued white would show
_STRIP = 0.11  # of the eye's width: the lid's edge with its lashes, which moves as a body


class Eye:
    """One eye of an avatar. The eyeball moves with the skull and, by the iris landmark, with the gaze.

    Arrays for other devices: ``lids`` f32[n_upper + n_lower, K], the displacement of the lid landmarks under the head's field;
    ``contour`` f32[n_upper + n_lower, 2], their places in the photo; ``heights``: pixels over which the upper and lower lid's
    slide fades; ``ball`` and ``lid`` RGBA of ``window``: what lies behind the lids, and the lid's unrolled skin; ``anchors``
    f64[3, 3] and ``rigid`` f64[3, R]: what places the ball.
    """

    def __init__(
        self, image: U8, points: F32, contours: Contours, iris: int, window: Window, steering: Steering, brow: tuple[int, ...]
    ) -> None:
        self.contours, self.iris, self.window = contours, iris, window
        self.rows = np.concatenate([contours.upper, contours.lower])
        self.contour = points[self.rows, :2].astype(np.float32)
        self.lids = steering.basis(self.contour.astype(np.float64))
        self.ball = eyeball_layer(image, points, contours, window)
        self.lid = lid_layer(image, points, contours, window)
        corners = points[[contours.upper[0], contours.upper[-1]]].astype(np.float64)
        self.width = float(np.linalg.norm(corners[1, :2] - corners[0, :2]))
        self.anchors = corners.mean(0) + self.width / 2 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
        self.rigid = rigid_map(points, self.anchors)
        self.iris_at = points[iris, :2].astype(np.float64)
        cut = slit(points, contours, window[0], window[1], window[2])
        self.open = max(float(cut.gap.max()), 1.0)
        middle = points[contours.upper[len(contours.upper) // 2], 1]
        room = float(middle - points[list(brow), 1].mean())
        self.heights = float(np.clip(0.85 * room, 0.4 * self.width, 0.9 * self.width)), 0.40 * self.width

    def slide(self, at: F32, cut: Slit, delta: F32, index: np.ndarray, x0: int, y0: int) -> tuple[F32, F32]:
        """Lids over ``at`` f32[h, w, 2]: where the head's field takes each pixel of the window at (x0, y0) from.

        ``cut``: the eye's slit in that window. ``delta`` f32[478, 2], ``index``: landmarks that steer the head's field. Returns
        the map with lids, and f32[h, w] 0..1: where unrolled lid skin has to cover it.
        """
        height, width = at.shape[:2]
        carried = self.contour + self.lids @ delta[index] - np.array([x0, y0], np.float32)
        count = len(self.contours.upper)
        upper_line = curve_of(carried[:count], self.contours.upper)
        lower_line = curve_of(carried[count:], self.contours.lower)
        x = np.arange(width, dtype=np.float32)
        y = np.arange(height, dtype=np.float32)[:, None]
        was_upper = np.interp(x, upper_line[:, 0], upper_line[:, 1]).astype(np.float32)
        was_lower = np.interp(x, lower_line[:, 0], lower_line[:, 1]).astype(np.float32)
        inside = np.clip(np.minimum(x - cut.left[0], cut.right[0] - x) / (0.06 * self.width), 0, 1)
        down, up = (cut.upper - was_upper) * inside, (cut.lower - was_lower) * inside
        strip, (above, below) = np.float32(_STRIP * self.width), self.heights
        moved = np.where(
            y <= (cut.upper + cut.lower) / 2,
            down * _falloff((cut.upper - y - strip) / np.float32(above - strip)),
            up * _falloff((y - cut.lower - strip) / np.float32(below)),
        ).astype(np.float32)
        out = remap(at, np.stack([np.broadcast_to(x, moved.shape), y - moved], -1))
        over = _smooth((cut.upper - y - 0.6 * strip) / (0.6 * strip)) * _smooth((y - was_upper + 0.5 * above) / (0.4 * above))
        # Beyond the corners too: lashes that stick out there would stay behind.
        reach = max(1, round(0.14 * self.width))
        near = cv2.dilate(down.astype(np.float32).reshape(1, -1), np.ones((1, 2 * reach + 1), np.uint8))
        near = cv2.blur(near, (2 * reach + 1, 1)).ravel()
        return out, over * _smooth((near - 0.05 * self.width) / (0.10 * self.width))

    def cover(self, skin: F32, head: F32, over: F32, cut: Slit) -> F32:
        """Unrolled lid skin over ``skin`` f32[h, w, 3] by the weight ``over`` f32[h, w]; ``head``: the map without lids."""
        if not over.any():
            return skin
        x0, y0 = self.window[:2]
        lid = remap(self.lid, head - np.array([x0, y0], np.float32))[..., :3]
        y = np.arange(len(skin), dtype=np.float32)[:, None]
        # A closed lid is round: it darkens towards its lashes.
        light = 1 - 0.10 * np.exp(-(((cut.upper - y) / (0.22 * self.width)) ** 2))
        return np.asarray(skin + (lid * light[..., None] - skin) * over[..., None], np.float32)

    def draw(self, skin: F32, cut: Slit, points: F32, delta: F32, x0: int, y0: int) -> F32:
        """Put the eyeball into ``skin`` f32[h, w, 3] (the window at (x0, y0) of the frame, lids already moved)."""
        height, width = skin.shape[:2]
        opening = cut.opening(height, max(1.2, self.width / 32))
        shut = 1 - min(float(cut.gap.max()) / self.open, 1.0)
        if opening.any():
            ball = self._placed_ball(points, delta, x0, y0, width, height)
            if shut > 0.05:  # the upper lid's shadow on the ball follows the lid
                y = np.arange(height, dtype=np.float32)[:, None]
                light = 0.72 + 0.28 * np.clip((y - cut.upper) / (0.10 * self.width), 0, 1)
                ball = ball * (1 - shut * (1 - light))[..., None]
            skin = skin + (ball - skin) * opening[..., None]
        if shut > 0.15:  # lashes close up to one dark line
            skin = skin * darker(cut, height, 0.028 * self.width, 0.45 * (shut - 0.15) / 0.85)[..., None]
        return skin

    def _placed_ball(self, points: F32, delta: F32, x0: int, y0: int, width: int, height: int) -> F32:
        moved = self.anchors[:, :2] + self.rigid @ delta[RIGID]
        gaze = points[self.iris, :2] - self.iris_at - (moved[0] - self.anchors[0, :2])
        limit = _GAZE_REACH * self.width
        moved = moved + gaze * min(1.0, limit / max(float(np.linalg.norm(gaze)), 1e-6))
        source = (self.anchors[:, :2] - self.window[:2]).astype(np.float32)
        matrix = cv2.getAffineTransform(source, (moved - [x0, y0]).astype(np.float32))
        ball = cv2.warpAffine(self.ball, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(ball[..., :3], np.float32)


def _falloff(t: F32) -> F32:
    """1 up to t = 0, then down to 0 at t = 1, nowhere steeper than 1.17."""
    s = np.clip(t, 0, 1)
    return np.asarray(1 - s * (1 + s * (0.5 - 0.5 * s)), np.float32)


def _smooth(t: F32) -> F32:
    s = np.clip(t, 0, 1)
    return np.asarray(s * s * (3 - 2 * s), np.float32)
