"""The 68 points of iBUG as a subset of the 478, and the way back.

Numbering: Sagonas et al., "300 Faces in-the-Wild Challenge", ICCV-W 2013: 0–16 jaw, 17–26 brows, 27–35 nose, 36–47 eyes,
48–59 outer lip, 60–67 inner lip, all counted from the picture's left. The jaw rows were picked on the
face oval at equal arc length of the template; the other rows are the mesh vertices nearest to the annotation rule.
"""

from __future__ import annotations

import numpy as np

from talking_head.face.space import Pose, template, to_face, to_image
from talking_head.types import F32

IBUG68 = np.array(
    [
        *(127, 234, 93, 132, 58, 136, 150, 176, 152, 400, 379, 365, 288, 361, 323, 454, 356),  # jaw
        *(70, 63, 105, 66, 107, 336, 296, 334, 293, 300),  # brows
        *(168, 197, 5, 4, 98, 97, 2, 326, 327),  # nose ridge, nose base
        *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),  # eyes
        *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),  # outer lip
        *(78, 81, 13, 311, 308, 402, 14, 178),  # inner lip
    ]
)

JAW, BROWS, NOSE, EYES, MOUTH = slice(0, 17), slice(17, 27), slice(27, 36), slice(36, 48), slice(48, 68)
# Points of the 68 that hardly move with expression: ridge of the nose, nose base, eye corners.
_STEADY = np.array([27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45])
_IRISES = ((slice(468, 473), (33, 133, 159, 145)), (slice(473, 478), (263, 362, 386, 374)))


def to_ibug(points: F32) -> F32:
    """The 68 points f32[..., 68, d] of meshes f32[..., 478, d]."""
    return points[..., IBUG68, :]


def mesh_from_ibug(points: F32) -> F32:
    """Estimate the whole mesh f32[478, 3] from 68 picture points f32[68, 2 or 3] in pixels.

    The template is posed onto the steady points (scaled orthography), then bent by a biharmonic spline (kernel r, face space)
    so that its 68 points lie exactly on the given ones in x and y. Depth comes from the template where it is not given.
    """
    flat = np.asarray(points, np.float64)
    base = template()[IBUG68].astype(np.float64)
    pose = _weak_pose(base[_STEADY], flat[_STEADY, :2])
    guess = to_image(base.astype(np.float32), pose).astype(np.float64)
    target = guess.copy()
    target[:, :2] = flat[:, :2]
    moved = to_face(target.astype(np.float32), pose).astype(np.float64) - base
    kernel = np.linalg.norm(base[:, None] - base[None], axis=-1)
    mesh = template().astype(np.float64)
    weights = np.linalg.solve(kernel + 1e-6 * np.eye(68), moved)
    mesh = mesh + np.linalg.norm(mesh[:, None] - base[None], axis=-1) @ weights
    out = to_image(mesh.astype(np.float32), pose)
    for iris, lids in _IRISES:  # the spline knows nothing of gaze: irises sit in the middle of the eye
        out[iris] += out[list(lids)].mean(0) - out[iris][0]
    return out


def _weak_pose(face: np.ndarray, picture: np.ndarray) -> Pose:
    """Scaled-orthographic pose that carries ``face`` f64[n, 3] onto ``picture`` f64[n, 2] (POS, DeMenthon 1995)."""
    centre, middle = face.mean(0), picture.mean(0)
    rows = np.linalg.lstsq(face - centre, picture - middle, rcond=None)[0].T  # 2x3: the first two rows of scale * rotation
    scale = float(np.linalg.norm(rows, axis=1).mean())
    u, _, vt = np.linalg.svd(rows, full_matrices=False)
    top = u @ vt
    rotation = np.vstack([top, np.cross(top[0], top[1])])
    shift = np.append(middle, 0.0) - scale * rotation @ centre
    return Pose(rotation, scale, shift)
