"""What a visitor said earlier in a chat is told back to them when they ask for it."""

from __future__ import annotations

import pytest

from talking_head.memory.said_before import said_before


@pytest.mark.parametrize(
    ("before", "asked", "told"),
    [
        (["My suitcase is a green one."], "what colour did i say it was?", "You told me that your suitcase is a green one."),
        (
            ["I would like the red kite.", "How much is it?", "We come by train."],
            "Sorry, which one did I say I wanted?",
            "You told me that you would like the red kite.",
        ),
        (["My dog Rex is 4 years old", "We live in Leeds"], "where do I live?", "You told me that you live in Leeds."),
        (["We live in Leeds. I'm 30."], "how old did I say I am?", "You told me that you're 30."),
        (["I was ill on Monday."], "Do you remember when I was ill?", "You told me that you were ill on Monday."),
        (["What time do you open?", "ok thanks"], "what did i just ask you?", "You asked me: “What time do you open?”"),
        (["I told you that I need a ramp."], "What did I say I need?", "You said: “I told you that I need a ramp.”"),
    ],
)
def test_their_own_sentence_is_told_back(before: list[str], asked: str, told: str) -> None:
    assert said_before(asked, before) == told


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ([], "What did I say?"),
        (["I'm allergic to nuts."], "What is my sister's name?"),
        (["I have a tent."], "Can you tell me if I can wash my tent in the machine?"),
        (["I have a tent."], "Can you remind me how I should wash my tent?"),
        (["My bag is red."], "What did you say?"),
        (["My bag is red."], "Which bag is the best?"),
        (["What does the bag cost?"], "Which colour did I say?"),
    ],
)
def test_nothing_is_made_up(before: list[str], asked: str) -> None:
    assert said_before(asked, before) == ""
