"""A day and so many working days: “I start on 3 March and it takes 10 working days: when is it done?”

People do not agree whether the first day counts, so the answer says which count it is; public holidays are nobody's here.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from talking_head.tools.dates import COUNT, DAY, MONTH, ORDINAL, day, nth, number, said, words

MAX_CHARS = 200
_LENGTH = re.compile(rf"\b(?P<n>{COUNT}) (?:working|business|work|week)[ -]?days?\b")
_DATE = re.compile(
    rf"\b(?:{ORDINAL}(?: of)? (?:{MONTH})\b(?:,? \d{{4}}\b)?|(?:{MONTH}) {ORDINAL}\b(?:,? \d{{4}}\b)?|(?:{DAY})\b|today\b|"
    rf"tomorrow\b)"
)
_ASKS = re.compile(r"\b(?:when|(?:on |by )?(?:what|which) (?:date|day|weekday))\b")
_WORK = re.compile(r"\b(?:start|starts|begin|begins|work|works|beginning|starting)\b")
_OPEN = re.compile(
    r"\b(?:every|each|not|or|until|between|before|earlier|ago|except|holidays?|about|hours?|weeks?|cost|euros?)\b|n't\b"
)


def answer(message: str, today: date) -> str:
    """The day on which so many working days are over, as a sentence; "" where ``message`` leads to none for sure."""
    text = words(message)
    lengths = list(_LENGTH.finditer(text))
    if len(message) > MAX_CHARS or len(lengths) != 1 or not _ASKS.search(text) or _OPEN.search(_LENGTH.sub("", text)):
        return ""
    rest = f"{text[: lengths[0].start()]} ; {text[lengths[0].end() :]}"
    dates, count = list(_DATE.finditer(rest)), number(lengths[0]["n"])
    if len(dates) != 1 or not 1 <= count <= 260 or re.search(r"\d", _DATE.sub("", rest)):
        return ""
    try:
        found = day(dates[0][0].removeprefix("the "), today)
    except (ValueError, OverflowError):
        return ""
    if found is None:
        return ""
    first_counts = _WORK.search(rest) is not None
    end = _after(found.date, count, first_counts=first_counts)
    counted = "counting that day" if first_counts else "counted from the next day"
    when = said(end) if found.year else f"{said(end).rpartition(',')[0]}"
    return f"The {nth(count)} working day, {counted}, is {when}. Public holidays are not taken into account."


def _after(start: date, count: int, *, first_counts: bool) -> date:
    at, left = start if first_counts else start + timedelta(1), count
    while True:
        left -= at.weekday() < 5
        if not left:
            return at
        at += timedelta(1)
