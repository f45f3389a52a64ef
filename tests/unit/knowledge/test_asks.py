"""A question is one wherever in the message it begins; who tells of somebody, or does not know, asks nothing."""

from __future__ import annotations

import pytest

from talking_head.knowledge.answer import asks


@pytest.mark.parametrize(
    "text",
    [
        "Im on crutches, whats the best way in",
        "I lost my ticket. what do i do now",
        "betcha can't say how many keys I've got",
        "you open on sundays or what",
    ],
)
def test_a_question_may_stand_behind_what_leads_to_it(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "My brother, who lives in Leeds, died",
        "My dog died, and I don't know what to do",
        "I bet on horses",
        "I was out, how sad",
    ],
)
def test_who_tells_asks_nothing(text: str) -> None:
    assert not asks(text)
