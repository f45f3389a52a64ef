"""What would make a good portrait better: sentences about light, size and pose of a photo that is good enough already."""

from __future__ import annotations

import cv2
import numpy as np

from talking_head.face.photo import head_angles
from talking_head.face.portrait import Portrait
from talking_head.media_files.remarks import Remark

_SHARP = 360  # pixels of a face's height from which a film of 1 080 lines stays sharp
_TURNED = 12.0  # degrees
_OPEN = 0.05  # of the eyes' distance, between the lips
_DARK, _BRIGHT = 60, 205  # mean grey level of the face
_SIDED = 0.35  # by which share one half of the face may be darker than the other


def advice(portrait: Portrait) -> list[Remark]:
    """Sentences for whoever brought the photo; none where nothing is to be said."""
    points, said = portrait.points, list[Remark]()
    height = float(np.ptp(points[:468, 1]))
    if height < _SHARP:
        sentence = f"The face is {height:.0f} pixels tall; from {_SHARP} on it stays sharp in large films."
        said.append(Remark(sentence, "face_small", height=round(height), sharp=_SHARP))
    pitch, yaw, _ = head_angles(points)
    if max(abs(pitch), abs(yaw)) > _TURNED:
        said.append(Remark("The face does not look straight into the camera; one that does moves more truly.", "face_turned"))
    eyes = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    if float(points[14, 1] - points[13, 1]) > _OPEN * eyes:
        said.append(Remark("The lips are parted; a portrait with closed lips gives a calmer face.", "face_parted"))
    return said + _light(portrait)


def _light(portrait: Portrait) -> list[Remark]:
    grey = cv2.cvtColor(portrait.image, cv2.COLOR_RGB2GRAY)
    hull = cv2.convexHull(portrait.points[:468, :2].round().astype(np.int32))
    face = cv2.fillConvexPoly(np.zeros(grey.shape, np.uint8), hull, 1).astype(bool)
    level = float(grey[face].mean())
    if level < _DARK:
        return [Remark("The face is dark. More light from the front shows more of it.", "face_dark")]
    if level > _BRIGHT:
        said = "The face is so bright that skin loses its shape. Less light would show more of it."
        return [Remark(said, "face_bright")]
    column = np.arange(grey.shape[1])[None] < portrait.points[1, 0]
    halves = [float(grey[face & side].mean()) for side in (column, ~column) if (face & side).any()]
    if len(halves) == 2 and min(halves) < (1 - _SIDED) * max(halves):
        said = "One half of the face is much darker. Even light from the front looks best when the head turns."
        return [Remark(said, "face_sided")]
    return []
