"""What is seen wrong in one portrait that moves: behind it, around it, and in its turn, its lips and its lids."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talking_head.animator.gan import GanAnimator, GanAvatar
from talking_head.evaluate.portraits.poses import STILL, held, mouth_shape, seen_turn
from talking_head.face.photo import distinct, head_angles
from talking_head.face.portrait import Portrait
from talking_head.face.space import fit_pose, to_face
from talking_head.motion.measures import eye_gap, lip_gap
from talking_head.motion.space import MotionSpace
from talking_head.protocols import Landmarker
from talking_head.types import F32, U8, Motion

TURN = 12.0  # degrees to either side
WIDE = 0.20  # of the eyes' distance: how far lips are told to part
_AWAY, _BESIDE = 0.45, 0.25  # of it: pixels farther from the person never move; how wide the band around the person is
_THIN, _SEEN = 0.08, 16  # of it: a window in which a strand of hair is the lesser part; levels by which it is seen
_PERSON = 2  # levels of the matte from which on a pixel is the person's, in part
_LOOKED_EVERY = 10  # frames: the detector and the cut-out picture are slow
_CLOSE, CELL = 1.3, 224  # of the eyes' distance: half a side of a small face on the sheet; pixels of it


@dataclass(frozen=True, slots=True)
class Look:
    """One portrait in motion.

    ``turned``: yaw in the photo, degrees. ``background``, ``halo``: largest difference, in levels, of what should be still away
    from the person and just beside it; ``strands``: share of thin lines beside the person's edge, such as hair that stays
    behind, beyond that farther out; these three are None where nobody was cut out. ``heads``: most faces found beyond those in
    the photo. ``lost``: looked-at pictures without a face. ``turn``: seen share of the commanded one, the lesser side.
    ``lips``: gap of shut ones, ``opened``: share of a commanded gap. ``lids``: share of the eyes' opening left by a blink.
    ``views``: small faces u8[224, 224, 3] at rest, with shut lids, a wide mouth, and turned to both sides.
    """

    turned: float
    background: int | None
    halo: int | None
    strands: float | None
    heads: int
    lost: int
    turn: float
    lips: float
    opened: float
    lids: float
    views: list[U8]


def look(
    portrait: Portrait, animator: GanAnimator, landmarker: Landmarker, space: MotionSpace, motion: Motion | None = None
) -> Look:
    """Draw ``portrait`` in the poses of the sheet and in ``motion``, and see what is wrong. Raises BackendError."""
    avatar = animator.prepare(portrait)
    poses = [
        held(),
        held(space.blink),
        held(mouth_shape(space, WIDE, 0.0)),
        held(STILL, (0, -TURN, 0)),
        held(STILL, (0, TURN, 0)),
    ]
    placed = [portrait.place(pose)[0] for pose in poses]
    drawn = [animator.render_rgb(avatar, points) for points in placed]
    around = _Around(animator, avatar)
    faces = _Faces(landmarker, portrait)
    for picture, points in zip(drawn, placed, strict=True):
        around.see(picture, points)
        faces.see(picture)
    for index, points in enumerate([] if motion is None else portrait.place(motion)):
        picture = animator.render_rgb(avatar, points, None if motion is None else motion.tongue[index])
        looked = index % _LOOKED_EVERY == 0
        around.see(picture, points if looked else None)
        if looked:
            faces.see(picture)
    rest, blink, wide, left, right = faces.found[: len(poses)]
    neutral = portrait.neutral
    return Look(
        round(head_angles(portrait.points)[1], 1),
        around.away,
        around.beside,
        None if portrait.matte is None else strands(avatar.warp.ground, portrait.matte, float(portrait.pose.scale)),
        faces.more,
        faces.lost,
        round(min(_turn(rest, left, neutral, -TURN), _turn(rest, right, neutral, TURN)), 3),
        round(_lips(rest), 4),
        round((_lips(wide) - _lips(rest)) / WIDE, 3),
        round(_lids(blink) / max(_lids(rest), 1e-6), 3),
        [_close_up(picture, portrait) for picture in drawn],
    )


class _Around:
    """Largest difference, in levels, of pixels that should be still."""

    def __init__(self, animator: GanAnimator, avatar: GanAvatar) -> None:
        self._animator, self._avatar = animator, avatar
        portrait = avatar.portrait
        self._unit = float(portrait.pose.scale)
        self._still = None if portrait.matte is None else _distance(portrait.matte) > _AWAY * self._unit
        self.away: int | None = None if portrait.matte is None else 0
        self.beside: int | None = self.away

    def see(self, picture: U8, points: F32 | None) -> None:
        """The next ``picture``; with the landmarks ``points`` that it was drawn from, also beside the person."""
        if self._still is None or self.away is None or self.beside is None:
            return
        ground = self._avatar.warp.ground
        differs = cv2.absdiff(picture, ground).max(-1)
        self.away = max(self.away, int(differs[self._still].max(initial=0)))
        if points is not None:
            alpha = self._animator.render_rgba(self._avatar, points)[..., 3]
            band = (alpha == 0) & (_distance(alpha) < _BESIDE * self._unit)
            self.beside = max(self.beside, int(differs[band].max(initial=0)))


def strands(ground: U8, matte: U8, unit: float) -> float:
    """Share of thin lines in the background ``ground`` u8[H, W, 3] beside the person of ``matte`` u8[H, W], beyond that share
    farther out; ``unit``: distance of the eyes in pixels. What is not known of the photo was filled in, and has none."""
    distance = _distance(matte)
    thin = cv2.absdiff(ground, cv2.medianBlur(ground, round(_THIN * unit) | 1)).max(-1) > _SEEN
    beside = (distance > 0) & (distance < _BESIDE * unit)
    beyond = (distance >= _BESIDE * unit) & (distance < 3 * _BESIDE * unit)
    near, far = (float(thin[where].mean()) if where.any() else 0.0 for where in (beside, beyond))
    return round(near - far, 4)


def _distance(alpha: U8) -> F32:
    """Pixels f32[H, W] to the nearest one that the person takes a part of."""
    return np.asarray(cv2.distanceTransform((alpha <= _PERSON).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


class _Faces:
    """What the detector finds in pictures of one portrait: ``found`` f32[478, 3] of each, None without a face."""

    def __init__(self, landmarker: Landmarker, portrait: Portrait) -> None:
        self._landmarker = landmarker
        self._usual = max(1, len(distinct(landmarker.detect(portrait.image))))
        self.found: list[F32 | None] = []
        self.more = 0

    def see(self, picture: U8) -> None:
        """The next ``picture`` u8[H, W, 3]."""
        faces = distinct(self._landmarker.detect(picture))
        self.more = max(self.more, len(faces) - self._usual)
        self.found.append(faces[0] if faces else None)

    @property
    def lost(self) -> int:
        """Pictures without a face."""
        return sum(face is None for face in self.found)


def _turn(rest: F32 | None, turned: F32 | None, neutral: F32, commanded: float) -> float:
    return 0.0 if rest is None or turned is None else float(seen_turn(rest, turned, neutral)[1]) / commanded


def _lips(points: F32 | None) -> float:
    """Opening of the lips in eye distances; 0 without a face, which counts as lost."""
    return 0.0 if points is None else float(lip_gap(to_face(points, fit_pose(points))))


def _lids(points: F32 | None) -> float:
    return 0.0 if points is None else float(eye_gap(to_face(points, fit_pose(points))))


def _close_up(picture: U8, portrait: Portrait) -> U8:
    """The head out of ``picture``, u8[224, 224, 3]."""
    reach = _CLOSE * float(portrait.pose.scale)
    height, width = picture.shape[:2]
    reach = min(reach, min(height, width) / 2)
    x, y = np.clip(portrait.points[:468, :2].mean(0), reach, np.array([width, height]) - reach) - reach
    matrix = np.array([[2 * reach / CELL, 0, x], [0, 2 * reach / CELL, y]], np.float32)
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, matrix, (CELL, CELL), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
