"""The closed-mouth, unsmiling face behind any photo, in face space.

What a photo shows is person + expression. Motion is added to the person alone, so the expression has to go: the gap between the
lips is closed, corners that are wider and higher than the template's go most of the way back, and the skin around follows by a
biharmonic spline (kernel r) whose fixed points are nose, eyes, brows and temples.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from talking_head.face.space import template
from talking_head.types import F32

# Inner and outer contours from the picture's left corner to the right one; the corners belong to both.
INNER_UPPER = np.array([78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308])
INNER_LOWER = np.array([78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308])
OUTER_UPPER = np.array([61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291])
OUTER_LOWER = np.array([61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291])
_CHIN = np.array([199, 175, 152, 200, 18, 148, 377, 176, 400, 83, 313, 201, 421, 208, 428])
_JAW = np.array([149, 378, 150, 379, 136, 365, 172, 397, 58, 288])
_JAW_SHARE = np.array([0.75, 0.75, 0.6, 0.6, 0.42, 0.42, 0.25, 0.25, 0.1, 0.1])  # it turns about the ear
_STILL = np.array(
    [
        *(1, 2, 4, 5, 6, 168, 98, 327, 97, 326, 129, 358, 33, 133, 362, 263, 70, 105, 107, 336, 334, 300, 10, 338, 109),
        *(127, 356, 234, 454, 93, 323, 132, 361, 116, 345, 117, 346, 118, 347, 50, 280, 101, 330, 36, 266),
    ]
)
_LIPS = np.unique(np.concatenate([INNER_UPPER, INNER_LOWER, OUTER_UPPER, OUTER_LOWER]))
_CONTROLS = np.concatenate([_LIPS, _CHIN, _JAW, _STILL])
# How much of the gap the upper lip closes. An open mouth is closed by the jaw; a smile is shown by a raised upper lip, over
# teeth that hardly part: there the lip comes down over them.
_UPPER_SHARE, _UPPER_SHARE_SMILING = 0.3, 0.75
_KEEP = 0.3  # share of a smile-like excess that is taken for identity
# Height, in eye distances, of the upper lip's middle over the corners between lips that talk and just meet: that of ten lively
# people is -0.003 to 0.035 (median 0.013), as seen; a portrait's points have it 0.004 to 0.022 lower. Of 27 portraits 16 have
# mouths wider than 0.59 and -0.008 to -0.086 there: they smile; eleven are narrower than 0.57, with 0.031 to -0.040. So what
# counts for a smile begins lower in a narrow mouth: up to the first width at the first height, from the second on at the other.
_ARCHES, _WIDTHS = (-0.01, 0.02), (0.55, 0.60)
_TOLD, _MOST_LET_GO = 1.3, 0.06  # times what is to be seen, for a picture shows three quarters; beyond it cheeks would smear
_LETS_IN = 0.35  # of what a corner comes down it comes in


def neutral_face(face: F32) -> F32:
    """``face`` f32[478, 3] in face space, any expression → the same person, lips just closed, not smiling."""
    face = np.asarray(face, np.float64)
    rest = template().astype(np.float64)
    target = face.copy()
    share = _UPPER_SHARE + (_UPPER_SHARE_SMILING - _UPPER_SHARE) * _smiling(face, rest)
    gap = face[INNER_LOWER] - face[INNER_UPPER]
    gap[:, 0] = 0.0
    target[INNER_UPPER] += share * gap
    target[INNER_LOWER] -= (1 - share) * gap
    rows = slice(1, -1)  # the outer corners have no thickness to keep
    target[OUTER_UPPER[rows]] += share * gap[rows]
    target[OUTER_LOWER[rows]] -= (1 - share) * gap[rows]
    drop = float(gap[5, 1])
    target[_CHIN, 1] -= (1 - share) * drop
    target[_JAW, 1] -= (1 - share) * drop * _JAW_SHARE

    target[_LIPS] += _unsmile(face, target, rest)
    out = face + _carrier() @ (target - face)[_CONTROLS]
    out[INNER_LOWER] = out[INNER_UPPER] = (out[INNER_UPPER] + out[INNER_LOWER]) / 2  # exactly shut, whatever the spline left
    return np.asarray(out, np.float32)


def _excess(face: np.ndarray, rest: np.ndarray) -> tuple[float, float]:
    """Extra half width of the mouth and extra height of its corners over its middle, each against the template."""
    width, rest_width = (np.linalg.norm(shape[291] - shape[61]) for shape in (face, rest))
    heights = [shape[[13, 14], 1].mean() - shape[[61, 291], 1].mean() for shape in (face, rest)]
    return float(width - rest_width) / 2, float(heights[0] - heights[1])


def _smiling(face: np.ndarray, rest: np.ndarray) -> float:
    """0 for a mouth about as wide and curved as usual (that is how the person looks), 1 for a smile."""
    wide, high = _excess(face, rest)
    return float(np.clip((max(wide, 0) + max(high, 0)) / 0.08, 0, 1))


def _unsmile(face: np.ndarray, closed: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Displacement f64[n, 3] of the lips that takes a smile out; nothing for a mouth no wider or more curved than usual."""
    wide, _ = _excess(face, rest)
    _, high = _excess(closed, rest)
    smiling = _smiling(face, rest)
    centre = closed[_LIPS, 0].mean()
    half = np.abs(closed[[61, 291], 0] - centre).mean()
    along = (closed[_LIPS, 0] - centre) / half
    move = np.zeros((len(_LIPS), 3))
    move[:, 0] = -along * max(wide, 0) * (1 - _KEEP) * smiling
    move[:, 1] = np.abs(along) ** 1.5 * max(high, 0) * (1 - _KEEP) * smiling
    back = np.clip(rest[_LIPS, 2].mean() - closed[_LIPS, 2].mean(), -0.05, 0.05)
    move[:, 2] = back * smiling * (1 - _KEEP)
    return move


def let_go(neutral: F32) -> F32:
    """The smile that a photo wears with closed lips and its mouth lets go of while it talks, f32[478, 3]: corners down and in.

    ``neutral`` f32[478, 3]: the face at rest. A mouth that is as arched there as speakers' mouths are keeps its shape.
    """
    face = np.asarray(neutral, np.float64)
    wide = float(np.abs(face[291, 0] - face[61, 0]))
    down = _TOLD * (float(np.interp(wide, _WIDTHS, _ARCHES)) - float(face[[78, 308], 1].mean() - face[13, 1]))
    if wide <= 0 or down <= 0:
        return np.zeros_like(face, np.float32)
    down = min(down, _MOST_LET_GO)
    along = (face[_LIPS, 0] - face[[61, 291], 0].mean()) / (wide / 2)
    moved = np.zeros((len(_CONTROLS), 3))
    moved[: len(_LIPS), 0] = -along * _LETS_IN * down
    moved[: len(_LIPS), 1] = np.abs(along) ** 1.5 * down
    return np.asarray(_carrier() @ moved, np.float32)


@cache
def _carrier() -> np.ndarray:
    """Carries displacements of the controls to all vertices, f64[478, n]."""
    rest = template().astype(np.float64)
    kernel = np.linalg.norm(rest[_CONTROLS][:, None] - rest[_CONTROLS][None], axis=-1) + 1e-6 * np.eye(len(_CONTROLS))
    everywhere = np.linalg.norm(rest[:, None] - rest[_CONTROLS][None], axis=-1)
    return np.asarray(np.linalg.solve(kernel, everywhere.T).T)
