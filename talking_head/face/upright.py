"""Which way up is a face? A mesh fits upside down, too: chin on forehead, eyes on the corners of the mouth.

What lies under the mesh tells the two apart. A linear model looks at 24 × 28 grey values of the face, taken along the mesh and
evened out locally, and scores how much they look like a face that stands upright. It is fitted by ``scripts/fit_upright.py`` on
official portraits (public domain), each as it is and turned by half.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from talking_head.face.space import fit_pose, to_image
from talking_head.types import F32, U8

SHAPE = (28, 24)  # rows, columns of the patch
_CORNERS = np.array([[-0.85, -0.75, 0], [0.85, -0.75, 0], [-0.85, 1.25, 0]], np.float32)  # of the patch, in face space


def patch(image: U8, points: F32) -> F32:
    """The face under the mesh ``points`` f32[478, 3] as f32[28, 24]: grey, eyes above, mean and contrast evened out."""
    rows, columns = SHAPE
    pose = fit_pose(points)
    corners = to_image(_CORNERS, pose)[:, :2].astype(np.float32)
    fine = 2 * np.array([[0, 0], [columns, 0], [0, rows]], np.float32)
    step = pose.scale * 1.7 / (2 * columns)  # pixels of the picture to one of the patch at twice its size
    smooth = cv2.GaussianBlur(image, (0, 0), max(0.3, 0.5 * step))
    seen = cv2.warpAffine(smooth, cv2.getAffineTransform(corners, fine), (2 * columns, 2 * rows))
    small = cv2.resize(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), (columns, rows), interpolation=cv2.INTER_AREA)
    grey = np.asarray(small, np.float32)
    mean = cv2.GaussianBlur(grey, (0, 0), 3)
    spread = np.sqrt(cv2.GaussianBlur((grey - mean) ** 2, (0, 0), 3)) + 4
    return np.asarray((grey - mean) / spread, np.float32)


def score(image: U8, points: F32) -> float:
    """How much the face under the mesh ``points`` looks upright: about 4 for a face, −4 for one that the mesh has on its head.

    Single scores overlap where beards and glasses are; the higher one of a picture and its half turn does not err (304 of 304
    that were not fitted on, see the script).
    """
    weights, offset = _model()
    seen = patch(image, points)
    return float((seen * weights).sum()) + offset if np.abs(seen).max() > 0.05 else 0.0  # a blank one says nothing


@cache
def _model() -> tuple[F32, float]:
    with np.load(Path(__file__).with_name("upright.npz"), allow_pickle=False) as file:
        return np.asarray(file["weights"], np.float32), float(file["offset"])
