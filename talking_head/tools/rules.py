"""The tools that need no language model to be called: a message that is a sum, or asks for the date, is answered at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from talking_head.tools import arithmetic, calendar_order, calendar_words, clock, date_questions, date_story, word_problems
from talking_head.tools.days import pairs, steps

CLOCK, SUMS = "clock", "sums"


def answer(message: str, allowed: Collection[str], now: datetime) -> str:
    """The sentence of the first allowed tool that ``message`` is for; "" where it is for none."""
    if SUMS in allowed and (told := arithmetic.answer(message) or word_problems.answer(message)):
        return told
    if CLOCK not in allowed:
        return ""
    told = clock.answer(message, now) or calendar_words.answer(message) or calendar_order.answer(message)
    told = told or date_questions.answer(message, now.date()) or date_story.answer(message, now.date())
    return told or pairs.answer(message) or steps.answer(message, now.date())
