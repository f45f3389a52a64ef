"""The upper rim of spectacles while a lid falls behind it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from talking_head.animator.warp import spectacles
from talking_head.animator.warp.geometry import LEFT_EYE, RIGHT_EYE, Contours
from talking_head.animator.warp.layers import lid_layer, window_of
from tests.unit.faces import presenter

COLOUR = (40, 40, 50)


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_a_bare_nose_wears_no_spectacles(name: str) -> None:
    face = presenter(name)
    assert not spectacles.wears(face.image, face.points)


@pytest.mark.parametrize("eye", [LEFT_EYE, RIGHT_EYE], ids=["left", "right"])
@pytest.mark.parametrize("name", ["clara", "marcus"])
def test_a_rim_stays_above_a_shut_eye(name: str, eye: Contours) -> None:
    """A blink wiped it away between the corners of the eye."""
    face = presenter(name)
    width = float(np.ptp(face.points[list(eye.upper), 0]))
    top = float(face.points[[*LEFT_EYE.upper, *RIGHT_EYE.upper], 1].min()) - 0.2 * width
    image = face.image.copy()
    cv2.line(image, (0, round(top)), (image.shape[1], round(top)), COLOUR, max(2, round(0.05 * width)), cv2.LINE_AA)
    assert spectacles.wears(image, face.points)
    window = window_of(face.points, eye, image.shape, 0.22, 0.75, 0.5)
    lid = lid_layer(image, face.points, eye, window)[..., :3]
    over_eye = slice(round(0.2 * window[2]), round(0.8 * window[2]))
    assert lid[round(top) - window[1], over_eye].mean() < 80
    assert lid[round(top + 0.15 * width) - window[1], over_eye].mean() > 100
