"""Cutting a person from the background, and laying it over another one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.animator.warp.background import background, extent, over, person
from talking_head.errors import BackendError, PhotoError
from talking_head.face import matte
from talking_head.face.backdrop import with_background
from talking_head.models import manifest
from talking_head.types import U8
from tests.unit.faces import motion, offsets, presenter


@pytest.mark.models
def test_the_net_finds_the_person_that_the_stored_matte_has() -> None:
    portrait = presenter("marcus")
    found = matte.find_matte(portrait.image, portrait.points)
    assert found is not None
    assert portrait.matte is not None
    assert np.abs(found.astype(int) - portrait.matte).mean() < 6
    face = portrait.points[[1, 152, 50, 280, 10], :2].round().astype(int)
    assert (found[face[:, 1], face[:, 0]] == 255).all()
    assert found[:40, :40].max() == 0


def test_without_the_model_there_is_no_matte(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise matte.MissingModelError("not pulled")

    monkeypatch.setattr(manifest, "path", missing)
    assert matte.find_matte(presenter().image, presenter().points) is None


def test_who_is_not_connected_with_the_face_is_background() -> None:
    coarse = np.zeros((256, 256), np.float32)
    coarse[60:, 60:180] = 1
    coarse[:40, 200:250] = 1  # somebody else
    portrait = presenter("marcus")
    fine = matte.refine(portrait.image, portrait.points, coarse)
    assert fine[:60, 420:480].max() == 0
    assert fine[300, 256] == 255


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_person_over_background_is_the_photo_again(name: str) -> None:
    portrait = presenter(name)
    assert portrait.matte is not None
    unit = float(portrait.pose.scale)
    ground = background(portrait.image, portrait.matte, unit)
    layer = person(portrait.image, portrait.matte, ground, unit)
    assert np.abs(over(layer, ground).astype(int) - portrait.image).max() <= 1
    assert (layer[..., :3] <= layer[..., 3:]).all()  # premultiplied
    outside = portrait.matte == 0
    assert np.abs(ground.astype(int) - portrait.image)[outside].mean() < 2


def test_the_box_of_a_person() -> None:
    alpha = np.zeros((100, 200), np.uint8)
    assert extent(alpha) == (0, 0, 0, 0)  # nobody there
    alpha[20:90, 50:150] = 1
    assert extent(alpha) == (20, 50, 90, 150)


def test_a_turned_head_is_seen_over_what_is_asked_for() -> None:
    portrait = presenter()
    avatar = WarpAvatar(portrait)
    points = portrait.place(motion(offsets(jaw=0.05), pose=(3, 12, 4)))[0]
    red = np.zeros_like(portrait.image)
    red[..., 0] = 255
    picture = avatar.warp_rgb(points, red)
    assert (picture[:30, :30] == (255, 0, 0)).all()
    middle = points[[1, 50, 280, 9], :2].round().astype(int)
    own = avatar.warp_rgb(points)
    np.testing.assert_array_equal(picture[middle[:, 1], middle[:, 0]], own[middle[:, 1], middle[:, 0]])


@pytest.mark.parametrize("wish", ["blur", "green", "#102030", "picture"])
def test_another_background(wish: str) -> None:
    portrait = presenter()
    picture = np.full((300, 900, 3), 77, np.uint8)
    other = with_background(portrait, picture if wish == "picture" else wish)
    avatar = WarpAvatar(other)
    drawn = avatar.warp_rgb(portrait.place(motion(offsets(), pose=(0, 8, 0)))[0])
    assert other.ground is not None
    np.testing.assert_array_equal(drawn[:30, :30], other.ground[:30, :30])
    colours = {"green": (0, 177, 64), "#102030": (16, 32, 48), "picture": (77, 77, 77)}
    if wish in colours:
        assert (drawn[5, 5] == colours[wish]).all()
    face = portrait.points[[1, 9], :2].round().astype(int)
    assert np.abs(drawn[face[:, 1], face[:, 0]].astype(int) - portrait.image[face[:, 1], face[:, 0]]).max() < 60


def test_backgrounds_that_are_none() -> None:
    with pytest.raises(PhotoError, match="is no background"):
        with_background(presenter(), "plaid")
    with pytest.raises(PhotoError, match="not cut from its background"):
        with_background(replace(presenter(), matte=None), "green")
    with pytest.raises(PhotoError, match="A background is a picture"):
        with_background(presenter(), np.zeros((4, 4), np.uint8))


def test_a_frame_with_true_alpha_laid_over_the_background_is_the_frame() -> None:
    animator, portrait = GanAnimator(), presenter()
    avatar = animator.prepare(portrait)
    points = portrait.place(motion(offsets(jaw=0.1), pose=(2, 6, 2)))[0]
    cut = animator.render_rgba(avatar, points)
    assert cut.shape == (512, 512, 4)
    alpha = cut[..., 3:] / 255
    laid: U8 = np.asarray(cut[..., :3] * alpha + avatar.warp.ground * (1 - alpha) + 0.5, np.uint8)
    change = np.abs(laid.astype(int) - animator.render_rgb(avatar, points)).max(-1)
    assert np.percentile(change, 99.5) <= 3
    assert cut[:20, :20, 3].max() == 0
    with pytest.raises(BackendError, match="not cut from its background"):
        animator.render_rgba(animator.prepare(replace(portrait, matte=None)), points)
