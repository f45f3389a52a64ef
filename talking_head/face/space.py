"""Face space: landmarks with pose, size and place removed.

Axes: x to the picture's right, y down, z away from the camera. Origin: midpoint of the outer eye corners of the template.
Unit: distance of the template's outer eye corners. A pose is the similarity that best carries the template's rigid points (eye
corners, nose bridge, forehead) onto a face: Umeyama, "Least-squares estimation of transformation parameters between two point
patterns", PAMI 1991.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talking_head.types import F32

# Points that move with the skull and not with expression: eye corners, nose bridge and ridge, forehead, temples.
RIGID = np.array([33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 9, 151, 10, 108, 337, 109, 338, 127, 356])


@dataclass(frozen=True, slots=True)
class Pose:
    """Similarity from face space to a picture: ``image = scale * rotation @ face + translation``.

    ``rotation`` f64[3, 3]; ``scale`` in pixels a unit; ``translation`` f64[3] in pixels.
    """

    rotation: NDArray[np.float64]
    scale: float
    translation: NDArray[np.float64]


@cache
def template() -> F32:
    """The mean frontal face f32[478, 3] in face space, left-right symmetric, lips closed."""
    points: F32 = _stored()["points"]
    points.setflags(write=False)
    return points


@cache
def mirror() -> NDArray[np.int32]:
    """Index of each landmark's left-right counterpart, i32[478]."""
    index: NDArray[np.int32] = _stored()["mirror"]
    return index


@cache
def _stored() -> dict[str, np.ndarray]:
    with np.load(Path(__file__).with_name("template.npz"), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def fit_pose(points: F32, reference: F32 | None = None) -> Pose:
    """Pose of a face: ``points`` f32[478, 3] in pixels; ``reference`` a neutral face in face space (default: the template)."""
    # Once a frame: plain additions and three products, where ``mean`` and ``det`` cost several times what they compute.
    count = len(RIGID)
    source = np.asarray((template() if reference is None else reference)[RIGID], np.float64)
    target = np.asarray(points[RIGID], np.float64)
    source_mean, target_mean = np.add.reduce(source) / count, np.add.reduce(target) / count
    source, target = source - source_mean, target - target_mean
    u, singular, vt = np.linalg.svd(target.T @ source)
    (a, b, c), (d, e, f), (g, h, i) = (u @ vt).tolist()
    turned = 1.0 if a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) > 0 else -1.0
    sign = np.array([1.0, 1.0, turned])
    rotation = (u * sign) @ vt
    scale = float((singular * sign).sum() / np.vdot(source, source))
    return Pose(rotation, scale, target_mean - scale * rotation @ source_mean)


def to_face(points: F32, pose: Pose) -> F32:
    """Pixels → face space; ``points`` f32[..., 3]."""
    return (((points - pose.translation) / pose.scale) @ pose.rotation).astype(np.float32)


def to_image(points: F32, pose: Pose) -> F32:
    """Face space → pixels; ``points`` f32[..., 3]."""
    return (pose.scale * (points @ pose.rotation.T) + pose.translation).astype(np.float32)


def rotation_from_vector(vector: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rodrigues: rotation vector (radians) f[3] → f64[3, 3]."""
    angle = float(np.linalg.norm(vector))
    x, y, z = (np.asarray(vector, np.float64) / angle) if angle > 1e-9 else np.zeros(3)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross, np.float64)


def vector_from_rotation(rotation: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rotation matrix f[3, 3] → rotation vector (radians) f64[3]; for angles below π."""
    angle = float(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1)))
    axis = np.array([rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]])
    factor = 0.5 if angle < 1e-6 else angle / (2 * np.sin(angle))
    return np.asarray(axis * factor, np.float64)


def moved(pose: Pose, delta: NDArray[np.floating]) -> Pose:
    """``pose`` turned and shifted in face space by ``delta`` f[6] (rotation vector, translation), see ``Motion.pose``."""
    rotation = pose.rotation @ rotation_from_vector(delta[:3])
    shift = pose.scale * pose.rotation @ np.asarray(delta[3:], np.float64)
    return Pose(rotation, pose.scale, pose.translation + shift)
