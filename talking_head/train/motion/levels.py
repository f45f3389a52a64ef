"""How far a person's mouth moves, and how to make mumblers and shouters alike before a net learns from them.

Seven lengths of a face say what a viewer sees: lip gap, lip width, upper lip, chin, cheeks, protrusion, corners. Each
person's are scaled to the level of lively speakers (``LEVEL``: medians over ten speakers of official addresses, measured in
speech, public domain), so that nobody's mumble sets the level, and shifted to one common mean, because a neutral face is
never known exactly. A change of one length moves the whole lower face as it does in people, and no other length: along the
dual directions of the pooled covariance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.types import F32, LANDMARKS

LENGTHS = ("gap", "width", "upper lip", "chin", "cheeks", "protrusion", "corners")
# In eye distances, over the frames of speech.
MEAN = np.array([0.073, 0.012, -0.008, 0.028, 0.0, -0.014, -0.017], np.float32)
LEVEL = np.array([0.045, 0.030, 0.013, 0.030, 0.009, 0.016, 0.018], np.float32)
_LEAST = np.array([0.6, 0.6, 0.6, 0.6, 0.6, 0.5, 0.6])
_MOST = np.array([1.8, 2.2, 2.0, 2.2, 2.0, 1.6, 2.0])
_FRAMES = 400  # a person, for the covariance


def functionals() -> F32:
    """The seven lengths as linear functionals of offsets, f32[7, 478, 3]."""
    out = np.zeros((len(LENGTHS), LANDMARKS, 3), np.float32)
    for upper, lower in ((13, 14), (82, 87), (312, 317)):
        out[0, lower, 1] += 1 / 3
        out[0, upper, 1] -= 1 / 3
    out[1, 291, 0], out[1, 61, 0] = 1, -1
    out[2, 0, 1], out[2, 2, 1] = 1, -1
    out[3, 152, 1] = 1
    out[4, [205, 425], 1] = 0.5
    out[5, [0, 37, 267, 17, 84, 314], 2] = -1 / 6  # towards the viewer
    out[6, [61, 291], 1], out[6, [0, 17], 1] = 0.5, -0.5
    return out


def lengths(offsets: F32) -> F32:
    """``offsets`` f32[T, 478, 3] → f32[T, 7]."""
    out: F32 = (offsets.reshape(len(offsets), -1) @ functionals().reshape(len(LENGTHS), -1).T).astype(np.float32)
    return out


def duals(people: list[F32], *, seed: int = 0) -> F32:
    """Movements f32[7, 478, 3] that change one length by 1 and no other; ``people``: offsets f32[n, 478, 3] in speech."""
    rng = np.random.default_rng(seed)
    covariance: NDArray[np.float64] = np.zeros((3 * LANDMARKS, 3 * LANDMARKS))
    for offsets in people:
        rows = offsets[rng.permutation(len(offsets))[:_FRAMES]].reshape(-1, 3 * LANDMARKS).astype(np.float64)
        if len(rows):
            covariance += rows.T @ rows / len(rows)
    form = functionals().reshape(len(LENGTHS), -1).astype(np.float64)
    spread = covariance @ form.T
    inner = form @ spread
    inner += 1e-9 * np.trace(inner) * np.eye(len(inner))
    out: F32 = np.linalg.solve(inner, spread.T).reshape(len(LENGTHS), LANDMARKS, 3).astype(np.float32)
    return out


@dataclass(frozen=True, slots=True)
class Level:
    """One person's habits: ``mean`` f32[7] in speech, and ``gain`` f32[7] that makes them lively."""

    mean: F32
    gain: F32

    @classmethod
    def of(cls, said: F32) -> Level:
        """From lengths f32[n, 7] in speech; few frames say little: they are taken as they are."""
        if len(said) < 25:
            return cls(MEAN, np.ones(len(LENGTHS), np.float32))
        mean, spread = said.mean(axis=0), said.std(axis=0) + 1e-4
        gain = LEVEL / spread
        gain[0] = MEAN[0] / max(float(mean[0]), 1e-3)  # the gap has a zero of its own: lips that meet stay shut
        return cls(mean.astype(np.float32), np.clip(gain, _LEAST, _MOST).astype(np.float32))

    def apply(self, offsets: F32, directions: F32) -> F32:
        """``offsets`` f32[T, 478, 3] as a lively speaker would have moved; ``directions`` as :func:`duals`."""
        now = lengths(offsets)
        wanted = MEAN + self.gain * (now - self.mean)
        wanted[:, 0] = self.gain[0] * now[:, 0]
        moved = (wanted - now) @ directions.reshape(len(LENGTHS), -1)
        out: F32 = (offsets + moved.reshape(offsets.shape)).astype(np.float32)
        return out
