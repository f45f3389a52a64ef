"""The thread beyond the corners of a mouth: the line between shut lips runs on there, into the crease beside them.

In a photo with shut lips all of it is one line. Lips that open part the line; beyond the corners, where nothing parts, it
stayed on the cheek, and every opening ended in two dark needles. In people who speak that skin is drawn smooth. So what is
darker there than the skin above and below is lit as the mouth opens; shut as in the photo, the photo stays as it is.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.warp.constants import CORNER_FROM, CORNER_LIT, CORNER_PIXELS, CORNER_RAMP, CORNER_SIDE
from talking_head.curves import smoothstep
from talking_head.types import F32, U8

_OUTER, _INNER, _EYES, _LIPS = (61, 291), (78, 308), (33, 263), (13, 14)
_THICK = 0.065  # face units: what is thicker is no thread, but a shadow or a beard
# Face units from the outer corner outwards: where all of it is lit, up to where, over what that fades; half its height, over
# what that fades. From the inner corner on some of it is lit, where that is not farther away than the last.
_WHOLE, _UNTIL, _FADES, _HALF, _RIM, _INSIDE = 0.01, 0.07, 0.04, 0.035, 0.035, 0.04


class Corners:
    """Beside either corner of the mouth in ``image`` u8[H, W, 3] with landmarks ``points`` f32[478, 2+], ``unit`` pixels a
    face unit.

    ``lacks`` f32[2, S, S, 3]: the levels by which it is lit at the most, in patches around the outer corners, upright as the
    eyes are. ``gap``: between the lips of the photo, in units.
    """

    def __init__(self, image: U8, points: F32, unit: float) -> None:
        self.unit = unit
        self.gap = _gap(points) / unit
        self.lacks = np.stack([self._thread(image, points, which) for which in (0, 1)])

    def _thread(self, image: U8, points: F32, which: int) -> F32:
        corner, inner = points[_OUTER[which], :2], points[_INNER[which], :2]
        side = CORNER_PIXELS
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        place = self._place(points, which)
        seen = cv2.warpAffine(image, place, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        patch = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 0.8)
        scale = side / CORNER_SIDE  # pixels a face unit
        tall = np.ones((2 * round(_THICK * scale / 2) + 1, 1), np.uint8)
        lacks = cv2.GaussianBlur(cv2.morphologyEx(patch, cv2.MORPH_CLOSE, tall) - patch, (0, 0), 1.2)
        away = (np.arange(side, dtype=np.float32) - (side - 1) / 2) / scale
        out = (-away if which == 0 else away)[None]
        first = -min(float(np.hypot(*(inner - corner))) / self.unit, _INSIDE)
        across = _smooth((out - first) / (_WHOLE - first)) * _smooth((_UNTIL + _FADES - out) / _FADES)
        near = across * _smooth((_HALF + _RIM - np.abs(away[:, None])) / _RIM)
        return np.asarray(CORNER_LIT * lacks * near[..., None], np.float32)

    def _place(self, points: F32, which: int, x0: int = 0, y0: int = 0) -> F32:
        """From the patch's pixels to those of a window at (``x0``, ``y0``), f32[2, 3]; ``points`` as they are there."""
        turn, scale, middle = _tilt(points), CORNER_SIDE * self.unit / CORNER_PIXELS, (CORNER_PIXELS - 1) / 2
        c, s = scale * np.cos(turn), scale * np.sin(turn)
        x, y = points[_OUTER[which], :2] - np.array([x0, y0], np.float32)
        return np.array([[c, -s, x - (c - s) * middle], [s, c, y - (s + c) * middle]], np.float32)

    def light(self, view: U8, points: F32, x0: int, y0: int) -> None:
        """Light the threads in the window ``view`` u8[h, w, 3] at (``x0``, ``y0``), in place, as far as ``points`` open it."""
        opened = min(max((_gap(points) / self.unit - self.gap - CORNER_FROM) / CORNER_RAMP, 0.0), 1.0)
        if opened <= 0:
            return
        height, width = view.shape[:2]
        turn, high = _tilt(points), _HALF + _RIM
        cos, sin = float(np.cos(turn)) * self.unit, float(np.sin(turn)) * self.unit
        for which, (near, far) in enumerate(((-_UNTIL - _FADES, _INSIDE), (-_INSIDE, _UNTIL + _FADES))):
            place = self._place(points, which, x0, y0)
            x, y = float(points[_OUTER[which], 0]) - x0, float(points[_OUTER[which], 1]) - y0
            beside, tall = high * abs(sin), high * cos
            left, right = int(x + near * cos - beside), int(x + far * cos + beside) + 2
            top, bottom = int(y + min(near * sin, far * sin) - tall), int(y + max(near * sin, far * sin) + tall) + 2
            left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
            if left >= right or top >= bottom:
                continue
            place[:, 2] -= (left, top)
            lit = cv2.warpAffine(self.lacks[which], place, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
            part = view[top:bottom, left:right]
            part[:] = cv2.add(part, np.asarray(lit * np.float32(opened), np.float32), dtype=cv2.CV_8U)


def _gap(points: F32) -> float:
    upper, lower = points[_LIPS[0], :2], points[_LIPS[1], :2]
    return float(np.hypot(*(lower - upper)))


def _tilt(points: F32) -> float:
    right, left = points[_EYES[1], :2], points[_EYES[0], :2]
    return float(np.arctan2(right[1] - left[1], right[0] - left[0]))


def _smooth(t: F32) -> F32:
    return np.asarray(smoothstep(np.clip(t, 0, 1)), np.float32)
