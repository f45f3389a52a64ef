"""What only the visitor knows is not answered by a model that would invent it; what a house or a chat knows is left to them."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import pytest

from talking_head.knowledge.documents import Document, Section
from talking_head.knowledge.store import Store
from talking_head.persona.persona import Facts, Persona
from talking_head.persona.visitor import unknowable
from talking_head.server.presenter.presenters import Presenter
from talking_head.session.briefed import briefed
from talking_head.types import Briefing, Message
from tests.unit.knowledge.bags import Bags
from tests.unit.persona.test_identity import HOST, lines

# Written before the rules, half of them looked at while these were: of the other half 18 of 20 and 23 of 24 were right.
OWN_LIFE = """
what did I have for breakfast?
Where did I park my car?
Guess what I did last night.
how many siblings have I got
What's my mother's maiden name?
When is my birthday?
What was my first pet called?
what am i having for dinner
Where do I live?
What did my boss tell me this morning?
How old is my son?
What colour are my curtains?
tell me what i dreamt last night
Did I lock the door when I left?
Am I married?
What is my husband doing right now?
Have I taken my pills today?
how tall am i
Do you know what I bought at the market this morning?
Which school did my daughter go to?
What's in my fridge?
Who sat next to me on the bus?
Is my brother at home now?
how did my job interview go
Do I have any allergies?
What was I doing when you weren't looking?
With whom did I have lunch?
Did my team win yesterday?
"""
OF_OTHERS = """
What did I do wrong?
Where do I park my car?
When do I have to leave the room?
How old must my son be to climb?
What did I say my name was?
What did I just ask you?
Who do I call when it breaks?
What is my name?
Can my husband come along?
Is my ticket still valid tomorrow?
Did I pronounce that right?
What can I give my mother for her birthday?
What did I order?
Have I got to pay for my children?
Am I allowed to smoke here?
My dog died yesterday.
I had toast for breakfast.
How old do I have to be?
Is my breakfast included?
Did I understand you correctly?
How did my grandparents' generation live?
Why am I so tired all the time?
Whom have I the pleasure of speaking with?
What did I just say?
"""


@pytest.mark.parametrize("text", lines(OWN_LIFE))
def test_what_only_the_visitor_knows(text: str) -> None:
    assert "know" in unknowable(text)


@pytest.mark.parametrize("text", lines(OF_OTHERS))
def test_what_others_may_know_goes_on(text: str) -> None:
    assert unknowable(text) == ""


class _Guesses:
    """A reply model that answers everything."""

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        yield "You had toast."


def _answer(briefing: Briefing, *said: str) -> str:
    messages = [Message("user", text) for text in (*said, "What did I have for breakfast?")]
    return "".join(briefed(_Guesses(), messages, briefing))


def test_a_model_is_asked_only_where_the_visitor_has_told_something() -> None:
    briefing = Presenter(Persona(HOST))("What did I have for breakfast?")
    assert briefing.text == ""
    assert "know" in _answer(briefing)
    assert "know" in _answer(briefing, "Hello, I am Anna.", "Where is the lift?")
    assert _answer(briefing, "I had toast this morning.") == "You had toast."
    assert _answer(Presenter(Persona(HOST), small=False)("What did I have for breakfast?")) == "You had toast."


def test_another_language_is_left_to_the_model() -> None:
    assert Presenter(Persona(Facts(name="Mei", language="zh")))("What did I have for breakfast?").untold == ""


def test_a_handbook_goes_before() -> None:
    store = Store(":memory:", Bags())
    store.add(Document("x", "x", (Section("Where did I park my car?", "Cars are parked behind the house, by number."),)))
    assert Presenter(Persona(HOST), store)("Where did I park my car?").text == "Cars are parked behind the house, by number."
