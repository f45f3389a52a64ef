"""What shows between open lips: rigid teeth, a tongue, a dark cavity, lit from outside.

Upper teeth are fixed to the skull, lower teeth and tongue to the jaw: they never stretch. Everything is drawn once an
avatar at its own scale; a frame costs three small affine warps and some arithmetic on the opening's bounding box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from talking_head.animator.mouth.neutral_teeth import EDGE_ROW, PIXELS_A_UNIT, WIDTH, ToothSet, tooth_set
from talking_head.animator.mouth.tongue import held, tongue
from talking_head.animator.warp.constants import LOWER_EDGE, REDDER, SLIT, UPPER_FIRST
from talking_head.animator.warp.geometry import Slit
from talking_head.types import F32, U8

# In units of the outer eye corners' distance (about 90 mm), below the rest lip line: 2 mm of incisor show under a parted lip,
# and the upper row bites 1 mm over the lower one, which begins at LOWER_EDGE (of several heights the nearest to real mouths
# that still looks at ease).
UPPER_EDGE = 0.018
# Colours of the inside in neutral light, set so that mean, contrast and profile from lip to lip of painted mouths match
# those of real ones (12 people, mouths open by 4 mm and more): teeth in the shade of the lips are darker than skin, and
# light that falls through cheeks and lips makes the hollow red rather than black.
CAVITY = np.array([139.0, 76.0, 69.0], np.float32)
THROAT = np.array([81.0, 42.0, 38.0], np.float32)
TONGUE = np.array([213.0, 130.0, 124.0], np.float32)
_COLORS = np.stack([CAVITY, THROAT - CAVITY, TONGUE], 1)
_SHADE = np.array([0.86, 0.81, 0.80], np.float32)  # of the drawn rows of teeth, which were drawn as if outside the mouth


@dataclass(frozen=True, slots=True)
class MouthView:
    """One frame's mouth in a picture window of ``height`` × ``width`` pixels.

    ``skull``, ``jaw`` f64[2, 3]: affine maps from mouth coordinates (units of the outer eye corners' distance, x right, y down,
    origin on the middle of the rest lip line) to window pixels, for things that move with the upper and the lower jaw.
    ``unit``: pixels a unit. ``slit``: the inner lip contours. ``opening`` f32[height, width]: its coverage, 0..1.
    ``tongue``: how far its tip is raised and out, 0..1.
    """

    slit: Slit
    opening: F32
    skull: np.ndarray
    jaw: np.ndarray
    unit: float
    tongue: tuple[float, float] = (0.0, 0.0)

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

    What it draws with, for who repaints it: ``upper``, ``lower`` u8[h, w, 4], the rows of teeth as premultiplied RGBA,
    ``upper_map``, ``lower_map`` f64[2, 3], from their pixels to mouth coordinates (see :class:`MouthView`), and ``edges``: the
    pixel rows in which the upper row's incisors end and the lower row's begin.
    """

    # Light right under the upper lip, and over the lower one, against a place between them; in the corners against the middle;
    # behind lips that are just parted against an open mouth; what green and blue lose there besides. Such a slit
    # loses that share of the light right under the upper lip; so many units farther its corners' shade reaches.
    under_upper, over_lower = np.float32(0.5), np.float32(0.72)
    corner, narrow, slit_red = np.float32(0.25), np.float32(0.68), np.float32(0.0)
    slit_under, slit_corner = np.float32(0.0), np.float32(0.0)

    def __init__(self, unit: float, light: F32, teeth: ToothSet | None = None, shadow: F32 | None = None) -> None:
        self.unit = unit
        teeth = teeth or tooth_set(0)
        factor = min(1.0, 1.15 * unit / PIXELS_A_UNIT)
        self.upper = _layer(teeth.upper, factor)
        self.lower = _layer(teeth.lower, factor)
        self.upper_map = _to_mouth(factor, EDGE_ROW["upper"], UPPER_EDGE)
        self.lower_map = _to_mouth(factor, EDGE_ROW["lower"], LOWER_EDGE)
        self.edges = EDGE_ROW["upper"] * factor, EDGE_ROW["lower"] * factor
        self.light = light
        self.shadow = np.array([84.0, 44.0, 42.0], np.float32) if shadow is None else shadow

    def paint(self, view: MouthView, box: tuple[slice, slice]) -> F32:
        """See :class:`MouthInterior`."""
        rows, columns = box
        x0, y0, unit, cut = columns.start, rows.start, np.float32(view.unit), view.slit
        size = columns.stop - x0, rows.stop - y0
        y = np.arange(y0, rows.stop, dtype=np.float32)[:, None]
        x = np.arange(x0, columns.stop, dtype=np.float32)
        top, bottom = cut.upper[columns], cut.lower[columns]
        gap = (bottom - top) / unit
        depth = (y - top) / unit

        # The lips shade what lies behind them: most right under the upper one and in the corners, and all of a narrow slit,
        # which is dark only where they hardly part: in one half as wide as SLIT teeth are nearly as bright as in any.
        slim = 1 - held(gap * (1 / SLIT))
        slit = np.float32(slim.min())  # of the mouth as a whole: a wide one is narrow in its corners, too
        slim *= slim
        reach = (np.float32(0.20) + self.slit_corner * slit) * unit
        side = held(np.minimum(x - cut.left[0], cut.right[0] - x) / reach)
        # Lips that hardly part show no inside, only their own shadow.
        parted = held(gap / 0.029 - 0.15)
        across = (self.corner + (1 - self.corner) * side * (2 - side)) * parted
        across *= 1 - (1 - self.narrow) * slim
        under = self.under_upper * (1 - self.slit_under * slit)
        light = under + (1 - under) * held(depth * (1 / 0.075) + 0.01 / 0.075)
        light *= self.over_lower + (1 - self.over_lower) * held((bottom - y) / (np.float32(0.05) * unit) + 0.012 / 0.05)
        light *= across

        # What is behind shows as far as what is before it lets it: shares of the three plain colours, then teeth over them.
        skull, jaw = view.skull.copy(), view.jaw.copy()
        skull[:, 2] -= (x0, y0)
        jaw[:, 2] -= (x0, y0)
        upper = cv2.warpAffine(self.upper, compose(skull, self.upper_map), size, flags=cv2.INTER_CUBIC)
        lower = cv2.warpAffine(self.lower, compose(jaw, self.lower_map), size, flags=cv2.INTER_CUBIC)
        before = light * (1 - upper[..., 3] * np.float32(1 / 255))
        lies = tongue(skull, jaw, x - x0, y - y0, *view.tongue)
        if lies.tip is not None:
            tip = before * lies.tip[0]
            before -= tip
        shown = self._lower_shown(view)
        behind = before * (1 - lower[..., 3] * np.float32(shown / 255))
        flesh = behind * lies.cover
        behind -= flesh
        flesh *= lies.shade
        if lies.tip is not None:
            flesh += tip * lies.tip[1]
        deep = np.exp(-((depth * (1 / 0.16) - 0.9) ** 2)) * held(gap / 0.22)
        out = np.asarray(cv2.transform(cv2.merge([behind, behind * deep, flesh]), _COLORS), np.float32)
        before *= np.float32(0.86 * shown)
        teeth = lower[..., :3] * before[..., None]
        teeth += upper[..., :3] * light[..., None]
        cold = np.float32(1 - REDDER) + np.float32(REDDER) * light
        cold *= 1 - self.slit_red * slim
        out += teeth * cv2.merge([np.ones_like(cold), cold, cold])
        out *= self.light
        out += self.shadow * (1 - parted)[:, None]
        return out

    @property
    def tip(self) -> float:
        """How far below the rest lip line the upper row's incisors end, in mouth coordinates."""
        return float(self.upper_map[1, 2] + self.upper_map[1, 1] * self.edges[0])

    def _lower_shown(self, view: MouthView) -> float:
        """How much of the lower row is seen, 0..1: an upper lip that hides the upper one shades it."""
        x, y = view.skull[:, 1] * self.tip + view.skull[:, 2]
        column = min(max(round(float(x)), 0), view.width - 1)
        return float(np.clip((y - view.slit.upper[column]) / (UPPER_FIRST * view.unit), 0, 1))

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All that :meth:`paint` uses, for other devices: premultiplied RGBA layers, their maps to the mouth, colours."""
        return {
            "upper": self.upper,
            "lower": self.lower,
            "upper_map": self.upper_map,
            "lower_map": self.lower_map,
            "light": self.light,
            "lip_shade": np.array(
                [
                    *(self.under_upper, self.over_lower, self.corner, self.narrow),
                    *(self.slit_red, self.slit_under, self.slit_corner),
                ],
                np.float32,
            ),
            "tip": np.array(self.tip, np.float32),
            "shadow": self.shadow,
        }


def _layer(rgba: U8, factor: float) -> U8:
    """Premultiplied RGBA u8, in the shade, reduced by ``factor``."""
    layer = rgba.astype(np.float32)
    layer[..., :3] *= layer[..., 3:] / 255 * _SHADE
    small = cv2.resize(layer, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small + 0.5, 0, 255), np.uint8)


def _to_mouth(factor: float, edge_row: float, edge: float) -> np.ndarray:
    """Affine map from the pixels of a reduced layer to mouth coordinates."""
    scale = 1 / (PIXELS_A_UNIT * factor)
    return np.array([[scale, 0, -WIDTH / 2 / PIXELS_A_UNIT], [0, scale, edge - edge_row / PIXELS_A_UNIT]])


def compose(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Affine maps f64[2, 3]: first ``inner``, then ``outer``."""
    out = outer[:, :2] @ inner
    out[:, 2] += outer[:, 2]
    return np.asarray(out)
