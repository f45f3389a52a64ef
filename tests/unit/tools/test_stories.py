"""Sums as stories, and the calendar: what is asked and what is said; what looks like it and is nobody's sum."""

from __future__ import annotations

from datetime import datetime

import pytest

from talking_head.tools import rules

NOW = datetime(2026, 11, 28, 15, 42)  # a Saturday

STORIES = [
    ("nine times six, fast please", "54"),
    ("Fifty-six guests, eight at each table. So how many tables is that?", "7"),
    ("11 kayaks went out at nine, 5 are back. How many are still out?", "6"),
    ("my sister has 13 stickers and i have twice as many. how many do i have", "26"),
    ("I'll have four buns at 90 cents each. What do I owe you?", "360 cents"),
    ("What's left to pay if I get ten percent off 50 euros?", "45 euros"),
    ("A coat costs 60 euros and I get 10 percent off. What do I pay?", "54 euros"),
    ("my dad planted 8 rows of 3 tulips. how many tulips is that", "24"),
    ("We ate 7 of the 25 cookies, so how many are left over?", "18"),
    ("3 boxes with a dozen eggs each: how many eggs?", "36"),
    ("a quarter of 400 is what", "100"),
    ("75 doubled makes?", "150"),
    ("I have 12 eggs and break 5, how many are left?", "7"),
    ("I have twelve eggs. I eat four. How many eggs are left?", "8"),
    ("Eleven roses, and I take three. How many stay?", "8"),
    ("There are 20 birds on a wire and 6 fly away. How many are left?", "14"),
    ("Anna had 9 apples and gave Tom 2. How many does she have left?", "7"),
    ("I had 50 euros and spent 18, how much is left?", "32"),
    ("I have 5 books and buy 3 more. How many do I have now?", "8"),
    ("We have 6 chairs and get 2 more, how many are there?", "8"),
    ("Four and nine together make how much?", "13"),
    ("What do 8 and 5 make?", "13"),
    ("Three tickets at 14 euros each, what do I pay?", "42 euros"),
    ("3 tickets at 14 euros, how much is that?", "42 euros"),
    ("I buy four coffees at 2.50 euros each. How much do I pay?", "10 euros"),
    ("What do 5 pencils at 2 dollars each cost?", "10 dollars"),
    ("One ticket costs 7 euros. How much are five tickets?", "35 euros"),
    ("Each box holds 6 eggs. How many eggs are in 4 boxes?", "24"),
    ("I save 5 euros a week. How much do I have in 6 weeks?", "30 euros"),
    ("I walk 4 kilometres per hour, how far do I get in 3 hours?", "12 kilometres"),
    ("Split 60 between 4 people", "15"),
    ("Divide 90 euros among three friends.", "30 euros"),
    ("4 friends share 60 euros. How much does each get?", "15 euros"),
    ("60 euros for 4 people, how much does each pay?", "15 euros"),
    ("15 % tip on 40", "46"),
    ("What is a 10 percent tip on 50 euros?", "55"),
    ("What is 80 euros minus 25 percent?", "60 euros"),
    ("20% off 45 euros", "36 euros"),
    ("It costs 13 euros and I pay with 20. How much change do I get?", "7 euros"),
    ("3 apples cost 6 euros. What do 5 apples cost?", "10 euros"),
    ("How many minutes are in two hours?", "120 minutes"),
    ("How many minutes are in half an hour?", "30 minutes"),
    ("How many seconds are there in an hour?", "3,600 seconds"),
    ("How many eggs are in a dozen?", "12 eggs"),
    ("How many centimetres are in 2 metres?", "200 centimetres"),
    ("How many months are in 3 years?", "36 months"),
    ("How many grams is 2 kilos?", "2,000 grams"),
    ("What is 3 hours in minutes?", "180 minutes"),
    ("A third of 90", "30"),
]
NO_STORIES = """
What does it cost for 3 people?
How much are 3 tickets?
Do 3 tickets at 14 euros come with a discount?
I have 2 children, what can we do?
I have 3 tents and lost 1 pole, can I get a new one?
I bought 2 jackets and want to return 1.
How many days are left until my return?
What do two tents cost?
How many people fit into a tent for 4?
How many rooms do you have?
How many minutes are left?
I paid 40 euros and got nothing.
Divide and conquer.
Can you split my order into 2 parcels?
Split my order into 2 parcels.
Is there a discount for 4 people?
Do you give 10 percent off for students?
I ordered 5 and got 3. What now?
I have 5 eggs and 3 friends.
How many calories are in 2 eggs?
How many eggs are in 2 hours?
Two adults and three children, what does it cost?
The tent costs 200 euros. Does it come with pegs?
I am 12 and my brother is 5.
I have 3 questions and 2 complaints, where do I begin?
"""
CALENDAR = [
    ("If today is Monday, what day is it in three days?", "Thursday"),
    ("If today is Monday, what day is tomorrow?", "Tuesday"),
    ("If today is Friday, what day was yesterday?", "Thursday"),
    ("Today is Sunday. What day is the day after tomorrow?", "Tuesday"),
    ("If yesterday was Tuesday, what day is today?", "Wednesday"),
    ("Suppose tomorrow is Saturday, what day is it today?", "Friday"),
    ("If it is Wednesday today, which day will it be in 10 days?", "Saturday"),
    ("If today is Thursday, what day was it two days ago?", "Tuesday"),
    ("Which day comes after Thursday?", "Friday"),
    ("What day is before Monday?", "Sunday"),
    ("Which day follows Sunday?", "Monday"),
    ("The shop opens the day after Wednesday. On which?", "Thursday"),
    ("Which day is two days after Friday?", "Sunday"),
    ("Which day is between Monday and Wednesday?", "Tuesday"),
    ("Which month comes before June?", "May"),
    ("What month comes after December?", "January"),
    ("Which month is two months after May?", "July"),
    ("What is the 7th month?", "July"),
    ("Which month is the ninth month of the year?", "September"),
    ("What is the third month of the year?", "March"),
    ("Which month is between March and May?", "April"),
    ("How many days are in April?", "30"),
    ("How many days does February have?", "28"),
    ("How many days does July have?", "31"),
    ("How many days are in a leap year?", "366"),
    ("How many days are there in two weeks?", "14"),
    ("How many days are in February 2028?", "29"),
    ("How many days are in a week?", "7"),
    ("Does June end on the thirtieth or the thirty-first?", "June 30"),
    ("What is the last day of August?", "August 31"),
    ("Is 2028 a leap year?", "Yes"),
    ("What date is a week after March 3?", "March 10"),
    ("Which date is ten days before the 5th of May?", "April 25"),
    ("What date is 10 days after June 28, 2027?", "July 8, 2027"),
    ("What day will it be in ten days?", "Tuesday, December 8, 2026"),
    ("What date was it three days ago?", "November 25, 2026"),
    ("What date is it in two weeks?", "December 12, 2026"),
    ("What's the date tomorrow?", "November 29, 2026"),
    ("How many months are in a year?", "12"),
]
NO_CALENDAR = """
What day do you deliver?
Which day is best for a visit?
Are you open the day after Christmas?
When do you open on Monday?
Which day comes the parcel?
Is Monday a holiday?
How many days does delivery take?
How many days do I have to return it?
What happens in June?
Which month is cheapest?
How long is the tour in April?
What day is my order?
In three days I go on holiday.
If today is Monday, can I still order?
If it rains on Monday, what happens?
On which day do the bins go out after Friday?
What comes after the main course?
How many days are in your trial?
What date is on my invoice?
May I come in June?
March with me.
"""


@pytest.mark.parametrize(("asked", "said"), STORIES)
def test_a_story_of_numbers_is_worked_out(asked: str, said: str) -> None:
    assert said in rules.answer(asked, ("sums",), NOW)


@pytest.mark.parametrize(("asked", "said"), CALENDAR)
def test_the_calendar_is_known(asked: str, said: str) -> None:
    assert said in rules.answer(asked, ("clock",), NOW)


@pytest.mark.parametrize("text", [*NO_STORIES.strip().splitlines(), *NO_CALENDAR.strip().splitlines()])
def test_what_only_looks_like_it_goes_on(text: str) -> None:
    assert rules.answer(text, ("clock", "sums"), NOW) == ""
