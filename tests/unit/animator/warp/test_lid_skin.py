"""The skin of a lid that shuts is the skin around that eye."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from talking_head.animator.warp.geometry import LEFT_EYE, RIGHT_EYE, Contours, slit
from talking_head.animator.warp.layers import lid_layer, window_of
from talking_head.types import F32, U8
from tests.unit.faces import presenter

DARK = 0.5


def lid(image: U8, points: F32, eye: Contours) -> float:
    """Level of the lid in the middle of the eye."""
    x0, y0, *_ = window = window_of(points, eye, image.shape, 0.22, 0.75, 0.5)
    x, y = points[[*eye.upper, *eye.lower], :2].mean(0).astype(int) - (x0, y0)
    return float(lid_layer(image, points, eye, window)[y - 4 : y + 5, x - 4 : x + 5, :3].mean())


@pytest.mark.parametrize("eye", [LEFT_EYE, RIGHT_EYE], ids=["left", "right"])
@pytest.mark.parametrize("name", ["clara", "mei", "marcus"])
def test_a_lid_in_a_dark_socket_is_dark(name: str, eye: Contours) -> None:
    """Deep-set eyes under a lamp: a lid as light as brow and cheek shone out of them at every blink."""
    portrait = presenter(name)
    ring = portrait.points[[*eye.upper, *eye.lower], :2]
    width = float(np.ptp(ring[:, 0]))
    socket = np.zeros(portrait.image.shape[:2], np.float32)
    middle = tuple(int(v) for v in ring.mean(0))
    cv2.ellipse(socket, middle, (round(0.75 * width), round(0.65 * width)), 0, 0, 360, 1.0, -1)
    socket = np.asarray(cv2.GaussianBlur(socket, (0, 0), 0.06 * width), np.float32)
    dark = (portrait.image * (1 - (1 - DARK) * socket[..., None]) + 0.5).astype(np.uint8)
    assert lid(dark, portrait.points, eye) < (DARK + 0.18) * lid(portrait.image, portrait.points, eye)


def dents(name: str) -> list[float]:
    """Of each lid, how much darker than the skin above and below its darkest line is, seen along the middle of the lid."""
    face = presenter(name)
    found = []
    for eye in (LEFT_EYE, RIGHT_EYE):
        window = window_of(face.points, eye, face.image.shape, 0.22, 0.75, 0.5)
        cut = slit(face.points, eye, *window[:3])
        lid = lid_layer(face.image, face.points, eye, window)[..., :3].mean(-1)
        width = float(cut.right[0] - cut.left[0])
        columns = np.arange(int(cut.left[0] + 0.35 * width), int(cut.right[0] - 0.35 * width))
        edge = np.round(cut.upper[columns]).astype(int)
        profile = np.array([np.median(lid[edge - d, columns]) for d in range(-round(0.1 * width), round(0.4 * width))])
        around = np.minimum(np.maximum.accumulate(profile), np.maximum.accumulate(profile[::-1])[::-1])
        found.append(float((1 - profile / around).max()))
    return found


@pytest.mark.parametrize("name", ["clara", "marcus"])
def test_a_lid_keeps_its_crease_as_it_shuts(name: str) -> None:
    """Shut lids were plain skin: nothing of the fold that is seen above the open eye was left."""
    assert min(dents(name)) > 0.03


def test_no_crease_is_drawn_where_the_photo_shows_none() -> None:
    shadowed, lit = dents("david")
    assert shadowed < 0.03 < lit


def step(name: str, eye: Contours) -> float:
    """By how many levels a lid's inner end is lighter than the socket beside it."""
    face = presenter(name)
    window = window_of(face.points, eye, face.image.shape, 0.22, 0.75, 0.5)
    x0, y0, wide, high = window
    cut = slit(face.points, eye, x0, y0, wide)
    width = float(cut.right[0] - cut.left[0])
    corner, into = (float(cut.right[0]), -width) if eye is LEFT_EYE else (float(cut.left[0]), width)
    end = float(cut.upper[round(corner)])
    rows = slice(int(end - 0.28 * width), int(end - 0.08 * width))

    def level(picture: U8, near: float, far: float) -> float:
        first, last = sorted((round(corner + near * into), round(corner + far * into)))
        return float(np.median(picture[rows, first:last, :3].mean(-1)))

    photo = np.asarray(face.image[y0 : y0 + high, x0 : x0 + wide], np.uint8)
    return level(lid_layer(face.image, face.points, eye, window), 0, 0.10) - level(photo, -0.18, -0.06)


@pytest.mark.parametrize("eye", [LEFT_EYE, RIGHT_EYE], ids=["left", "right"])
@pytest.mark.parametrize("name", ["marcus", "david"])
def test_a_shut_lid_meets_the_socket_beside_it(name: str, eye: Contours) -> None:
    """Lighter than the socket up to its end, a lid made a ring with the line of its lashes."""
    assert step(name, eye) < 20
