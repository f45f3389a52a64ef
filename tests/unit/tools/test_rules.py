"""Sums and dates: right to the last digit, and nothing else is taken for one."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pytest

from talking_head.errors import InputError
from talking_head.face.avatars import SHIPPED
from talking_head.persona.persona import Facts, Persona, load, parse
from talking_head.server.presenter.presenters import Presenter
from talking_head.tools import arithmetic, clock, rules

NOW = datetime(2026, 11, 28, 15, 42)  # a Saturday


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("What is 12 times 7?", "12 times 7 is 84."),
        ("12×7=", "12 times 7 is 84."),
        ("Hi, can you tell me 3 plus 4 please?", "3 plus 4 is 7."),
        ("what's 15% of 80", "15 percent of 80 is 12."),
        ("how much is twenty-one plus thirty-two", "21 plus 32 is 53."),
        ("two hundred and five minus 6", "205 minus 6 is 199."),
        ("half of 90", "Half of 90 is 45."),
        ("the square root of 81", "The square root of 81 is 9."),
        ("2 to the power of 8", "2 to the power of 8 is 256."),
        ("100 divided by 7", "100 divided by 7 is about 14.2857."),
        ("0.1 + 0.2", "0.1 plus 0.2 is 0.3."),
        ("3 - 10", "3 minus 10 is minus 7."),
        ("subtract 3 from 10", "10 minus 3 is 7."),
        ("The sum of 40 and 2?", "40 plus 2 is 42."),
        ("1,000 times 1,000", "1000 times 1000 is 1,000,000."),
        ("10 / 0", "Nothing can be divided by zero."),
        ("9 ^ 99999999", "That power is too much for me to work out."),
        ("99999999999999 * 99999999999999", "That number is too large for me to say."),
    ],
)
def test_a_sum_is_worked_out(asked: str, said: str) -> None:
    assert arithmetic.answer(asked) == said


@pytest.mark.parametrize(
    "text",
    ["", "5", "What is 5?", "a 5 star hotel", "call 555-1234", "555-1234", "24/7", "28.11.2026", "what is love times hate", "x",
     "__import__('os').system('true')", "what do 3 tents cost", "2+2=5", "(1+2", "1 + ", "* 3", "how much is delivery",
     "((((" * 100, "1" * 300],
)  # fmt: skip
def test_what_is_no_sum_is_left_alone(text: str) -> None:
    assert arithmetic.answer(text) == ""


def test_precedence_and_refusals_of_the_evaluator() -> None:
    assert arithmetic.evaluate("2 + 3 * 4 ^ 2") == 50
    assert arithmetic.evaluate("(2 + 3) * 4") == 20
    assert arithmetic.evaluate("-2 ^ 2") == -4
    assert arithmetic.evaluate("1/3 + 1/3 + 1/3") == Fraction(1)
    for bad in ("hello", "1 +", "1" * 201, "1/0", "(" * 150 + "1"):
        with pytest.raises(InputError):
            arithmetic.evaluate(bad)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("What day is it?", "Today is Saturday, November 28, 2026."),
        ("Hello, what's today's date please?", "Today is Saturday, November 28, 2026."),
        ("Can you tell me what time it is, please?", "It is 3:42 PM."),
        ("what year is it", "It is the year 2026."),
        ("What day is tomorrow?", "Tomorrow is Sunday, November 29, 2026."),
        ("is it Monday today?", "No. Today is Saturday, November 28, 2026."),
        ("How many days until Christmas?", "There are 27 days until Friday, December 25, 2026."),
        ("how many days until February 29", "There are 458 days until Tuesday, February 29, 2028."),
        ("What day of the week was July 4, 1776?", "July 4, 1776 was a Thursday."),
        ("what day is the 30th of February 2027", "There is no such date."),
    ],
)
def test_the_clock_is_read(asked: str, said: str) -> None:
    assert rules.answer(asked, ("clock",), NOW) == said


@pytest.mark.parametrize(
    "text",
    [
        "what time do you open?",
        "what day do you deliver",
        "what is the date of my order",
        "what is the time difference",
        "today",
    ],
)
def test_other_questions_about_time_are_not_the_clocks(text: str) -> None:
    assert rules.answer(text, ("clock",), NOW) == ""


def test_a_message_without_an_end_is_not_read_for_the_clock() -> None:
    assert clock.answer("what time is it" + "?" * 20, NOW)
    assert clock.answer("what time is it" + "?" * 4000, NOW) == ""


def test_midnight_and_noon() -> None:
    assert clock.answer("what time is it", NOW.replace(hour=0, minute=5)) == "It is 12:05 AM."
    assert clock.answer("what time is it", NOW.replace(hour=12, minute=0)) == "It is 12:00 PM."


def test_only_what_the_persona_allows() -> None:
    assert rules.answer("12 times 7", (), NOW) == ""
    assert rules.answer("what day is it", ("sums",), NOW) == ""
    without = Presenter(parse('+++\nname = "Anna"\n+++\n'))
    assert without("What is 12 times 7?").text == ""
    with_sums = Presenter(parse('+++\nname = "Anna"\ntools = ["sums"]\n+++\n'))
    assert with_sums("What is 12 times 7?").text == "12 times 7 is 84."


def test_every_shipped_presenter_knows_the_day_and_can_calculate() -> None:
    for folder in sorted(p for p in SHIPPED.iterdir() if p.is_dir()):
        presenter = Presenter(load(folder))
        assert presenter("What is 12 times 7?").text == "12 times 7 is 84.", folder.name
        assert presenter("What day is it today?").text.startswith("Today is "), folder.name


@pytest.mark.parametrize(
    "text",
    [
        "There are 7 boats and each boat needs 2 sails and 3 ropes, how many ropes and sails are there in all?",
        "what do twelve and a bit and 40 come to",
        "Three for 5, how much for eleven?",
        "A ride is 7 pounds. There's 5 of us and a goat, what's the total?",
    ],
)
def test_a_number_that_would_be_guessed_is_declined(text: str) -> None:
    assert rules.answer(text, (rules.SUMS,), NOW) == ""
    assert rules.unsure(text, (rules.SUMS,)) == rules.UNSURE
    assert rules.unsure(text, ()) == ""
    assert Presenter(Persona(Facts(name="Anna", tools=(rules.SUMS,))))(text).text == rules.UNSURE
    assert Presenter(Persona(Facts(name="Anna", tools=(rules.SUMS,))), small=False)(text).text == ""


@pytest.mark.parametrize("text", ["How much is a ticket?", "How much for 2?", "My 2 dogs are 5 years old."])
def test_other_messages_are_not_declined(text: str) -> None:
    assert rules.unsure(text, (rules.SUMS,)) == ""
