"""Can a classifier tell our faces from real ones? Windows of two seconds of speeds, whole people left out.

A row of figures may be met by noise that no speaker makes; a classifier finds it (Friedman, "On multivariate goodness-of-fit
and two-sample testing", 2003; Lopez-Paz & Oquab, "Revisiting classifier two-sample tests", 2017). The area under its curve is
0.5 where both are alike and 1 where every window betrays itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.errors import InputError
from talking_head.evaluate.performance.rows import FaceTrack, smooth
from talking_head.types import FPS

F64 = NDArray[np.float64]

WINDOW = 2 * FPS
_HOP = FPS
_RIDGE = 0.02


@dataclass(frozen=True, slots=True)
class Sample:
    """One person's windows, f64[n, features]."""

    person: str
    windows: F64


def speeds(track: FaceTrack) -> F64:
    """f64[T − 1, 11] a second: yaw, pitch, roll (degrees); shift right and down, brows, gaze right and down, gap and width of
    the mouth (% of the eyes' distance); lids. Smoothed over 5 frames, for a detector's noise is nobody's movement."""
    parts = [track.turn, 100 * track.place, 100 * track.brows[:, None], 100 * track.gaze, 100 * track.gap[:, None]]
    parts += [100 * track.width[:, None], track.lids[:, None]]
    return np.asarray(np.diff(smooth(np.concatenate(parts, axis=1), 5), axis=0) * FPS)


NAMES = ("yaw", "pitch", "roll", "right", "down", "brows", "gaze right", "gaze down", "gap", "width", "lids")
_PAIRS = ((0, 6), (1, 7), (0, 2), (1, 5), (1, 4), (0, 3), (2, 3), (8, 9), (1, 8), (5, 8), (10, 7), (10, 1))


def windows(track: FaceTrack, *, without: Collection[str] = ()) -> F64:
    """What the classifier sees of a track, f64[n, features]: of each window and speed its size, its peaks against its size,
    how long it keeps its direction, how much of it is rest; and how pairs of speeds go together. ``without``: :data:`NAMES`
    left out."""
    v = speeds(track)
    keep = [i for i, name in enumerate(NAMES) if name not in without]
    pairs = [pair for pair in _PAIRS if set(pair) <= set(keep)]
    return np.array([_describe(v[i : i + WINDOW], keep, pairs) for i in range(0, len(v) - WINDOW + 2, _HOP)])


def _describe(v: F64, keep: list[int], pairs: list[tuple[int, int]]) -> list[float]:
    out: list[float] = []
    for channel in keep:
        x = v[:, channel]
        size = np.sqrt((x**2).mean()) + 1e-3
        out += [np.log(size), np.abs(x).max() / size, (np.abs(x) < 0.3 * size).mean()]
        out += [float((x[:-lag] * x[lag:]).mean() / size**2) for lag in (2, 4, 8)]
    spread = v.std(0) + 1e-3
    centred = (v - v.mean(0)) / spread
    return out + [float((centred[:, a] * centred[:, b]).mean()) for a, b in pairs]


def separability(real: Sequence[Sample], ours: Sequence[Sample], *, seed: int = 0) -> float:
    """Area under the curve of a classifier that tells ``ours`` from ``real``, whole people left out, 0.5 (alike) to 1.

    Kernel ridge regression on standardised windows (Gaussian kernel, width: the median distance). Every real person is left
    out once, together with a share of our streams; all people of a side count alike, and both sides do. Raises InputError
    with fewer than three people on a side.
    """
    if min(len(real), len(ours)) < 3:
        raise InputError("A two-sample test needs three people on either side.")
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(ours))
    folds = min(len(real), len(ours))
    scores: list[tuple[float, int, float]] = []
    for fold in range(folds):
        out_real = [s for i, s in enumerate(real) if i % folds == fold]
        out_ours = [ours[i] for place, i in enumerate(order) if place % folds == fold]
        in_real = [s for i, s in enumerate(real) if i % folds != fold]
        in_ours = [ours[i] for place, i in enumerate(order) if place % folds != fold]
        x, y, weight = _stack(in_real, in_ours)
        classifier = _Ridge(x, y, weight)
        for label, group in ((0, out_real), (1, out_ours)):
            for sample in group:
                scores += [(float(p), label, 1 / len(sample.windows)) for p in classifier(sample.windows)]
    return round(_area(scores), 3)


class _Ridge:
    """Which side a window is from: about −1 real, about 1 ours."""

    def __init__(self, x: F64, y: F64, weight: F64) -> None:
        self._mean, self._spread = x.mean(0), x.std(0) + 1e-9
        self._x = (x - self._mean) / self._spread
        apart = _squares(self._x, self._x)
        self._width = float(np.median(apart[apart > 0]))
        penalty = _RIDGE / (weight * len(weight))  # what counts more is fitted more closely
        self._alpha = np.linalg.solve(np.exp(-apart / self._width) + np.diag(penalty), 2 * y - 1)

    def __call__(self, windows: F64) -> F64:
        x = (windows - self._mean) / self._spread
        return np.asarray(np.exp(-_squares(x, self._x) / self._width) @ self._alpha)


def _squares(a: F64, b: F64) -> F64:
    """Squared distances f64[n, m] of the rows."""
    return np.asarray(np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 0))


def _stack(real: Sequence[Sample], ours: Sequence[Sample]) -> tuple[F64, F64, F64]:
    x, y, weight = [], [], []
    for label, group in ((0.0, real), (1.0, ours)):
        for sample in group:
            x.append(sample.windows)
            y.append(np.full(len(sample.windows), label))
            weight.append(np.full(len(sample.windows), 1 / len(sample.windows) / len(group)))
    return np.concatenate(x), np.concatenate(y), np.concatenate(weight)


def _area(scores: list[tuple[float, int, float]]) -> float:
    """Weighted area under the receiver's curve; ties count half."""
    p = np.array([s[0] for s in scores])
    label = np.array([s[1] for s in scores])
    weight = np.array([s[2] for s in scores])
    ours, real = label == 1, label == 0
    above = (p[ours][:, None] > p[real][None]) + 0.5 * (p[ours][:, None] == p[real][None])
    both = weight[ours][:, None] * weight[real][None]
    return float((above * both).sum() / both.sum())
