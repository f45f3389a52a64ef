"""Fit ``talking_head/face/upright.npz``: a linear model of which way up a face stands.

    python scripts/fit_upright.py FOLDER_OF_PORTRAITS

Every picture is shown as it is and turned by half; each way, the mesh is fitted and ``upright.patch`` is taken, with its mirror
image. Half of the pictures are held out: what is printed is how often their upright version gets the lower score of the two.
The model that is stored is fitted on all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from talking_head.face import upright
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from talking_head.media_files.pictures import decode
from talking_head.types import F32

_STIFF = 50.0  # ridge: the weights of neighbouring pixels stay alike
Pair = tuple[F32 | None, F32 | None]


def main(folder: Path) -> None:
    """Fit, say how well it does on held-out pictures, and store."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    with MediaPipeLandmarker() as landmarker:
        pairs = [_pair(file, landmarker) for file in files]
    weights, offset = _fit(pairs[::2])
    both = [(a, b) for a, b in pairs[1::2] if a is not None and b is not None]
    wrong = sum(float(((a - b) * weights).sum()) <= 0 for a, b in both)
    print(f"{len(pairs)} pictures; held out and found both ways: {len(both)}; of them decided wrongly: {wrong}")
    weights, offset = _fit(pairs)
    np.savez_compressed(upright.__file__.replace(".py", ".npz"), weights=weights, offset=np.float32(offset))


def _pair(file: Path, landmarker: MediaPipeLandmarker) -> Pair:
    image = decode(file)
    found = []
    for picture in (image, np.ascontiguousarray(np.rot90(image, 2))):
        faces = landmarker.detect(picture)
        found.append(upright.patch(picture, faces[0]) if faces else None)
    return found[0], found[1]


def _fit(pairs: list[Pair]) -> tuple[F32, float]:
    """Logistic regression, both classes of equal weight, left-right symmetric."""
    rows: list[F32] = []
    signs: list[float] = []
    for pair in pairs:
        for seen, sign in zip(pair, (1.0, -1.0), strict=True):
            if seen is not None:
                rows += [seen.ravel(), seen[:, ::-1].ravel()]
                signs += [sign, sign]
    x, y = np.stack(rows).astype(np.float64), np.array(signs)
    share = np.where(y > 0, 0.5 / (y > 0).mean(), 0.5 / (y < 0).mean())

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = y * (x @ w[:-1] + w[-1])
        slope = -share * y * expit(-margin)
        value = float((share * np.logaddexp(0, -margin)).sum() + _STIFF * (w[:-1] ** 2).sum())
        return value, np.append(x.T @ slope + 2 * _STIFF * w[:-1], slope.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    weights = found[:-1].reshape(upright.SHAPE)
    return ((weights + weights[:, ::-1]) / 2).astype(np.float32), float(found[-1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
