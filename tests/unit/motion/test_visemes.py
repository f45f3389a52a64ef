"""What lips show of phonemes, and when."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.motion.visemes import CLOSED, HALF_TICKS, SILENCE, VISEMES, released, shares
from talking_head.types import Phoneme


def word(*sounds: tuple[str, int]) -> list[Phoneme]:
    """Phonemes of (symbol, half frames), one after the other."""
    out: list[Phoneme] = []
    for symbol, halves in sounds:
        start = out[-1].start + out[-1].ticks if out else 0
        out.append(Phoneme(symbol, start, halves * HALF_TICKS))
    return out


def test_each_half_frame_is_filled_by_what_sounds_in_it_and_by_silence() -> None:
    fill = shares(word(("ˈɑ", 2), ("m", 1)), 4)
    assert fill.argmax(axis=1).tolist() == [VISEMES.index("a"), VISEMES.index("a"), CLOSED, SILENCE]
    assert fill.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(("symbol", "shut"), [("p", 6.5), ("ˈp", 6.5), ("b", 8.0), ("m", 8.5), ("f", 0.0)])
def test_p_b_and_m_are_shut_until_they_are_released(symbol: str, shut: float) -> None:
    said = word(("ɑ", 3), (symbol, 10), ("ɑ", 3))
    fill = shares(released(said), 16)
    assert fill[:, CLOSED].sum() == pytest.approx(shut, abs=1e-3)
    assert fill[3, CLOSED] == (shut > 0)
    assert fill[:, SILENCE].max() < 1e-6
    np.testing.assert_array_equal(fill[13:], shares(said, 16)[13:])


@pytest.mark.parametrize("halves", [1, 2])
def test_a_short_p_is_all_closure(halves: int) -> None:
    said = word(("p", halves))
    assert released(said) == said
    assert released([]) == []
