"""What day it is and what time, from the server's clock: no language model knows either."""

from __future__ import annotations

import calendar
import re
from datetime import datetime

from talking_head.tools.dates import DAY, DAYS, said

MAX_CHARS = 160  # of a message that is looked at
_POLITE = re.compile(
    r"""^(?: (?:hello|hi|hey|okay|ok|so|and|well|please|excuse\ me|sorry)\b[\s,.!]*
         | (?:can|could|would|will)\ you\ (?:please\ )?tell\ me\s*
         | (?:tell\ me|do\ you\ know|i\ want\ to\ know|i\ would\ like\ to\ know|may\ i\ ask)\b\s*)""",
    re.X,
)
_TAIL = re.compile(r"[\s,]*(?:[?.!]|\b(?:please|now|right now|at the moment|currently|here|where you are|exactly|again))$")
_WHICH = r"(?:what|which)"
_WEEK = r"(?: of the week)?"

_TIME = re.compile(
    r"what time (?:is it|it is|do you have|have you got)|what(?:'s| is) the time|the time|do you have the time|what time"
)
_DAY = re.compile(
    rf"{_WHICH} day{_WEEK} (?:is it|it is|is|do we have)(?: today)?|{_WHICH} day{_WEEK} (?:is|'s) today|"
    rf"what(?:'s| is)? (?:the )?(?:date|day)(?: today)?|what date (?:is it|is|it is)(?: today)?|"
    rf"what(?:'s| is) today(?:'s date)?|today's date|the date|what(?:'s| is) the date of today|"
    rf"is it (?P<guess>{DAY})(?: today)?"
)
_MONTH = re.compile(rf"{_WHICH} month (?:is it|it is|do we have|is this)(?: today)?")
_YEAR = re.compile(rf"{_WHICH} year (?:is it|it is|do we have|is this)(?: today)?")


def answer(message: str, now: datetime) -> str:
    """The sentence for a question about ``now``; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = " ".join(message.lower().replace("’", "'").split())
    while (shorter := _TAIL.sub("", _POLITE.sub("", text, count=1), count=1)) != text:
        text = shorter
    today = now.date()
    if _TIME.fullmatch(text):
        return f"It is {spoken_time(now)}."
    if match := _DAY.fullmatch(text):
        lead = "" if not match["guess"] else "Yes. " if match["guess"].capitalize() == DAYS[today.weekday()] else "No. "
        return f"{lead}Today is {said(today)}."
    if _MONTH.fullmatch(text):
        return f"It is {calendar.month_name[today.month]} {today.year}."
    if _YEAR.fullmatch(text):
        return f"It is the year {today.year}."
    return ""


def told(now: datetime) -> str:
    """Date and time for a language model that asks for them."""
    return f"Today is {said(now.date())}. It is {spoken_time(now)}, {now:%H:%M}, {now.tzname() or 'local time'}."


def spoken_time(now: datetime) -> str:
    """Such as “3:42 PM”."""
    return f"{now.hour % 12 or 12}:{now.minute:02d} {'AM' if now.hour < 12 else 'PM'}"
