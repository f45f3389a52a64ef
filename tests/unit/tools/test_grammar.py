"""A tutor corrects the frequent mistakes of learners, and nothing that is right."""

from __future__ import annotations

import pytest

from talking_head.face.avatars import SHIPPED
from talking_head.knowledge.documents import Document, Section
from talking_head.knowledge.store import Store
from talking_head.persona.persona import Facts, Persona, load
from talking_head.server.presenter.presenters import Presenter
from talking_head.tools.grammar import figures
from talking_head.tools.grammar.learner import answer, corrected, practised, reason
from talking_head.tools.rules import GRAMMAR
from tests.unit.knowledge.bags import Bags


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
        ("can you correct this: she don't like apples", "say: She doesn't like apples."),
        ('is "I am agree" correct', "I agree."),
        ("They have two childs", "They have two children."),
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
        "The children's feet are cold.",
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


@pytest.mark.parametrize("sentence", ["I went to Beijing last week", "Yesterday my sister cooked.", "He is a doctor"])
def test_a_sentence_that_is_tried_is_no_question_for_the_lessons(sentence: str) -> None:
    told = Document("lessons", "lessons", (Section("", "I am going to visit Beijing, said the doctor to my sister."),))
    store = Store(":memory:", Bags())
    store.add(told)
    assert practised(sentence)
    tutor = Facts(name="Mei", job="a tutor", tools=(GRAMMAR,))
    assert Presenter(Persona(tutor), store)("Which sister is going to visit Beijing?").text
    assert Presenter(Persona(tutor), store)(sentence).text == ""


@pytest.mark.parametrize(
    "message", ["I want to learn about articles", "Say and tell", "I don't understand since", "He or she?"]
)
def test_who_wants_to_know_something_is_not_trying(message: str) -> None:
    assert not practised(message)


@pytest.mark.parametrize("message", ["why?", "Why is that wrong?", "what did I do wrong?", "What is my mistake?"])
def test_who_asks_why_after_a_correction_is_told_the_rule(message: str) -> None:
    said = reason(message, ["he don't like apples"])
    assert said == "Better say: He doesn't like apples. With he, she and it say doesn't."


def test_why_after_anything_else_is_no_question_for_a_rule() -> None:
    assert reason("why?", []) == "" == reason("why?", ["He likes apples."]) == reason("Why is the sky blue?", ["he like apple"])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("how do i say 3:30?", "half past three, or three thirty"),
        ("How do you read 7:45 in English?", "quarter to eight, or seven forty-five"),
        ("what time do I say for 12:15", "quarter past twelve, or twelve fifteen"),
        ("How is 1999 pronounced: how do you say 1999?", "nineteen ninety-nine"),
        ("How do I say “3/4”?", "three quarters"),
    ],
)
def test_figures_are_read_out(message: str, said: str) -> None:
    assert figures.answer(message).startswith(f"You say: {said}. ")


@pytest.mark.parametrize("message", ["I say 3", "How much is 3 and 4?", "how do you say thank you", "What did you say?"])
def test_what_asks_for_no_figure_is_not_read_out(message: str) -> None:
    assert figures.answer(message) == ""
