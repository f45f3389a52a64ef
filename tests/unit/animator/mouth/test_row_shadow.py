"""Rows of teeth that nearly touch are two rows: the upper one casts a shadow on what is behind its tips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import MouthView
from talking_head.animator.mouth.row_shadow import cast_shadow
from talking_head.animator.mouth.teeth_layers import OwnInterior
from talking_head.animator.warp.geometry import Slit
from talking_head.types import F32
from tests.unit.animator.mouth.test_photo_teeth import smiling
from tests.unit.faces import presenter

UNIT, SIDE, TOP, BOTTOM = 400, 160, 40, 130
TIPS = 80  # row of the window where the upper teeth end


def middle(interior: OwnInterior) -> F32:
    """What ``interior`` paints down the middle of an open mouth, red, f32[h]."""
    flat = np.full(SIDE, TOP, np.float32), np.full(SIDE, BOTTOM, np.float32)
    corners = np.array([-200, TOP], np.float32), np.array([SIDE + 200, TOP], np.float32)
    place = np.array([[UNIT, 0, SIDE / 2], [0, UNIT, 60]], np.float64)
    view = MouthView(Slit(*flat, *corners), np.ones((SIDE, SIDE), np.float32), place, place.copy(), UNIT)
    painted = interior.paint(view, (slice(TOP, BOTTOM), slice(0, SIDE)))
    return np.asarray(painted[:, SIDE // 2 - 3 : SIDE // 2 + 3, 0].mean(axis=1), np.float32)


def touching() -> OwnInterior:
    """Two even rows, of which the lower one goes on where the upper one ends."""
    interior = OwnInterior(UNIT, np.ones(3, np.float32))
    interior.upper, interior.lower = (np.full_like(row, 200) for row in (interior.upper, interior.lower))
    for row in (interior.upper, interior.lower):
        row[..., 3] = 255
    edge = round(((TIPS - 60) / UNIT - interior.upper_map[1, 2]) / interior.upper_map[1, 1])
    interior.upper[edge:] = 0
    interior.lower_map = interior.upper_map.copy()
    return interior


def test_rows_that_touch_are_parted_by_a_shadow_that_ends() -> None:
    line = middle(cast_shadow(touching())) / middle(touching())
    tips = TIPS - TOP
    assert np.abs(line[: tips - 3] - 1).max() < 0.02  # the upper row is as bright as before
    assert line[tips + 1 : tips + 4].max() < 0.7
    assert (np.diff(line[tips + 2 :]) > -0.02).all()
    assert line[-8:].min() > 0.97


def test_a_shadow_is_warm_and_no_tooth() -> None:
    interior = touching()
    before = interior.upper.copy()
    row = cast_shadow(interior).upper
    added = (before[..., 3] == 0) & (row[..., 3] > 0)
    assert added.any()
    assert (row[added][:, 0] > 1.5 * row[added][:, 1].astype(float)).mean() > 0.8
    assert row[added][:, :3].max() < 40


@pytest.mark.models
@pytest.mark.parametrize("kind", ["lent", "standard", "the photo's own"])
def test_every_photographic_row_casts_it(models: object, kind: str) -> None:
    portrait = {"lent": presenter(), "standard": replace(presenter(), teeth=None), "the photo's own": smiling("clara")}[kind]
    interior = GanAnimator(refine=False).prepare(portrait).warp.interior
    assert isinstance(interior, OwnInterior)
    row = interior.upper[:, interior.upper.shape[1] // 2].astype(int)
    last = int(np.flatnonzero(row[:, 3] > 240)[-1])
    below = row[last + 3 : last + 6]
    assert (below[:, 3] > 40).all()
    assert (below[:, :3].max(axis=1) < 0.25 * below[:, 3]).all()
