"""What a visitor said earlier in a chat is told back to them when they ask for it."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.memory.said_before import said_before, taken_note, told_near
from talking_head.types import F32


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


def test_what_is_told_of_him_is_told_of_the_one_thing_spoken_of() -> None:
    before = ["my dog is called rex", "he is three years old"]
    assert said_before("how old is my dog?", before) == "You told me that your dog is three years old."


@pytest.mark.parametrize(
    ("message", "noted"),
    [
        ("my dog is called rex", "your dog is called Rex"),
        ("I have two kids, Tom and Ada.", "you have two kids, Tom"),
    ],
)
def test_a_plain_fact_is_taken_note_of(message: str, noted: str) -> None:
    assert noted in taken_note(message)


@pytest.mark.parametrize(
    "message",
    [
        "My parcel is late.",
        "my appointment is on Monday, so when should I come",
        "I have a job interview tomorrow, any advice?",
        "Is my dog called Rex?",
        "My dog is called Rex. What is yours called?",
    ],
)
def test_what_asks_or_tells_of_trouble_is_no_plain_fact(message: str) -> None:
    assert taken_note(message) == ""


def test_a_sentence_on_another_thing_is_not_told_back() -> None:
    vectors = {"what colour is my car": (1.0, 0.0), "car": (1.0, 0.0), "bike": (0.0, 1.0), "kitten": (0.9, 0.44)}

    def vector(text: str) -> F32:
        return np.array(vectors.get(text, (0.8, 0.6)), np.float32)

    assert told_near("what colour is my car", ["my bike is green"], vector) == ""
    assert "kitten" in told_near("what colour is my car", ["my kitten is green"], vector)
