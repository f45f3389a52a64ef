"""Rows of teeth that are drawn by hand, and what is measured of them."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.evaluate.animator.measures import Sums, add_frame, shows_lower_teeth, teeth_contrast
from talking_head.types import F32, U8

TOOTH, TONGUE, CAVITY, LIP = (190, 178, 160), (180, 95, 95), (70, 35, 32), (150, 80, 80)


def mouth(height: int, *, lower: bool, tongue: bool = False, tooth: tuple[int, int, int] = TOOTH) -> tuple[U8, U8]:
    """A window u8[96, 96, 3] with an opening of ``height`` rows, and its drawing u8[96, 96]."""
    picture = np.full((96, 96, 3), LIP, np.uint8)
    opening = np.zeros((96, 96), np.uint8)
    opening[40 : 40 + height, 24:72] = 255
    inside = picture[40 : 40 + height, 24:72]
    inside[:] = CAVITY
    inside[: round(0.4 * height)] = tooth
    if tongue:
        inside[round(0.7 * height) :] = TONGUE
    if lower:
        inside[round(0.75 * height) :] = tooth
    return picture, opening


def real(picture: U8) -> F32:
    return picture.astype(np.float32)


@pytest.mark.parametrize("height", [10, 16, 28])
def test_a_lower_row_is_told_from_a_tongue_and_from_the_dark(height: int) -> None:
    picture, opening = mouth(height, lower=True)
    assert shows_lower_teeth(real(picture), opening) is True
    for tongue in (False, True):
        picture, opening = mouth(height, lower=False, tongue=tongue)
        assert shows_lower_teeth(real(picture), opening) is False


def test_a_narrow_or_shut_mouth_says_nothing_of_its_lower_row() -> None:
    for height in (0, 2, 7):
        picture, opening = mouth(height, lower=False)
        assert shows_lower_teeth(real(picture), opening) is None


def test_an_opening_that_one_row_fills_shows_no_lower_row() -> None:
    picture, opening = mouth(16, lower=False)
    picture[opening > 0] = TOOTH
    assert shows_lower_teeth(real(picture), opening) is False


def test_contrast_is_that_of_teeth_and_cavity() -> None:
    picture, opening = mouth(28, lower=False)
    weights = np.array([0.3, 0.59, 0.11])
    wanted = float(np.subtract(TOOTH, CAVITY) @ weights)
    assert teeth_contrast(real(picture), opening) == pytest.approx(wanted, rel=0.03)
    assert np.isnan(teeth_contrast(real(picture), np.zeros_like(opening)))


def test_the_table_holds_drawn_rows_against_real_ones() -> None:
    sums = Sums()
    grey = (130, 118, 105)
    cavity, tooth = (float(np.asarray(colour) @ [0.3, 0.59, 0.11]) for colour in (CAVITY, grey))
    bright = float(np.asarray(TOOTH) @ [0.3, 0.59, 0.11])
    shown, opening = mouth(28, lower=True)
    for lower in (False, True):
        drawn, _ = mouth(28, lower=lower, tooth=grey)
        add_frame(sums, drawn, shown, opening)
    table = sums.table()
    assert table["lower_teeth"] == 0.5
    assert table["lower_teeth_real"] == 1
    assert table["teeth_contrast"] == pytest.approx((tooth - cavity) / (bright - cavity), rel=0.05)
