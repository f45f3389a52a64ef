"""What is told is news; what is wanted is none."""

from __future__ import annotations

import pytest

from talking_head.persona.tidings import tidings


@pytest.mark.parametrize("text", ["My sister got engaged.", "the lift is broken again", "We test bridges for a living."])
def test_what_is_told_may_be_news(text: str) -> None:
    assert tidings(text) is not None


@pytest.mark.parametrize("text", ["test me", "Give me a new word", "please explain the rule once more", "You are late."])
def test_who_wants_something_or_speaks_of_the_presenter_tells_none(text: str) -> None:
    assert tidings(text) is None
