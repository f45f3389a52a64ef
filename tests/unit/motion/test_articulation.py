"""The shipped lips: as slow as people's, from shut to speech without a jump, and still meeting where they must."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.face.space import template
from talking_head.models import manifest
from talking_head.motion.articulation import Articulator, approach, shaping
from talking_head.motion.measures import lip_gap, lip_width
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.trained import read_folder
from talking_head.motion.visemes import SILENCE, VISEMES
from talking_head.types import F32

EYES = 150.0  # pixels between the outer corners, in a picture of 512²
# A greeting as the shipped voice says it: visemes and their lengths in 20 ms.
SAID = (
    "h1 uh4 l2 o5 u4 silence11 ae3 t7 w3 e5 l4 k2 uh2 p3 silence19 p2 a4 ih2 t2 e5 ih3 p2 ih4 s3 k5 l1 a8 r3 uh4 "
    "silence11 ae2 t4 a5 ih3 w4 er6 k4 ae3 t4 th2 uh2 f4 r1 uh4 t9 e7 s3 k6 silence20 t2 uh2 t2 e5 ih4 a6 ih4 w3 u1 "
    "t2 l2 a3 ih2 k1 t3 uh4 t3 e4 l3 j3 u4 th2 r2 i8 th3 ih6 k3 s2 uh3 p2 a3 u2 t1 a3 u1 er2 h4 a7 u5 s5 silence12 w2 "
    "e3 r3 j2 u4 f3 a4 ih2 t5 uh7 s5 silence14"
)


@pytest.fixture(scope="module")
def articulate() -> Articulator:
    config, space, tensors = read_folder(manifest.path("motion"))
    return Articulator(config, tensors, space)


@pytest.fixture(scope="module")
def shapes() -> F32:
    return read_folder(manifest.path("motion"))[1].mouth


def halves() -> F32:
    """Shares of the sentence f32[2 T, V], a second of silence before it and after."""
    line = [SILENCE] * 50
    for word in SAID.split():
        name = word.rstrip("0123456789")
        line += [VISEMES.index(name)] * int(word[len(name) :])
    return np.eye(len(VISEMES), dtype=np.float32)[line + [SILENCE] * (50 + len(line) % 2)]


def played(articulate: Articulator, shapes: F32, shares: F32, *, known: bool) -> F32:
    """Offsets f32[T, 478, 3] for shares of visemes f32[2 T, V]."""
    config = articulate.config
    frames = shares.reshape(-1, 2, len(VISEMES))
    silence = np.zeros_like(frames[:1])
    silence[..., SILENCE] = 1
    line = np.concatenate([silence.repeat(config.past, 0), frames, silence.repeat(config.lookahead, 0)])
    windows = np.stack([line[t : t + config.past + 1 + config.lookahead] for t in range(len(frames))])
    mouth = articulate(windows, np.full(len(frames), known), np.ones(len(frames), np.float32))
    return np.asarray(np.einsum("tm,mkc->tkc", mouth, shapes), np.float32)


def steps(offsets: F32) -> F32:
    """The largest step of any point of the lips from each frame to the next, pixels f32[T - 1]."""
    lips = [0, 13, 14, 17, 37, 61, 82, 84, 87, 267, 291, 312, 314, 317]
    points = EYES / float(np.linalg.norm((template()[33] - template()[263])[:2])) * offsets[:, lips, :2]
    return np.asarray(np.linalg.norm(np.diff(points, axis=0), axis=-1).max(1), np.float32)


# Real lively speakers: 8.5 pixels in 95 of 100 frames, correlation of the gap with itself two frames later 0.58. A share that
# is certain without being known, as ears never give it, is the hardest that the other way may meet.
@pytest.mark.parametrize(("known", "most", "peak", "one", "two"), [(True, 8.5, 14, 0.8, 0.45), (False, 10.5, 16, 0.77, 0.4)])
def test_lips_are_no_quicker_than_those_of_lively_people(
    articulate: Articulator, shapes: F32, known: bool, most: float, peak: float, one: float, two: float
) -> None:
    offsets = played(articulate, shapes, halves(), known=known)
    said = slice(23, -22)
    far = steps(offsets)[said]
    assert np.percentile(far, 95) <= most
    assert far.max() <= peak
    gap = lip_gap(offsets)[said]
    assert gap.std() > 0.035  # and they do not mumble
    away = gap - gap.mean()
    assert (away[1:] * away[:-1]).mean() / (away**2).mean() >= one
    assert (away[2:] * away[:-2]).mean() / (away**2).mean() >= two


def test_a_mouth_opens_from_silence_over_frames(articulate: Articulator, shapes: F32) -> None:
    for late in (50, 51):  # on a frame, and in the middle of one
        line = np.where(np.arange(100) < late, SILENCE, VISEMES.index("a"))
        offsets = played(articulate, shapes, np.eye(len(VISEMES), dtype=np.float32)[line], known=True)
        gap = lip_gap(offsets)[:40]
        assert gap[:20] == pytest.approx(0, abs=1e-6)
        assert gap.max() > 0.08
        assert steps(offsets)[:40].max() < 0.5 * EYES * gap.max()


def test_lips_still_meet_at_p_and_near_at_f(articulate: Articulator, shapes: F32) -> None:
    shares = halves()
    names = shares.argmax(1).reshape(-1, 2)
    for known in (True, False):
        gap = lip_gap(played(articulate, shapes, shares, known=known))
        for frame, pair in enumerate(names):
            if (pair == VISEMES.index("p")).all():
                assert gap[frame] == pytest.approx(0, abs=0.005)
            if (pair == VISEMES.index("f")).all():
                assert gap[frame] < 0.035


# Three pairs of closures of lively people whose lips surely met twice within 200 ms parted to 0.042, 0.043 and 0.06.
@pytest.mark.parametrize("halves_long", [3, 4, 5])
@pytest.mark.parametrize("pair", ["pp", "pf", "fp", "ff"])
@pytest.mark.parametrize("vowel", ["uh", "ih", "e"])
def test_a_short_vowel_between_two_closures_parts_lips_that_still_meet(
    articulate: Articulator, shapes: F32, vowel: str, pair: str, halves_long: int
) -> None:
    # "some of them", "a bit of a": lips stayed shut through such schwas, a third of a second of one closure.
    before, after = (VISEMES.index(name) for name in pair)
    for late in (0, 1):  # on a frame, and in the middle of one
        line = [SILENCE] * (30 + late) + [VISEMES.index("a")] * 8 + [before] * 4
        first = len(line)
        line += [VISEMES.index(vowel)] * halves_long
        last = len(line)
        line += [after] * 4 + [VISEMES.index("a")] * 8 + [SILENCE] * 30
        line += [SILENCE] * (len(line) % 2)
        gap = lip_gap(played(articulate, shapes, np.eye(len(VISEMES), dtype=np.float32)[line], known=True))
        assert 0.03 < gap[first // 2 : -(-last // 2)].max() < 0.13
        for begins, name in ((first - 4, pair[0]), (last, pair[1])):
            assert gap[begins // 2 : (begins + 5) // 2].min() < (0.012 if name == "p" else 0.035)


def test_a_vowel_between_two_closures_is_undershot_by_who_hurries(articulate: Articulator, shapes: F32) -> None:
    # Lips of lively people part by 0.038 in the median of 18 places of 40 to 80 ms, by 0.075 in 11 of 100 to 120. Ours parted
    # by 0.053 and 0.058: a flutter of one or two frames, 30 of them a minute in a fast text.
    def parted(halves_long: int) -> float:
        line = [SILENCE] * 30 + [VISEMES.index("a")] * 8 + [VISEMES.index("p")] * 4
        first, last = len(line), len(line) + halves_long
        line += [VISEMES.index("uh")] * halves_long + [VISEMES.index("p")] * 4 + [VISEMES.index("a")] * 8 + [SILENCE] * 30
        line += [SILENCE] * (len(line) % 2)
        gap = lip_gap(played(articulate, shapes, np.eye(len(VISEMES), dtype=np.float32)[line], known=True))
        return float(gap[first // 2 : -(-last // 2)].max())

    assert 0.03 < parted(3) < 0.045
    assert parted(6) > parted(3) + 0.006


def test_lips_that_shut_on_either_side_of_a_pause_stay_as_they_were_in_it(articulate: Articulator, shapes: F32) -> None:
    # What parts them there is the pause ("up. Maybe"), not a vowel that nobody says.
    line = [VISEMES.index("a")] * 20 + [VISEMES.index("p")] * 4 + [SILENCE] * 4 + [VISEMES.index("p")] * 4
    line += [VISEMES.index("a")] * 20
    gap = lip_gap(played(articulate, shapes, np.eye(len(VISEMES), dtype=np.float32)[line], known=True))
    assert gap[11:15].max() < 0.03


# A film shows an opening of 0.03 as 0.012, so a quarter of the frames of "w" and "r" came out shut.
@pytest.mark.parametrize("known", [True, False])
def test_lips_shut_for_no_sound_but_those_that_shut_them(articulate: Articulator, shapes: F32, known: bool) -> None:
    shares = halves()
    names = shares.argmax(1).reshape(-1, 2)
    gap = lip_gap(played(articulate, shapes, shares, known=known))
    shutting = np.isin(names, [SILENCE, VISEMES.index("p"), VISEMES.index("f")]).any(axis=1)
    free = np.convolve(shutting, np.ones(5), "same") == 0
    assert free.sum() > 100
    assert gap[free].min() > 0.035
    said = (names != SILENCE).any(axis=1)
    assert 0.08 < gap[said].mean() < 0.092  # lively people: 0.053 to 0.124; wider, lips were quicker than theirs
    assert (gap[said] < 0.02).mean() < 0.07


def test_a_faint_f_that_is_only_heard_brings_the_lip_to_the_teeth(articulate: Articulator, shapes: F32) -> None:
    # Ears seldom give an f more than a seventh; half as sure, lips touched the teeth at seven in ten.
    heard = np.zeros((80, len(VISEMES)), np.float32)
    heard[:, VISEMES.index("a")] = 1
    heard[38:42, [VISEMES.index(name) for name in ("f", "s", "a")]] = 0.15, 0.45, 0.40
    assert lip_gap(played(articulate, shapes, heard, known=False))[19:21].min() < 0.035


def test_a_p_that_is_half_heard_shuts_lips_that_are_nearly_shut_and_not_wide_ones(articulate: Articulator, shapes: F32) -> None:
    # Ears give many sounds of real people a share of p; lips that shut at each of them went less with the people's own.
    def opening(around: str, share: float) -> float:
        heard = np.zeros((80, len(VISEMES)), np.float32)
        heard[:, VISEMES.index(around)] = 1
        heard[38:42] *= 1 - share
        heard[38:42, VISEMES.index("p")] = share
        return float(lip_gap(played(articulate, shapes, heard, known=False))[19:21].min())

    assert opening("w", 0.2) < 0.012
    assert opening("a", 0.2) > 0.6 * opening("a", 0)
    assert opening("a", 0.9) < 0.012


def test_lips_come_together_over_frames_and_part_as_slowly() -> None:
    config = NetConfig()
    nearing = approach(config, 90)
    np.testing.assert_allclose(nearing[nearing > 0], nearing[nearing > 0][::-1])
    middle = 2 * config.past
    assert nearing[middle : middle + 2] == pytest.approx(1)
    assert np.abs(np.diff(nearing)).max() <= 0.35
    assert (approach(config, 50) <= nearing).all()


@pytest.mark.parametrize("known", [True, False])
def test_an_oo_is_rounder_than_an_ee_and_covers_the_teeth(articulate: Articulator, shapes: F32, known: bool) -> None:
    # In people "o" and "w" are 0.05 eye distances narrower than the mean; the net's own "oo" was 0.01, and the same as "ee".
    mouths = {}
    for name in ("u", "i"):
        line = (
            [SILENCE] * 20 + [VISEMES.index("t")] * 6 + [VISEMES.index(name)] * 12 + [VISEMES.index("t")] * 6 + [SILENCE] * 20
        )
        offsets = played(articulate, shapes, np.eye(len(VISEMES), dtype=np.float32)[line], known=known)
        middle = offsets[(20 + 6 + 6) // 2]
        mouths[name] = (lip_gap(middle), lip_width(template() + middle), middle[0, 1] - middle[2, 1])
    (gap, width, lip), (spread, wide, high) = mouths["u"], mouths["i"]
    assert width < wide - 0.06
    assert lip > high + 0.015
    assert gap > 0.025  # round is not shut
    assert spread < 0.12  # and an "ee", 0.14 before, is no "ah"


def test_the_upper_lip_of_known_sounds_moves_as_a_picture_needs_it_and_bares_no_more_teeth(
    articulate: Articulator, shapes: F32
) -> None:
    # A picture shows three quarters of it; people's spread is 0.9 to 2 % of the eyes' distance. Up to 2.5 % up in openings, as
    # before it moved further: beyond that every vowel is a row of teeth.
    offsets = played(articulate, shapes, halves(), known=True)[23:-22]
    lip = offsets[:, 0, 1] - offsets[:, 2, 1]
    assert 0.014 < lip.std() < 0.02
    assert np.percentile(lip, 5) > -0.028


def test_rounding_moves_the_lips_alone(shapes: F32) -> None:
    space = read_folder(manifest.path("motion"))[1]
    moved = np.einsum("m,mkc->kc", shaping(space)[VISEMES.index("u")], shapes)
    assert moved[291, 0] - moved[61, 0] < -0.04
    np.testing.assert_allclose([moved[152, 1], moved[[61, 291], 1].mean()], 0, atol=1e-3)
    assert not shaping(space)[VISEMES.index("a")].any()
