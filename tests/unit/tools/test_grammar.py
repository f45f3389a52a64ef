"""A tutor corrects the frequent mistakes of learners, and nothing that is right."""

from __future__ import annotations

import pytest

from talking_head.face.avatars import SHIPPED
from talking_head.persona.persona import load
from talking_head.tools.grammar.learner import answer, corrected
from talking_head.tools.rules import GRAMMAR


@pytest.mark.parametrize(
    ("sentence", "better"),
    [
        ("I am go to school yesterday", "I went to school yesterday."),
        ("He go to work every day", "He goes to work every day."),
        ("My brother have two cat", "My brother has two cats."),
        ("I very like music", "I like music very much."),
        ("I can to swim", "I can swim."),
        ("Although it was raining, but we went out", "Although it was raining, we went out."),
        ("I live here since three years", "I have lived here for three years."),
        ("I didn't went to the party", "I didn't go to the party."),
        ("I have seen him yesterday", "I saw him yesterday."),
        ("I need some informations", "I need some information."),
        ("This is a apple", "This is an apple."),
        ("He is more taller than me", "He is taller than me."),
        ("Please open the light", "Please turn on the light."),
        ("She said me the truth", "She told me the truth."),
        ("I have 20 years", "I am 20 years old."),
        ("I look forward to meet you", "I look forward to meeting you."),
        ("I buyed a new phone", "I bought a new phone."),
        ("I don't know where is the station", "I don't know where the station is."),
        ("is this correct: He don't like tea", "He doesn't like tea."),
    ],
)
def test_a_known_mistake_is_put_right(sentence: str, better: str) -> None:
    told = answer(sentence)
    assert better in told
    assert told.endswith("Can you say it once more?")


@pytest.mark.parametrize(
    "sentence",
    [
        "I went to school yesterday.",
        "She can swim very well.",
        "My brother has two cats.",
        "I have lived here for three years.",
        "Why do leaves fall in autumn?",
        "May comes after April.",
        "Did he go home?",
        "Let her come in.",
        "What did your sister say?",
        "I would like some information about trains.",
        "It was an hour ago.",
        "He suggested that she go home.",
        "I like playing football.",
        "The teacher said that we could go.",
        "Do you know where the station is?",
        "How much is the warranty?",
        "My sister and I go to school together.",
        "I am interested in history.",
        "Everybody likes her.",
        "I will help you tomorrow.",
    ],
)
def test_what_is_right_is_left_alone(sentence: str) -> None:
    assert corrected(sentence) == ("", "")
    assert answer(sentence) == ""


def test_mei_is_a_tutor_and_the_others_are_none() -> None:
    tools = {name: persona.facts.tools for name in ("clara", "david", "marcus", "mei") if (persona := load(SHIPPED / name))}
    assert [name for name in tools if GRAMMAR in tools[name]] == ["mei"]
