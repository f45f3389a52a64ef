"""A prepared avatar → plain arrays for :class:`talking_head.animator.cuda.tensor_store.TensorStore`.

Only this step needs the libraries that prepare a portrait. ``save`` writes the arrays to a file, so that a machine with nothing
but torch, numpy and OpenCV can animate the face (and be measured).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from talking_head.animator.gan import GanAvatar
from talking_head.animator.mouth.interior import CAVITY, THROAT, TONGUE, RigidInterior
from talking_head.animator.refiner.crop import CHIN as CHIN_POINT
from talking_head.animator.refiner.crop import INNER, NOSE, OUTER, crop_matrix
from talking_head.animator.warp.animator import CHIN, WarpAvatar
from talking_head.animator.warp.geometry import IRISES, LEFT_EYE, MOUTH, RIGHT_EYE, resampler
from talking_head.errors import BackendError
from talking_head.face.space import RIGID

_CONTOURS = {"mouth": MOUTH, "left": LEFT_EYE, "right": RIGHT_EYE}


def constants(avatar: WarpAvatar) -> dict[str, np.ndarray]:
    """What is the same for every portrait of one picture size."""
    height, width = avatar.portrait.image.shape[:2]
    out: dict[str, np.ndarray] = {
        "size": np.array([width, height], np.int64),
        "rigid": RIGID.astype(np.int64),
        "chin": CHIN.astype(np.int64),
        "irises": np.array(IRISES, np.int64),
        "upper.index": avatar.head.index.astype(np.int64),
        "lower.index": avatar.mouth.lower.index.astype(np.int64),
        "lips.inner": INNER.astype(np.int64),
        "lips.outer": OUTER.astype(np.int64),
        "colors": np.array([CAVITY, THROAT, TONGUE], np.float32),
    }
    for name, contours in _CONTOURS.items():
        for side in ("upper", "lower"):
            rows = np.asarray(getattr(contours, side), np.int64)
            out[f"{name}.{side}"] = rows
            out[f"{name}.{side}.resample"] = resampler(rows)
    return out


def pack(avatar: WarpAvatar) -> dict[str, np.ndarray]:
    """One avatar's arrays. BackendError if its mouth interior is not the :class:`RigidInterior` that the device draws."""
    interior, mouth = avatar.interior, avatar.mouth
    if not isinstance(interior, RigidInterior):
        raise BackendError(f"The device path cannot draw the mouth interior {type(interior).__name__}.")
    single, inside = np.float32, interior.arrays
    out: dict[str, np.ndarray] = {
        "points": avatar.portrait.points[:, :2].astype(single),
        "unit": np.array(avatar.unit, single),
        "edge": np.array(avatar.edge, single),
        "contact": np.array(avatar.contact, single),
        "contact.width": np.array(avatar.contact_width, single),
        "ground": avatar.ground,
        "upper.layer": avatar.upper_layer.twice,
        "lower.layer": avatar.lower_layer.twice,
        "lower.origin": np.array(avatar.lower_layer.origin, single),
        "head.step": np.array(avatar.head.grid.step, single),
        "head.basis": avatar.head.basis.reshape(avatar.head.grid.ny, avatar.head.grid.nx, -1),
        "mouth.step": np.array(mouth.upper.grid.step, single),
        "mouth.upper.basis": mouth.upper.basis.reshape(mouth.upper.grid.ny, mouth.upper.grid.nx, -1),
        "mouth.lower.basis": mouth.lower.basis.reshape(mouth.lower.grid.ny, mouth.lower.grid.nx, -1),
        "mouth.feather": mouth.feather,
        "mouth.valid": np.ones_like(mouth.feather),
        "mouth.box": np.array(mouth.box, np.int64),
        "mouth.anchors": mouth.anchors.astype(np.int64),
        "mouth.frame": avatar.mouth_frame[:, :2].astype(single),
        "mouth.rigid": avatar.mouth_rigid.astype(single),
        "chin.rest": avatar.chin.astype(single),
        "chin.rigid": avatar.chin_rigid.astype(single),
        "teeth.upper": inside["upper"],
        "teeth.lower": inside["lower"],
        "teeth.upper.map": inside["upper_map"].astype(single),
        "teeth.lower.map": inside["lower_map"].astype(single),
        "light": inside["light"].astype(single),
        "lip_shade": inside["lip_shade"].astype(single),
        "shadow": inside["shadow"].astype(single),
    }
    for name, eye in zip(("left", "right"), avatar.eyes, strict=True):
        count = len(eye.contours.upper)
        out[f"{name}.valid"] = np.ones((eye.window[3], eye.window[2]), single)
        out[f"{name}.box"] = np.array(eye.window, np.int64)
        out[f"{name}.anchors"] = eye.contours.rows[[0, count - 1]].astype(np.int64)
        out[f"{name}.lids.upper"] = eye.lids[:count]
        out[f"{name}.lids.lower"] = eye.lids[count:]
        out[f"{name}.contour.upper"] = eye.contour[:count]
        out[f"{name}.contour.lower"] = eye.contour[count:]
        out[f"{name}.heights"] = np.array(eye.heights, single)
        out[f"{name}.ball"] = eye.ball
        out[f"{name}.lid"] = eye.lid[..., :3]
        out[f"{name}.points"] = eye.anchors[:, :2].astype(single)
        out[f"{name}.rigid"] = eye.rigid.astype(single)
        out[f"{name}.reach"] = np.array(max(1, round(0.14 * eye.width)), single)
        out[f"{name}.width"] = np.array(eye.width, single)
        out[f"{name}.iris"] = eye.iris_at.astype(single)
        out[f"{name}.open"] = np.array(eye.open, single)
    return {name: np.array(array, order="C") for name, array in out.items()}


def pack_refine(avatar: GanAvatar) -> dict[str, np.ndarray]:
    """What the refining net needs beside :func:`pack`."""
    portrait = avatar.portrait
    matrix = crop_matrix(portrait.neutral, portrait.pose, avatar.size)
    return {
        "reference": avatar.reference[0].astype(np.float32),
        "own": np.array(float(avatar.own), np.float32),
        "bright": np.array(avatar.bright, np.float32),
        "spared": np.array(0.0 if avatar.own else avatar.spared, np.float32),
        "keep": np.ones((avatar.size, avatar.size), np.float32) if avatar.keep is None else avatar.keep[..., 0],
        "rig": portrait.neutral[[*RIGID, NOSE, CHIN_POINT]].astype(np.float64),
        "crop.scale": np.array(np.hypot(matrix[0, 0], matrix[0, 1]), np.float32),
    }


def save(file: Path, avatar: WarpAvatar, extra: Mapping[str, np.ndarray] | None = None) -> None:
    """Write an avatar and its constants as one ``.npz``; ``extra``: from :func:`pack_refine`."""
    arrays = {f"avatar/{name}": array for name, array in {**pack(avatar), **(extra or {})}.items()}
    arrays |= {f"constant/{name}": array for name, array in constants(avatar).items()}
    np.savez_compressed(file, allow_pickle=False, **arrays)
