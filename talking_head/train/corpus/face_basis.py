"""Four face movements measured from prepared clips: opening the mouth, widening it, closing the lids, raising the brows.

Each is the displacement f32[478, 3] of every landmark that goes, by least squares over all training frames, with one unit of a
measure (lip gap, lip width, brow height) or with a whole blink. The baseline predictor and idle life move along them;
they say nothing about any single person. Run as a module to measure again: ``python -m talking_head.train.corpus.face_basis
DATASET… -o FILE``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from talking_head.face.space import mirror, template
from talking_head.motion.measures import BROWS, brow_height, eye_gap, lip_gap, lip_width
from talking_head.motion.space import FLIP
from talking_head.train.corpus import clipfile
from talking_head.types import F32

UPPER_LIDS = np.array([246, 161, 160, 159, 158, 157, 173, 466, 388, 387, 386, 385, 384, 398])
LOWER_LIDS = np.array([7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382])


def measure(offsets: F32) -> dict[str, F32]:
    """``offsets`` f32[n, 478, 3] → the four movements by name, each f32[478, 3] and left-right symmetric."""
    offsets = ((offsets + offsets[:, mirror()] * FLIP) / 2).astype(np.float32)
    faces = template() + offsets
    measures = np.stack(
        [
            lip_gap(offsets),
            lip_width(faces) - lip_width(template()),
            eye_gap(offsets),
            brow_height(offsets),
            np.ones(len(offsets)),
        ],
        axis=1,
    )
    solution, *_ = np.linalg.lstsq(measures, offsets.reshape(len(offsets), -1), rcond=None)
    basis = solution.reshape(5, *offsets.shape[1:]).astype(np.float32)
    brow = basis[3] * _near(BROWS, 0.15)[:, None]
    return {"open": basis[0], "wide": basis[1], "blink": _blink(basis[2]), "brow": brow}


def _near(indices: NDArray[np.int_], radius: float) -> F32:
    """Weight of each landmark, 1 at ``indices``, falling to 0 as a Gaussian of their distance."""
    distance = np.linalg.norm(template()[:, None, :2] - template()[None, indices, :2], axis=-1).min(1)
    weight: F32 = np.exp(-((distance / radius) ** 2) * 2).astype(np.float32)
    weight[weight < 1e-3] = 0  # also keeps denormal numbers, which are slow, out of the serving loop
    return weight


def _blink(per_gap: F32) -> F32:
    """A whole blink: the measured direction, kept near the eyes, with each upper lid point ending on the lower lid."""
    face = template()
    full = -per_gap * float(eye_gap(face)) * _near(np.concatenate([UPPER_LIDS, LOWER_LIDS]), 0.08)[:, None]
    # Landmark pairs do not stand exactly above each other: meet the lower lid's line at the upper point's own x.
    for upper, lower in ((UPPER_LIDS[:7], LOWER_LIDS[:7]), (UPPER_LIDS[7:], LOWER_LIDS[7:])):
        after = face + full
        line = np.array([33, *lower, 133]) if upper[0] == 246 else np.array([263, *lower, 362])
        line = line[np.argsort(after[line, 0])]
        full[upper, 1] += np.interp(after[upper, 0], after[line, 0], after[line, 1]) - after[upper, 1]
    full[468:] = 0  # the eyeball stays where it looks
    return full


def main() -> None:
    """Measure from the datasets named on the command line and write one safetensors file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    clips = [clipfile.load(path) for folder in args.datasets for path in sorted(folder.rglob("*.safetensors"))]
    offsets = np.concatenate([clip.offsets()[clip.valid] for clip in clips])
    save_file(measure(offsets), args.out)


if __name__ == "__main__":
    main()
