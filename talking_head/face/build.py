"""A portrait out of any photo: decode, find the face, frame the head, settle the mouth line, take the expression out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talking_head.errors import PhotoError
from talking_head.face import photo
from talking_head.face.lips.settle import settle_lips
from talking_head.face.matte import find_matte
from talking_head.face.neutral import neutral_face
from talking_head.face.portrait import Portrait
from talking_head.face.space import fit_pose, to_face
from talking_head.media_files.pictures import Tell, decode, silent
from talking_head.protocols import Landmarker
from talking_head.types import F32, U8

_DEPTH = 1.25


def portrait_from_image(
    image: U8 | bytes | str | Path,
    landmarker: Landmarker,
    *,
    name: str = "photo",
    size: int | None = 512,
    licence: str = "unknown",
    source: str = "unknown",
    tell: Tell = silent,
) -> Portrait:
    """Make a portrait of the one face in ``image`` (RGB array, encoded bytes, or a path).

    ``size``: side of the square picture in pixels, even; None keeps the photo's resolution up to 1 080. ``tell`` is called
    with a sentence for each thing that was changed, such as a turn. Raises PhotoError.
    """
    pixels = image if isinstance(image, np.ndarray) else decode(image, tell)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise PhotoError(f"A picture must be u8[H, W, 3], not {pixels.dtype}{list(pixels.shape)}.")
    if size is not None and (size < 128 or size % 2):
        raise PhotoError(f"The portrait's size must be an even number of at least 128 pixels, not {size}.")
    pixels, found = photo.upright_face(pixels, landmarker, tell)
    return portrait_from_crop(pixels, found, landmarker, name=name, size=size, licence=licence, source=source)


def portrait_from_crop(
    pixels: U8,
    found: F32,
    landmarker: Landmarker,
    *,
    square: tuple[float, float, float] | None = None,
    name: str = "photo",
    size: int | None = 512,
    licence: str = "unknown",
    source: str = "unknown",
) -> Portrait:
    """Make a portrait of the face with the landmarks ``found`` f32[478, 3] in ``pixels`` u8[H, W, 3].

    ``square``: left, top and side in pixels of what to cut out, None: as :func:`photo.head_square` finds it; ``size`` as in
    :func:`portrait_from_image`. Raises PhotoError for a square that does not hold the face.
    """
    if square is not None:
        photo.check_square(found, square)
    framed, points = photo.frame_head(pixels, found, size, square)
    again = landmarker.detect(framed)  # a second look at the framed head places the points better than the whole photo did
    if again and np.linalg.norm(again[0][1, :2] - points[1, :2]) < 0.2 * np.ptp(points[:, 0]):
        points = again[0]
    matte = find_matte(framed, points)
    return portrait_from_points(framed, points, name=name, licence=licence, source=source, matte=matte)


def portrait_from_points(
    image: U8,
    points: F32,
    *,
    name: str = "photo",
    licence: str = "unknown",
    source: str = "unknown",
    settle: bool = True,
    matte: U8 | None = None,
) -> Portrait:
    """Make a portrait of a framed picture u8[H, W, 3] whose landmarks f32[478, 3] are known. ``settle``: see lips/settle.py.

    ``matte``: see :class:`Portrait`. The portrait's own points are deeper than a detector's, see :func:`flat`.
    """
    points = _stretched(settle_lips(image, points) if settle else points, _DEPTH)
    pose = fit_pose(points)
    return Portrait(name, image, points, pose, neutral_face(to_face(points, pose)), licence, source, matte=matte)


def flat(points: F32) -> F32:
    """A portrait's points f32[478, 3] with the depths that the detector gave them."""
    return _stretched(points, 1 / _DEPTH)


def _stretched(points: F32, factor: float) -> F32:
    """``points`` f32[478, 3] with their depths stretched about the eyes'.

    A detector's faces are flatter than they look: turned by their own depths, a head is seen to turn by three quarters of the
    angle (measured with the detector itself on the four presenters, yaw of 5 to 15°, pitch of 10°).
    """
    out = points.copy()
    eyes = points[[33, 263], 2].mean()
    out[:, 2] = eyes + np.float32(factor) * (points[:, 2] - eyes)
    return out
