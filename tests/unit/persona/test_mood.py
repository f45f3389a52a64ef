"""The mood of an answer, on 60 lines that were labelled before the words were tried on them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from talking_head.persona.mood import mood_of

LINES = [line.split("\t") for line in Path(__file__).with_name("moods.tsv").read_text(encoding="utf-8").splitlines()]


def test_most_labelled_lines_get_their_mood_and_no_sad_one_a_merry_answer() -> None:
    assert len(LINES) == 60
    right = Counter(label for label, text in LINES if mood_of(text) == label)
    assert sum(right.values()) >= 54, [(label, mood_of(text), text) for label, text in LINES if mood_of(text) != label]
    assert not [text for label, text in LINES if label in {"sympathetic", "serious"} and mood_of(text) in {"happy", "excited"}]


@pytest.mark.parametrize("text", ["I am not sad.", "Don't worry.", "It is no longer broken.", ""])
def test_a_word_that_is_turned_round_sets_no_mood(text: str) -> None:
    assert mood_of(text) == ""


@pytest.mark.parametrize("text", ["Today would have been my dad's birthday", "my sister would've turned thirty today"])
def test_a_birthday_that_somebody_gone_would_have_had_is_no_merry_one(text: str) -> None:
    assert mood_of(text) == "sympathetic"
    assert mood_of("Today is my dad's birthday") == "excited"
