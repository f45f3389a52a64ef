"""The warp: one photo, moved by landmarks, cut at lips and lids. Nothing is learned; the GAN refines what comes out.

A frame is made in this order. The *upper* skin layer is warped over the whole head. Windows around mouth and eyes get the *lower*
skin layer below the slit. What the slits leave open is painted by the mouth's interior and the eyeballs. Everything that depends on
the portrait alone lives in :class:`WarpAvatar` as plain numpy arrays (``upper``, ``lower`` fields and layers), which a batched GPU
version can upload as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from talking_head.animator.basis import Field, Grid, head_field, rigid_map
from talking_head.animator.geometry import COMMON, IRISES, LEFT_EYE, LOWER, MOUTH, RIGHT_EYE, UPPER, Slit, slit
from talking_head.animator.i420 import to_i420
from talking_head.animator.interior import MouthInterior, MouthView, RigidInterior
from talking_head.animator.layers import Window, darker, lip_light, skin_layers, window_of
from talking_head.animator.lids import Eye
from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.face.space import RIGID, to_image
from talking_head.media import F32, LANDMARKS, U8

_CHIN = np.array([152, 175, 199, 148, 377])
_TEETH_BACK = 0.07  # units that the teeth lie behind the lip line


@dataclass(frozen=True, slots=True)
class WarpFrame:
    """A warped frame with what a refining step needs to know.

    ``rgb`` u8[H, W, 3]. ``mouth``: the mouth's geometry in the window whose first pixel is ``origin`` (x, y).
    """

    rgb: U8
    mouth: MouthView
    origin: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _LowerWindow:
    """The lower skin layer around one slit."""

    field: Field
    feather: F32  # 1 inside, 0 at the window's rim
    anchors: np.ndarray  # landmarks whose mean motion the window follows

    @property
    def window(self) -> Window:
        grid = self.field.grid
        return grid.x0, grid.y0, grid.width, grid.height


class WarpAvatar:
    """A portrait, ready to be animated. ``interior``: who paints the mouth (default: :class:`RigidInterior`)."""

    def __init__(self, portrait: Portrait, interior: MouthInterior | None = None) -> None:
        image, points = portrait.image, portrait.points
        height, width = image.shape[:2]
        if points.shape != (LANDMARKS, 3) or not np.isfinite(points).all():
            raise BackendError("The portrait's landmarks are not f32[478, 3] of finite numbers.")
        self.portrait = portrait
        self.unit = float(portrait.pose.scale)
        self.upper_layer, self.lower_layer = skin_layers(image, points, self.unit)
        step = max(2, round(max(width, height) / 128))
        whole = Grid(0, 0, -(-width // step), -(-height // step), step)
        self.upper = head_field(points, np.union1d(COMMON, UPPER), whole, width, height)
        lower = np.union1d(COMMON, LOWER)
        fine = max(1, step // 2)
        self.lower_mouth = self._lower_window(lower, _mouth_window(points, image.shape), fine, np.array([61, 291, 2, 164]))
        boxes = [window_of(points, eye, image.shape, 0.3, 0.42) for eye in (LEFT_EYE, RIGHT_EYE)]
        self.lower_eyes = [
            self._lower_window(lower, box, fine, np.array([eye.upper[0], eye.upper[-1]]))
            for eye, box in zip((LEFT_EYE, RIGHT_EYE), boxes, strict=True)
        ]
        self.eyes = [
            Eye(image, points, eye, iris, low.window)
            for eye, iris, low in zip((LEFT_EYE, RIGHT_EYE), IRISES, self.lower_eyes, strict=True)
        ]
        self.interior: MouthInterior = interior or RigidInterior(self.unit, lip_light(image, points))
        self._set_mouth_frame()
        y, x = np.indices((height, width), dtype=np.float32)
        self._pixels = np.stack([x, y], -1)
        cut = slit(points, MOUTH, 0, 0, width)
        self._photo_gap = float(cut.gap.max()) / self.unit

    def _lower_window(self, index: np.ndarray, window: Window, step: int, anchors: np.ndarray) -> _LowerWindow:
        height, width = self.portrait.image.shape[:2]
        x0, y0, w, h = window
        grid = Grid(x0, y0, min(-(-w // step), (width - x0) // step), min(-(-h // step), (height - y0) // step), step)
        field = head_field(self.portrait.points, index, grid, width, height)
        return _LowerWindow(field, _feather(grid.height, grid.width), anchors)

    def _set_mouth_frame(self) -> None:
        """Where teeth hang in the skull, from the neutral face: origin and axes as 3-D points of the photo, and the chin."""
        portrait = self.portrait
        rest = to_image(portrait.neutral, portrait.pose).astype(np.float64)
        axes = portrait.pose.rotation * self.unit
        origin = (rest[13] + rest[14]) / 2
        origin[0] = (rest[[0, 2, 13, 14, 164], 0].mean() + origin[0]) / 2
        origin = origin + _TEETH_BACK * axes[:, 2]
        self._mouth_frame = origin + np.array([np.zeros(3), 0.25 * axes[:, 0], 0.25 * axes[:, 1]])
        self._mouth_rigid = rigid_map(portrait.points, self._mouth_frame)
        self._chin = rest[_CHIN, :2].mean(0)
        self._chin_rigid = rigid_map(portrait.points, rest[_CHIN]).mean(0)

    def warp_rgb(self, points: F32) -> U8:
        """``points`` f32[478, 3] in portrait pixels → u8[H, W, 3]. Raises BackendError on NaN or another shape."""
        return self.warp(points).rgb

    def warp_crop(self, points: F32, matrix: np.ndarray, size: int) -> U8:
        """A ``size``² cut-out of the warped frame; ``matrix`` f64[2, 3] maps frame pixels to crop pixels."""
        return np.asarray(cv2.warpAffine(self.warp_rgb(points), matrix, (size, size), flags=cv2.INTER_LINEAR), np.uint8)

    def warp(self, points: F32) -> WarpFrame:
        """Like :meth:`warp_rgb`, together with the mouth's geometry."""
        if points.shape != (LANDMARKS, 3) or not np.isfinite(points).all():
            raise BackendError("The animator was given landmarks that are not f32[478, 3] of finite numbers.")
        delta = (points[:, :2] - self.portrait.points[:, :2]).astype(np.float32)
        frame = self._warp_upper(delta)
        for eye, low in zip(self.eyes, self.lower_eyes, strict=True):
            self._into_window(frame, low, points, delta, eye)
        mouth, origin = self._mouth(frame, points, delta)
        return WarpFrame(np.ascontiguousarray(frame[..., :3]), mouth, origin)

    def _warp_upper(self, delta: F32) -> U8:
        height, width = self._pixels.shape[:2]
        back = self.upper.backward(delta)
        grid = self.upper.grid
        back = cv2.resize(back, (grid.width, grid.height), interpolation=cv2.INTER_LINEAR)[:height, :width]
        at = cv2.subtract(self._pixels, back)
        return np.asarray(cv2.remap(self.upper_layer, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def _lower(self, low: _LowerWindow, delta: F32) -> tuple[F32, int, int]:
        """The lower skin in a window that follows the slit: f32[h, w, 3] and the window's place in the frame."""
        height, width = self._pixels.shape[:2]
        x0, y0, w, h = low.window
        mean = delta[low.anchors].mean(0).round().astype(int)
        sx, sy = int(np.clip(mean[0], -x0, width - w - x0)), int(np.clip(mean[1], -y0, height - h - y0))
        back = cv2.resize(low.field.backward(delta, (sx, sy)), (w, h), interpolation=cv2.INTER_LINEAR)
        at = self._pixels[y0 + sy : y0 + sy + h, x0 + sx : x0 + sx + w] - back
        skin = cv2.remap(self.lower_layer, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return skin[..., :3].astype(np.float32), x0 + sx, y0 + sy

    def _into_window(self, frame: U8, low: _LowerWindow, points: F32, delta: F32, eye: Eye) -> None:
        lower, x0, y0 = self._lower(low, delta)
        h, w = lower.shape[:2]
        view = frame[y0 : y0 + h, x0 : x0 + w, :3]
        cut = slit(points, eye.contours, x0, y0, w)
        skin = _mix(view, lower, cut.below(h, 1.2) * low.feather)
        view[:] = _to_u8(eye.draw(skin, points, delta, x0, y0))

    def _mouth(self, frame: U8, points: F32, delta: F32) -> tuple[MouthView, tuple[int, int]]:
        low = self.lower_mouth
        lower, x0, y0 = self._lower(low, delta)
        h, w = lower.shape[:2]
        view = frame[y0 : y0 + h, x0 : x0 + w, :3]
        cut = slit(points, MOUTH, x0, y0, w)
        soft = max(1.1, 0.011 * self.unit)
        skin = _mix(view, lower, cut.below(h, soft) * low.feather)
        opening = cut.opening(h, soft)
        mouth = self._mouth_view(cut, opening, delta, x0, y0)
        line = self._contact(cut)
        if line is not None:
            skin *= darker(cut, h, 0.016 * self.unit, line)[..., None]
        rows, columns = np.flatnonzero(opening.any(1)), np.flatnonzero(opening.any(0))
        if len(rows):
            box = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
            inside = self.interior.paint(mouth, box)
            skin[box] += (inside - skin[box]) * opening[box][..., None]
        view[:] = _to_u8(skin)
        return mouth, (x0, y0)

    def _contact(self, cut: Slit) -> F32 | None:
        """How dark the line between touching lips is, f32[w]. A photo with shut lips has that line in its own pixels."""
        own = float(np.clip(1 - self._photo_gap / 0.03, 0, 1))
        if own >= 1:
            return None
        near = np.clip(1 - cut.gap / (0.03 * self.unit), 0, 1)
        return np.asarray(0.5 * (1 - own) * near, np.float32)

    def _mouth_view(self, cut: Slit, opening: F32, delta: F32, x0: int, y0: int) -> MouthView:
        rigid = delta[RIGID]
        frame = self._mouth_frame[:, :2] + self._mouth_rigid @ rigid - [x0, y0]
        skull = np.c_[(frame[1] - frame[0]) / 0.25, (frame[2] - frame[0]) / 0.25, frame[0]]
        chin = delta[_CHIN].mean(0) + self.portrait.points[_CHIN, :2].mean(0)
        drop = chin - (self._chin + self._chin_rigid @ rigid)
        jaw = skull.copy()
        jaw[:, 2] += 0.85 * drop  # teeth sit nearer to the hinge than the chin does
        return MouthView(cut, opening, skull, jaw, self.unit)


class WarpAnimator:
    """The animator without a net. ``interior``: makes the mouth's interior for a portrait (default: neutral teeth)."""

    def __init__(self, *, interior: Callable[[Portrait], MouthInterior] | None = None) -> None:
        self._interior = interior

    def prepare(self, portrait: Portrait) -> WarpAvatar:
        """Precompute an avatar; 50–150 ms. Raises ValueError for a picture with odd sides, which I420 cannot hold."""
        height, width = portrait.image.shape[:2]
        if height % 2 or width % 2:
            raise ValueError(f"The portrait's sides must be even, not {width}×{height}.")
        return WarpAvatar(portrait, self._interior(portrait) if self._interior else None)

    def render(self, avatars: Sequence[WarpAvatar], points: F32) -> list[U8]:
        """``points`` f32[B, 478, 3] → B pictures u8[H * 3 // 2, W] in I420. Raises BackendError on NaN."""
        if len(avatars) != len(points):
            raise BackendError(f"{len(avatars)} avatars cannot wear {len(points)} sets of landmarks.")
        return [to_i420(avatar.warp_rgb(each)) for avatar, each in zip(avatars, points, strict=True)]


def _mouth_window(points: F32, shape: tuple[int, ...]) -> Window:
    """From the nose to under the chin, half a mouth's width beyond the corners."""
    left, right = points[61, 0], points[291, 0]
    wide = float(right - left)
    x0, y0 = max(int(left - 0.5 * wide), 0), max(int(points[[2, 98, 327], 1].min()), 0)
    x1, y1 = min(int(right + 0.5 * wide), shape[1]), min(int(points[152, 1] + 0.25 * wide), shape[0])
    return x0, y0, x1 - x0, y1 - y0


def _feather(height: int, width: int) -> F32:
    ramp = 0.12 * min(height, width)
    y = np.clip(np.minimum(np.arange(height), np.arange(height)[::-1]) / ramp, 0, 1)
    x = np.clip(np.minimum(np.arange(width), np.arange(width)[::-1]) / ramp, 0, 1)
    return np.asarray(np.outer(y * y * (3 - 2 * y), x * x * (3 - 2 * x)), np.float32)


def _mix(below: U8, above: F32, weight: F32) -> F32:
    ground = below.astype(np.float32)
    return np.asarray(ground + (above - ground) * weight[..., None], np.float32)


def _to_u8(picture: F32) -> U8:
    return np.asarray(np.clip(picture + np.float32(0.5), 0, 255), np.uint8)
