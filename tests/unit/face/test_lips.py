"""Inner lips where the picture has them: on the dark line of a closed mouth, around the teeth of an open one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from talking_head.face.lips.settle import settle_lips
from talking_head.face.neutral import INNER_LOWER, INNER_UPPER
from talking_head.types import F32, U8
from tests.unit.faces import presenter

LIP, TOOTH, LINE = (190, 110, 112), (225, 218, 205), (70, 30, 30)
CENTRE = slice(3, -3)  # of a contour: the corners stay where they were found


def _mouth(gap: float, teeth: tuple[float, float] | None) -> tuple[U8, F32, float, float]:
    """A mouth of bare lips with a detected ``gap`` and ``teeth`` from so far above its middle row to so far below, in its
    widths; None: a dark line in that row. Also: the row, and the width in pixels."""
    portrait = presenter()
    image, points = portrait.image.copy(), portrait.points.copy()
    left, right = points[78, :2], points[308, :2]
    row, width = float((left[1] + right[1]) / 2), float(right[0] - left[0])
    points[[78, 308], 1] = row
    points[INNER_UPPER[1:-1], 1] = row - gap * width / 2
    points[INNER_LOWER[1:-1], 1] = row + gap * width / 2
    x0, x1 = round(float(left[0])) - 6, round(float(right[0])) + 6
    image[round(row - 0.2 * width) : round(row + 0.2 * width), x0:x1] = LIP
    if teeth is None:
        cv2.line(image, (x0, round(row)), (x1, round(row)), LINE, 2)
    else:
        image[round(row - teeth[0] * width) : round(row + teeth[1] * width), x0:x1] = TOOTH
    return image, points, row, width


def test_the_lip_line_moves_onto_the_dark_line() -> None:
    image, points, row, _ = _mouth(0.0, None)
    points[[*INNER_UPPER[1:-1], *INNER_LOWER[1:-1]], 1] -= 3.6
    settled = settle_lips(image, points)
    assert np.abs(settled[INNER_UPPER[CENTRE], 1] - row).max() < 1.5
    untouched = np.setdiff1d(np.arange(478), [*INNER_UPPER, *INNER_LOWER])
    np.testing.assert_array_equal(settled[untouched], points[untouched])


@pytest.mark.parametrize("gap", [0.03, 0.06])
def test_lips_that_are_shut_meet_however_wide_the_detector_puts_them_apart(gap: float) -> None:
    image, points, row, _ = _mouth(gap, None)
    settled = settle_lips(image, points)
    for contour in (INNER_UPPER, INNER_LOWER):
        assert np.abs(settled[contour[CENTRE], 1] - row).max() < 1.5


def test_a_slit_full_of_teeth_is_open_to_the_tips() -> None:
    """Shut on the dark line above its teeth, it left the teeth on the lower lip, which carried them down as it opened."""
    image, points, row, width = _mouth(0.025, (0.01, 0.045))
    settled = settle_lips(image, points)
    lower = settled[INNER_LOWER[CENTRE], 1] - row
    assert lower.min() > 0.034 * width
    assert lower.max() < 0.06 * width
    assert np.abs(settled[INNER_UPPER[CENTRE], 1] - row).max() < 0.03 * width


def test_an_open_mouth_keeps_the_contours_that_fit() -> None:
    image, points, _, width = _mouth(0.1, (0.05, 0.05))
    settled = settle_lips(image, points)
    np.testing.assert_allclose(settled, points, atol=0.015 * width)


def test_what_no_lip_ends_is_no_mouth() -> None:
    """A contour on a shaded cheek or a moustache has darkness as far as one looks: it stays where it was found."""
    image, points, row, width = _mouth(0.1, (0.05, 0.05))
    image[round(row + 0.05 * width) : round(row + 0.16 * width)] = LINE
    settled = settle_lips(image, points)
    np.testing.assert_allclose(settled[INNER_LOWER], points[INNER_LOWER], atol=0.015 * width)


def test_a_picture_without_colour_is_judged_by_its_contours() -> None:
    for gap, shut in ((0.03, True), (0.05, False)):
        image, points, _, _ = _mouth(gap, (0.02, 0.02))
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        settled = settle_lips(grey, points)
        assert (np.abs(settled[INNER_LOWER[CENTRE], 1] - settled[INNER_UPPER[CENTRE], 1]).max() < 1) == shut
