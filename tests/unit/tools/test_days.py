"""Days, dates and rates in free words: the right number, or none."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from talking_head.tools import rules

NOW = datetime(2026, 10, 14, 10, 0)  # a Wednesday
TOLD = (
    # A walk over the calendar
    ("We met on a Sunday, exactly twelve days before the wedding. On which weekday was the wedding?", "Friday"),
    ("The wedding was on a Friday, twelve days before the move. On which weekday was the move?", "Wednesday"),
    ("My parcel left on Thursday and takes four days. When does it arrive?", "Monday"),
    ("Three days ago it was Sunday. What day will it be tomorrow?", "Thursday"),
    ("In two days it will be Friday. What day is it today?", "Wednesday"),
    # A date and a length
    ("The book was lent on the 10th of April for 21 days. When must it be back?", "May 1"),
    ("Our puppy was born on 28 March and should get the drops ten days later. On which date?", "April 7"),
    ("My guarantee is two years long, and I bought the tent on 3 May 2025. Until when is it good?", "May 3, 2027"),
    ("My rent is due on the 3rd of March, and today is the 28th of February 2027. How many days do I have left?", "3 days"),
    ("Yesterday was the last day of June. What is the date tomorrow?", "July 2"),
    ("Tell me the date one week before the 4th of July.", "June 27"),
    ("How many days are there from the 5th to the 19th of March?", "14 days"),
    # Rates
    ("I run 4 kilometres a day. How far do I run in a week?", "28 kilometres"),
    ("She reads 20 pages each evening. How many evenings does she need for a book of 240 pages?", "12 evenings"),
    ("A ticket is 3 euros a ride, and I ride twice a day, five days a week. What's that a week?", "30 euros"),
    ("We have 90 eggs, and the kitchen uses 18 a day. When do they run out?", "After 5 days"),
    ("A room costs 80 euros a night, and we stay from Monday to Friday. What do we pay?", "320 euros"),
    ("The course has 48 lessons spread over 12 weeks. How many a week?", "4 lessons"),
    ("He reads 30 pages a day. How many pages does he read in a fortnight?", "420 pages"),
)
OPEN = (
    "What day follows the day after Sunday?",  # two steps: Monday was said
    "The meeting is on Monday, three days after the talk. On which weekday is the party?",
    "The fair starts on Monday and takes three days. When is it over?",  # Wednesday, or Thursday
    "The exam is on Thursday. When do the results come out?",
    "It takes four days. When will it arrive?",
    "The book was lent on the 10th of April. When must it be back?",
    "The ticket was bought on 3 May and is valid for two days. Until when is it good?",
    "The repair starts on 5 March and takes three days. When is it over?",
    "I work 8 hours a day. How many hours do I work in a week?",
    "We eat 3 loaves a week. How many loaves in a day?",
    "The rent is 600 euros a month for each of us. What do we pay in a year?",
    "The fair lasts three days from the 5th of March. When is it over?",
    "We drove 300 kilometres on Monday. How far did we drive on Tuesday?",
    "The course has 48 lessons. How many a week?",
    "She runs 4 kilometres a day and he runs too. How far does he run in a week?",
    "Anna runs 4 kilometres a day. How far does Ben run in a week?",
    "He saves 5 euros every week and spends some. How much has he after ten weeks?",
    "A hotel costs 80 euros a night, breakfast not included. What do we pay with breakfast for three nights?",
    "I earn 90 euros a day. What do I earn in a week?",  # of five days, mostly
    "My rent is 800 dollars. What do I pay in a year?",
    "A worker makes 30 chairs an hour. How many chairs in a week?",
    "A shop rents a boat from Monday to Friday at 40 euros a day. What do we pay?",  # four days, or five
    "A baker makes 120 rolls a day except on Sundays. How many rolls in a week?",
    "The tank holds 100 litres and loses 30 a day. When is it empty?",  # on the fourth day
    "I drive 40 kilometres a day. How far is it to Rome in a week?",
    "The cinema sells 200 tickets a day. How many visitors come in a week?",
)


@pytest.mark.parametrize(("asked", "said"), TOLD)
def test_it_is_worked_out(asked: str, said: str) -> None:
    assert re.search(rf"\b{said}\b", rules.answer(asked, ("clock", "sums"), NOW))


@pytest.mark.parametrize("asked", OPEN)
def test_what_is_open_is_left_open(asked: str) -> None:
    assert rules.answer(asked, ("clock", "sums"), NOW) == ""
