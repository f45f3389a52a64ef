"""Teeth for an avatar whose photo keeps its mouth shut: lent by a second photo, or by a video, of the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.softness import row_softness, soften, softness
from talking_head.animator.mouth.standard_teeth import standard_teeth
from talking_head.animator.mouth.teeth_layers import last_tooth, own_interior, row_edge
from talking_head.animator.mouth.worn_teeth import LOWEST_EDGE, kept, laid_out
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.animator.warp.geometry import MOUTH, slit
from talking_head.errors import PhotoError
from talking_head.face import photo
from talking_head.face.build import portrait_from_image
from talking_head.face.portrait import Portrait
from talking_head.face.teeth import Teeth
from talking_head.media_files.pictures import decode
from talking_head.protocols import Landmarker
from talking_head.types import F32, FPS, U8

# Outline of the face above the jaw, nose and eye corners: what no smile moves.
_BUILD = np.array(
    [
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 234, 127, 162, 21, 54, 103, 67, 109),
        *(1, 2, 4, 5, 6, 168, 98, 327, 129, 358, 33, 133, 362, 263),
    ]
)
# Of the eyes' distance, mean over those points. Two views of one person, or of two, among 112 of some 17 people of GRID, differ
# by 0.04 at most: this tells a squeezed or painted face from a photo, not one person from another.
_MOST_ODD = 0.065
_MIN_EYES = 90.0  # pixels between the outer eye corners: below that, teeth are a smear, and the neutral set looks better
_SKIN = np.array([50, 280, 101, 330, 151, 9])
_EVERY = 5  # frames of a video: five looks a second
_MOST_LOOKS = 300
MOST_LOOKED_S = _MOST_LOOKS * _EVERY / FPS  # of a video in which every look finds the face
_TRIED = 12  # widest open frames that are asked for teeth


def lend_teeth(smile: U8 | bytes | str | Path, portrait: Portrait, landmarker: Landmarker) -> Teeth:
    """The teeth that a second photo of ``portrait``'s person shows.

    Raises PhotoError if it cannot be read, shows no single face from the front, no teeth, or a face of another build.
    """
    try:
        picture = smile if isinstance(smile, np.ndarray) else decode(smile)
        picture, points = photo.upright_face(picture, landmarker)
        eyes = float(np.linalg.norm(points[263, :2] - points[33, :2]))
        if eyes < _MIN_EYES:
            need = np.ptp(points[:468, 1]) * _MIN_EYES / eyes
            raise PhotoError(f"Its face is too small to see teeth: use one in which it is at least {need:.0f} pixels tall.")
        lender = portrait_from_image(picture, landmarker, name="smile", size=max(512, portrait.image.shape[0]))
    except PhotoError as error:
        raise PhotoError(f"The second photo cannot lend its teeth. {error}", "photo_teeth") from error
    odd = float(np.abs((lender.neutral - portrait.neutral)[_BUILD, :2]).mean())
    if odd > _MOST_ODD:
        raise PhotoError(
            "The second photo shows a face of another build. Use one of the same person, not squeezed or drawn.", "photo_teeth"
        )
    teeth = _lent(lender, portrait)
    if teeth is None:
        raise PhotoError(
            "The second photo shows no teeth. Use one with an open smile, from the front, in good light.", "photo_teeth"
        )
    return teeth


def from_video(pictures: Iterable[U8], landmarker: Landmarker) -> tuple[U8, U8 | None]:
    """Of a talking person's pictures u8[H, W, 3] RGB: the calmest for a portrait, and one that shows teeth (None: none does).

    Raises PhotoError if no picture can be a portrait.
    """
    calm: tuple[float, U8] | None = None
    wide: list[tuple[float, U8]] = []
    refusal: PhotoError | None = None
    looks = 0
    for index, picture in enumerate(pictures):
        if index % _EVERY:
            continue
        try:
            points = photo.find_face(picture, landmarker)
        except PhotoError as error:
            refusal = error
            continue
        unit = float(np.linalg.norm(points[263, :2] - points[33, :2]))
        gap = float(slit(points, MOUTH, 0, 0, picture.shape[1]).gap.max()) / unit
        turned = sum(abs(angle) for angle in photo.head_angles(points)) / 90
        unrest = gap + turned + max(0.0, 0.3 - photo.eyes_open(points))
        if calm is None or unrest < calm[0]:
            calm = (unrest, picture)
        wide = sorted([*wide, (gap, picture)], key=lambda pair: -pair[0])[:_TRIED]
        looks += 1
        if looks == _MOST_LOOKS:
            break
    if calm is None:
        raise refusal or PhotoError("The video holds no picture.")
    portrait = portrait_from_image(calm[1], landmarker, size=None)
    for _, picture in wide:
        try:
            lend_teeth(picture, portrait, landmarker)
        except PhotoError:
            continue
        return calm[1], picture
    return calm[1], None


def _lent(lender: Portrait, portrait: Portrait) -> Teeth | None:
    """``lender``'s teeth in ``portrait``'s light, no crisper than its skin."""
    wearer = WarpAvatar(portrait)
    if not isinstance(wearer.interior, RigidInterior):
        return None
    soft = wearer.softness
    neutral = soften(wearer.interior, row_softness(soft))
    standard = laid_out(standard_teeth(neutral, portrait, soft), neutral)  # for what the smile does not show
    # The closed mouth behind a smile is a guess; the portrait knows this person's. Teeth hang from the skull.
    own = own_interior(WarpAvatar(replace(lender, neutral=portrait.neutral)), standard)
    if own is None:
        return None
    own.upper = _shown(own)
    softer = soft**2 - softness(lender.image, lender.points, float(lender.pose.scale)) ** 2
    if softer > 0:
        soften(own, float(np.sqrt(softer)))
    # The same skin in two lights says what the light did to the teeth. Not to what was drawn behind them: that is in the
    # portrait's light already.
    ratio = np.append(np.clip(skin_colour(portrait) / skin_colour(lender), 0.5, 2), 1)
    own.upper, own.lower = (np.asarray(np.clip(row * ratio + 0.5, 0, 255), np.uint8) for row in (own.upper, own.lower))
    return kept(own, wearer.unit)


def _shown(own: RigidInterior) -> U8:
    """``own``'s upper row, lowered where its edge hangs higher than that of people who speak.

    A smile lifts the lip, the skull's place in a photo is known to a millimetre or two, and teeth too high are never seen.
    """
    edge = row_edge(own.upper, last_tooth)
    wanted = (LOWEST_EDGE - own.upper_map[1, 2]) / own.upper_map[1, 1]
    if edge >= wanted:
        return own.upper
    move = np.array([[1, 0, 0], [0, 1, wanted - edge]], np.float32)
    return np.asarray(cv2.warpAffine(own.upper, move, own.upper.shape[1::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def skin_colour(portrait: Portrait) -> F32:
    """Colour of cheeks and forehead, f32[3]."""
    far = np.array(portrait.image.shape[1::-1]) - 3
    spots = np.clip(portrait.points[_SKIN, :2].round().astype(int), 2, far)
    seen = [portrait.image[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(0) for x, y in spots]
    return np.asarray(np.maximum(np.median(seen, axis=0), 1), np.float32)
