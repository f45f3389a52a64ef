"""Another background behind a portrait: a colour, a picture, or its own one out of focus."""

from __future__ import annotations

import dataclasses
import re

import cv2
import numpy as np

from talking_head.errors import PhotoError
from talking_head.face.fill import continued
from talking_head.face.portrait import Portrait
from talking_head.types import U8

GREEN = "#00b140"  # the green of studio cloth, which keyers expect
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})")
_BLUR = 0.05  # of the picture's side


def with_background(portrait: Portrait, wish: str | U8) -> Portrait:
    """``portrait`` before another background.

    ``wish``: "blur" (its own, out of focus), "green", a colour "#rrggbb", or a picture u8[h, w, 3] RGB of any size, which is
    cut to the portrait's shape. Raises PhotoError for a portrait without a matte and for a wish that is none of these.
    """
    if portrait.matte is None:
        raise PhotoError(
            "This face was not cut from its background, so that no other one can be put behind it. "
            "Fetch the model with talking-head pull selfie-segmentation, and add the avatar again.",
            "photo_uncut",
        )
    height, width = portrait.image.shape[:2]
    if isinstance(wish, np.ndarray):
        return dataclasses.replace(portrait, ground=_fitted(wish, height, width))
    if wish == "blur":
        known = np.asarray(cv2.erode((portrait.matte < 3).astype(np.uint8), np.ones((9, 9), np.uint8)), np.uint8)
        own = np.clip(continued(portrait.image, known), 0, 255).astype(np.uint8) if known.any() else portrait.image
        return dataclasses.replace(portrait, ground=np.asarray(cv2.GaussianBlur(own, (0, 0), _BLUR * width), np.uint8))
    plain = np.array(colour(GREEN if wish == "green" else wish), np.uint8)
    return dataclasses.replace(portrait, ground=np.ascontiguousarray(np.broadcast_to(plain, (height, width, 3))))


def colour(wish: str) -> tuple[int, int, int]:
    """Red, green, blue of "#rrggbb". Raises PhotoError for anything else."""
    found = _COLOUR.fullmatch(wish)
    if found is None:
        raise PhotoError(f"“{wish[:40]}” is no background. Use blur, green, a colour such as #1d2a3a, or a picture.")
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue


def _fitted(picture: U8, height: int, width: int) -> U8:
    """The middle of ``picture`` in the portrait's shape."""
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or not picture.size:
        raise PhotoError(f"A background is a picture u8[h, w, 3], not {picture.dtype}{list(picture.shape)}.")
    scale = max(height / picture.shape[0], width / picture.shape[1])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grown = cv2.resize(picture, size, interpolation=kind)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return np.ascontiguousarray(grown[top : top + height, left : left + width]).astype(np.uint8)
