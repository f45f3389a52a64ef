"""A photo that smiles: its own teeth are worn, the upper ones first to be seen, and whole."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import RigidInterior
from talking_head.animator.mouth.photo_teeth import photo_teeth
from talking_head.animator.mouth.standard_teeth import standard_teeth
from talking_head.animator.mouth.teeth_layers import OwnInterior, first_tooth, last_tooth, own_interior, row_edge
from talking_head.animator.mouth.worn_teeth import LOWEST_EDGE, kept, laid_out, worn
from talking_head.animator.warp.animator import WarpAvatar
from talking_head.face.portrait import Portrait
from tests.unit.faces import motion, offsets, presenter

WHO = ["clara", "marcus", "mei", "david"]
TOOTH = np.array([214, 206, 190], np.float32)


def smiling(name: str, share: float = 1.0, *, aslant: bool = False) -> Portrait:
    """A photo in which a row of ten teeth fills the upper ``share`` of an opening, darkness the rest.

    ``aslant``: light falls so that the row is darkest along the upper lip on the left, and along the lower one on the right.
    """
    portrait = replace(presenter(name), teeth=None)
    points = portrait.place(motion(offsets(jaw=0.09)))[0]
    frame = WarpAvatar(portrait).warp(points)
    (x0, y0), cut, opening = frame.origin, frame.mouth.slit, frame.mouth.opening
    height, width = opening.shape
    down = (np.arange(height)[:, None] - cut.upper) / np.maximum(cut.gap, 1)
    along = (np.arange(width) - cut.left[0]) / (cut.right[0] - cut.left[0])
    light = 1 - 0.35 * (np.abs(10 * along - np.round(10 * along)) < 0.08) * np.ones_like(down)
    if aslant:
        light = light * (1 - 0.5 * np.clip(1 - 4 * np.where(along < 0.5, down, 1 - down), 0, 1))
    row = TOOTH * np.where(down < share, light, 0.15)[..., None]
    picture = frame.rgb.copy()
    part = picture[y0 : y0 + height, x0 : x0 + width]
    part[:] = part + (row - part) * opening[..., None]
    return replace(portrait, image=picture, points=points)


def plain(portrait: Portrait) -> tuple[WarpAvatar, OwnInterior]:
    avatar = WarpAvatar(portrait)
    assert isinstance(avatar.interior, RigidInterior)
    return avatar, standard_teeth(avatar.interior, portrait, avatar.softness)


@pytest.mark.parametrize("name", WHO)
def test_one_row_is_one_row(name: str) -> None:
    """A path that is dark along one lip, and along the other on the other side, is no gap between two."""
    own = own_interior(WarpAvatar(smiling(name, aslant=True)))
    assert own is not None
    ends = np.array([last_tooth(column) for column in own.upper[..., 3].T])
    wide = len(ends)
    left, right = np.median(ends[wide * 7 // 20 : wide // 2]), np.median(ends[wide // 2 : wide * 13 // 20])
    assert abs(left - right) < 2


@pytest.mark.parametrize("name", WHO)
def test_nothing_hangs_below_the_tips(name: str) -> None:
    """The drawn row, blurred, went on below the photo's: a grey shelf under the teeth of whoever spoke."""
    own = own_interior(WarpAvatar(smiling(name, 0.6)))
    assert own is not None
    columns = own.upper[:, own.upper.shape[1] * 2 // 5 : own.upper.shape[1] * 3 // 5, 3].T
    fog = [np.flatnonzero(column > 12)[-1] - np.flatnonzero(column > 200)[-1] for column in columns]
    assert max(fog) <= 3


@pytest.mark.parametrize("name", WHO)
def test_a_mouth_that_speaks_shows_them_before_the_lower_ones(models: object, name: str) -> None:
    animator, portrait = GanAnimator(refine=False), smiling(name)
    assert hangs(animator, portrait) > LOWEST_EDGE - 0.005
    upper, lower = halves(animator, portrait)
    assert upper > lower


@pytest.mark.parametrize("name", WHO)
def test_rows_that_are_kept_and_worn_again_stay_where_they_were(name: str) -> None:
    """As when a second photo lends what it shows over the standard rows."""
    avatar, standard = plain(replace(presenter(name), teeth=None))
    assert isinstance(avatar.interior, RigidInterior)
    again = worn(kept(laid_out(standard, avatar.interior), avatar.unit), avatar.unit)

    def ends(rows: OwnInterior) -> list[float]:
        """Where the incisors end and begin, and how wide the upper row is, in face units."""
        wide = np.flatnonzero((rows.upper[..., 3] > 127).any(0))
        return [
            rows.upper_map[1, 2] + rows.upper_map[1, 1] * row_edge(rows.upper, last_tooth),
            rows.lower_map[1, 2] + rows.lower_map[1, 1] * row_edge(rows.lower, first_tooth),
            rows.upper_map[0, 0] * (wide[-1] - wide[0]),
        ]

    assert np.allclose(ends(again), ends(standard), atol=0.012)


def hangs(animator: GanAnimator, portrait: Portrait) -> float:
    """Face units below the resting lips at which the upper incisors end."""
    interior = animator.prepare(portrait).warp.interior
    assert isinstance(interior, OwnInterior)
    return float(interior.upper_map[1, 2] + interior.upper_map[1, 1] * row_edge(interior.upper, last_tooth))


def halves(animator: GanAnimator, portrait: Portrait) -> tuple[float, float]:
    """The brightest row of pixels in the upper and in the lower third of a mouth that opens wide, in its middle."""
    avatar = animator.prepare(portrait)
    points = portrait.place(motion(offsets(jaw=0.15)))[0]
    frame = avatar.warp.warp(points)
    x0, y0 = frame.origin
    view = animator.render_rgb(avatar, points)[y0 : y0 + frame.mouth.height, x0 : x0 + frame.mouth.width]
    middle = int(points[[61, 291], 0].mean()) - x0
    rows = np.flatnonzero(frame.mouth.opening[:, middle] > 0.9)
    light = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY)[rows[0] : rows[-1] + 1, middle - 12 : middle + 12].mean(1)
    upper, _, lower = np.array_split(light, 3)
    return float(upper.max()), float(lower.max())


def test_a_strip_of_teeth_is_no_row() -> None:
    assert photo_teeth(*plain(smiling("clara"))) is not None
    assert photo_teeth(*plain(smiling("clara", 0.2))) is None
