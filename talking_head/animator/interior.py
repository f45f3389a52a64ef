"""What shows between open lips: rigid teeth, a tongue, a dark cavity, lit from outside.

Upper teeth are fixed to the skull, lower teeth and tongue to the jaw: they never stretch. Everything is drawn once an
avatar at its own scale; a frame costs three small affine warps and some arithmetic on the opening's bounding box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from talking_head.animator.geometry import Slit
from talking_head.animator.teeth import EDGE_ROW, PIXELS_A_UNIT, WIDTH, ToothSet, tooth_set
from talking_head.media import F32, U8

# In units of the outer eye corners' distance (about 90 mm), below the rest lip line: 2 mm of incisor show under a parted lip.
UPPER_EDGE = 0.018
LOWER_EDGE = 0.016
_CAVITY = np.array([38.0, 14.0, 13.0], np.float32)
_THROAT = np.array([14.0, 5.0, 5.0], np.float32)
_TONGUE = np.array([170.0, 88.0, 84.0], np.float32)


@dataclass(frozen=True, slots=True)
class MouthView:
    """One frame's mouth in a picture window of ``height`` × ``width`` pixels.

    ``skull``, ``jaw`` f64[2, 3]: affine maps from mouth coordinates (units of the outer eye corners' distance, x right, y down,
    origin on the middle of the rest lip line) to window pixels, for things that move with the upper and the lower jaw.
    ``unit``: pixels a unit. ``slit``: the inner lip contours. ``opening`` f32[height, width]: its coverage, 0..1.
    """

    slit: Slit
    opening: F32
    skull: np.ndarray
    jaw: np.ndarray
    unit: float

    @property
    def height(self) -> int:
        return int(self.opening.shape[0])

    @property
    def width(self) -> int:
        return int(self.opening.shape[1])


class MouthInterior(Protocol):
    """Paints the inside of a mouth."""

    def paint(self, view: MouthView, box: tuple[slice, slice]) -> F32:
        """RGB f32[h, w, 3] 0..255 of the part ``box`` (rows, columns) of the window; only what lies in the opening is used."""
        ...


class RigidInterior:
    """The default interior: a neutral set of teeth in the photo's light.

    ``light`` f32[3]: the photo's illuminant against the neutral one, about 1. ``unit``: pixels a face unit of the portrait.
    ``shadow`` f32[3] RGB 0..255: the colour of the line between lips that hardly part.
    """

    def __init__(self, unit: float, light: F32, teeth: ToothSet | None = None, shadow: F32 | None = None) -> None:
        teeth = teeth or tooth_set(0)
        factor = min(1.0, 1.15 * unit / PIXELS_A_UNIT)
        self._upper = _layer(teeth.upper, factor)
        self._lower = _layer(teeth.lower, factor)
        self._upper_map = _to_mouth(factor, EDGE_ROW["upper"], UPPER_EDGE)
        self._lower_map = _to_mouth(factor, EDGE_ROW["lower"], LOWER_EDGE)
        self._light = light
        self._shadow = np.array([84.0, 44.0, 42.0], np.float32) if shadow is None else shadow

    def paint(self, view: MouthView, box: tuple[slice, slice]) -> F32:
        """See :class:`MouthInterior`."""
        rows, columns = box
        origin = np.array([columns.start, rows.start], np.float64)
        size = (columns.stop - columns.start, rows.stop - rows.start)
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
        x = np.arange(columns.start, columns.stop, dtype=np.float32)
        top, bottom = view.slit.upper[columns], view.slit.lower[columns]
        deep = np.clip((bottom - top) / (0.22 * view.unit), 0, 1)
        out = _CAVITY + (_THROAT - _CAVITY) * (deep * np.exp(-(((y - top) / (0.16 * view.unit) - 0.9) ** 2)))[..., None]

        jaw = view.jaw.copy()
        jaw[:, 2] -= origin
        out = self._tongue(out, jaw, view.unit, x, y, columns.start, rows.start)
        out = _over(out, self._lower, _compose(jaw, self._lower_map), size, 0.86)
        skull = view.skull.copy()
        skull[:, 2] -= origin
        out = _over(out, self._upper, _compose(skull, self._upper_map), size, 1.0)

        # The lips shade what lies behind them: most right under the upper one and in the corners, and all of a narrow slit.
        below = np.clip((y - top + 0.01 * view.unit) / (0.075 * view.unit), 0, 1)
        above = np.clip((bottom - y + 0.012 * view.unit) / (0.05 * view.unit), 0, 1)
        side = np.minimum(x - view.slit.left[0], view.slit.right[0] - x) / (0.20 * view.unit)
        side = np.clip(side, 0, 1)
        narrow = np.clip((bottom - top) / (0.07 * view.unit), 0, 1)
        light = (0.50 + 0.50 * below) * (0.72 + 0.28 * above) * (0.25 + 0.75 * side * (2 - side)) * (0.68 + 0.32 * narrow)
        lit = out * (light[..., None] * self._light)
        # Lips that hardly part show no inside, only their own shadow.
        parted = np.clip((bottom - top) / (0.035 * view.unit) - 0.15, 0, 1)
        return np.asarray(self._shadow + (lit - self._shadow) * parted[None, :, None], np.float32)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All that :meth:`paint` uses, for other devices: premultiplied RGBA layers, their maps to the mouth, colours."""
        return {
            "upper": self._upper,
            "lower": self._lower,
            "upper_map": self._upper_map,
            "lower_map": self._lower_map,
            "light": self._light,
            "shadow": self._shadow,
        }

    @staticmethod
    def _tongue(out: F32, jaw: np.ndarray, unit: float, x: F32, y: F32, x0: int, y0: int) -> F32:
        """A flat mound behind the lower teeth; its near edge is lit, its back is lost in the dark."""
        inverse = np.linalg.inv(jaw[:, :2])
        dx, dy = x - x0 - jaw[0, 2], y - y0 - jaw[1, 2]
        u = (inverse[0, 0] * dx + inverse[0, 1] * dy).astype(np.float32)
        v = (inverse[1, 0] * dx + inverse[1, 1] * dy).astype(np.float32)
        rise = v - (LOWER_EDGE - 0.028 + 0.9 * u**2)  # height of its back over the lower teeth
        cover = np.clip(rise / 0.035, 0, 1) * np.clip((0.21 - np.abs(u)) / 0.05, 0, 1)
        shade = np.clip(0.30 + rise / 0.075, 0.30, 0.80) * (1 - 0.25 * np.exp(-((u / 0.012) ** 2)))
        return np.asarray(out + ((_TONGUE * shade[..., None]) - out) * cover[..., None], np.float32)


def _layer(rgba: U8, factor: float) -> U8:
    """Premultiplied RGBA u8, reduced by ``factor``."""
    layer = rgba.astype(np.float32)
    layer[..., :3] *= layer[..., 3:] / 255
    small = cv2.resize(layer, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small + 0.5, 0, 255), np.uint8)


def _to_mouth(factor: float, edge_row: float, edge: float) -> np.ndarray:
    """Affine map from the pixels of a reduced layer to mouth coordinates."""
    scale = 1 / (PIXELS_A_UNIT * factor)
    return np.array([[scale, 0, -WIDTH / 2 / PIXELS_A_UNIT], [0, scale, edge - edge_row / PIXELS_A_UNIT]])


def _compose(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    out = outer[:, :2] @ inner
    out[:, 2] += outer[:, 2]
    return np.asarray(out)


def _over(out: F32, layer: U8, matrix: np.ndarray, size: tuple[int, int], gain: float) -> F32:
    placed = cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_LINEAR)
    alpha = placed[..., 3:].astype(np.float32) * np.float32(1 / 255)
    return np.asarray(out * (1 - alpha) + placed[..., :3] * np.float32(gain), np.float32)
