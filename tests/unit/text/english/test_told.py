"""Who gave only a name or a wish has told nothing; who told something may ask for it again."""

from __future__ import annotations

import pytest

from talking_head.text.english.told import has_told

TOLD = (
    "I had toast for breakfast.",
    "My son is six. How much is it?",
    "I am forty.",
    "We live in Leeds",
    "i'm anna and i have two cats",
)
NOTHING = (
    "Hi, I am Ingrid.",
    "Where is the lift?",
    "I have a question about tents.",
    "I'd like to know the price.",
    "My name is Tom.",
    "Can my son come?",
    "",
)


@pytest.mark.parametrize("text", TOLD)
def test_something_is_told(text: str) -> None:
    assert has_told(["Hello.", text])


def test_a_name_a_wish_and_questions_tell_nothing() -> None:
    assert not has_told(NOTHING)
    assert not has_told([])
