"""The few numbers that a motion net predicts, and the landmarks they stand for.

The mouth (with jaw and lower cheeks) lives in a basis of M shapes, the upper face (brows, upper lids, cheeks) in U shapes. Both
are principal components of the training clips' symmetric offsets *through the origin*, so that all zeros is exactly the
neutral, closed-mouth face. A blink is one further shape, and the irises shift as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from talking_head.curves import smoothstep
from talking_head.face.space import mirror, template
from talking_head.motion.measures import eye_gap, lip_gap
from talking_head.types import F32, LANDMARKS

IRISES = slice(468, LANDMARKS)
CHIN = 152
FLIP = np.array([-1, 1, 1], np.float32)
_LIPS = [
    *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 146, 91, 181, 84, 17, 314, 405, 321, 375),
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 95, 88, 178, 87, 14, 317, 402, 318, 324),
]


def mouth_mask() -> F32:
    """Share f32[478, 1] of each landmark that belongs to the mouth: 0 at the eyes, 1 from the nostrils down."""
    ramp = np.clip((template()[:, 1] - 0.22) / (0.48 - 0.22), 0, 1)
    mask: F32 = smoothstep(ramp).astype(np.float32)[:, None]
    return mask


def lip_mask() -> F32:
    """Share f32[478, 1] of each landmark that goes with the lips: 1 on them and just around, 0 on the cheeks."""
    points = template()[:, :2]
    away = np.linalg.norm(points[:, None] - points[None, _LIPS], axis=-1).min(axis=1)
    mask: F32 = smoothstep(1 - np.clip((away - 0.04) / 0.2, 0, 1)).astype(np.float32)[:, None]
    return mask


def importance() -> F32:
    """How much an error of each landmark counts, f32[478, 1]: lips most, for that is where people look."""
    weight = np.ones((LANDMARKS, 1), np.float32)
    weight[_LIPS] = 3.0
    weight[IRISES] = 0.0
    return weight


def symmetric(offsets: F32) -> F32:
    """Mean of a face's movement and its mirror image; sound cannot tell left from right."""
    return ((offsets + offsets[..., mirror(), :] * FLIP) / 2).astype(np.float32)


@dataclass(frozen=True, slots=True)
class MotionSpace:
    """``mouth`` f32[M, 478, 3] and ``upper`` f32[U, 478, 3]: shapes scaled so that coefficients have mean square 1 in the
    training clips; ``blink`` f32[478, 3]: both eyes shut."""

    mouth: F32
    upper: F32
    blink: F32

    @property
    def gap(self) -> F32:
        """Lip gap of each mouth shape, f32[M]; the gap of a face is the sum over its coefficients."""
        return lip_gap(self.mouth)

    @property
    def width(self) -> F32:
        """Change of lip width of each mouth shape (first order), f32[M]."""
        width: F32 = self.mouth[:, 291, 0] - self.mouth[:, 61, 0]
        return width

    def moving(self, lengths: F32) -> F32:
        """The smallest coefficients f32[M] that change opening, width, height of the upper lip, of the chin and of the corners
        (down is positive) by ``lengths`` f32[5]."""
        corners = self.mouth[:, [61, 291], 1].mean(1)
        rows = np.stack([self.gap, self.width, self.mouth[:, 0, 1], self.mouth[:, CHIN, 1], corners])
        coefficients, *_ = np.linalg.lstsq(rows, np.asarray(lengths, np.float32), rcond=None)
        return np.asarray(coefficients, np.float32)

    @property
    def jaw(self) -> F32:
        """The smallest movement f32[478, 3] that lowers the chin by 1 while opening, width, upper lip and corners stay."""
        return np.asarray(np.tensordot(self.moving(np.array([0, 0, 0, 1, 0], np.float32)), self.mouth, 1), np.float32)

    def encode(self, offsets: F32) -> tuple[F32, F32]:
        """``offsets`` f32[T, 478, 3] → mouth f32[T, M] and upper f32[T, U], least squares weighted by importance."""
        face = symmetric(offsets)
        mask = mouth_mask()
        return _project(face * mask, self.mouth), _project(face * (1 - mask), self.upper)

    def decode(self, mouth: F32, upper: F32, lids: F32, gaze: F32) -> F32:
        """Coefficients f32[T, M], f32[T, U], blink f32[T] 0..1, gaze f32[T, 2] → offsets f32[T, 478, 3]."""
        flat = mouth @ self.mouth.reshape(len(self.mouth), -1) + upper @ self.upper.reshape(len(self.upper), -1)
        offsets: F32 = flat.reshape(-1, LANDMARKS, 3)
        offsets += lids[:, None, None] * self.blink
        offsets[:, IRISES, :2] += gaze[:, None]
        return offsets

    def save(self, path: Path) -> None:
        """Write as safetensors, which takes an array's memory as it lies: in order first."""
        tensors = {"mouth": self.mouth, "upper": self.upper, "blink": self.blink}
        save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path)

    @classmethod
    def load(cls, path: Path) -> MotionSpace:
        """Read what :meth:`save` wrote."""
        tensors = load_file(path)
        return cls(tensors["mouth"], tensors["upper"], tensors["blink"])


def fit_space(offsets: F32, eyes_open: F32, blink: F32, *, mouth: int = 16, upper: int = 6) -> MotionSpace:
    """Principal components of ``offsets`` f32[n, 478, 3]; ``eyes_open`` bool[n]: frames outside blinks (for the upper face)."""
    face = symmetric(offsets)
    mask = mouth_mask()
    return MotionSpace(_components(face * mask, mouth), _components((face * (1 - mask))[eyes_open.astype(bool)], upper), blink)


def _components(face: F32, count: int) -> F32:
    weight = importance()
    flat = (face * weight).reshape(len(face), -1).astype(np.float64)
    if len(flat) < flat.shape[1]:  # few frames: the small product has the same spectrum
        _, sizes, rows = np.linalg.svd(flat, full_matrices=False)
        values, vectors = sizes[::-1] ** 2 / len(flat), rows[::-1].T
    else:
        values, vectors = np.linalg.eigh(flat.T @ flat / len(flat))
    top = vectors[:, ::-1][:, :count].T.reshape(-1, LANDMARKS, 3)
    scale = np.sqrt(np.maximum(values[::-1][:count], 1e-12))
    shapes = top / np.maximum(weight, 1e-3) * scale[:, None, None] * (weight > 0)
    for shape in shapes:  # a sign that does not depend on the linear algebra library: opening, or raising, is positive
        if lip_gap(shape) - 0.3 * eye_gap(shape) - shape[105, 1] < 0:
            shape *= -1
    out: F32 = np.where(np.abs(shapes) < 1e-6, 0, shapes).astype(np.float32)  # denormal numbers are slow
    return out


def _project(face: F32, shapes: F32) -> F32:
    weight = importance()
    basis = (shapes * weight).reshape(len(shapes), -1)
    solution, *_ = np.linalg.lstsq(basis.T, (face * weight).reshape(len(face), -1).T, rcond=None)
    return np.asarray(solution.T, np.float32)
