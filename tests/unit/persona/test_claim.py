"""What is stated of the world is neither confirmed nor repeated; all else goes on."""

from __future__ import annotations

import pytest

from talking_head.persona.claim import claimed


@pytest.mark.parametrize(
    "message",
    [
        "New York is the capital of New Zealand.",
        "I think Berlin is in Italy",
        "Einstein invented the telephone.",
        "water boils at 50 degrees",
        "The earth is flat.",
        "The moon is made of cheese",
        "Spiders have six legs",
    ],
)
def test_a_statement_of_the_world_is_left_open(message: str) -> None:
    told = claimed(message)
    assert "check" in told
    assert not any(word in told for word in ("York", "Berlin", "Einstein", "boils", "flat"))


@pytest.mark.parametrize(
    "message",
    [
        "My brother is in Leeds.",
        "It is raining here.",
        "The doctor said it is cancer.",
        "Life is not worth it",
        "You are a clever machine.",
        "This answer is really bad.",
        "Is Berlin in Italy?",
        "For what is many used",
        "Thanks, that was very helpful.",
        "Tell him the shop is closed.",
        "We won the match yesterday!",
        "The exam was awful",
        "Work has been really hard lately",
        "The weather is lovely outside",
        "Everybody hates Monday mornings.",
        "Grandma lives in Leeds.",
    ],
)
def test_other_messages_go_on(message: str) -> None:
    assert claimed(message) == ""
