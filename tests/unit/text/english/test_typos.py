"""Slips in long words of numbers and days."""

from __future__ import annotations

import pytest

from talking_head.text.english.chat import spelled
from talking_head.text.english.typos import mended


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tomorow", "tomorrow"),
        ("Wensday", "Wednesday"),
        ("three hundrd", "three hundred"),
        ("togehter", "together"),
        ("in octuber or novemebr", "in october or november"),
        ("yesturday", "yesterday"),
    ],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "I am thirsty on the seventh, the eighth and in my eighties.",
        "This minute each instruction costs a euro.",
        "Sundays, the twenties, hundreds of sundaes",
        "eight elven in Augusta, a sturdy tether, a percept",
        "write to fridya@example.org or ./fridya",
        "三天以后",
    ],
)
def test_other_words_are_left(text: str) -> None:
    assert mended(text) == text


def test_every_rule_reads_it_spelled() -> None:
    assert spelled("wich day is tomorow, n hw mutch is it") == "which day is tomorrow, n how much is it"
    assert spelled("Wen is my friend") == "Wen is my friend"
