"""The face animator of the product: warp, rigid teeth, then a net trained as a GAN that makes it a face.

Every frame: ``animator/warp/animator.py`` moves the photo and paints rigid teeth, tongue and cavity; the lower face is cut
out at the net's scale; the net (``animator/refiner/model.py``) returns what has to change; that residual is enlarged and
added to the frame. Where the residual is zero the photo's own pixels stay, at the photo's own sharpness, so a crop of 160²
serves a picture of any size without a seam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from talking_head.animator.i420 import to_i420
from talking_head.animator.mouth.interior import MouthInterior, RigidInterior
from talking_head.animator.mouth.personal_teeth import skin_colour
from talking_head.animator.mouth.photo_teeth import photo_teeth
from talking_head.animator.mouth.row_shadow import cast_shadow
from talking_head.animator.mouth.softness import row_softness, soften
from talking_head.animator.mouth.standard_teeth import standard_teeth
from talking_head.animator.mouth.teeth_layers import OwnInterior, own_interior
from talking_head.animator.mouth.worn_teeth import worn
from talking_head.animator.refiner.config import TIERS
from talking_head.animator.refiner.crop import INNER, OUTER, apply, crop_matrix, draw_lips
from talking_head.animator.refiner.reference import ReferenceEncoder
from talking_head.animator.refiner.runtimes import Runtime, choose
from talking_head.animator.refiner.twins import twin_folder
from talking_head.animator.refiner.weights import load_refiner, read_weights
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.animator.warp.background import apart
from talking_head.animator.warp.constants import (
    BRIGHT_FROM,
    BRIGHT_RAMP,
    DIM_SOFT,
    DIM_SPARED,
    HOLLOW_SPARED,
    SPARED,
    TOOTH_FROM,
    TOOTH_RAMP,
)
from talking_head.animator.warp.geometry import OVAL
from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.face.space import fit_pose, to_face, to_image
from talking_head.models import manifest
from talking_head.protocols import Animator
from talking_head.types import F32, LANDMARKS, U8

_LIPS = np.concatenate([INNER, OUTER])
_RIM = 0.02  # of the crop: over what the net's residual fades at the face's outline
_AT_REST = 0.003  # of the eyes' distance, 0.3 mm: lips this near to the neutral face rest


@dataclass(slots=True)
class GanAvatar:
    """A portrait ready for :class:`GanAnimator`. ``reference`` f32[1, C, s, s]; ``own``: the net is told of own teeth."""

    warp: WarpAvatar
    reference: F32
    own: bool
    size: int
    bright: float  # level of photographic teeth, 0..255; 0: drawn ones
    # Shares of the net's residual that are kept off: light off the teeth, light off the hollow, dark off the teeth.
    spared: tuple[float, float, float]
    keep: F32  # f32[S, S, 3]: where in the crop the face is, and not what it wears nor the background
    runtime: Runtime | None = None
    resting: F32 | None = None  # the net's residual f32[S, S, 3] for the neutral face

    @property
    def portrait(self) -> Portrait:
        """The portrait it was made from."""
        return self.warp.portrait


class GanAnimator(Animator):
    """``stages.Animator`` with the refining net.

    ``folder``: weights (default: the manifest's for ``tier``). ``runtime``: "auto" or a name of ``runtime.choose``.
    ``refine`` False leaves the net out. ``personal``: the weights in ``folder`` were trained on the person who is shown.
    Attributes: ``runtime`` (name of what runs), ``problems`` (why better runtimes did not start), ``tier``.
    """

    def __init__(
        self,
        *,
        tier: str = "cpu",
        folder: str | Path | None = None,
        runtime: str = "auto",
        refine: bool = True,
        personal: bool = False,
    ) -> None:
        where = Path(folder) if folder is not None else manifest.path(f"animator-{tier}")
        where = where.parent if where.is_file() else where
        self.tier = tier
        self._wanted = runtime
        self._runtime: Runtime
        self._encoder, self._runtime, self.problems = self.load(where)
        self.runtime = self._runtime.name
        self._refine, self._personal = refine, personal
        self._twins = folder is None  # weights that were named are the ones to use, also for a twin

    def load(self, folder: Path) -> tuple[ReferenceEncoder, Runtime, list[str]]:
        """The encoder of portraits and the net's runtime from the weights in ``folder``, and why better runtimes did not
        start."""
        config = TIERS.get(self.tier, TIERS["cpu"])  # read_weights tells of an unknown tier
        encoder = ReferenceEncoder(read_weights(folder, self.tier), config)
        return encoder, *choose(config, lambda: load_refiner(folder, self.tier), folder, self._wanted)

    def prepare(self, portrait: Portrait, interior: MouthInterior | None = None) -> GanAvatar:
        """Precompute an avatar; 50–300 ms.

        ``interior``: teeth from elsewhere; default: the portrait's own, else those that its photo shows, else standard ones.
        An avatar trained as a twin brings its own net. Raises ValueError for odd sides, BackendError for broken landmarks.
        """
        twin = twin_folder(portrait.folder) if self._twins else None
        encoder, own_runtime, _ = (self._encoder, None, None) if twin is None else self.load(twin)
        personal = self._personal or twin is not None
        avatar = prepare_avatar(encoder, portrait, interior, drawn=personal)
        # A net that is told of own teeth draws more of what it believes a mouth to hold: right for the person it was trained
        # on, a brown haze in a stranger's wide mouth. Others wear their own teeth without telling it.
        avatar.own = personal and isinstance(avatar.warp.interior, OwnInterior)
        avatar.runtime = own_runtime
        if self._refine:
            rest = to_image(portrait.neutral, portrait.pose)
            matrix = crop_matrix(portrait.neutral, portrait.pose, avatar.size)
            avatar.resting = self._residual(avatar, avatar.warp.warp_rgb(rest), rest, matrix)
        return avatar

    def render(self, avatars: Sequence[GanAvatar], points: F32, tongue: F32 | None = None) -> list[U8]:
        """``points`` f32[B, 478, 3] in portrait pixels, ``tongue`` f32[B, 2] → B pictures u8[H * 3 // 2, W] in I420.

        Raises BackendError on NaN.
        """
        if len(avatars) != len(points):
            raise BackendError(f"{len(avatars)} avatars cannot wear {len(points)} sets of landmarks.")
        tongues = [None] * len(points) if tongue is None else tongue
        faces = zip(avatars, points, tongues, strict=True)
        return [to_i420(self.render_rgb(avatar, each, tip)) for avatar, each, tip in faces]

    def render_rgb(self, avatar: GanAvatar, points: F32, tongue: F32 | None = None) -> U8:
        """One picture u8[H, W, 3] RGB; ``tongue`` f32[2]. Raises BackendError on NaN or another shape."""
        frame = avatar.warp.warp_rgb(_checked(points), tongue=tongue)
        if self._refine:
            add_residual(frame, *self._change(avatar, frame, points))
        return frame

    def set_ground(self, avatar: GanAvatar, ground: U8) -> None:
        """From the next picture on, ``ground`` u8[H, W, 3] RGB is behind ``avatar``."""
        avatar.warp.ground = ground

    def render_rgba(self, avatar: GanAvatar, points: F32, tongue: F32 | None = None) -> U8:
        """One picture u8[H, W, 4] of the person alone, straight alpha; about twice the price of :meth:`render_rgb`.

        Raises BackendError on NaN, another shape, or an avatar whose portrait has no matte.
        """
        if avatar.portrait.matte is None:
            raise BackendError(
                "This portrait was not cut from its background. Run talking-head pull selfie-segmentation, and add it again."
            )
        frame = avatar.warp.warp_rgb(_checked(points), tongue=tongue)
        change = self._change(avatar, frame, points) if self._refine else None
        both = [avatar.warp.warp_rgb(points, np.full_like(frame, level), tongue) for level in (0, 255)]
        if change is not None:
            for picture in both:
                add_residual(picture, *change)
        return apart(*both)

    def _change(self, avatar: GanAvatar, frame: U8, points: F32) -> tuple[F32, F32]:
        """The residual f32[S, S, 3] for a warped ``frame``, and the matrix of its crop."""
        neutral = avatar.portrait.neutral
        pose = fit_pose(points, neutral)
        matrix = crop_matrix(neutral, pose, avatar.size)
        # A mouth at rest looks the same whatever the head does: between sentences, faces cost no net. A short way from rest the
        # stored residual fades into the net's, so that nothing jumps.
        away = float(np.linalg.norm(to_face(points[_LIPS], pose) - neutral[_LIPS], axis=1).max())
        share = 1.0 if avatar.resting is None else float(np.clip((away - _AT_REST) / _AT_REST, 0, 1))
        if avatar.resting is None or share == 1:
            return self._residual(avatar, frame, points, matrix), matrix
        if share == 0:
            return avatar.resting, matrix
        found = self._residual(avatar, frame, points, matrix)
        return avatar.resting + np.float32(share) * (found - avatar.resting), matrix

    def _residual(self, avatar: GanAvatar, frame: U8, points: F32, matrix: F32) -> F32:
        """What the net wants to change in the crop of a warped ``frame``, f32[S, S, 3]."""
        crop = cut_out(frame, matrix, avatar.size)
        drawing = np.empty((4, avatar.size, avatar.size), np.uint8)
        lips = draw_lips(apply(matrix, points), avatar.size, drawing[:3])
        drawing[3] = lips[2] if avatar.own else 0
        residual = (avatar.runtime or self._runtime).refine(crop, drawing, avatar.reference)
        if any(avatar.spared) and not avatar.own:
            spare_inside(residual, crop, lips[2], avatar.bright, avatar.spared)
        return np.asarray(cv2.multiply(residual, avatar.keep), np.float32)


def _checked(points: F32) -> F32:
    if points.shape != (LANDMARKS, 3) or not np.isfinite(points).all():
        raise BackendError("The animator was given landmarks that are not f32[478, 3] of finite numbers.")
    return points


def prepare_avatar(
    encoder: ReferenceEncoder, portrait: Portrait, interior: MouthInterior | None = None, *, drawn: bool = False
) -> GanAvatar:
    """See :meth:`GanAnimator.prepare`. ``drawn``: a face without teeth of its own wears the drawn set, which training knows."""
    height, width = portrait.image.shape[:2]
    if height % 2 or width % 2:
        raise ValueError(f"The portrait's sides must be even, not {width}×{height}.")
    avatar = WarpAvatar(portrait, interior)
    if interior is None and isinstance(avatar.interior, RigidInterior):
        soften(avatar.interior, row_softness(avatar.softness))
        if portrait.teeth is not None:
            avatar.interior = cast_shadow(worn(portrait.teeth, avatar.unit, avatar.interior.shadow))
        elif drawn:
            avatar.interior = own_interior(avatar) or avatar.interior
        else:
            standard = standard_teeth(avatar.interior, portrait, avatar.softness)
            avatar.interior = cast_shadow(photo_teeth(avatar, standard) or standard)
    size = encoder.size
    matrix = crop_matrix(portrait.neutral, portrait.pose, size)
    crop = cut_out(portrait.image, matrix, size)
    drawing = draw_lips(apply(matrix, portrait.points), size)
    both: F32 = np.concatenate([crop.transpose(2, 0, 1), drawing]).astype(np.float32) / np.float32(255)
    keep = inside_crop(portrait.matte, matrix, size, apply(matrix, to_image(portrait.neutral, portrait.pose)))
    level = tooth_level(avatar.interior)
    over = tooth_level(avatar.interior, 90) / float(skin_colour(portrait)[1])
    spared = SPARED * float(np.clip((over - BRIGHT_FROM) / BRIGHT_RAMP, 0, 1))
    dimmed = DIM_SPARED * max(1 - avatar.softness / DIM_SOFT, 0.0)
    shares = (spared, max(spared, HOLLOW_SPARED), max(spared, dimmed)) if level else (0.0, 0.0, 0.0)
    return GanAvatar(avatar, encoder(both), False, size, level, shares, keep)


def tooth_level(interior: MouthInterior, share: float = 75) -> float:
    """Level 0..255 of a photographic upper row as it is painted in full light; 0 for a drawn one.

    ``share``: percentile of its pixels, gums among them.
    """
    if not isinstance(interior, OwnInterior):
        return 0.0
    row = interior.upper.astype(np.float32)
    white = row[row[..., 3] > 250][:, 1:3].min(1)
    return float(np.percentile(white, share) * interior.light[1:].min()) if len(white) else 0.0


def inside_crop(matte: U8 | None, matrix: F32, size: int, face: F32) -> F32:
    """Where the net may change the crop, f32[size, size, 3]: on the person, a little within the edge, and on the face.

    ``face`` f32[478, 2]: the neutral one in the crop. Beyond its outline a net draws the collars of those that it has seen,
    and of a twin the one of a head that was not turned.
    """
    outline = np.round(face[OVAL] * 16).astype(np.int32)
    mask = cv2.fillPoly(np.zeros((size, size), np.uint8), [outline], 255, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(mask, (0, 0), _RIM * size).astype(np.float32) / np.float32(255)
    if matte is not None:
        part = cut_out(np.asarray(cv2.merge([matte, matte, matte]), np.uint8), matrix, size)[..., 0]
        inner = part if part.min() == 255 else cv2.erode(part, np.ones((5, 5), np.uint8))
        share *= cv2.GaussianBlur(inner, (0, 0), 1.5).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.merge([share, share, share]), np.float32)


def spare_inside(residual: F32, crop: U8, opening: U8, bright: float, spared: tuple[float, float, float]) -> None:
    """Take most of the net's ``residual`` f32[S, S, 3] off the person's own teeth, and what would light the dark between and
    behind them, in place.

    The net has learned the mouths of a few dim videos: it would grey a bright row by a third, and fill the hollow with grey.
    ``crop`` u8[S, S, 3] with the mouth's ``opening`` u8[S, S]; ``bright``: the row's own level, 0..255; ``spared``: see
    :class:`GanAvatar`.
    """
    x, y, w, h = cv2.boundingRect(opening)
    if w and h:
        part = np.s_[y : y + h, x : x + w]
        white = np.minimum(crop[part][..., 1], crop[part][..., 2]).astype(np.float32)
        tooth = np.clip((white / np.float32(bright) - TOOTH_FROM) / TOOTH_RAMP, 0, 1)
        open_ = opening[part] * np.float32(1 / 255)
        tooth, hollow = tooth * open_, (1 - tooth) * open_
        lit, dimmed = 1 - spared[0] * tooth - spared[1] * hollow, 1 - spared[2] * tooth
        residual[part] *= np.where(residual[part] > 0, lit[..., None], dimmed[..., None])


def cut_out(frame: U8, matrix: F32, size: int) -> U8:
    """The crop u8[size, size, 3] of ``frame`` that ``matrix`` (frame → crop) describes, without aliasing."""
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    factor = 1
    while scale * factor < 0.6 and factor < 8:
        factor *= 2
    enlarged = (matrix * factor).astype(np.float32)
    enlarged[:, 2] += (factor - 1) / 2
    side = size * factor
    crop = cv2.warpAffine(frame, enlarged, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop if factor == 1 else cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def add_residual(frame: U8, residual: F32, matrix: F32) -> None:
    """Enlarge ``residual`` f32[S, S, 3] (grey levels, zero at its rim) and add it to ``frame`` u8[H, W, 3], in place."""
    height, width = frame.shape[:2]
    size = len(residual)
    back = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float32) @ back[:, :2].T + back[:, 2]
    x0, y0 = np.maximum(np.floor(corners.min(0)), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(corners.max(0)) + 1, [width, height]).astype(int)
    if x1 <= x0 or y1 <= y0:
        return
    back[:, 2] -= (x0, y0)
    scale = float(np.hypot(back[0, 0], back[0, 1]))
    kind = cv2.INTER_LINEAR if scale < 1.3 else cv2.INTER_CUBIC
    grown = cv2.warpAffine(residual, back, (int(x1 - x0), int(y1 - y0)), flags=kind, borderMode=cv2.BORDER_CONSTANT)
    area = frame[y0:y1, x0:x1]
    cv2.add(area, grown, dst=area, dtype=cv2.CV_8U)
