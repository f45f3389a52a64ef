"""Sums by their shape: percentages, the rule of three, so many in each, times of day; and what is left alone."""

from __future__ import annotations

import pytest

from talking_head.text.english.chat import spelled
from talking_head.tools import word_problems
from talking_head.tools.days import months


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("The duvet is 60 and there's 25 percent off. What do I end up paying?", "That makes 45."),
        ("A jacket costs 80 euros and there is 20 percent tax. what is the tax?", "That makes 16 euros."),
        ("The meal was 45 pounds and we want to tip 10 percent. What do we pay altogether?", "That makes 49.50 pounds."),
        ("If one coffee is 3.20, how much would four be?", "That makes 12.80."),
        ("12 eggs cost 3.60. How much for 20?", "That makes 6."),
        ("one ticket is 8 euros so whats 6 of them", "That makes 48 euros."),
        ("I have 20 euros and a beer is 3.50. How many can I buy?", "That makes 5."),
        ("I have 5 boxes and in each are 24 eggs. How many eggs is it?", "That makes 120 altogether."),
        ("There are 12 classes with 25 pupils in each. How many pupils?", "That makes 300 pupils."),
        ("We are 6 and everyone pays 14. How much is that in total?", "That makes 84."),
        ("Train leaves at 10.50 and needs 40 minutes. When I arrive?", "At 11:30."),
        ("My shift starts at 6 in the morning and lasts 8 hours. When am I done?", "At 2:00 PM."),
        ("I need to be there at 9 and the drive takes 40 minutes. When must I leave?", "At 8:20."),
    ],
)
def test_a_sum_is_read_by_its_shape(message: str, told: str) -> None:
    assert word_problems.answer(spelled(message)) == told


@pytest.mark.parametrize(
    "message",
    [
        "The duvet is 60 with 25 percent off. What did it cost before?",
        "He earns 2000 and pays 30 percent tax. What does he keep?",
        "A coat costs 60 euros and 10 percent are wool. What do I pay?",
        "A ticket is 8 euros. How much are 6 of them with a drink?",
        "3 painters need 6 days. How many days do 6 painters need?",
        "I have 5 boxes and ate 24 eggs. How many eggs is it?",
        "Each box has 6 eggs and I have 4 bags. How many boxes?",
        "The bus leaves at 8.10 and the film takes 50 minutes. When do we arrive?",
        "The train leaves at 8.10 every 20 minutes. When do I arrive?",
        "I bought it at 10.50 and it takes 3 hours to charge. What does it cost?",
        "My brother pays 8 euros for one ticket. What do I pay for 3?",
        "We have groups of 7 and there are 9 groups. How many buses do we need?",
        "How many boxes of 12 do I need for 5 classes of 30?",
        "My brother and I have 35 sweets for 5 children. How many does each of my brothers get?",
    ],
)
def test_what_has_another_shape_is_left_alone(message: str) -> None:
    assert word_problems.answer(spelled(message)) == ""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("we r 42 kids and go in groups of 7, how many groups is that", "That makes 6."),
        ("We have 48 chairs in rows of 8. How many rows are there?", "That makes 6."),
        ("How many boxes of 12 do I need for 96 eggs?", "That makes 8."),
        ("I have 35 sweets for 5 children. How many does each get?", "That makes 7."),
        ("i earn 14 an hour and work 6 hours, what do i get", "That makes 84."),
        ("How much is 3 metres of cloth at 4.50 a metre?", "That makes 13.50."),
        ("Socks r 4.50 a pair how much for 3 pairs", "That makes 13.50."),
        ("i got 104 pages left and read 8 a day, how many days til im done", "That makes 13."),
        ("If I do 25 squats four times a week, how many squats does that make in a week?", "That makes 100."),
        ("A crate holds 12 bottles. How many crates for 60 bottles?", "That makes 5."),
        ("my rent is 650 a month whats that in a year", "That makes 7,800."),
        ("I pay 30 euros for 5 lessons. How much is one lesson?", "That makes 6 euros."),
        ("24 cookies and 6 kids. How many does each get?", "That makes 4."),
        ("This engine was built in 1938 and retired in 1971. For how many years did it run?", "33 years."),
        ("It was 12 degrees and then it fell by 5. How warm is it now?", "7 degrees."),
        ("There were 48 people on the bus, 13 got off and 7 got on. How many now?", "That makes 42."),
        ("I bought 3 apples, 4 pears and 5 plums. How many pieces of fruit is that?", "That makes 12 altogether."),
        ("The room is 4 by 5 metres. How big is it?", "That makes 20 square metres."),
    ],
)
def test_units_that_cancel_and_what_becomes_more_and_less(message: str, told: str) -> None:
    assert word_problems.answer(spelled(message)) == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("She gets it in March and must wear it for eight months. In what month does it come off?", "November"),
        ("The deadline is in June and I should begin five months earlier. In what month do I begin?", "January"),
        ("We open in May and need three months. By which month must we begin?", ""),
        ("It costs 20 euros in March for two months. Which month is cheaper?", ""),
    ],
)
def test_a_month_and_so_many_months(message: str, told: str) -> None:
    assert months.answer(message).partition(":")[0] == told
