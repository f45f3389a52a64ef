"""The tools that need no language model to be called: a message that is a sum, or asks for the date, is answered at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from talking_head.tools import arithmetic, calendar_order, calendar_words, clock, date_questions, date_story, word_problems
from talking_head.tools.days import months, pairs, shift, stay, steps, working
from talking_head.tools.grammar import figures, learner
from talking_head.tools.mandarin import days, sums

CLOCK, SUMS, GRAMMAR = "clock", "sums", "grammar"
UNSURE = "I cannot work that out for sure, and I would rather not guess."
_ASKS_A_NUMBER = re.compile(
    r"\bhow (?:many|much)\b|"
    r"\bwhat(?:'s| do| does| did| will| would| is)\b.*\b(?:cost|pay|owe|come to|make|left|total|altogether)\b"
)


def answer(message: str, allowed: Collection[str], now: datetime) -> str:
    """The sentence of the first allowed tool that ``message`` is for; "" where it is for none."""
    if GRAMMAR in allowed and (told := learner.answer(message) or figures.answer(message)):
        return told
    if SUMS in allowed and (told := arithmetic.answer(message) or word_problems.answer(message) or sums.answer(message)):
        return told
    if CLOCK not in allowed:
        return ""
    told = clock.answer(message, now) or calendar_words.answer(message) or calendar_order.answer(message)
    told = told or date_questions.answer(message, now.date()) or date_story.answer(message, now.date())
    told = told or pairs.answer(message) or steps.answer(message, now.date()) or stay.answer(message, now.date())
    told = told or shift.answer(message, now.date()) or months.answer(message)
    return told or working.answer(message, now.date()) or days.answer(message, now)


def unsure(message: str, allowed: Collection[str]) -> str:
    """What is said to a question for a number that gives two or more and that no rule worked out: a small model guesses wrong.

    "" for every other message, and where sums are nobody's business.
    """
    text = arithmetic.digits(" ".join(message.lower().replace("’", "'").split()))
    asked = SUMS in allowed and len(message) <= arithmetic.MAX_CHARS and _ASKS_A_NUMBER.search(text)
    return UNSURE if asked and len(re.findall(r"(?<![\w.,])\d+", text)) > 1 else ""
