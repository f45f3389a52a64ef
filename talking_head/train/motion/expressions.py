"""Directions of expression, measured on faces: what moves with a smile, a raised brow, narrowed eyes.

Each is a ridge regression of symmetric face-space landmarks on the scores of MediaPipe's 52 expression units, all units at
once, so that what merely comes along with another is not in it: across many people's photographs for the smile (posed, whole,
with its cheeks), within each speaker's own track for the rest (who raises a brow while speaking is the same person before and
after). ``scripts/make_expressions.py`` made the shipped file with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from talking_head.curves import smoothstep
from talking_head.face.space import fit_pose, template, to_face
from talking_head.motion.measures import eye_gap
from talking_head.motion.space import symmetric
from talking_head.types import F32

F64 = NDArray[np.float64]

_BROWS = [70, 63, 105, 66, 107, 300, 293, 334, 296, 336]
# Points of the upper and of the lower lip that face one another, from the inner rim to the outer.
_LIP_PAIRS = (
    *((13, 14), (82, 87), (312, 317), (81, 178), (311, 402), (80, 88), (310, 318), (191, 95), (415, 324), (0, 17), (37, 84)),
    *((267, 314), (39, 181), (269, 405), (40, 91), (270, 321), (185, 146), (409, 375), (12, 15), (38, 86), (268, 316)),
    *((41, 179), (271, 403), (42, 89), (272, 319), (183, 96), (407, 325), (11, 16), (72, 85), (302, 315), (73, 180)),
    *((303, 404), (74, 90), (304, 320), (184, 77), (408, 307)),
)


def faces(points: F32) -> F32:
    """``points`` f32[n, 478, 3] in pixels → symmetric faces without pose, their mean taken off, f32[n, 478, 3]."""
    placed = np.stack([to_face(p, fit_pose(p)) for p in points])
    return symmetric(placed - placed.mean(0))


def both_sides(scores: F32, names: Sequence[str]) -> dict[str, F64]:
    """Scores f32[n, 52] by unit, left and right averaged; each f64[n]."""
    out: dict[str, list[F32]] = {}
    for column, name in zip(scores.T, names, strict=True):
        out.setdefault(name.removesuffix("Left").removesuffix("Right"), []).append(column)
    return {name: np.mean(columns, axis=0, dtype=np.float64) for name, columns in out.items() if name != "_neutral"}


def directions(moved: F32, scores: dict[str, F64], ridge: float = 3e-4) -> dict[str, F64]:
    """How every landmark moves with each unit alone, f64[478, 3] for a score of 1; ``moved`` f32[n, 478, 3], mean 0."""
    x = np.stack(list(scores.values()), axis=1)
    x = x - x.mean(0)
    solution = np.linalg.solve(
        x.T @ x + ridge * len(x) * np.eye(x.shape[1]), x.T @ moved.reshape(len(x), -1).astype(np.float64)
    )
    return dict(zip(scores, solution.reshape(len(scores), -1, 3), strict=True))


def expressions(photos: dict[str, F64], tracks: dict[str, F64]) -> dict[str, F32]:
    """The shapes that ``motion/performance/expressions.py`` names, f32[478, 3], from :func:`directions` of photographs and of
    tracks. The lips' own opening is taken out: a mouth that smiles can close."""
    y = template()[:, 1]
    low, up, above = _ramp((y - 0.04) / 0.18), _ramp((0.30 - y) / 0.18), _ramp((-0.06 - y) / 0.06)
    raised = (tracks["browOuterUp"] + tracks["browInnerUp"]) * up
    wide = -tracks["eyeBlink"] * up
    frown = tracks["mouthFrown"] * low * [0.3, 1, 1]  # corners go down, hardly apart
    shapes = {
        "smile": _closing(photos["mouthSmile"] * low),
        "frown": _closing(frown),
        "squint": tracks["eyeSquint"] * up * (1 - above),
        "inner": tracks["browInnerUp"] * up,
        "lower": 0.8 * tracks["browDown"] * up,
        "raise": raised / -raised[_BROWS, 1].mean() * 0.01,
        "wide": wide / float(eye_gap(wide.astype(np.float32))) * 0.02,
    }
    for shape in shapes.values():
        shape[468:] = 0  # irises are the gaze's
    return {name: shape.astype(np.float32) for name, shape in shapes.items()}


def _ramp(t: F32) -> F64:
    t = np.clip(t, 0, 1)
    return np.asarray(smoothstep(t), np.float64)[:, None]


def _closing(shape: F64) -> F64:
    for upper, lower in _LIP_PAIRS:
        shape[[upper, lower], 1] = shape[[upper, lower], 1].mean()
    return shape
