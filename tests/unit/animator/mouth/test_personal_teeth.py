"""Teeth lent by a second photo or a video: drawn from then on, kept in the avatar's folder, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.personal_teeth import from_video, lend_teeth
from talking_head.animator.mouth.worn_teeth import worn
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.errors import PhotoError, WeightsError
from talking_head.face import avatars
from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker
from talking_head.face.portrait import Portrait
from talking_head.face.teeth import FILE, load_teeth
from talking_head.types import F32, U8
from tests.unit.faces import motion, offsets, presenter, smile

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def landmarker(models: object) -> Iterator[MediaPipeLandmarker]:
    with MediaPipeLandmarker() as found:
        yield found


@pytest.fixture(scope="module")
def animator(models: object) -> GanAnimator:
    return GanAnimator(refine=False)


def open_mouth(portrait: Portrait) -> F32:
    return portrait.place(motion(offsets(jaw=0.08)))[0]  # wider, much of a row lies in the red shade of the lips


def greenness(animator: GanAnimator, portrait: Portrait) -> float:
    """Green over red of the greenest pixels in the open mouth, as the animator draws it: tongue and lips are redder."""
    avatar = animator.prepare(portrait)
    points = open_mouth(portrait)
    frame = avatar.warp.warp(points)
    x0, y0 = frame.origin
    view = animator.render_rgb(avatar, points)[y0 : y0 + frame.mouth.height, x0 : x0 + frame.mouth.width]
    inside = view[frame.mouth.opening > 0.9].astype(np.float32)
    return float(np.percentile(inside[..., 1] / np.maximum(inside[..., 0], 1), 90))


def test_an_avatar_wears_the_teeth_of_its_second_photo(
    landmarker: MediaPipeLandmarker, animator: GanAnimator, cache: Path
) -> None:
    avatars.add(
        presenter(size=768).image,
        "me",
        landmarker,
        consent="nobody is shown",
        lend=lambda face: lend_teeth(smile(), face, landmarker),
    )
    assert avatars.find("me").own_teeth
    me = avatars.load_avatar("me", None)
    assert me.teeth is not None
    drawn = greenness(GanAnimator(personal=True), replace(me, teeth=None))
    assert greenness(animator, me) > 1.2 * drawn


def test_lent_teeth_take_the_light_of_the_portrait(landmarker: MediaPipeLandmarker, animator: GanAnimator) -> None:
    evening = np.clip(smile() * np.array([1.0, 0.8, 0.5]), 0, 255).astype(np.uint8)
    by_day, by_lamp = (
        greenness(animator, replace(presenter(), teeth=lend_teeth(picture, presenter(), landmarker)))
        for picture in (smile(), evening)
    )
    assert 0.85 < by_lamp / by_day < 1.25  # uncorrected it would be a fifth less


def test_teeth_are_reduced_to_the_size_that_is_drawn(landmarker: MediaPipeLandmarker) -> None:
    large = presenter(size=768)
    teeth = lend_teeth(smile(), large, landmarker)
    small = WarpAvatar(presenter(size=256))
    assert isinstance(small.interior, RigidInterior)
    assert worn(teeth, small.unit).upper.shape == small.interior.upper.shape
    assert worn(teeth, 2 * teeth.unit).upper.shape == teeth.upper.shape  # never enlarged


def incisors_end(row: U8, place: np.ndarray, *, low: bool) -> float:
    """Face units below the rest lip line at which the middle of a row ends, on its lower or its upper side."""
    seen = row[:, row.shape[1] * 2 // 5 : row.shape[1] * 3 // 5, 3] > 127
    last = len(row) - 1 - seen[::-1].argmax(0) if low else seen.argmax(0)
    return float(place[1, 2] + place[1, 1] * np.median(last))


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_rows_hang_where_those_of_people_do(name: str) -> None:
    """Upper incisors end by the rim of the resting lower lip, not at that of an open mouth, and bite over the lower ones."""
    face = presenter(name)
    assert face.teeth is not None
    interior = worn(face.teeth, face.pose.scale)
    upper = incisors_end(interior.upper, interior.upper_map, low=True)
    lower = incisors_end(interior.lower, interior.lower_map, low=False)
    assert 0 < upper < 0.05
    assert 0.005 < upper - lower < 0.03


def test_rows_that_hang_where_they_should_stay_there() -> None:
    face = presenter()
    assert face.teeth is not None
    raised = worn(face.teeth, face.pose.scale)
    lifted = np.zeros_like(face.teeth.upper)
    rows = len(lifted) // 5
    lifted[:-rows] = face.teeth.upper[rows:]
    high = replace(face.teeth, upper=lifted)
    found = worn(high, face.pose.scale)
    neutral = RigidInterior(min(face.pose.scale, face.teeth.unit), raised.light)
    np.testing.assert_array_equal(found.upper_map, neutral.upper_map)
    assert found.lower_map[1, 2] > raised.lower_map[1, 2]  # as in the picture that lent it


def _squeezed(picture: U8) -> U8:
    return np.asarray(cv2.resize(picture, None, fx=1.0, fy=0.55, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: presenter(size=768).image, "shows no teeth"),
        (lambda: np.full((400, 400, 3), 127, np.uint8), "cannot lend its teeth. No face was found"),
        (lambda: np.hstack([smile(), smile("marcus")]), "cannot lend its teeth. There are two or more faces"),
        (lambda: np.asarray(cv2.resize(smile(), (200, 200)), np.uint8), "too small to see teeth"),
        (lambda: _squeezed(smile()), "another build"),
        (lambda: b"words, not a picture", "cannot lend its teeth. This is not a picture"),
    ],
    ids=["shut", "no face", "two faces", "small", "squeezed", "text"],
)
def test_second_photos_that_cannot_lend(landmarker: MediaPipeLandmarker, make: object, says: str) -> None:
    picture = make()  # type: ignore[operator]
    with pytest.raises(PhotoError, match=says) as refused:
        lend_teeth(picture, presenter(), landmarker)
    assert str(refused.value).endswith(".")


def test_nothing_is_stored_when_the_second_photo_is_refused(landmarker: MediaPipeLandmarker, cache: Path) -> None:
    with pytest.raises(PhotoError, match="shows no teeth"):
        avatars.add(
            presenter().image,
            "me",
            landmarker,
            consent="yes",
            lend=lambda face: lend_teeth(presenter(size=768).image, face, landmarker),
        )
    assert "me" not in avatars.names()


def test_a_video_gives_the_portrait_and_the_teeth(landmarker: MediaPipeLandmarker) -> None:
    shut, wide = presenter(size=768).image, smile()
    blinking = WarpAvatar(presenter(size=768)).warp_rgb(presenter(size=768).place(motion(offsets(blink=0.8)))[0])
    portrait, toothy = from_video((each for each in (wide, blinking, shut, wide) for _ in range(5)), landmarker)
    np.testing.assert_array_equal(portrait, shut)
    assert toothy is not None
    np.testing.assert_array_equal(toothy, wide)
    assert from_video([shut] * 6, landmarker)[1] is None
    with pytest.raises(PhotoError, match="No face"):
        from_video([np.full((400, 400, 3), 127, np.uint8)] * 6, landmarker)
    with pytest.raises(PhotoError, match="holds no picture"):
        from_video([], landmarker)


def test_a_damaged_file_of_teeth_says_what_to_do(tmp_path: Path) -> None:
    assert load_teeth(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"\x80\x04 a pickle")
    with pytest.raises(WeightsError, match="add the avatar again"):
        load_teeth(tmp_path)
