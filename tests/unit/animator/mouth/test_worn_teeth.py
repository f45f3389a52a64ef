"""Rows of teeth as they are worn: shade between their teeth as in real mouths, and nothing that is no tooth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from talking_head.animator.gan import GanAnimator
from talking_head.animator.mouth.interior import MouthView
from talking_head.animator.mouth.neutral_teeth import PIXELS_A_UNIT, WIDTH
from talking_head.animator.mouth.worn_teeth import worn
from talking_head.animator.warp.geometry import Slit
from talking_head.face.teeth import Teeth
from talking_head.types import F32, U8
from tests.unit.faces import motion, offsets, presenter

TOOTH = 12  # columns of a made-up tooth, the last two of them dim
HIGH = slice(30, 50)


def row(gap: int, of: Teeth) -> U8:
    """A row as large as ``of``'s upper one: teeth of level 200 with gaps of level ``gap`` between, opaque."""
    made = np.zeros_like(of.upper)
    made[HIGH, :, :3] = 200
    made[HIGH, np.arange(made.shape[1]) % TOOTH >= TOOTH - 2, :3] = gap
    made[HIGH, :, 3] = 255
    return made


def levels(made: U8) -> tuple[float, float]:
    """Level of teeth, and of the gaps between, in the middle of a row."""
    line: F32 = made[40, 3 * TOOTH : -3 * TOOTH, 1].astype(np.float32)
    return float(np.percentile(line, 70)), float(line.min())


@pytest.fixture
def teeth() -> Teeth:
    wide, high = WIDTH // 2, 64
    blank = np.zeros((high, wide, 4), np.uint8)
    return Teeth(blank, blank.copy(), np.ones(3, np.float32), PIXELS_A_UNIT / 2 / 1.15)


def test_teeth_that_hardly_differ_are_parted(teeth: Teeth) -> None:
    tooth, gap = levels(worn(replace(teeth, upper=row(180, teeth)), teeth.unit).upper)
    assert gap < 172
    assert abs(tooth - 200) < 6


def test_a_row_with_the_shade_of_real_ones_stays_as_it_is(teeth: Teeth) -> None:
    given = row(120, teeth)
    made = worn(replace(teeth, upper=given), teeth.unit).upper
    inner = slice(HIGH.start + 6, HIGH.stop - 6)  # tips and necks: below
    np.testing.assert_array_equal(made[inner], given[inner])


def test_a_thread_of_a_bright_lip_is_no_tooth(teeth: Teeth) -> None:
    lower = row(180, teeth)
    lower[10:12] = 255
    found = worn(replace(teeth, lower=lower), teeth.unit).lower
    assert found[:20].max() == 0
    assert found[40, :, 3].min() == 255


def test_the_dark_between_the_tips_of_a_smile_is_no_black_speck(teeth: Teeth) -> None:
    smile = row(120, teeth)
    tips = slice(HIGH.stop - 4, HIGH.stop)
    between = np.arange(smile.shape[1]) % TOOTH >= TOOTH - 2
    smile[tips, between, :3] = 20
    smile[HIGH.stop - 2 : HIGH.stop, between] = 0  # and notches through which the mouth behind is seen
    made = worn(replace(teeth, upper=smile), teeth.unit).upper[tips, 3 * TOOTH : -3 * TOOTH]
    assert made[..., 3].min() > 200
    assert 130 < made[..., 1].min() < 170
    assert made[..., 1].max() == 200


def test_no_fog_hangs_below_the_canines(teeth: Teeth) -> None:
    """Beyond what a smile shows, a row is the drawn one, blurred: its soft rim goes."""
    smile = row(120, teeth)
    beside, rim = slice(0, 3 * TOOTH), slice(HIGH.stop, HIGH.stop + 12)
    soft = (255 * (1 - np.arange(1, 13) / 13)).astype(np.uint8)[:, None]
    smile[HIGH, beside] = (90, 85, 80, 255)
    smile[rim, beside, :3] = soft[..., None] // 3
    smile[rim, beside, 3] = soft
    made = worn(replace(teeth, upper=smile), teeth.unit).upper
    assert (smile[rim, TOOTH, 3] > 0).sum() == 12
    assert (made[rim, TOOTH, 3] > 0).sum() <= 7
    assert made[HIGH, TOOTH, 3].min() > 240


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_a_presenter_s_lower_row_ends_as_teeth_do(name: str) -> None:
    """A smile shows tips of it at most; cut out of one, it was crumbs of them and of a lip's gloss over a blurred row."""
    kept = presenter(name).teeth
    assert kept is not None
    middle = kept.lower[:, kept.lower.shape[1] * 2 // 5 : kept.lower.shape[1] * 3 // 5, 3]
    partly = ((middle > 32) & (middle < 224)).sum(0)
    assert np.median(partly) <= 3  # pixels, 0.9 mm; it was 6


@pytest.mark.models
def test_a_row_comes_out_of_the_shade_of_the_lips_by_degrees(models: object) -> None:
    """A slit between lips is dark, or its teeth look like gums; in a mouth that is half open, dim teeth are a grey band: real
    ones have nine tenths of the skin's brightness there."""
    animator, portrait = GanAnimator(refine=False), presenter()
    avatar = animator.prepare(portrait)
    levels = []
    for jaw in (0.03, 0.05, 0.08):
        points = portrait.place(motion(offsets(jaw=jaw)))[0]
        mouth = avatar.warp.warp(points)
        (x, y), opening = mouth.origin, mouth.mouth.opening > 0.8
        view = animator.render_rgb(avatar, points)[y : y + opening.shape[0], x : x + opening.shape[1]]
        levels.append(float(np.percentile(view[opening].mean(-1), 80)))
    narrow, half, wide = levels
    assert 0.3 * wide < narrow < 0.55 * wide
    assert 1.3 * narrow < half < 0.95 * wide  # dimmer they were a grey-brown band until the mouth was wide


def shaded(teeth: Teeth, opening: float) -> F32:
    """Share of its light that an upper row keeps in the middle of a mouth ``opening`` units wide, from lip to lip, f32[h]."""
    unit, side = 200, 120
    even = np.full_like(teeth.upper, 200)
    even[..., 3] = 255
    interior = worn(replace(teeth, upper=even), teeth.unit)
    top, bottom = (np.full(side, 60 + share * opening * unit, np.float32) for share in (-0.8, 0.2))
    corner = np.array([0, 60], np.float32), np.array([side, 60], np.float32)
    place = np.array([[unit, 0, side / 2], [0, unit, 60]], np.float64)
    view = MouthView(Slit(top, bottom, *corner), np.ones((side, side), np.float32), place, place.copy(), unit)
    rows = slice(int(np.ceil(top[0])), int(bottom[0]))
    line = interior.paint(view, (rows, slice(0, side)))[:, side // 2 - 2 : side // 2 + 2, 0].mean(axis=1)
    return np.asarray(line / 200, np.float32)


def test_an_upper_lip_shades_the_teeth_of_a_half_open_mouth_most_right_below_it(teeth: Teeth) -> None:
    for opening, least, most in ((0.05, 0.6, 0.8), (0.09, 0.75, 0.92)):
        line = shaded(teeth, opening)
        assert least < line.mean() < most
        assert line[:2].mean() < 0.9 * line[len(line) // 2]
    assert shaded(teeth, 0.2).mean() > 0.85


def test_the_incisors_of_a_lower_row_touch(teeth: Teeth) -> None:
    """With a dark gap beside each, what is seen of them above the lip was three or four white pegs."""
    lower = row(60, teeth)
    lower[HIGH.start : HIGH.start + 4, np.arange(lower.shape[1]) % TOOTH >= TOOTH - 2] = 0
    made = worn(replace(teeth, lower=lower), teeth.unit).lower[HIGH.start + 1 : HIGH.stop - 1, 3 * TOOTH : -3 * TOOTH]
    assert made[..., 3].min() > 240
    assert 140 < made[..., 1].min() < 175  # a faint line between two of them
    assert made[..., 1].max() == 200


@pytest.mark.parametrize("name", ["clara", "marcus", "mei", "david"])
def test_a_presenter_s_lower_row_is_bent_as_its_lip(name: str) -> None:
    kept = presenter(name).teeth
    assert kept is not None
    width = kept.lower.shape[1]
    middle, left, right = (float(np.argmax(kept.lower[:, int(width * at), 3] > 127)) for at in (0.5, 0.3, 0.7))
    assert 2 <= middle - (left + right) / 2 <= 8  # pixels of 0.3 mm


def test_a_slit_is_dark_below_the_upper_lip_and_light_at_the_tips(teeth: Teeth) -> None:
    """Lit evenly from lip to lip, the teeth in it were one grey band."""
    line = shaded(teeth, 0.035)
    assert line[:2].mean() < 0.9 * line[-2:].mean()
    assert line[-2:].mean() > 0.6
