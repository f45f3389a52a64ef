"""Spectacles: the upper rim, which stays where it is while the lid behind it falls.

A rim is a thin line, darker or lighter than the skin on both sides, from one side of the eye to the other; whoever wears one
has a bridge on the nose, too, where bare skin has no line.
"""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.animator.warp.geometry import LEFT_EYE, RIGHT_EYE, Contours, Slit, slit
from talking_head.types import F32, U8

_INNER_CORNERS = (133, 362)
_BRIDGE = 0.26  # share of the light that a bridge takes or adds, across the nose
# In distances of the inner corners of the eyes: how much of the nose is looked at, across and along; the thickest bridge; by
# how much it may lean.
_ACROSS, _ALONG, _THICK, _LEANS = 0.4, 1.8, 0.28, 0.10
# In widths of the eye: the thickest rim; how far above the lid it begins; half of what is kept of it, and over what that fades.
_RIM_THICK, _ABOVE, _HALF, _FADE = 0.14, 0.10, 0.035, 0.035
_SEEN, _GAPS = 0.07, 8  # contrast that a line must have, in all but this percentage of the columns
_STEEP, _BENT = 2, 0.04  # rows a column, at most; what one costs


def wears(image: U8, points: F32) -> bool:
    """Whether a bridge crosses the nose of the face with the landmarks ``points`` f32[478, 2+] in ``image`` u8[H, W, 3]."""
    left, right = points[list(_INNER_CORNERS), :2].astype(np.float32)
    apart = right - left
    height, width = (max(int(share * np.linalg.norm(apart)), 3) for share in (_ALONG, _ACROSS))
    y, x = np.mgrid[:height, :width].astype(np.float32) - np.array([height / 2, width / 2], np.float32)[:, None, None]
    (c, s), middle = apart / np.linalg.norm(apart), (left + right) / 2
    nose = cv2.remap(image, middle[0] + c * x - s * y, middle[1] + s * x + c * y, cv2.INTER_LINEAR)
    line = _lines(np.asarray(nose, np.uint8), _THICK * float(np.linalg.norm(apart)))
    leans = max(3, round(_LEANS * float(np.linalg.norm(apart))) | 1)
    line = np.asarray(cv2.dilate(line, np.ones((leans, 1), np.uint8)), np.float32)
    return float(np.percentile(line, 20, axis=1).max()) > _BRIDGE


def rim(image: U8, points: F32, contours: Contours, window: tuple[int, int, int, int]) -> F32:
    """How much of each pixel of ``window`` (x0, y0, width, height) around one eye is the rim above it, f32[height, width] 0..1.

    For a face that :func:`wears` spectacles. Nothing where only one eye has such a line: lenses without a rim leave creases to
    be found.
    """
    x0, y0, width, height = window
    other = RIGHT_EYE if contours is LEFT_EYE else LEFT_EYE
    shift = (points[other.rows, :2].mean(0) - points[contours.rows, :2].mean(0)).round().astype(int)
    x1 = min(max(x0 + int(shift[0]), 0), image.shape[1] - width)
    y1 = min(max(y0 + int(shift[1]), 0), image.shape[0] - height)
    if not _above(image[y1 : y1 + height, x1 : x1 + width], slit(points, other, x1, y1, width)).any():
        return np.zeros((height, width), np.float32)
    return _above(image[y0 : y0 + height, x0 : x0 + width], slit(points, contours, x0, y0, width))


def _above(piece: U8, cut: Slit) -> F32:
    """The line in ``piece`` u8[h, w, 3] that runs from side to side above the eye's opening ``cut``, f32[h, w] 0..1."""
    eye_width = float(cut.right[0] - cut.left[0])
    height, width = piece.shape[:2]
    line = _lines(piece, _RIM_THICK * eye_width)
    y = np.arange(height, dtype=np.float32)[:, None]
    line = np.where(y < cut.upper - np.float32(_ABOVE * eye_width), line, 0)
    # The strongest line from side to side, column by column.
    best = np.minimum(line, np.float32(4 * _SEEN))
    came = np.zeros((height, width), np.int64)
    offsets = np.arange(-_STEEP, _STEEP + 1)
    for column in range(1, width):
        before = np.pad(best[:, column - 1], _STEEP, constant_values=-1)
        reached = np.stack([before[_STEEP + step : _STEEP + step + height] - _BENT * abs(step) for step in offsets])
        came[:, column] = offsets[reached.argmax(0)]
        best[:, column] += reached.max(0)
    path = np.empty(width, np.int64)
    path[-1] = int(best[:, -1].argmax())
    for column in range(width - 1, 0, -1):
        path[column - 1] = np.clip(path[column] + came[path[column], column], 0, height - 1)
    strength = cv2.dilate(line, np.ones((3, 1), np.uint8))[path, np.arange(width)]
    if float(np.percentile(strength, _GAPS)) < _SEEN:  # a crease ends at the corners of the eye
        return np.zeros((height, width), np.float32)
    near = np.clip(1 - (np.abs(y - path) / np.float32(eye_width) - _HALF) / _FADE, 0, 1)
    kept = near * np.clip(strength / _SEEN, 0, 1)
    return np.asarray(cv2.GaussianBlur(kept.astype(np.float32), (0, 0), 0.8), np.float32)


def _lines(picture: U8, thick: float) -> F32:
    """By what share a pixel is darker or lighter than what lies ``thick`` pixels above and below it, f32[h, w]."""
    luma = picture.astype(np.float32).mean(-1)
    bar = np.ones((max(3, round(thick) | 1), 1), np.uint8)
    closed, opened = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, bar), cv2.morphologyEx(luma, cv2.MORPH_OPEN, bar)
    return np.asarray(np.maximum(closed - luma, luma - opened) / np.maximum(closed, 20), np.float32)
