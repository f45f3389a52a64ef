"""A date that a message tells, and how long something takes: “lent on 10 April for 21 days: when is it due?” → May 1.

The message names one date and one length of time, or says what day it is today and asks how long something is away. People do
not agree whether the first day counts (a fair of three days from Monday), so only lengths that are counted from a day on are
read: what is lent, valid, under guarantee, due, or takes its time.
"""

from __future__ import annotations

import re
from datetime import date

from talking_head.tools.dates import COUNT, DAYS, MONTH, ORDINAL, UNIT, Day, day, number, said, shifted, words

MAX_CHARS = 200
_YEAR = r"(?:,? (?:of )?\d{4})?"
_DATE = rf"{ORDINAL}(?: of)? (?:{MONTH})\b{_YEAR}|\b(?:{MONTH}) {ORDINAL}\b{_YEAR}"
_TODAY = re.compile(
    rf"\b(?P<near>today|now|it|tomorrow|yesterday) (?:is|was|will be) (?:the date )?(?P<date>{_DATE}|the last day of [a-z]+|"
    r"the first day of [a-z]+)"
)
_LENGTH = re.compile(rf"\b(?P<n>{COUNT}) (?P<unit>{UNIT})\b(?P<ago> (?:ago|before|earlier))?")
_COUNTED_ON = re.compile(
    r"\b(?:lent|borrow(?:ed)?|lend|loan|valid|guarantee|warranty|takes|took|rented|due|good for|within|later|afterwards)\b"
)
_WHOLE = re.compile(r"\b(?:valid|guarantee|warranty|good)\b|\bdays?\b.*\b(?:over|finish\w*|done|ends?)\b")
_ENDS = re.compile(
    r"\b(?:when|until when|by when|till when|(?:on |by |until |till )?(?:what|which) (?:date|day))\b(?P<asked>[^,]*)$"
)
_END_WORDS = (
    "is it are they must should do does will i we have to give bring take send need needs get got return returned be back due "
    "over finished finish done good valid end ends expire expires run runs out the book guarantee warranty hold holds covered "
    "up on by of there arrive arrives ready now left"
)
_AWAY = re.compile(
    r"how (?:many days|long)(?: (?:left|still|more|to go|until then|till then|remain|away|off|do|i|we|have|are|there|is|it|"
    r"that|will|to wait|got|from now))*$"
)
_DATE_OF = re.compile(
    rf"(?:(?:give|tell|name) me |what is |which is )?(?:the )?date (?P<date>{COUNT} {UNIT} (?:after|before|from|following) .+)"
)
_SAME_MONTH = re.compile(
    r"how many (?P<unit>days|nights)(?: (?:are|is|lie|there|it))* (?:between|from) (?:the )?(?P<a>\d{1,2})(?:st|nd|rd|th)? "
    r"(?:and|to|until) (?:the )?(?P<b>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<month>[a-z]+)"
)
_OPEN = re.compile(r"\b(?:every|each|not|except|extended|longer|shorter|late|working|business|if|or)\b|n't\b")


def answer(message: str, today: date) -> str:
    """The date or the days that ``message`` leads to, as a sentence; "" where it leads nowhere for sure."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message)
    try:
        return _date_of(text, today) or _same_month(text, today) or _told(text, today)
    except (ValueError, OverflowError):
        return ""


def _date_of(text: str, today: date) -> str:
    m = _DATE_OF.fullmatch(text)
    found = day(m["date"], today) if m else None
    return "" if found is None else f"That is {said(found.date, year=found.year)}."


def _same_month(text: str, today: date) -> str:
    m = _SAME_MONTH.fullmatch(text)
    if m is None:
        return ""
    first, second = day(f"{m['a']} {m['month']} 2027", today), day(f"{m['b']} {m['month']} 2027", today)
    days = (second.date - first.date).days if first and second else 0
    return f"{days} {m['unit'] if days > 1 else m['unit'][:-1]}." if days > 0 else ""


def _told(text: str, today: date) -> str:
    text = re.sub(r"^if (?=(?:i|we) )", "", text)  # “if I borrow it on the 12th”
    if _OPEN.search(text):
        return ""
    known = False
    if now := _TODAY.search(text):
        moved = _named(now["date"], today)
        if moved is None:
            return ""
        known, today = moved.year, date.fromordinal(moved.date.toordinal() - _AT[now["near"]])
        text = f"{text[: now.start()]}{text[now.end() :]}".strip(" ,")
    dates = [(m, found) for m in re.finditer(_DATE, text) if (found := day(re.sub(r"^the ", "", m[0]), today)) is not None]
    if now and not dates and (asked := re.fullmatch(r"(?:and )?what is the date (today|tomorrow|yesterday)", text)):
        return f"That is {said(date.fromordinal(today.toordinal() + _AT[asked[1]]), year=known)}."
    if len(dates) != 1:
        return ""
    m, found = dates[0]
    rest = f"{text[: m.start()]} {text[m.end() :]}"
    if _AWAY.search(text):
        days = (found.date - today).days
        return f"{days} day{'s' * (days != 1)}." if days > 0 and not re.search(r"\d", rest) and now else ""
    return _ended(rest, found)


def _ended(rest: str, found: Day) -> str:
    lengths, asked = list(_LENGTH.finditer(rest)), _ENDS.search(rest)
    if len(lengths) != 1 or lengths[0]["ago"] or asked is None or not _COUNTED_ON.search(rest):
        return ""
    if re.search(r"\d", rest[: lengths[0].start()] + rest[lengths[0].end() :]) or set(asked["asked"].split()) - {
        *_END_WORDS.split()
    }:
        return ""
    if any(name.lower() in rest for name in DAYS):
        return ""
    if lengths[0]["unit"][0] in "dfw" and _WHOLE.search(rest):
        return ""  # whether the first day is one of them, people do not agree
    ends = shifted(found.date, number(lengths[0]["n"]), lengths[0]["unit"])
    return "" if ends is None else f"{said(ends, year=found.year)}."


_AT = {"today": 0, "now": 0, "it": 0, "tomorrow": 1, "yesterday": -1}


def _named(text: str, today: date) -> Day | None:
    """A date as it is told of today: “the last day of June”, too."""
    edge = re.fullmatch(r"the (last|first) day of ([a-z]+)", text)
    if edge is None:
        return day(re.sub(r"^the ", "", text), today)
    first = day(f"1 {edge[2]} {today.year}", today)
    if first is None or edge[1] == "first":
        return None if first is None else Day(first.date, year=False)
    following = shifted(first.date, 1, "month")
    return None if following is None else Day(date.fromordinal(following.toordinal() - 1), year=False)
