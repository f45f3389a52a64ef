"""The rows of teeth worn by a face of which no picture shows its own: photographic, and nobody's.

They are the rows of the shipped presenters (one synthetic face, SFHQ, MIT; see ``avatars/README.md``), drawn for each face
by its mouth's width, its light and a seed made of its shape. ``neutral_teeth.py`` draws the sets that training varies.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from talking_head.animator.mouth.interior import UPPER_EDGE, RigidInterior
from talking_head.animator.mouth.softness import soften
from talking_head.animator.mouth.teeth_layers import OwnInterior
from talking_head.animator.mouth.worn_teeth import worn
from talking_head.face.portrait import Portrait
from talking_head.face.teeth import Teeth
from talking_head.types import F32

_BRIGHT = 0.68  # of the photo's light; set by eye on five synthetic faces
_TINT = 0.6  # of the light's colour: rows of a quarter looked blue on faces in yellow light, of all of it brown in orange light
_MOUTH = 0.61  # width of the presenters' mouths in face units


def standard_teeth(
    drawn: RigidInterior, portrait: Portrait, softness: float, rng: np.random.Generator | None = None
) -> OwnInterior:
    """An interior with the standard rows for ``portrait``, in place of its ``drawn`` one.

    ``softness``: of the photo, as :func:`~talking_head.animator.mouth.softness.softness` gives it. ``rng``:
    decides what differs from face to face; default: one made of the face's shape, the same for ever.
    """
    rows = _rows()
    rng = rng or np.random.default_rng(np.abs(portrait.neutral[:, :2] * 1e4).astype(np.int64).sum())
    level = float(drawn.light.mean())
    light = _BRIGHT * level**1.2 * (drawn.light / level) ** _TINT * (1 + 0.03 * rng.standard_normal())
    lit = replace(rows, light=np.asarray(np.minimum(light, 1), np.float32))
    made = worn(lit, drawn.unit, drawn.shadow)
    mouth = float(np.linalg.norm((portrait.neutral[291] - portrait.neutral[61])[:2]))
    wide = float(np.clip((mouth / _MOUTH) ** 0.5, 0.9, 1.1)) * (1 + 0.02 * float(np.clip(rng.standard_normal(), -2, 2)))
    high = 1 + 0.04 * float(np.clip(rng.standard_normal(), -2, 2))
    for matrix in (made.upper_map, made.lower_map):
        matrix[0] *= wide
        matrix[1, 1] *= high
    made.upper_map[1, 2] = UPPER_EDGE + (made.upper_map[1, 2] - UPPER_EDGE) * high
    return made if softness == 0 else _softened(made, softness)


def _softened(made: OwnInterior, softness: float) -> OwnInterior:
    soften(made, softness)
    return made


@cache
def _rows() -> Teeth:
    with np.load(Path(__file__).with_name("standard_rows.npz"), allow_pickle=False) as file:
        light: F32 = np.ones(3, np.float32)
        return Teeth(file["upper"], file["lower"], light, float(file["unit"]))
