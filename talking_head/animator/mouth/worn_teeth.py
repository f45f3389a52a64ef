"""Rows of teeth as data, and the interior that draws them for a face of any size."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from talking_head.animator.mouth.interior import UPPER_EDGE, RigidInterior
from talking_head.animator.mouth.teeth_layers import OwnInterior
from talking_head.animator.warp.constants import LOWER_EDGE
from talking_head.face.teeth import Teeth
from talking_head.types import F32, U8

_LOWER_SUNK = 0.012  # face units: by so much more than in a smile the lower lip covers the lower row of who speaks
# Face units below the rest lip line that the upper row's biting edge may hang, and by how much it bites over the lower row.
# In the mouths of three real speakers it lies at −0.02 to 0.045; presenters' smiles, which were drawn, put it at 0.08 to 0.10.
_LOWEST_EDGE, _OVERBITE = 0.045, UPPER_EDGE - LOWER_EDGE


def kept(interior: RigidInterior, unit: float) -> Teeth:
    """The rows of an interior that draws for ``unit`` pixels a face unit, as data."""
    return Teeth(interior.upper, interior.lower, np.asarray(interior.light, np.float32), unit)


def worn(teeth: Teeth, unit: float, shadow: F32 | None = None) -> OwnInterior:
    """An interior that draws ``teeth`` for ``unit`` pixels a face unit; ``shadow`` as in :class:`RigidInterior`."""
    interior = OwnInterior(min(unit, teeth.unit), teeth.light, shadow=shadow)
    interior.lower_map[1, 2] += _LOWER_SUNK
    interior.upper, interior.lower = (
        np.asarray(cv2.resize(own, neutral.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
        for own, neutral in ((teeth.upper, interior.upper), (teeth.lower, interior.lower))
    )
    _hang(interior)
    return interior


def _hang(interior: RigidInterior) -> None:
    """Raise rows that hang lower than any person's: nobody's teeth fill a mouth that speaks down to the lower lip.

    The lower row follows as far as it has to, to meet the upper one. Rows that hang as people's do stay where they are.
    """
    upper, lower = (
        float(place[1, 2] + place[1, 1] * row_edge(rows, seen))
        for rows, place, seen in (
            (interior.upper, interior.upper_map, last_tooth),
            (interior.lower, interior.lower_map, first_tooth),
        )
    )
    lift = max(upper - _LOWEST_EDGE, 0.0)
    interior.upper_map[1, 2] -= lift
    interior.lower_map[1, 2] -= min(max(lower - (upper - lift - _OVERBITE), 0.0), lift)


def row_edge(row: U8, seen: Callable[[U8], int]) -> float:
    """Where the incisors of a row u8[h, w, 4] end: the median of ``seen`` over the columns of its middle fifth."""
    columns = slice(row.shape[1] * 2 // 5, row.shape[1] * 3 // 5)
    return float(np.median([seen(column) for column in row[:, columns, 3].T]))


def first_tooth(alpha: U8) -> int:
    """First row of a column that is more tooth than not; 0 for none."""
    return int((alpha > 127).argmax())


def last_tooth(alpha: U8) -> int:
    """Last row of a column that is more tooth than not; 0 for none."""
    rows = np.flatnonzero(alpha > 127)
    return int(rows[-1]) if len(rows) else 0
