"""What the net may not do to a mouth whose teeth a good light shows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator, spare_inside
from talking_head.animator.refiner.crop import INNER
from tests.unit.faces import motion, offsets, presenter


def test_the_dark_stays_dark_and_teeth_stay_bright() -> None:
    crop = np.full((8, 8, 3), 40, np.uint8)
    crop[:4] = 200  # an upper row over a hollow
    opening = np.zeros((8, 8), np.uint8)
    opening[:, 2:6] = 255
    cases = (
        ((0.9, 0.9, 0.9), 30.0, 3.0, 3.0),
        ((0.9, 0.9, 0.9), -30.0, -3.0, -30.0),
        ((0.0, 0.4, 0.9), 30.0, 30.0, 18.0),
        ((0.0, 0.4, 0.9), -30.0, -3.0, -30.0),
    )
    for shares, change, tooth, hollow in cases:
        residual = np.full((8, 8, 3), change, np.float32)
        spare_inside(residual, crop, opening, 200.0, shares)
        np.testing.assert_allclose(residual[:4, 2:6], tooth, rtol=1e-4)
        np.testing.assert_allclose(residual[4:, 2:6], hollow, rtol=1e-4)
        assert np.all(residual[:, [0, 1, 6, 7]] == change)  # lips are the net's


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_a_presenter_s_open_mouth_is_no_lighter_inside_than_it_was_painted(name: str) -> None:
    portrait = presenter(name)
    points = portrait.place(motion(offsets(jaw=0.12)))[0]
    inside = np.zeros(portrait.image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(points[INNER, :2]).astype(np.int32)], 1)
    inside = np.asarray(cv2.erode(inside, np.ones((5, 5), np.uint8)), np.uint8)
    dark = []
    for refine in (False, True):
        animator = GanAnimator(refine=refine)
        picture = animator.render_rgb(animator.prepare(portrait), points).astype(np.float32)
        dark.append(float(np.percentile(picture.mean(-1)[inside > 0], 25)))
    assert dark[1] < 1.12 * dark[0]
