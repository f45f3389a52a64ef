"""What only the visitor knows is not answered by a model that would invent it; what a house or a chat knows is left to them."""

from __future__ import annotations

import pytest

from talking_head.knowledge.documents import Document, Section
from talking_head.knowledge.embedder import MiniLmEmbedder
from talking_head.knowledge.store import Store
from talking_head.persona.doubt import DOUBTED, OF_ITSELF, doubt
from talking_head.persona.meaning import Meaning
from talking_head.persona.persona import Facts, Persona
from talking_head.persona.visitor import beyond, unknowable
from talking_head.server.presenter.presenters import Presenter
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
what do I do for a living?
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
Where is my phone?
Where do I keep my passport?
What is the name of my wife?
Where am I from?
What am I allergic to?
Do I like cheese?
What's my surname?
What music do I listen to?
What do I usually have for breakfast?
What do I have in my pocket?
"""
OF_OTHERS = """
Am I speaking to a machine?
Am I chatting with a real person?
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
Where is my mistake?
What is my problem?
What do I need to bring?
What do I have to sign?
Do I have to pay twice?
How do I get home?
What am I supposed to wear?
"""


@pytest.mark.parametrize("text", lines(OWN_LIFE))
def test_what_only_the_visitor_knows(text: str) -> None:
    assert "know" in unknowable(text)


@pytest.mark.parametrize("text", lines(OF_OTHERS))
def test_what_others_may_know_goes_on(text: str) -> None:
    assert unknowable(text) == ""


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(MiniLmEmbedder())


def _answer(meaning: Meaning, asked: str, *told: str, small: bool = True) -> str:
    return Presenter(Persona(HOST), small=small, meaning=meaning)(asked, told).text


@pytest.mark.parametrize(
    "told",
    [
        (),
        ("Hello, I am Anna.", "Where is the lift?"),
        ("I'm Anna and I have two cats.",),
        ("I work as a nurse in Leeds.", "I like hiking."),
        ("We got a puppy last week.",),
    ],
)
def test_who_has_not_told_of_it_hears_so(meaning: Meaning, told: tuple[str, ...]) -> None:
    assert "know" in (answer := _answer(meaning, "What did I have for breakfast?", *told))
    assert "“" not in answer


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("I had toast this morning", "What did I have for breakfast?"),
        ("I parked behind the cinema", "Where did I leave my car?"),
        ("I am from Norway", "Where do I live?"),
        ("I love pizza more than anything", "What is my favourite food?"),
        ("I have a brother and two sisters", "How many siblings have I got?"),
    ],
)
def test_what_was_told_of_it_is_told_back(meaning: Meaning, told: str, asked: str) -> None:
    others = ("My dog is afraid of thunder.", "How much is a ticket?")
    assert _answer(meaning, asked, f"{told}.", *others) == f"I only know what you told me: “{told}.”"


def test_a_large_model_reads_the_chat_itself(meaning: Meaning) -> None:
    assert _answer(meaning, "What did I have for breakfast?", "I have two cats.", small=False) == ""


def test_without_vectors_nothing_is_guessed() -> None:
    briefing = Presenter(Persona(HOST))("What did I have for breakfast?", ["I have two cats."])
    assert "know" in briefing.text


def test_another_language_is_left_to_the_model() -> None:
    assert Presenter(Persona(Facts(name="Mei", language="zh")))("What did I have for breakfast?").text == ""


def test_a_handbook_goes_before() -> None:
    store = Store(":memory:", Bags())
    store.add(Document("x", "x", (Section("Where did I park my car?", "Cars are parked behind the house, by number."),)))
    assert Presenter(Persona(HOST), store)("Where did I park my car?").text == "Cars are parked behind the house, by number."


@pytest.mark.parametrize(
    "message",
    [
        "when will i die",
        "who's going to win the match tonight",
        "is it raining outside right now?",
        "what did the director say to me in the meeting",
        "how long is the queue downstairs",
        "Do you think she likes me back?",
    ],
)
def test_what_hangs_on_here_and_now_or_is_to_come_is_not_known(message: str) -> None:
    assert "know" in beyond(message)


@pytest.mark.parametrize(
    "message",
    [
        "How can I get to sleep tonight?",
        "What is the capital of Norway?",
        "why does my stomach rumble",
        "How often do I water a rosemary?",
        "What will happen if I mix vinegar and soda?",
        "Is it safe to eat my own snow?",
        "Can you tell me now what gravity is?",
        "I am here now.",
    ],
)
def test_what_anybody_may_ask_goes_on(message: str) -> None:
    assert beyond(message) == ""


def test_doubt_is_for_the_world_and_being_an_ai_for_itself() -> None:
    assert {doubt("do you like football?"), doubt("are you happy")} <= set(OF_ITSELF)
    assert {doubt("Who painted the ceiling?"), doubt("do you have umbrellas?")} <= set(DOUBTED)
