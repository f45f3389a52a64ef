"""Rows of teeth for faces of which no picture shows any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from talking_head.animator.gan import GanAnimator, tooth_level
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.standard_teeth import standard_teeth
from talking_head.animator.mouth.teeth_layers import OwnInterior
from talking_head.animator.warp.animator import WarpAvatar
from tests.unit.faces import presenter


def drawn(name: str) -> RigidInterior:
    interior = WarpAvatar(replace(presenter(name), teeth=None)).interior
    assert isinstance(interior, RigidInterior)
    return interior


def test_every_face_has_a_row_of_its_own_and_always_the_same() -> None:
    clara, again, mei = (standard_teeth(drawn(name), presenter(name), 0.0) for name in ("clara", "clara", "mei"))
    np.testing.assert_array_equal(clara.upper_map, again.upper_map)
    assert np.abs(clara.upper_map[0, 0] / mei.upper_map[0, 0] - 1) > 1e-3
    assert np.abs(clara.light - mei.light).max() > 1e-3


def test_dim_pictures_have_dim_teeth() -> None:
    portrait = presenter("marcus")
    interior = drawn("marcus")
    bright = standard_teeth(interior, portrait, 0.0)
    interior.light = interior.light * np.float32(0.6)
    assert tooth_level(standard_teeth(interior, portrait, 0.0)) < 0.7 * tooth_level(bright)


def test_soft_pictures_have_soft_teeth() -> None:
    crisp, soft = (standard_teeth(drawn("david"), presenter("david"), sigma) for sigma in (0.0, 1.2))

    def detail(row: np.ndarray) -> float:
        return float(np.abs(np.diff(row[..., 1].astype(float), axis=1)).mean())

    assert detail(soft.upper) < 0.8 * detail(crisp.upper)


def test_a_face_without_teeth_wears_them_but_not_where_a_net_of_its_own_draws() -> None:
    portrait = replace(presenter(), teeth=None)
    animator = GanAnimator()
    avatar = animator.prepare(portrait)
    assert isinstance(avatar.warp.interior, OwnInterior)
    assert avatar.bright > 100
    assert not avatar.own
    twin = GanAnimator(personal=True).prepare(portrait)
    assert not isinstance(twin.warp.interior, OwnInterior)
    assert twin.bright == 0


def test_warm_light_warms_teeth() -> None:
    """Half of the light's colour at least: under yellow lamps, grey rows look blue."""
    interior = drawn("clara")
    plain = standard_teeth(interior, presenter("clara"), 0.0).light
    interior.light = interior.light * np.array([1.1, 1.0, 0.8], np.float32)
    warm = standard_teeth(interior, presenter("clara"), 0.0).light
    assert 1.15 < (warm[0] / warm[2]) / (plain[0] / plain[2]) < 1.1 / 0.8
