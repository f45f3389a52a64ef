"""Sums as people tell them, most of which the tables do not know: few are answered, and what is answered is right.

3 174 sums and 601 messages with numbers that are none (“none”), written by several hands that had not seen the tables, and
never to be tuned on: each line an expression and a message. Where nothing is answered, a presenter says that it is not sure.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from talking_head.tools import arithmetic, word_problems

LINES = [line.split("\t") for line in Path(__file__).with_name("everyday.tsv").read_text(encoding="utf-8").splitlines()]


def right(said: str, wanted: Fraction) -> bool:
    """Whether ``said`` holds the number, to a cent."""
    numbers = re.findall(r"\d+(?:\.\d+)?", said.replace(",", ""))
    return any(abs(Fraction(number) - abs(wanted)) < Fraction(1, 150) for number in numbers)


def test_what_is_answered_is_right() -> None:
    answered = [(said, sum_, asked) for sum_, asked in LINES if sum_ != "none" and (said := word_problems.answer(asked))]
    wrong = [asked for said, sum_, asked in answered if not right(said, arithmetic.evaluate(sum_))]
    assert len(answered) - len(wrong) >= 270
    assert len(wrong) <= 10, wrong


def test_what_is_no_sum_is_left_alone() -> None:
    taken = [asked for sum_, asked in LINES if sum_ == "none" and word_problems.answer(asked)]
    assert len(taken) <= 1, taken
