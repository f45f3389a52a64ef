"""The photo in two layers: the person, and the background behind, which is filled in where the person stood before it."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.face.fill import continued
from talking_head.types import U8

_MIRRORED = 0.30  # face units: how far behind the person's edge the background is its own mirror image


def background(image: U8, matte: U8, unit: float) -> U8:
    """``image`` u8[H, W, 3] without the person that ``matte`` u8[H, W] shows: u8[H, W, 3].

    Near the edge the background goes on as its own mirror image, deeper behind the person as a smooth continuation.
    """
    size = _margin(unit), _margin(unit)
    ring = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size)
    known = np.asarray(cv2.erode((matte < 3).astype(np.uint8), ring), np.uint8)
    if not known.any():
        return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.3 * unit), np.uint8)
    smooth = continued(image, known)
    # The mirror image at the person's edge: what lies as far outside as the pixel lies inside.
    distance, label = cv2.distanceTransformWithLabels(1 - known, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(known)
    nearest = np.zeros((int(label.max()) + 1, 2), np.float32)
    nearest[label[rows, columns]] = np.stack([columns, rows], -1)
    edge = cv2.GaussianBlur(nearest[label], (0, 0), max(1.0, 0.04 * unit))  # nearest points jump; mirror images may not
    y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    mirrored = cv2.remap(image, 2 * edge[..., 0] - x, 2 * edge[..., 1] - y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    valid = cv2.remap(known, 2 * edge[..., 0] - x, 2 * edge[..., 1] - y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT_101)
    near = cv2.GaussianBlur(valid.astype(np.float32), (0, 0), max(1.0, 0.03 * unit))
    near = np.clip(2 * near - 1, 0, 1) * np.clip(1 - distance / np.float32(_MIRRORED * unit), 0, 1)
    filled = smooth + (mirrored - smooth) * near[..., None]
    return np.asarray(np.where(known[..., None] > 0, image, np.clip(filled + 0.5, 0, 255)), np.uint8)


def person(image: U8, matte: U8, ground: U8, unit: float) -> U8:
    """The person alone, RGBA u8[H, W, 4] with colours multiplied by alpha: laid over ``ground`` it is ``image`` again.

    Near the edge alpha is at least what explains the photo: a wisp that is darker than any background cannot be half of one.
    """
    alpha = matte.astype(np.float32) / 255
    seen, behind = image[..., :3].astype(np.float32), ground.astype(np.float32)
    least = np.maximum((behind - seen) / np.maximum(behind, 1), (seen - behind) / np.maximum(255 - behind, 1)).max(-1)
    near = cv2.dilate(matte, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_margin(unit), _margin(unit)))) > 2
    alpha = np.where(near, np.maximum(alpha, np.clip(least, 0, 1)), alpha)[..., None]
    colours = np.clip(seen - behind * (1 - alpha), 0, 255 * alpha)
    return np.asarray(np.dstack([colours, 255 * alpha]) + 0.5, np.uint8)


def extent(alpha: U8) -> tuple[int, int, int, int]:
    """The box that a person of ``alpha`` u8[H, W] takes: first row and column, last ones (exclusive); all 0 if nobody is there.

    One box and not a run of columns a row: what the empty corners cost is less than the calls for many small parts.
    """
    x, y, width, height = cv2.boundingRect(alpha)
    return y, x, y + height, x + width


def over(layer: U8, ground: U8, out: U8 | None = None) -> U8:
    """``layer`` u8[h, w, 4], premultiplied, over ``ground`` u8[h, w, 3]: u8[h, w, 3], into ``out`` where given."""
    rest = cv2.extractChannel(layer, 3)
    cv2.bitwise_not(rest, dst=rest)
    behind = cv2.merge([rest, rest, rest])
    cv2.multiply(ground, behind, dst=behind, scale=1 / 255)
    made = cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB, dst=out)
    return np.asarray(cv2.add(made, behind, dst=made), np.uint8)


def apart(dark: U8, light: U8) -> U8:
    """A person u8[H, W, 4], straight alpha, out of its pictures before black and before white: where the two differ, there is
    less person."""
    black, white = dark.astype(np.int32), light.astype(np.int32)
    alpha = np.clip(255 - (white - black).min(-1, keepdims=True), 0, 255)
    colour = np.clip((black * 255 + alpha // 2) // np.maximum(alpha, 1), 0, 255)
    return np.dstack([colour, alpha]).astype(np.uint8)


def _margin(unit: float) -> int:
    """Pixels (odd) beside the person that are not sure to be background."""
    return max(3, round(0.05 * unit)) | 1
