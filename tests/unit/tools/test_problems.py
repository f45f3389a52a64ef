"""Sums in many wordings: those that are worked out, and messages full of numbers that are none and must be left alone."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talking_head.tools import rules, word_problems
from talking_head.tools.story.clauses import MOST_READINGS, readings
from talking_head.tools.story.plain import MAX_CHARS, plain

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 28, 15, 42)  # a Saturday
PROBLEMS = [line.split("\t") for line in (HERE / "problems.tsv").read_text(encoding="utf-8").splitlines()]
NONE = (HERE / "no_problems.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("asked", "said"), PROBLEMS)
def test_it_is_worked_out(asked: str, said: str) -> None:
    assert re.search(said, rules.answer(asked, ("clock", "sums"), NOW))


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_sum_is_left_alone(text: str) -> None:
    assert rules.answer(text, ("clock", "sums"), NOW) == ""


@pytest.mark.parametrize("text", ["i have 5 apples , ", "5 a ", "1 ", "the day after ", "i have 5 and ", "give me ", "a , "])
def test_odd_messages_have_few_readings(text: str) -> None:
    assert len(readings((text * 60)[:MAX_CHARS])) <= MOST_READINGS


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("Excuse me, could you tell me what six tickets cost at eleven pounds fifty each, please?",
         "what 6 tickets cost at 11.50 pounds each"),
        ("It's a quarter past eight.", "it is @495?"),
        ("from twenty to nine until 5:30 p.m.", "from @520? until @1050"),
        ("an hour and a half, $3.50 and 20%", "1.5 hours , 3.50 dollars and 20 percent"),
        ("two thirds of half a dozen", "2/3 of 6"),
    ],
)  # fmt: skip
def test_plain_words(asked: str, read: str) -> None:
    assert plain(asked) == read


WORDS = [
    "i",
    "have",
    "5",
    "10",
    "apples",
    "euros",
    "each",
    "at",
    "and",
    ",",
    ".",
    "how",
    "many",
    "much",
    "left",
    "cost",
    "per",
    "day",
    "1/0",
    "half",
    "of",
    "@70",
    "a",
    "the",
    "9:70",
    "pm",
]


@pytest.mark.parametrize(
    "text",
    ["1/0 of my 8 apples are red. How many are red?", f"Split {'1' * 200}.5 between 4 people.", "3 apples cost 0 euros. " * 5],
)
def test_numbers_that_are_none_are_left_alone(text: str) -> None:
    assert word_problems.answer(text) == ""


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)))
@settings(deadline=None)
def test_no_message_makes_it_fail(text: str) -> None:
    assert isinstance(word_problems.answer(text), str)


_DATE_WORDS = (
    "what which how many long day days weeks is was it in the a 5 99999 0 months years until since between and after before "
    "from february 29 30th of 2027 0000 9999 christmas new year eve tomorrow ago friday it today later next nights when"
)
DATES = _DATE_WORDS.split()


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(DATES), max_size=14).map(" ".join)))
@settings(deadline=None)
def test_no_date_makes_it_fail(text: str) -> None:
    assert isinstance(rules.answer(text, ("clock",), NOW), str)
