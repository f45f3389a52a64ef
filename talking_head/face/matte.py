"""A portrait's matte: how much of each pixel is the person, from a small segmentation net and a filter that finds the hair.

The net is MediaPipe's selfie segmentation (256 × 256; Apache-2.0). Its answer is as coarse as its picture, so it is refined
against the portrait itself by a guided filter (He, Sun, Tang, "Guided image filtering", PAMI 2013).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from talking_head.errors import MissingModelError, WeightsError
from talking_head.models import manifest
from talking_head.models.openvino_core import core
from talking_head.types import F32, U8

FILE = "matte.png"  # in an avatar's folder
MODEL = "selfie-segmentation"
_SIDE = 256
_RADIUS, _SMOOTH = 0.04, 1e-4  # of the filter: in face units; how much variance in the picture is an edge
_LOW, _HIGH = 0.25, 0.85  # of the refined matte: below and above, a pixel is all background or all person
_SURE = 0.004  # of the matte's range: what the filter spreads thinly over the background is noise


def find_matte(image: U8, points: F32) -> U8 | None:
    """How much of each pixel of ``image`` u8[H, W, 3] RGB is the person with the landmarks ``points`` f32[478, 2+].

    Returns u8[H, W], 255 is all person; None where the model has not been pulled. One person is kept: what is not connected
    with the face is background.
    """
    try:
        path = manifest.path(MODEL)
    except (MissingModelError, WeightsError):
        return None
    return refine(image, points, segment(image, path))


def segment(image: U8, path: Path) -> F32:
    """The net's own answer f32[256, 256], 0 background … 1 person. ``path``: the converted model."""
    small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return np.asarray(_net(path)(small[None])[0][0, ..., 0], np.float32)


@cache
def _net(path: Path) -> Any:
    return core().compile_model(str(path), "CPU", {"INFERENCE_NUM_THREADS": 1})


def refine(image: U8, points: F32, coarse: F32) -> U8:
    """A matte u8[H, W] with the edges of ``image`` out of a ``coarse`` one f32[h, w]; see :func:`find_matte`."""
    height, width = image.shape[:2]
    unit = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    whole = cv2.resize(_one_person(coarse, points[:, :2] * (np.array(coarse.shape[::-1]) / (width, height))), (width, height))
    guide = image.astype(np.float32) / np.float32(255)
    guided = cv2.ximgproc.guidedFilter(guide, np.asarray(whole, np.float32), max(2, round(_RADIUS * unit)), _SMOOTH)
    fine = np.asarray((guided + whole) / 2, np.float32)  # the filter alone leaves a veil beside hair of the background's colour
    # Far from the coarse edge the coarse answer is right.
    reach = max(3, round(0.10 * unit)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    inside, outside = cv2.erode(whole, disc), cv2.dilate(whole, disc)
    fine = np.where(inside > 0.9, 1, np.where(outside < 0.1, 0, fine))
    alpha = np.clip((fine - _LOW) / (_HIGH - _LOW), 0, 1)
    face = cv2.fillConvexPoly(np.zeros((height, width), np.uint8), cv2.convexHull(points[:468, :2].round().astype(np.int32)), 1)
    alpha = np.where(face > 0, 1, alpha)  # never a hole in the face
    return np.asarray(np.where(alpha < _SURE, 0, alpha) * 255 + 0.5, np.uint8)


def _one_person(coarse: F32, points: np.ndarray) -> F32:
    """``coarse`` without what is not connected with the face; ``points`` f[478, 2] in its pixels."""
    count, label = cv2.connectedComponents((coarse > 0.5).astype(np.uint8))
    if count <= 2:
        return coarse
    at = np.clip(points[[1, 9, 152, 50, 280]].round().astype(int), 0, np.array(coarse.shape[::-1]) - 1)
    found = [int(v) for v in label[at[:, 1], at[:, 0]] if v]
    if not found:
        return coarse
    mine = (label == max(set(found), key=found.count)).astype(np.uint8)
    near = cv2.GaussianBlur(cv2.dilate(mine, np.ones((7, 7), np.uint8)).astype(np.float32), (0, 0), 1.5)
    return np.asarray(coarse * near, np.float32)
