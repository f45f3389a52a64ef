"""A person's own teeth as rigid layers: cut out of one picture that shows them, worn in every frame.

``interior.py`` paints a mouth with the neutral set of ``neutral_teeth.py``: upper row fixed to the skull, lower row to the
jaw. Here the rows are repainted from a picture of the person (a smiling photo, or an open-mouthed frame of their video).
The picture is looked at through the same two affine maps that will draw the layers later, so a frame with the picture's own
landmarks shows the picture's own teeth again. A dark path from side to side parts the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np

from talking_head.animator.mouth.interior import RigidInterior, compose
from talking_head.animator.mouth.neutral_teeth import PIXELS_A_UNIT, WIDTH
from talking_head.animator.mouth.softness import edge_width
from talking_head.animator.warp.geometry import MOUTH, slit
from talking_head.types import F32, U8

if TYPE_CHECKING:
    from talking_head.animator.warp.animator import WarpAvatar, WarpFrame

LUMA = np.array([0.3, 0.59, 0.11], np.float32)
_STRIP = (
    0.05  # face units, 4.5 mm: of a lower row of which a picture shows less, what it shows is ragged tips and a lip's gloss
)
_NOTCH = 0.035  # face units: what is narrower is the notch between two tips
_ARCH = 0.1  # face units over which the line of the tips is smooth
_GAP = 0.2  # of the brightness between dark and bright in a mouth: the gap between two rows is darker by that than both


class OwnInterior(RigidInterior):
    """The interior of one person, made by :func:`own_interior`."""

    # The picture shows the rows in the shade that they have: most of what drawn ones are given would be shade twice. Measured
    # on real mouths of seven people: the inside is 0.5 dB nearer than with the shade of drawn rows.
    under_upper, over_lower = np.float32(0.8), np.float32(0.86)


def own_interior(avatar: WarpAvatar, wearer: RigidInterior | None = None, *, least: float = 0.0) -> OwnInterior | None:
    """The teeth that ``avatar``'s photo shows, over ``wearer``'s rows (default: the avatar's); None where it shows none, or of
    the upper row less than ``least`` face units.

    The result fits every avatar of the same person: layers live in mouth coordinates, not in pixels of the photo.
    """
    base = wearer or avatar.interior
    points, image = avatar.portrait.points, avatar.portrait.image
    cut = slit(points, MOUTH, 0, 0, image.shape[1])
    if not isinstance(base, RigidInterior) or float(cut.gap.max()) < 0.045 * avatar.unit:
        return None
    frame = avatar.warp(points)
    x0, y0 = frame.origin
    view = frame.mouth
    picture = image[y0 : y0 + view.height, x0 : x0 + view.width]
    # A soft photo's opening has wide edges; what is looked for here is where the lips end, however softly.
    seen = slit(points, MOUTH, x0, y0, view.width)
    coverage = seen.opening(view.height, edge_width(0, avatar.unit))
    opening = (coverage > 0.9).astype(np.uint8) * 255
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    # The contour of an open mouth lies a little into the lips' shadow line: keep off it.
    opening = np.asarray(cv2.erode(opening, kernel, iterations=max(1, round(0.010 * avatar.unit)), borderValue=0), np.uint8)
    if int((opening > 0).sum()) < 0.006 * avatar.unit**2:
        return None
    rows = _Rows(base, frame, picture, opening)
    if not rows.shows_teeth(_around(picture, coverage)):
        return None
    kind = type(base) if isinstance(base, OwnInterior) else OwnInterior
    own = kind(base.unit, base.light, shadow=base.shadow)
    own.upper, own.lower = rows.painted()
    if rows.shown < least:
        return None
    own.upper_map, own.lower_map = base.upper_map, base.lower_map
    _undo_shade(own, frame, picture, opening)
    return own


def _undo_shade(own: OwnInterior, frame: WarpFrame, picture: U8, opening: U8) -> None:
    """Undo the shade that painting will add, so that the picture's own landmarks give the picture's own brightness."""
    ys, xs = np.nonzero(opening)
    box = (slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1))
    inside = opening[box] > 0
    drawn = own.paint(frame.mouth, box)[inside]
    seen = picture[box][inside].astype(np.float32)
    bright = drawn @ LUMA > np.percentile(drawn @ LUMA, 50)
    gain = np.clip(seen[bright].mean(0) / np.maximum(drawn[bright].mean(0), 1), 0.5, 2.0)
    # Never above the picture's own brightness: a smile is seen through a narrow slit, and the wide mouth would be overexposed.
    own.light = np.minimum(own.light * gain, 1.05).astype(np.float32)


class _Rows:
    """Both rows of one picture, seen in the frames of the layers that will hold them."""

    def __init__(self, base: RigidInterior, frame: WarpFrame, picture: U8, opening: U8) -> None:
        self.base = base
        self.density = base.upper.shape[1] * PIXELS_A_UNIT / WIDTH
        view = frame.mouth
        maps = (compose(view.skull, base.upper_map), compose(view.jaw, base.lower_map))
        layers = (base.upper, base.lower)
        seen = [self._through(m, picture, opening, layer.shape) for m, layer in zip(maps, layers, strict=True)]
        (self.up, self.up_cover), (self.low, self.low_cover) = seen
        # Row of the lower layer that lies on a row of the upper one, in the middle of the mouth.
        to_lower = cv2.invertAffineTransform(maps[1])
        middle = maps[0] @ np.array([layers[0].shape[1] / 2, base.edges[0], 1])
        row = float((to_lower @ np.append(middle, 1))[1])
        self.down = row - base.edges[0]
        self.luma: F32 = np.asarray(cv2.GaussianBlur(self.up @ LUMA, (0, 0), 0.8), np.float32)
        inside = self.luma[self.up_cover > 0.5]
        known = len(inside) > 20
        self.dark, self.bright = (float(np.percentile(inside, q)) if known else 0.0 for q in (5, 95))

    @staticmethod
    def _through(matrix: np.ndarray, picture: U8, opening: U8, shape: tuple[int, ...]) -> tuple[F32, F32]:
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = (shape[1], shape[0])
        seen = cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        cover = cv2.warpAffine(opening, matrix, size, flags=flags)
        return np.asarray(seen, np.float32), np.asarray(cover, np.float32) / np.float32(255)

    def shows_teeth(self, skin: F32) -> bool:
        """Something bright, and what is bright less red than the lips around (``skin`` f32[3]): not only tongue."""
        if self.bright - self.dark < 30:
            return False
        lit = self.up[(self.up_cover > 0.5) & (self.luma > (self.dark + self.bright) / 2)].mean(0)
        return bool(lit[0] / max(float(lit[1]), 1) <= skin[0] / max(float(skin[1]), 1))

    def painted(self) -> tuple[U8, U8]:
        """Premultiplied RGBA layers: the person's rows over the neutral ones."""
        split = _gap_path(self.luma, self.up_cover)
        rows = np.arange(len(self.up), dtype=np.float32)[:, None]
        span = max(float(self.bright - self.dark), 1)
        toothy = np.clip((self.luma - self.dark) / span * 2.5 - 0.6, 0, 1)
        seen = self.up_cover * toothy
        if float((seen * (rows < split)).sum()) < 0.35 * float(seen.sum()) or not self._parts(split):
            # The darkest path ran along a lip: one row fills the opening. A smile shows the upper one.
            split = np.full_like(split, len(self.up))
        above = np.clip(split[None] - rows + 0.5, 0, 1)
        upper = cv2.GaussianBlur(self.up_cover * above * np.maximum(toothy, 0.8), (0, 0), 0.7)
        middle = self._middle(self.up_cover)
        self.shown = float(np.median((seen * above)[:, middle].sum(0))) / self.density
        low_luma = cv2.GaussianBlur(self.low @ LUMA, (0, 0), 0.8)
        low_toothy = np.clip((low_luma - self.dark) / span * 2.5 - 0.8, 0, 1)
        below = np.clip(np.arange(len(self.low), dtype=np.float32)[:, None] - (split[None] + self.down) + 0.5, 0, 1)
        lower = cv2.GaussianBlur(self.low_cover * below * low_toothy, (0, 0), 0.7)
        teeth = (self.up_cover > 0.5) & (self.luma > self.dark + 0.6 * span)
        color = self.up[teeth].mean(0)
        lowest = len(self.up) - (self.up_cover[::-1] > 0.5).argmax(0)  # of what the lips leave open, a column
        self.edge = float(np.median(np.minimum(split, lowest)[self._middle(self.up_cover)]))
        top = self._aligned(self.base.upper, self.edge - self.base.edges[0])
        bottom = self.base.lower
        columns = self._middle(lower)
        if float(lower[:, columns].max(0).mean()) > 0.5:
            first = float(np.median((lower[:, columns] > 0.5).argmax(0)))
            bottom = self._aligned(bottom, first - self.base.edges[1])
        if float(np.median(lower[:, columns].sum(0))) < _STRIP * self.density:
            lower = np.zeros_like(lower)
        own_upper = self._paint(top, color, self.up, upper)
        return self._ended(own_upper, seen * above), self._paint(bottom, color, self.low, lower)

    def _parts(self, split: F32) -> bool:
        """Whether ``split`` f32[w] is a gap between two rows: in most columns darker than what is above it and below."""
        rows = np.arange(len(self.luma), dtype=np.float32)[:, None]
        inside = np.where(self.up_cover > 0.5, self.luma, 0)
        above, below = (np.where(where, inside, 0).max(0) for where in (rows < split - 1, rows > split + 1))
        at = np.clip(np.round(split).astype(int), 0, len(rows) - 1)
        gap = np.take_along_axis(self.luma, at[None], axis=0)[0]
        wide = self.up_cover.sum(0) > 2
        parted = np.minimum(above, below) - gap > _GAP * (self.bright - self.dark)
        return bool(wide.any()) and float(parted[wide].mean()) > 0.5

    @staticmethod
    def _middle(cover: F32) -> slice:
        """The columns of the middle third of what is covered."""
        columns = np.flatnonzero(cover.max(0) > 0.5)
        if len(columns) < 3:
            return slice(cover.shape[1] // 3, 2 * cover.shape[1] // 3)
        left, right = int(columns[0]), int(columns[-1])
        return slice(left + (right - left) // 3, max(right - (right - left) // 3, left + (right - left) // 3 + 1))

    def _aligned(self, layer: U8, rows: float) -> U8:
        """The neutral row moved down by ``rows``, so that its biting edge continues the person's and no second row shows."""
        rows = float(np.clip(rows, -0.12 * self.density, 0.12 * self.density))
        move = np.array([[1, 0, 0], [0, 1, rows]], np.float32)
        return np.asarray(
            cv2.warpAffine(layer, move, (layer.shape[1], layer.shape[0]), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )

    def _ended(self, layer: U8, tooth: F32) -> U8:
        """An upper row ``layer`` without what is left of the drawn one below the person's teeth, ``tooth`` f32[h, w] 0..1: it
        is blurred, and hung there as a band of fog."""
        lit = tooth > 0.5
        columns = np.flatnonzero(lit.any(0))
        if len(columns) < 3:
            return layer
        last = len(lit) - 1 - lit[::-1, columns].argmax(0)
        edge = np.interp(np.arange(lit.shape[1]), columns, last).astype(np.float32)[None]
        notch = 2 * round(_NOTCH * self.density / 2) + 1  # between two tips it ends as low as they do
        edge = cv2.dilate(edge, np.ones((1, notch), np.uint8))
        # Nor lower than its neighbours by more than a tip is: what hangs there is the lower row behind it, or a lip's gloss.
        around = cv2.GaussianBlur(cv2.medianBlur(edge, 5), (0, 0), _ARCH * self.density)
        edge = cv2.GaussianBlur(np.minimum(edge, around + _NOTCH / 4 * self.density), (0, 0), max(notch / 4, 0.5))
        keep = np.clip(edge + 1.5 - np.arange(len(lit), dtype=np.float32)[:, None], 0, 1)
        return np.asarray(layer * keep[..., None] + 0.5, np.uint8)

    def _paint(self, layer: U8, color: F32, picture: F32, alpha: F32) -> U8:
        """``picture`` over a neutral layer in the person's tooth colour; around a real row the drawn one keeps its tone."""
        solid = (layer[..., 3] > 250) & (layer[..., :3].mean(-1) > 0.6 * max(float(layer[..., :3].mean(-1).max()), 1))
        ground = layer.astype(np.float32)
        if bool(solid.any()):
            ground[..., :3] *= np.clip(color / np.maximum(layer[solid][:, :3].mean(0), 1), 0.4, 1.3)
        if float(alpha.sum()) > 0.01 * self.density**2:
            ground = np.asarray(cv2.GaussianBlur(ground, (0, 0), 0.02 * layer.shape[1]), np.float32)
        top = np.dstack([picture, np.full(picture.shape[:2], 255, np.float32)])
        ground = np.asarray(ground * (1 - alpha[..., None]) + top * alpha[..., None], np.float32)
        ground[..., :3] = np.minimum(ground[..., :3], ground[..., 3:])
        return np.asarray(np.clip(ground, 0, 255), np.uint8)


def _around(picture: U8, opening: F32) -> F32:
    """Mean colour of lips and skin around the opening, f32[3]."""
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    hole = (opening > 0.05).astype(np.uint8)
    ring = (cv2.dilate(hole, reach, iterations=3) > 0) & (cv2.dilate(hole, reach) == 0)
    return picture[ring].mean(0).astype(np.float32) if bool(ring.any()) else np.full(3, 128, np.float32)


def _gap_path(luma: F32, cover: F32) -> F32:
    """Row of the dark gap between the rows of teeth in each column, f32[w]: the cheapest path from side to side."""
    height, width = luma.shape
    rows = np.arange(height, dtype=np.float32)
    weight = cover.sum(0)
    columns = np.flatnonzero(weight > 0.5)
    if len(columns) < 3:
        return np.full(width, float((cover * rows[:, None]).sum() / max(float(cover.sum()), 1)), np.float32)
    centre = (cover[:, columns] * rows[:, None]).sum(0) / weight[columns]
    prior = 0.3 * np.abs(rows[:, None] - centre[None] - 0.15 * weight[columns])
    cost = luma[:, columns] + 400 * (cover[:, columns] < 0.3) + prior
    total, back = cost[:, 0].copy(), np.zeros(cost.shape, np.int64)
    for i in range(1, len(columns)):
        options = np.stack([np.roll(total, 1) + 6, total, np.roll(total, -1) + 6])
        options[0, 0] = options[2, -1] = np.inf
        step = options.argmin(0)
        back[:, i] = np.arange(height) + step - 1
        total = options.min(0) + cost[:, i]
    path = np.zeros(len(columns), np.float32)
    at = int(total.argmin())
    for i in range(len(columns) - 1, -1, -1):
        path[i] = at
        at = int(back[at, i])
    return np.asarray(np.interp(np.arange(width), columns, path), np.float32)


def row_edge(row: U8, seen: Callable[[U8], int]) -> float:
    """Where the incisors of a row u8[h, w, 4] end: the median of ``seen`` over the columns of its middle fifth."""
    columns = slice(row.shape[1] * 2 // 5, row.shape[1] * 3 // 5)
    return float(np.median([seen(column) for column in row[:, columns, 3].T]))


def first_tooth(alpha: U8) -> int:
    """First row of a column that is more tooth than not; 0 for none."""
    return int((alpha > 127).argmax())


def last_tooth(alpha: U8) -> int:
    """Last row of a column that is more tooth than not; 0 for none."""
    rows = np.flatnonzero(alpha > 127)
    return int(rows[-1]) if len(rows) else 0
