"""Eyes: an eyeball behind two lids that slide over it."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.basis import rigid_map
from talking_head.animator.geometry import Contours, slit
from talking_head.animator.layers import Window, darker, eyeball_layer
from talking_head.face.space import RIGID
from talking_head.media import F32, U8

_GAZE_REACH = 0.12  # of the eye's width: farther, the continued white would show


class Eye:
    """One eye of an avatar. The eyeball moves with the skull and, by the iris landmark, with the gaze."""

    def __init__(self, image: U8, points: F32, contours: Contours, iris: int, window: Window) -> None:
        self.contours, self.iris, self.window = contours, iris, window
        self._ball = eyeball_layer(image, points, contours, window)
        corners = points[[contours.upper[0], contours.upper[-1]]].astype(np.float64)
        self._width = float(np.linalg.norm(corners[1, :2] - corners[0, :2]))
        x0, y0 = window[:2]
        centre = corners.mean(0)
        reach = self._width / 2
        # Three points of the eyeball whose rigid motion defines an affine map.
        self._anchors = centre + np.array([[0, 0, 0], [reach, 0, 0], [0, reach, 0]])
        self._rigid = rigid_map(points, self._anchors)
        self._origin = np.array([x0, y0], np.float64)
        self._iris_at = points[iris, :2].astype(np.float64)
        cut = slit(points, contours, x0, y0, window[2])
        self._open = max(float(cut.gap.max()), 1.0)

    def draw(self, skin: F32, points: F32, delta: F32, x0: int, y0: int) -> F32:
        """Put the eye into ``skin`` f32[h, w, 3] (a window at (x0, y0) of the frame, lids already moved); returns the window."""
        height, width = skin.shape[:2]
        cut = slit(points, self.contours, x0, y0, width)
        soft = max(1.2, self._width / 32)
        opening = cut.opening(height, soft)
        shut = 1 - min(float(cut.gap.max()) / self._open, 1.0)
        if opening.any():
            ball = self._ball_at(points, delta, x0, y0, width, height)
            # The upper lid's shadow on the ball follows the lid.
            y = np.arange(height, dtype=np.float32)[:, None]
            shade = 0.72 + 0.28 * np.clip((y - cut.upper) / (0.10 * self._width), 0, 1) if shut > 0.05 else None
            if shade is not None:
                ball = ball * (1 - shut * (1 - shade))[..., None]
            skin = skin + (ball - skin) * opening[..., None]
        if shut > 0.15:  # lashes close up to one dark line
            skin = skin * darker(cut, height, 0.032 * self._width, 0.55 * (shut - 0.15) / 0.85)[..., None]
        return skin

    def _ball_at(self, points: F32, delta: F32, x0: int, y0: int, width: int, height: int) -> F32:
        moved = self._anchors[:, :2] + self._rigid @ delta[RIGID]
        gaze = points[self.iris, :2] - self._iris_at - (moved[0] - self._anchors[0, :2])
        limit = _GAZE_REACH * self._width
        length = float(np.linalg.norm(gaze))
        moved = moved + gaze * min(1.0, limit / max(length, 1e-6))
        source = (self._anchors[:, :2] - self._origin).astype(np.float32)
        target = (moved - [x0, y0]).astype(np.float32)
        matrix = cv2.getAffineTransform(source, target)
        ball = cv2.warpAffine(self._ball, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(ball[..., :3], np.float32)
