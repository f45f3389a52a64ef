"""A tongue that motion raises or puts between the teeth is seen in an open mouth, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.animator.mouth.tongue import tongue
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.types import F32
from tests.unit.faces import motion, offsets, presenter

LIES, UP, OUT = (np.array(state, np.float32) for state in ((0, 0), (1, 0), (0.6, 1)))


@pytest.fixture(scope="module")
def avatar() -> WarpAvatar:
    return WarpAvatar(presenter())


def drawn(avatar: WarpAvatar, gap: float, state: F32 | None) -> F32:
    points = presenter().place(motion(offsets(jaw=gap)))[0]
    return avatar.warp_rgb(points, tongue=state).astype(np.float32)


def test_a_lying_tongue_is_what_no_tongue_is(avatar: WarpAvatar) -> None:
    np.testing.assert_array_equal(drawn(avatar, 0.16, LIES), drawn(avatar, 0.16, None))


@pytest.mark.parametrize("state", [UP, OUT])
def test_it_changes_an_open_mouth_within_its_lips_alone(avatar: WarpAvatar, state: F32) -> None:
    change = np.abs(drawn(avatar, 0.16, state) - drawn(avatar, 0.16, LIES)).max(-1)
    points = presenter().place(motion(offsets(jaw=0.16)))[0]
    frame = avatar.warp(points)
    (x, y), (height, width) = frame.origin, frame.mouth.opening.shape
    outside = np.ones(change.shape, bool)
    outside[y : y + height, x : x + width] = frame.mouth.opening == 0
    assert change.max() > 30
    assert change[outside].max() == 0


@pytest.mark.parametrize("state", [UP, OUT])
def test_lips_that_hardly_part_show_none(avatar: WarpAvatar, state: F32) -> None:
    assert np.abs(drawn(avatar, 0.012, state) - drawn(avatar, 0.012, LIES)).max() <= 3


def test_a_raised_tip_reaches_the_upper_teeth_and_the_one_between_them_hides_the_lower() -> None:
    """100 pixels a unit, jaws apart by 0.1 units: the lower teeth end 0.004 units below the jaw's origin."""
    skull = np.array([[100.0, 0, 50], [0, 100.0, 20]])
    jaw = skull + np.array([[0, 0, 0], [0, 0, 10.0]])
    x, y = np.arange(100, dtype=np.float32), np.arange(60, dtype=np.float32)[:, None]
    lies, up, out = (tongue(skull, jaw, x, y, *state.tolist()) for state in (LIES, UP, OUT))
    row = 24  # 0.04 under the upper line: dark when it lies
    assert lies.cover[row, 50] == 0
    assert up.cover[row, 50] > 0.9
    assert up.cover[row, 25] < 0.1  # beside the tip it stays dark
    assert up.shade[row, 50] > 0.6
    assert lies.tip is None
    assert up.tip is None
    assert out.tip is not None
    teeth = 31  # just below the edge of the lower row
    assert out.tip[0][teeth, 50] > 0.9
    assert out.tip[0][teeth, 30] < 0.1
    assert out.tip[0][36].max() == 0  # and not the whole crown
