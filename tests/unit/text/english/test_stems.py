"""Words without their endings."""

from __future__ import annotations

import pytest

from talking_head.text.english.stems import stem


@pytest.mark.parametrize(
    "words",
    ["repairs repaired repairing repair", "city cities", "bus buses", "name named names", "owner's owner’s owner owners"],
)
def test_forms_of_a_word_are_one(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("word", ["sing", "red", "gas", "is", "fly"])
def test_what_is_no_ending_stays(word: str) -> None:
    assert stem(word) == word
