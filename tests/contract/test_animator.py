"""What every animator promises, over every backend that can be built here."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from talking_head import registry
from talking_head.animator.i420 import to_i420
from talking_head.errors import BackendError
from talking_head.face.space import to_image
from talking_head.models import manifest
from talking_head.types import F32, U8
from tests.unit.faces import motion, offsets, presenter, to_rgb


@pytest.fixture(scope="module", params=["warp", "gan"])
def animator(request: pytest.FixtureRequest) -> Any:
    if request.param == "gan" and "animator-cpu" not in manifest.manifest():
        pytest.skip("this checkout has no trained animator")
    return registry.build("animator", request.param)


def _pictures(animator: Any, avatar: Any, points: F32) -> list[U8]:
    return [to_rgb(picture) for picture in animator.render([avatar] * len(points), points)]


def _difference(a: U8, b: U8) -> np.ndarray:
    return np.abs(a.astype(int) - b.astype(int)).max(-1)


@pytest.fixture(scope="module")
def avatar(animator: Any) -> Any:
    return animator.prepare(presenter())


def test_a_batch_gives_one_i420_picture_each(animator: Any, avatar: Any) -> None:
    points = presenter().place(motion(offsets(), offsets(jaw=0.1)))
    pictures = animator.render([avatar, avatar], points)
    assert [p.shape for p in pictures] == [(768, 512), (768, 512)]
    assert all(p.dtype == np.uint8 and p.flags["C_CONTIGUOUS"] for p in pictures)
    assert animator.render([], np.zeros((0, 478, 3), np.float32)) == []


def test_same_input_same_picture(animator: Any, avatar: Any) -> None:
    points = presenter().place(motion(offsets(jaw=0.12), pose=(3, 5, 1)))
    np.testing.assert_array_equal(animator.render([avatar], points)[0], animator.render([avatar], points)[0])


def test_a_picture_does_not_depend_on_its_batch_mates(animator: Any, avatar: Any) -> None:
    other = animator.prepare(presenter("marcus"))
    one = presenter().place(motion(offsets(jaw=0.1)))
    two = presenter("marcus").place(motion(offsets(blink=1.0, jaw=0.05), pose=(0, 8, 0)))
    alone = animator.render([avatar], one)[0].astype(int)
    together = animator.render([other, avatar, other], np.concatenate([two, one, two]))[1]
    assert np.abs(together - alone).max() <= 1


def test_rest_looks_like_the_photo(animator: Any, avatar: Any) -> None:
    portrait = presenter()
    picture = _pictures(animator, avatar, portrait.place(motion(offsets())))[0]
    assert _difference(picture, portrait.image).mean() < 3.0


def test_speech_moves_the_mouth_and_nothing_far_from_it(animator: Any, avatar: Any) -> None:
    portrait = presenter()
    shut, wide = _pictures(animator, avatar, portrait.place(motion(offsets(), offsets(jaw=0.15))))
    change = _difference(shut, wide)
    x, y = portrait.points[[0, 17], :2].mean(0).round().astype(int)
    assert change[y - 12 : y + 24, x - 24 : x + 24].mean() > 15
    low, high = portrait.points[:468, :2].min(0), portrait.points[:468, :2].max(0)
    outside = np.ones(change.shape, bool)
    room = 0.5 * (high - low)
    outside[int(low[1] - room[1]) : int(high[1] + room[1]), int(max(low[0] - room[0], 0)) : int(high[0] + room[0])] = False
    assert change[outside].max() <= 1
    assert change[: int(low[1])].max() <= 1  # hair and forehead


def test_the_background_stands_still_when_the_head_turns(animator: Any, avatar: Any) -> None:
    portrait = presenter()
    assert portrait.matte is not None
    far = cv2.dilate(portrait.matte, np.ones((91, 91), np.uint8)) == 0  # where not even a turned head comes
    assert far.mean() > 0.1
    straight = _pictures(animator, avatar, portrait.place(motion(offsets())))[0]
    assert _difference(straight, to_rgb(to_i420(portrait.image)))[far].max() <= 1
    for pose in ((0, 12, 0), (0, -12, 0), (8, 0, 0), (-8, 0, 0)):
        turned = _pictures(animator, avatar, portrait.place(motion(offsets(), pose=pose)))[0]
        change = _difference(straight, turned)
        assert change.max() > 60
        assert change[far].max() <= 1
        assert max(change[0].max(), change[:, 0].max(), change[:, -1].max()) <= 1


def test_a_blink_hides_the_iris(animator: Any, avatar: Any) -> None:
    portrait = presenter()
    awake, asleep = _pictures(animator, avatar, portrait.place(motion(offsets(), offsets(blink=1.0))))
    for centre in (468, 473):
        x, y = portrait.points[centre, :2].round().astype(int)
        eye = np.s_[y - 4 : y + 5, x - 4 : x + 5]
        assert awake[eye].mean() + 15 < asleep[eye].mean()  # dark iris → skin


def test_an_open_mouth_is_dark_or_toothy_not_lip(animator: Any, avatar: Any) -> None:
    portrait = presenter()
    points = portrait.place(motion(offsets(jaw=0.16)))
    picture = _pictures(animator, avatar, points)[0].astype(int)
    x, top = points[0, 13, :2].round().astype(int)
    bottom = round(float(points[0, 14, 1]))
    inside = picture[top + 3 : (top + bottom) // 2, x - 6 : x + 7]  # above tongue and lower lip
    redness = inside[..., 0] - inside[..., 1]
    skin = picture[top - 20, x - 6 : x + 7]
    assert inside.mean() < 0.75 * skin.mean() or redness.mean() < 0.5 * (skin[:, 0] - skin[:, 1]).mean()


def test_a_tongue_shows_in_an_open_mouth_and_lies_unless_told(animator: Any, avatar: Any) -> None:
    points = presenter().place(motion(*[offsets(jaw=0.16)] * 3))
    tongue = np.array([[0, 0], [1, 0], [0.6, 1]], np.float32)
    lies, up, out = animator.render([avatar] * 3, points, tongue)
    np.testing.assert_array_equal(lies, animator.render([avatar], points[:1])[0])
    x, top = points[0, 13, :2].round().astype(int)
    mouth = np.s_[top - 4 : top + 40, x - 60 : x + 61]
    for picture in (up, out):
        change = _difference(to_rgb(lies), to_rgb(picture))
        assert change[mouth].max() > 20
        change[mouth] = 0
        assert change.max() < 16  # the net's crop around the mouth may answer a little


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_landmarks_that_are_not_numbers_are_refused(animator: Any, avatar: Any, bad: float) -> None:
    points = presenter().place(motion(offsets()))
    points[0, 13, 1] = bad
    with pytest.raises(BackendError, match="finite"):
        animator.render([avatar], points)


def test_wild_landmarks_give_a_picture_all_the_same(animator: Any, avatar: Any) -> None:
    portrait = presenter()
    points = portrait.place(motion(offsets(jaw=0.6, blink=2.0), pose=(30, 45, 20)))
    assert animator.render([avatar], points)[0].shape == (768, 512)
    far = to_image(portrait.neutral, portrait.pose)[None] + np.float32(400)
    assert animator.render([avatar], far)[0].shape == (768, 512)


def test_faces_of_other_sizes(animator: Any) -> None:
    for size in (256, 768):
        portrait = presenter("marcus", size)
        picture = animator.render([animator.prepare(portrait)], portrait.place(motion(offsets(jaw=0.1))))[0]
        assert picture.shape == (size * 3 // 2, size)


@pytest.mark.parametrize("name", ["clara", "marcus"])
def test_a_portrait_of_1080_lines_keeps_its_own_sharpness(animator: Any, name: str) -> None:
    portrait = presenter(name, 1080)
    (frame,) = _pictures(animator, animator.prepare(portrait), portrait.place(motion(offsets(jaw=0.12))))
    photo = to_rgb(to_i420(portrait.image))  # rounded as the frame is
    above = slice(0, int(portrait.points[1, 1]) - 20)  # from the nose upwards

    def fine(picture: U8) -> float:
        grey = cv2.cvtColor(picture[above], cv2.COLOR_RGB2GRAY).astype(np.float32)
        return float(np.square(cv2.Laplacian(grey, cv2.CV_32F)).mean())

    assert frame.shape == photo.shape == (1080, 1080, 3)
    assert 0.9 < fine(frame) / fine(photo) < 1.1
    assert (_difference(frame[above], photo[above]) < 3).mean() > 0.95  # all but the eyes
