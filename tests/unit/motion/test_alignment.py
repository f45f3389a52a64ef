"""The sounds of known words, found in what is heard."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.motion.alignment import align
from talking_head.motion.visemes import HALF_TICKS, VISEMES, shares
from talking_head.types import F32, Phoneme

SAID = [("ˈæ", 6), ("p", 4), ("ɹ", 3), ("ˈI", 10), ("m", 4), ("s", 5)]


def row(*sounds: tuple[str, int], start: int = 0) -> list[Phoneme]:
    """Phonemes of (symbol, half frames) one after the other, from the half frame ``start`` on; " " leaves a gap."""
    out, at = [], start
    for symbol, halves in sounds:
        if symbol != " ":
            out.append(Phoneme(symbol, at * HALF_TICKS, halves * HALF_TICKS))
        at += halves
    return out


def heard(sounds: list[Phoneme], halves: int, sure: float = 0.6) -> F32:
    """What ears give to ``sounds``: ``sure`` to the right viseme, the rest to all alike."""
    return np.asarray(sure * shares(sounds, halves) + (1 - sure) / len(VISEMES), np.float32)


def evenly(sounds: list[Phoneme]) -> list[Phoneme]:
    """The same in another speaker's times."""
    return row(*[(sound.symbol, 4) for sound in sounds])


def test_sounds_are_found_when_they_are_made() -> None:
    said = row(*SAID, start=9)
    found = align(evenly(said), heard(said, 60))
    assert found is not None
    made, sure = found.sounds, found.fits
    assert not found.unread
    assert [each.symbol for each in made] == [each.symbol for each in said]
    assert np.abs([a.start - b.start for a, b in zip(made, said, strict=True)]).max() <= HALF_TICKS
    assert made[-1].start + made[-1].ticks == pytest.approx(said[-1].start + said[-1].ticks, abs=HALF_TICKS)
    assert sure.min() > 0.5


def test_a_pause_is_found_where_the_text_has_none() -> None:
    said = row(("n", 4), ("ˈO", 6), (" ", 20), ("m", 5), ("ˈɔ", 7), start=5)
    found = align(evenly(said), heard(said, 60))
    assert found is not None
    _, vowel, m, _ = found.sounds
    assert (vowel.start + vowel.ticks, m.start) == (15 * HALF_TICKS, 35 * HALF_TICKS)


def test_other_words_fit_less() -> None:
    said = row(*SAID, start=9)
    others = row(("k", 4), ("ˈu", 5), ("l", 4), ("θ", 4), ("ɜ", 4), ("f", 4))
    right, wrong = align(evenly(said), heard(said, 60)), align(others, heard(said, 60))
    assert right is not None
    assert wrong is not None
    assert wrong.fits.mean() < 0.3 * right.fits.mean()


def test_lips_meet_for_as_long_as_they_need() -> None:
    said = row(("ˈɑ", 8), ("b", 1), ("ˈɑ", 8))
    found = align(evenly(said), heard(said, 17))
    assert found is not None
    assert found.sounds[1].ticks == 2 * HALF_TICKS


def test_what_is_too_short_for_its_words_is_refused() -> None:
    said = row(*SAID)
    least = 9  # half frames: p and m two each, a diphthong's two vowels, three others
    assert align(said, heard(said, least)) is not None
    assert align(said, heard(said, least - 1)) is None


def test_sounds_keep_their_order_whatever_is_heard() -> None:
    rng = np.random.default_rng(3)
    for halves in (14, 30, 80):
        noise = rng.dirichlet(np.full(len(VISEMES), 0.1), halves).astype(np.float32)
        found = align(row(*SAID), noise)
        assert found is not None
        edges = np.array([[each.start, each.start + each.ticks] for each in found.sounds])
        assert (edges[1:, 0] >= edges[:-1, 1]).all()
        assert (edges[:, 1] > edges[:, 0]).all()
        assert edges[-1, 1] <= halves * HALF_TICKS
        assert 0 <= found.fits.min() <= found.fits.max() <= 1


def test_silence_before_a_p_is_no_closure() -> None:
    said = row(("p", 4), ("ˈɑ", 6), start=10)
    found = align(evenly(said), heard(said, 20))
    assert found is not None
    assert found.sounds[0].start == 10 * HALF_TICKS


def test_what_is_said_between_the_words_is_told_and_a_pause_is_not() -> None:
    others = [("k", 5), ("ˈu", 8), ("l", 6), ("θ", 6), ("ɜ", 8)]
    said = row(*SAID, *others, *SAID, (" ", 30), *SAID, start=6)
    found = align(evenly([*said[:6], *said[11:]]), heard(said, 180, 0.95))
    assert found is not None
    ((start, end),) = found.unread
    assert start == pytest.approx(38 * HALF_TICKS, abs=3 * HALF_TICKS)
    assert end == pytest.approx(71 * HALF_TICKS, abs=3 * HALF_TICKS)
    assert found.fits.min() > 0.3
