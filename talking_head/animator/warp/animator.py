"""The warp: one photo, moved by landmarks, cut at lips and lids. Nothing is learned; the GAN refines what comes out.

A frame is made in this order:

1. the head's field (coarse grid) says where each pixel of the frame comes from in the photo;
2. windows around the eyes get the lids' slide on top of it, the window around the mouth the same field on a finer grid;
3. one remap of the *upper* layer (photo with mouth and eyes painted shut) makes the frame;
4. eyeballs are put into the lids' openings; below the lips' cut the *lower* layer takes over, by its own field; the mouth's
   interior is painted into what the lips leave open; lips that pout are lit as what comes forward.

Everything that depends on the portrait alone is a plain numpy array of :class:`WarpAvatar` (or of its ``head``, ``mouth``,
``eyes``), which a batched GPU version can upload as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from talking_head.animator.i420 import to_i420
from talking_head.animator.mouth.interior import MouthInterior, MouthView, RigidInterior
from talking_head.animator.mouth.softness import UNIT, edge_width, softness
from talking_head.animator.warp.background import apart, background, extent, over, person
from talking_head.animator.warp.basis import Steering, rigid_map
from talking_head.animator.warp.constants import JAW_SHARE
from talking_head.animator.warp.corners import Corners
from talking_head.animator.warp.eyes import Eye, Fold
from talking_head.animator.warp.field import Field, Grid, Layer
from talking_head.animator.warp.geometry import IRISES, LEFT_EYE, LOWER, MOUTH, RIGHT_EYE, UPPER, Slit, slit
from talking_head.animator.warp.inner_lip import roll_up, rolled_up
from talking_head.animator.warp.layers import Window, blend, darken, lip_light, lip_shadow, skin_layers, window_of
from talking_head.animator.warp.pout import bring_forward, mouth_width, pouting
from talking_head.curves import smoothstep
from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.face.space import RIGID, to_image
from talking_head.protocols import Animator
from talking_head.types import F32, LANDMARKS, U8

CHIN = np.array([152, 175, 199, 148, 377])
_TEETH_BACK = 0.07  # units that the teeth lie behind the lip line
_BROWS = ((52, 53, 65), (282, 283, 295))  # lower rims of the brows


@dataclass(frozen=True, slots=True)
class WarpFrame:
    """A warped frame with what a refining step needs to know.

    ``rgb`` u8[H, W, 3]. ``mouth``: the mouth's geometry in the window whose first pixel is ``origin`` (x, y).
    """

    rgb: U8
    mouth: MouthView
    origin: tuple[int, int]


@dataclass(frozen=True, slots=True)
class MouthWindow:
    """The two skin fields around the mouth, on the same fine grid.

    ``anchors``: landmarks whose mean motion the window follows; ``feather`` f32[h, w]: 1 inside, 0 at the window's rim.
    """

    upper: Field
    lower: Field
    feather: F32
    anchors: np.ndarray

    @property
    def box(self) -> Window:
        """First pixel, width and height in the photo."""
        grid = self.upper.grid
        return grid.x0, grid.y0, grid.width, grid.height


class WarpAvatar:
    """A portrait, ready to be animated. ``interior``: who paints the mouth (default: :class:`RigidInterior`)."""

    def __init__(self, portrait: Portrait, interior: MouthInterior | None = None) -> None:
        image, points = portrait.image, portrait.points
        height, width = image.shape[:2]
        if points.shape != (LANDMARKS, 3) or not np.isfinite(points).all():
            raise BackendError("The portrait's landmarks are not f32[478, 3] of finite numbers.")
        self.portrait = portrait
        self.interior: MouthInterior
        self.unit = float(portrait.pose.scale)
        self.softness = softness(image, points, self.unit)
        self.edge = edge_width(self.softness, self.unit)
        behind = image if portrait.matte is None else background(image, portrait.matte, self.unit)
        upper, lower = skin_layers(image, points, self.unit)
        if portrait.matte is not None:
            upper, lower = (person(layer, portrait.matte, behind, self.unit) for layer in (upper, lower))
        self.ground = behind if portrait.ground is None else portrait.ground
        above, below = (Steering(points, rows, width, height, portrait.matte) for rows in (UPPER, LOWER))
        coarse, fine = max(2, round(self.unit / 16)), max(2, round(self.unit / 40))
        self.head = above.field(Grid(0, 0, -(-width // coarse), -(-height // coarse), coarse))
        x0, y0, w, h = _mouth_box(points, image.shape)
        grid = Grid(x0, y0, max(w // fine, 1), max(h // fine, 1), fine)
        feather = _feather(grid.height, grid.width)
        fields = above.field(grid, fine=True), below.field(grid, fine=True)
        self.mouth = MouthWindow(*fields, feather, np.array([61, 291, 2, 164]))
        self.eyes = [
            Eye(image, points, contours, iris, window_of(points, contours, image.shape, 0.22, 0.75, 0.5), above, brow)
            for contours, iris, brow in zip((LEFT_EYE, RIGHT_EYE), IRISES, _BROWS, strict=True)
        ]
        self.upper_layer, self.lower_layer = Layer(upper), Layer(lower, _reach((x0, y0, w, h), image.shape))
        self.interior = interior or RigidInterior(self.unit, lip_light(image, points), shadow=lip_shadow(image, points))
        self._set_mouth_frame()
        self._extent = extent(upper[..., 3] if portrait.matte is not None else _live(self.head, width, height))
        self._unfeathered = 1 - feather
        step = self.head.grid.step
        self._sampled = np.meshgrid(*(np.arange(0, side, step, dtype=np.float32) for side in (width, height)))
        self._rest = np.ascontiguousarray(points[:, :2])
        self._anchored = [(eye.window, eye.contours.upper[[0, -1]]) for eye in self.eyes]
        self._anchored.append((self.mouth.box, self.mouth.anchors))
        self._set_contact()
        self.corners = Corners(image, points, self.unit)

    def _set_mouth_frame(self) -> None:
        """Where teeth hang in the skull, from the neutral face: origin and axes as 3-D points of the photo, and the chin."""
        portrait = self.portrait
        rest = to_image(portrait.neutral, portrait.pose).astype(np.float64)
        axes = portrait.pose.rotation * self.unit
        origin = (rest[13] + rest[14]) / 2
        origin[0] = (rest[[0, 2, 13, 14, 164], 0].mean() + origin[0]) / 2
        origin = origin + _TEETH_BACK * axes[:, 2]
        self.mouth_frame = origin + np.array([np.zeros(3), 0.25 * axes[:, 0], 0.25 * axes[:, 1]])
        self.mouth_rigid = rigid_map(portrait.points, self.mouth_frame)
        self.mouth_width = mouth_width(rest.astype(np.float32))
        self.chin = rest[CHIN, :2].mean(0)
        self.chin_rigid = rigid_map(portrait.points, rest[CHIN]).mean(0)
        # What the skull carries: the mouth's frame, the chin, the eyes.
        self._carried = np.vstack([self.mouth_frame[:, :2], self.chin, *(eye.anchors[:, :2] for eye in self.eyes)])
        self._carries = np.vstack([self.mouth_rigid, self.chin_rigid, *(eye.rigid for eye in self.eyes)])
        self._chin_shown = portrait.points[CHIN, :2].mean(0)

    def warp_rgb(self, points: F32, ground: U8 | None = None, tongue: F32 | None = None) -> U8:
        """``points`` f32[478, 3] in portrait pixels → u8[H, W, 3]. Raises BackendError on NaN or another shape.

        ``ground`` u8[H, W, 3]: what to lay the person over; default: the avatar's own. ``tongue`` f32[2]: see
        :class:`~talking_head.types.Motion`; default: it lies.
        """
        return self.warp(points, ground, tongue).rgb

    def warp(self, points: F32, ground: U8 | None = None, tongue: F32 | None = None) -> WarpFrame:
        """Like :meth:`warp_rgb`, together with the mouth's geometry."""
        ground = self.ground if ground is None else ground
        if points.shape != (LANDMARKS, 3) or not np.isfinite(points).all():
            raise BackendError("The animator was given landmarks that are not f32[478, 3] of finite numbers.")
        delta = np.asarray(points[:, :2] - self._rest, np.float32)
        steered = delta[self.head.index]
        places = self._carried + self._carries @ delta[RIGID].astype(np.float64)
        height, width = self.ground.shape[:2]
        at = [plane[:height, :width] for plane in self.head.source(delta, zoom=Layer.ZOOM)]
        *boxes, (x0, y0, w, h) = self._windows(delta)
        eyes: list[tuple[Slit, Fold | None]] = []
        for eye, (ex, ey, ew, eh) in zip(self.eyes, boxes, strict=True):
            cut = slit(points, eye.contours, ex, ey, ew)
            eyes.append((cut, eye.slide([plane[ey : ey + eh, ex : ex + ew] for plane in at], cut, steered, ex, ey)))
        shift = x0 - self.mouth.box[0], y0 - self.mouth.box[1]
        window = slice(y0, y0 + h), slice(x0, x0 + w)
        for plane, finer in zip(at, self.mouth.upper.source(delta, shift, zoom=Layer.ZOOM), strict=True):
            cv2.blendLinear(finer, plane[window], self.mouth.feather, self._unfeathered, dst=plane[window])
        frame = self._picture(at, [*boxes, (x0, y0, w, h)], ground)
        for eye, (cut, fold), (ex, ey, ew, eh), ball in zip(self.eyes, eyes, boxes, (places[4:7], places[7:]), strict=True):
            eye.draw(frame[ey : ey + eh, ex : ex + ew], cut, fold, points[eye.iris, :2], ball, ex, ey)
        cut = slit(points, MOUTH, x0, y0, w)
        lower = self.mouth.lower.source(delta, shift, zoom=Layer.ZOOM)
        roll_up(lower[1], cut, self.unit, Layer.ZOOM)
        tip = (0.0, 0.0) if tongue is None else (float(tongue[0]), float(tongue[1]))
        mouth = self._draw_mouth(
            frame[window], ground[window], lower, rolled_up(cut, self.unit), self._jaws(delta, places, x0, y0), tip
        )
        self.corners.light(frame[window], points, x0, y0)
        bring_forward(frame, points, pouting(points, self.mouth_width), self.unit)
        return WarpFrame(frame, mouth, (x0, y0))

    def _picture(self, at: list[F32], windows: list[Window], ground: U8) -> U8:
        """The upper layer read at ``at``, where the person may be in this frame and in ``windows``; the rest is copied."""
        frame = ground.copy()
        away = self._away(at)
        top, left, bottom, right = (side + out * away for side, out in zip(self._extent, (-1, -1, 1, 1), strict=True))
        top, left = (max(min(first, *(box[i] for box in windows)), 0) for i, first in ((1, top), (0, left)))
        bottom = min(max(bottom, *(y + h for _, y, _, h in windows)), len(frame))
        right = min(max(right, *(x + w for x, _, w, _ in windows)), frame.shape[1])
        part = slice(top, bottom), slice(left, right)
        over(self.upper_layer.read(*(plane[part] for plane in at)), ground[part], frame[part])
        return frame

    def _away(self, at: list[F32]) -> int:
        """Pixels by which this frame moves anything at the most; ``at`` as :meth:`_picture` takes it."""
        step = self.head.grid.step
        moved = [
            np.abs(
                plane[::step, ::step] / np.float32(Layer.ZOOM) - place[: len(plane[::step]), : plane[::step, ::step].shape[1]]
            )
            for plane, place in zip(at, self._sampled, strict=True)
        ]
        return int(max(float(plane.max()) for plane in moved)) + 3

    def _windows(self, delta: F32) -> list[Window]:
        """The eyes' windows and the mouth's, moved by whole pixels along with their landmarks and kept inside the frame."""
        height, width = self.ground.shape[:2]
        out = []
        for (x0, y0, w, h), anchors in self._anchored:
            dx, dy = (round(sum(values) / len(values)) for values in zip(*delta[anchors].tolist(), strict=True))
            out.append((min(max(x0 + dx, 0), width - w), min(max(y0 + dy, 0), height - h), w, h))
        return out

    def _draw_mouth(
        self,
        view: U8,
        ground: U8,
        source: tuple[F32, F32],
        cut: Slit,
        jaws: tuple[np.ndarray, np.ndarray],
        tongue: tuple[float, float],
    ) -> MouthView:
        """The skin below the lips' cut, read at ``source``, and what the lips leave open, into the mouth's window."""
        h, w = view.shape[:2]
        soft = self.edge
        first = cut.first_below(h, soft)
        if first < h:
            lower = over(self.lower_layer.read(*(plane[first:] for plane in source)), ground[first:])
            weight = cut.below(h, soft, first)
            weight *= self.mouth.feather[first:]
            cv2.blendLinear(lower, view[first:], weight, 1 - weight, dst=view[first:])
        if self.contact > 0:
            near = np.maximum(1 - cut.gap / np.float32(0.03 * self.unit), 0)  # no gap is negative
            near *= np.float32(self.contact)
            darken(view, cut, self.contact_width, near)
        opening = np.zeros((h, w), np.float32)
        mouth = MouthView(cut, opening, *jaws, self.unit, tongue)
        opened = cut.opened(h, soft)
        if opened is not None:
            box, opening[opened[0]] = opened
            blend(view, box, self.interior.paint(mouth, box), opened[1])
        return mouth

    def _set_contact(self) -> None:
        """The line between touching lips: its width in pixels and its darkness, as a photo of this softness would show it.

        A photo with shut lips has that line in its own pixels.
        """
        gap = float(slit(self.portrait.points, MOUTH, 0, 0, self.portrait.image.shape[1]).gap.max()) / self.unit
        own = min(max(1 - gap / 0.03, 0.0), 1.0)
        crisp = max(0.9, 0.011 * self.unit)
        self.contact_width = float(np.hypot(crisp, 2**0.5 * self.softness * self.unit / UNIT))
        self.contact = 0.38 * (1 - own) * crisp / self.contact_width

    def _jaws(self, delta: F32, places: np.ndarray, x0: int, y0: int) -> tuple[np.ndarray, np.ndarray]:
        """``skull`` and ``jaw`` of :class:`MouthView` for the window at (x0, y0); ``places`` f64: ``_carried``, moved."""
        (ox, oy), (rx, ry), (dx, dy), chin = places[:4].tolist()
        skull = np.array([[(rx - ox) / 0.25, (dx - ox) / 0.25, ox - x0], [(ry - oy) / 0.25, (dy - oy) / 0.25, oy - y0]])
        jaw = skull.copy()
        jaw[:, 2] += JAW_SHARE * (delta[CHIN].mean(0) + self._chin_shown - chin)
        return skull, jaw


class WarpAnimator(Animator):
    """The animator without a net. ``interior``: makes the mouth's interior for a portrait (default: neutral teeth)."""

    def __init__(self, *, interior: Callable[[Portrait], MouthInterior] | None = None) -> None:
        self._interior = interior

    def prepare(self, portrait: Portrait) -> WarpAvatar:
        """Precompute an avatar; 50–150 ms. Raises ValueError for a picture with odd sides, which I420 cannot hold."""
        height, width = portrait.image.shape[:2]
        if height % 2 or width % 2:
            raise ValueError(f"The portrait's sides must be even, not {width}×{height}.")
        return WarpAvatar(portrait, self._interior(portrait) if self._interior else None)

    def render(self, avatars: Sequence[WarpAvatar], points: F32, tongue: F32 | None = None) -> list[U8]:
        """``points`` f32[B, 478, 3], ``tongue`` f32[B, 2] → B pictures u8[H * 3 // 2, W] in I420.

        Raises BackendError on NaN.
        """
        if len(avatars) != len(points):
            raise BackendError(f"{len(avatars)} avatars cannot wear {len(points)} sets of landmarks.")
        tongues = [None] * len(points) if tongue is None else tongue
        faces = zip(avatars, points, tongues, strict=True)
        return [to_i420(avatar.warp_rgb(each, tongue=tip)) for avatar, each, tip in faces]

    def set_ground(self, avatar: WarpAvatar, ground: U8) -> None:
        """See :class:`LayeredAnimator`."""
        avatar.ground = ground

    def render_rgba(self, avatar: WarpAvatar, points: F32, tongue: F32 | None = None) -> U8:
        """See :class:`LayeredAnimator`. Raises BackendError for an avatar whose portrait has no matte."""
        if avatar.portrait.matte is None:
            raise BackendError("This portrait was not cut from its background.")
        return apart(*(avatar.warp_rgb(points, np.full_like(avatar.ground, level), tongue) for level in (0, 255)))


def _mouth_box(points: F32, shape: tuple[int, ...]) -> Window:
    """From the nose to under the chin, half a mouth's width beyond the corners."""
    left, right = points[61, 0], points[291, 0]
    wide = float(right - left)
    x0, y0 = max(int(left - 0.5 * wide), 0), max(int(points[[2, 98, 327], 1].min()), 0)
    x1, y1 = min(int(right + 0.5 * wide), shape[1]), min(int(points[152, 1] + 0.25 * wide), shape[0])
    return x0, y0, x1 - x0, y1 - y0


def _reach(box: Window, shape: tuple[int, ...]) -> Window:
    """What a moving mouth's window can show of the photo: the window and half as much around it."""
    x, y, w, h = box
    x0, y0 = max(x - w // 2, 0), max(y - h // 2, 0)
    return x0, y0, min(x + w + w // 2, shape[1]) - x0, min(y + h + h // 2, shape[0]) - y0


def _live(field: Field, width: int, height: int) -> U8:
    """255 where ``field`` can move anything, u8[H, W]."""
    grid = field.grid
    live = field.basis.any(1).reshape(grid.ny, grid.nx).astype(np.uint8) * 255
    live = np.asarray(cv2.dilate(live, np.ones((3, 3), np.uint8)), np.uint8)  # a pixel is between the nodes of two cells
    return np.asarray(live.repeat(grid.step, 0).repeat(grid.step, 1)[:height, :width], np.uint8)


def _feather(height: int, width: int) -> F32:
    ramp = 0.12 * min(height, width)
    y = np.clip(np.minimum(np.arange(height), np.arange(height)[::-1]) / ramp, 0, 1)
    x = np.clip(np.minimum(np.arange(width), np.arange(width)[::-1]) / ramp, 0, 1)
    return np.asarray(np.outer(smoothstep(y), smoothstep(x)), np.float32)
