"""Who a message is for: the presenter's name where it only calls, and the wish for a person."""

from __future__ import annotations

import pytest

from talking_head.persona.persona import Facts, Persona
from talking_head.persona.spoken_to import HANDED, wants_a_person, without_name
from talking_head.server.presenter.presenters import Presenter


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Hi Clara, how are you doing?", "Hi, how are you doing?"),
        ("hey clara whats new", "hey, whats new"),
        ("Clara, tell me a joke", "tell me a joke"),
        ("How old are you, Clara?", "How old are you?"),
        ("How old are you, love?", "How old are you?"),
        ("Do you love me?", "Do you love me?"),
        ("are you Clara?", "are you Clara?"),
        ("Is this Clara?", "Is this Clara?"),
        ("Hello Clara!", "Hello Clara!"),
        ("Clara is a nice name", "Clara is a nice name"),
        ("My name is Clara, what's yours?", "My name is Clara, what's yours?"),
    ],
)
def test_a_name_that_only_calls_is_left_out(typed: str, read: str) -> None:
    assert without_name(typed, "Clara") == read


@pytest.mark.parametrize(
    "text",
    [
        "Can I talk to someone real please",
        "I'd like to speak to customer service",
        "put me through to your manager",
        "I need a human",
        "Get me a real person!",
        "Is there a real person I can talk to?",
        "can someone call me back",
        "Could somebody from your team please ring me?",
    ],
)
def test_who_wants_a_person_is_told_that_there_is_none(text: str) -> None:
    assert wants_a_person(text)
    assert Presenter(Persona(Facts(name="Ada", job="who helps visitors")))(text).text == HANDED


@pytest.mark.parametrize(
    "text",
    [
        "Am I talking to a real person?",
        "Is there a real person behind this?",
        "Who should I talk to about the parcel?",
        "I talked to someone from your team yesterday.",
        "I had to speak to a man who was rude.",
        "How do I speak to people politely?",
        "Can I talk to somebody about my order?",
        "Why did somebody call me?",
    ],
)
def test_who_speaks_of_people_is_not(text: str) -> None:
    assert not wants_a_person(text)
