"""What a visitor asks, without what stands before it."""

from __future__ import annotations

import pytest

from talking_head.memory.asked import asked


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hey, so which one did I want?", "which one did i want"),
        ("Do you know what I said?", "do you know what i said"),  # “now ” within a word is no lead
        ("Sorry, I’d like that also again.", "i'd like that also again"),
    ],
)
def test_the_lead_goes_and_nothing_else(message: str, question: str) -> None:
    assert asked(message) == question
