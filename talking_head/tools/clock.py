"""What day it is and what time, from the server's clock: no language model knows either."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta

_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_DAYS = [name.lower() for name in calendar.day_name]
_POLITE = re.compile(
    r"""^(?: (?:hello|hi|hey|okay|ok|so|and|well|please|excuse\ me|sorry)\b[\s,.!]*
         | (?:can|could|would|will)\ you\ (?:please\ )?tell\ me\s*
         | (?:tell\ me|do\ you\ know|i\ want\ to\ know|i\ would\ like\ to\ know|may\ i\ ask)\b\s*)""",
    re.X,
)
_TAIL = re.compile(r"[\s,]*(?:[?.!]|\b(?:please|now|right now|at the moment|currently|here|where you are|exactly|again))$")
_MONTH_NAME, _YEAR_NAME = "|".join(_MONTHS), r"(?:,? (?P<{0}year>\d{{4}}))?"
_NUMBER = r"(?:the )?(?P<{0}day>\d{{1,2}})(?:st|nd|rd|th)?"
_DATE = (
    "(?:"
    + f"{_NUMBER}(?: of)? (?P<{{0}}month>{_MONTH_NAME}){_YEAR_NAME}|".format("a")
    + f"(?P<{{0}}month>{_MONTH_NAME}) {_NUMBER}{_YEAR_NAME}|".format("b")
    + "(?P<feast>christmas(?: day| eve)?|new year(?:'s)?(?: day| eve)?))"
)
_WHICH = r"(?:what|which)"
_WEEK = r"(?: of the week)?"

_TIME = re.compile(
    r"what time (?:is it|it is|do you have|have you got)|what(?:'s| is) the time|the time|do you have the time|what time"
)
_DAY = re.compile(
    rf"{_WHICH} day{_WEEK} (?:is it|it is|is|do we have)(?: today)?|{_WHICH} day{_WEEK} (?:is|'s) today|"
    rf"what(?:'s| is)? (?:the )?(?:date|day)(?: today)?|what date (?:is it|is|it is)(?: today)?|"
    rf"what(?:'s| is) today(?:'s date)?|today's date|the date|what(?:'s| is) the date of today|"
    rf"is it (?P<guess>{'|'.join(_DAYS)})(?: today)?"
)
_OTHER = re.compile(
    rf"{_WHICH} (?:day|date){_WEEK} (?:is|was|will|will it be|is it|was it)(?: be)? "
    r"(?P<which>tomorrow|yesterday|the day after tomorrow|the day before yesterday)|"
    r"what(?:'s| is| was) (?P<also>tomorrow|yesterday)(?:'s date)?"
)
_MONTH = re.compile(rf"{_WHICH} month (?:is it|it is|do we have|is this)(?: today)?")
_YEAR = re.compile(rf"{_WHICH} year (?:is it|it is|do we have|is this)(?: today)?")
_UNTIL = re.compile(rf"how (?:many days|long)(?: (?:is it|are there|are left|left|to go))? (?:until|till|to|before) {_DATE}")
_WEEKDAY = re.compile(
    rf"{_WHICH} (?:day|weekday){_WEEK} (?:is|was|will|does|did)(?: it)?(?: be| on)? {_DATE}(?: (?:fall on|fall|on|be))?"
)
_AWAY = {"tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2, "the day before yesterday": -2}


def answer(message: str, now: datetime) -> str:
    """The sentence for a question about ``now``, a date near it or its weekday; "" for any other message."""
    text = " ".join(message.lower().replace("’", "'").split())
    while (shorter := _TAIL.sub("", _POLITE.sub("", text, count=1), count=1)) != text:
        text = shorter
    today = now.date()
    if _TIME.fullmatch(text):
        return f"It is {spoken_time(now)}."
    if match := _DAY.fullmatch(text):
        lead = "" if not match["guess"] else "Yes. " if match["guess"] == _DAYS[today.weekday()] else "No. "
        return f"{lead}Today is {spoken_date(today)}."
    if match := _OTHER.fullmatch(text):
        which = match["which"] or match["also"]
        verb = "was" if "yesterday" in which else "is"
        return f"{which.capitalize()} {verb} {spoken_date(today + timedelta(days=_AWAY[which]))}."
    if _MONTH.fullmatch(text):
        return f"It is {calendar.month_name[today.month]} {today.year}."
    if _YEAR.fullmatch(text):
        return f"It is the year {today.year}."
    for pattern, say in ((_UNTIL, _until), (_WEEKDAY, _weekday)):
        if match := pattern.fullmatch(text):
            asked = _date(match, today)
            return "There is no such date." if asked is None else say(asked, today)
    return ""


def told(now: datetime) -> str:
    """Date and time for a language model that asks for them."""
    return f"Today is {spoken_date(now.date())}. It is {spoken_time(now)}, {now:%H:%M}, {now.tzname() or 'local time'}."


def spoken_date(day: date) -> str:
    """Such as “Saturday, November 28, 2026”."""
    return f"{calendar.day_name[day.weekday()]}, {calendar.month_name[day.month]} {day.day}, {day.year}"


def spoken_time(now: datetime) -> str:
    """Such as “3:42 PM”."""
    return f"{now.hour % 12 or 12}:{now.minute:02d} {'AM' if now.hour < 12 else 'PM'}"


def _date(match: re.Match[str], today: date) -> date | None:
    """The date that is asked for, without a year the next one; None where the calendar has none."""
    if feast := match["feast"]:
        month, day = (12, 25) if feast.startswith("christmas") else (1, 1)
        if feast.endswith("eve"):
            month, day = (12, 24) if month == 12 else (12, 31)
        year = None
    else:
        which = "a" if match["aday"] else "b"
        month, day = _MONTHS.index(match[f"{which}month"]) + 1, int(match[f"{which}day"])
        year = int(match[f"{which}year"]) if match[f"{which}year"] else None
    for candidate in (year,) if year else range(today.year, today.year + 9):  # until the next leap year
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _until(day: date, today: date) -> str:
    days = (day - today).days
    if days == 0:
        return f"That is today, {spoken_date(day)}."
    if days < 0:
        return f"{spoken_date(day)} was {-days:,} day{'s' * (days != -1)} ago."
    return f"There {'is' if days == 1 else 'are'} {days:,} day{'s' * (days != 1)} until {spoken_date(day)}."


def _weekday(day: date, today: date) -> str:
    verb = "was" if day < today else "is"
    return f"{calendar.month_name[day.month]} {day.day}, {day.year} {verb} a {calendar.day_name[day.weekday()]}."
