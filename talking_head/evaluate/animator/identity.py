"""Is it still the same person? Cosine of dlib's 128-D face descriptors. Evaluation only, and optional.

King, "Dlib-ml", JMLR 2009; the ResNet of ``face_recognition_models`` (CC0) on 150² chips. The chips are aligned by our own
landmarks, so no second detector decides what a face is.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.types import F32, U8

# Corners of the eyes (the picture's right eye first) and the base of the nose: dlib's five points.
_FIVE = (263, 362, 33, 133, 2)


@cache
def _model() -> tuple[Any, Any] | None:
    try:
        dlib = importlib.import_module("dlib")
    except ModuleNotFoundError:
        return None
    found = importlib.util.find_spec("face_recognition_models")
    if found is None or not found.submodule_search_locations:
        return None
    file = Path(next(iter(found.submodule_search_locations))) / "models" / "dlib_face_recognition_resnet_model_v1.dat"
    return (dlib, dlib.face_recognition_model_v1(str(file))) if file.is_file() else None


def available() -> bool:
    """Whether ``dlib`` (package dlib-bin) and ``face_recognition_models`` are installed."""
    return _model() is not None


def descriptor(image: U8, points: F32) -> F32:
    """Unit f32[128] of the face with landmarks ``points`` f32[478, 2+] in ``image`` u8[H, W, 3] RGB."""
    model = _model()
    assert model is not None, "ask available() first"
    dlib, net = model
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    box = dlib.rectangle(*(round(float(v)) for v in (*low, *high)))
    five = dlib.full_object_detection(box, [dlib.point(*(round(float(v)) for v in points[i, :2])) for i in _FIVE])
    chip = dlib.get_face_chip(np.ascontiguousarray(image), five, 150)
    vector = np.array(net.compute_face_descriptor(chip), np.float32)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)
