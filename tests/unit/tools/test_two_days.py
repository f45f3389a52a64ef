"""Two days in a message, and one step from a date that is told: right where they answer, silent where they are not sure."""

from __future__ import annotations

from datetime import date

import pytest

from talking_head.tools import calendar_order
from talking_head.tools.days import pairs, stay, steps

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("The 3rd of the month is a Friday. What weekday is the 10th?", "The 10th is a Friday."),
        ("If the 20th is a Sunday, what weekday was the 4th?", "The 4th is a Friday."),
        ("If the 5th of July is a Sunday, what day is the 1st of August?", "August 1 is a Saturday."),
        ("If Christmas Eve is on a Thursday, what day is New Year's Eve?", "December 31 is a Thursday."),
        ("We fly on the 4th of March and come back on the 18th. How many days is that?", "14 days, or 15 if"),
        ("We move in on 20 May and leave again on the 3rd. How many nights is that?", "14 nights."),
        ("How many days does it take from 20 August to 3 September?", "14 days."),
        ("Which comes first, the 2nd of July or the 29th of June?", "June 29 comes first."),
        ("Is March 3 before or after February 27?", "March 3 is after February 27."),
        ("Is July 3 earlier than June 2?", "No, July 3 is after June 2."),
        ("Does the 31st of April exist?", "No, April has 30 days."),
        ("Is there a 29th of February?", "Only in a leap year."),
        ("How many months are there from April until September?", "5 months."),
        ("From Monday to Friday, how many nights do I stay?", "4 nights."),
        ("The market is on every Saturday. Today is Wednesday. How many days until the next one?", "3 days."),
    ],
)
def test_two_days(asked: str, said: str) -> None:
    assert pairs.answer(asked).startswith(said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Today is the 28th of January. What is the date in five days?", "That is February 2."),
        ("The exam is in two weeks. Today is the 15th of October. On which date is it?", "That is October 29."),
        ("What date comes after the 31st of May?", "That is June 1."),
        ("Three days after the 29th of November, what date do we have?", "That is December 2."),
        ("We meet every second Tuesday. We met on May 6. When do we meet next?", "May 20."),
        ("The bins are emptied every two weeks. The last time was on 3 March. When is the next time?", "March 17."),
        ("How many days do three weeks and two days make?", "That makes 23 days."),
        ("How many hours are one day and six hours?", "That makes 30 hours."),
    ],
)
def test_a_step(asked: str, said: str) -> None:
    assert steps.answer(asked, TODAY) == said


@pytest.mark.parametrize(
    "message",
    [
        "How many days are there from 20 February to 3 March?",  # the year decides
        "My tickets are for 3 May and 5 May, how long is the film?",
        "I booked from 3 May to 9 May, how long may I keep the car?",
        "The sale runs from 3 May until 9 May. Is it open on Sundays?",
        "Did the order of 3 May arrive before the one of 5 May?",
        "Does delivery from 3 May to 5 May cost more, and how long does it take?",
        "If the 3rd is a Friday, is the shop open on the 10th?",
        "How many working days are there between 4 May and 18 May?",
        "Today is the 3rd of May. My order comes in five days, when do you open?",
        "We meet every second Tuesday, not on May 6. When do we meet next?",
        "What is the 45th of May?",
        "Is the 31st of April before the 2nd of May?",
        "x" * 300,
    ],
)
def test_not_sure(message: str) -> None:
    assert pairs.answer(message) == ""
    assert steps.answer(message, TODAY) == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("We arrive on the 28th of April and stay five nights. On what date do we leave?", "That is May 3."),
        ("Arriving August 30 for three nights. When do we check out?", "That is September 2."),
        ("I'll get there on 27 February 2027 and stay three nights, departure is when?", "That is Tuesday, March 2, 2027."),
        ("My sister comes to stay on June 14 for a week. What date does she go home?", "That is June 21."),
        ("We're booked in for six nights from 30 September. When are we leaving?", "That is October 6."),
        ("if we come on the 6th of november for 2 nights when do we leave", "That is November 8."),
    ],
)
def test_when_a_stay_ends(asked: str, said: str) -> None:
    assert stay.answer(asked, TODAY) == said


@pytest.mark.parametrize(
    "asked",
    [
        "We arrive on the 28th of April and stay five nights. What does that cost?",
        "We arrive on 3 May for two nights. Until when do we have to leave the room?",
        "We stay three nights from May 3rd. When do you serve breakfast?",
        "We leave on the 5th of May after three nights. When did we arrive?",
        "We arrive on May 3 for three days. When do we leave?",
        "We come on May 3 and my brother on May 5 for two nights. When do we leave?",
        "We arrive on May 3 and stay two nights, and then two more. When do we leave?",
        "We arrive on the 31st of April for two nights. When do we leave?",
    ],
)
def test_no_stay(asked: str) -> None:
    assert stay.answer(asked, TODAY) == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Which month comes two after November?", "January"),
        ("which month is four before February", "October"),
        ("Two months from June is what?", "August"),
        ("Name the month that's half a year after October.", "April"),
    ],
)
def test_months_said_without_a_unit(asked: str, said: str) -> None:
    assert calendar_order.answer(asked).startswith(said)


@pytest.mark.parametrize("asked", ["What is open in the two months after November?", "Which month costs two more than May?"])
def test_no_months(asked: str) -> None:
    assert calendar_order.answer(asked) == ""
