"""A film's scene hands on all that motion says, also where the presenter stands before a video or before nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from talking_head.face.portrait import Portrait
from talking_head.film.picture.shot import Alone, Before
from talking_head.protocols import Animator
from talking_head.types import F32, U8

_TONGUE = np.array([[0.5, 0.25]], np.float32)


class Tongueless(Animator):
    """As another package may have it: pictures of two zeros."""

    def prepare(self, portrait: Portrait) -> Any:
        return portrait

    def set_ground(self, avatar: Any, ground: U8) -> None:
        """Nothing is behind."""

    def render(self, avatars: Sequence[Any], points: F32) -> list[U8]:
        return [np.zeros(2, np.uint8)]

    def render_rgba(self, avatar: Any, points: F32) -> U8:
        return np.zeros(2, np.uint8)


class Layered(Tongueless):
    """A picture of the tongue's numbers."""

    def render(self, avatars: Sequence[Any], points: F32, tongue: F32 | None = None) -> list[U8]:
        assert tongue is not None
        return [self.render_rgba(avatar, points, tip) for avatar, tip in zip(avatars, tongue, strict=True)]

    def render_rgba(self, avatar: Any, points: F32, tongue: F32 | None = None) -> U8:
        return np.asarray(np.zeros(2) if tongue is None else tongue * 100, np.uint8)


@pytest.mark.parametrize("around", [Alone, lambda inner: Before(inner, iter([np.zeros((2, 2, 3), np.uint8)]))])
def test_the_tongue_is_handed_on_to_who_draws_one(around: Any) -> None:
    points = np.zeros((1, 478, 3), np.float32)
    np.testing.assert_array_equal(around(Layered()).render([None], points, _TONGUE)[0], [50, 25])
    np.testing.assert_array_equal(around(Tongueless()).render([None], points, _TONGUE)[0], [0, 0])
