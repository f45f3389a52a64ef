"""A date in words → the date: “the 3rd of May 2027”, “New Year's Eve”, “ten days before Christmas”, “in two weeks”.

What is left open is read as people mean it: a date without a year is the next one. What people do not agree about (“next
Friday”, a month after January 31) is no date here.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from talking_head.tools.arithmetic import digits

MONTHS, DAYS = list(calendar.month_name[1:]), list(calendar.day_name)
MONTH, DAY = "|".join(m.lower() for m in MONTHS), "|".join(d.lower() for d in DAYS)
COUNT = r"(?:\d{1,5}|an?)"
UNIT = r"(?:days?|weeks?|fortnights?|months?|years?)"
ORDINAL = r"(?:the )?\d{1,2}(?:st|nd|rd|th)?"  # of a day in its month

_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_SHORT = {m.lower()[:3]: m.lower() for m in MONTHS} | {"sept": "september"}
_LONG_FORMS = (
    (r"\b(it|that|what|when|today|tomorrow|date|day|year|month|birthday)'s\b(?= (?:date|birthday|day)\b)", r"\1s"),
    (r"\b(it|that|what|when|today|tomorrow|which)'s\b", r"\1 is"),
    (r"\b(it|that|we|i|they)'ll\b", r"\1 will"),
    (r"\blet's\b", "let us"),
    (r"\bday's\b", "day"),
    (r"\bnew years?'?s?\b(?! (?:resolution|old))", "new year"),
    (r"\bvalentine'?s?\b", "valentines"),
    (r"\bx-?mas\b", "christmas"),
    (r"\btill\b", "until"),
    (r"\b(days?|weeks?|months?|years?)'s? time\b", r"\1 time"),
)
_POLITE = re.compile(
    r"^(?:(?:good (?:morning|evening|afternoon|day)"
    r"|hello|hi|hey|okay|ok|so|and|well|please|excuse me|sorry|by the way|quick question)\b"
    r"[\s,.!]*|(?:can|could|would|will) you (?:please |kindly )?(?:tell me|say|work out)[\s,:]*"
    r"|(?:tell me|do you (?:happen to )?know|i want to know|i would like to know"
    r"|i wonder|may i ask)[\s,:]*)"
)
_CLOSING = re.compile(r"[\s,]*(?:\b(?:please|thanks|thank you|do you know|exactly|again))$|[\s?.!,]+$")

_NEAR = {
    "today": 0, "now": 0, "tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2, "the day before yesterday": -2,
}  # fmt: skip
_FEASTS = {
    "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "new year": (1, 1),
    "new year day": (1, 1), "new year eve": (12, 31), "halloween": (10, 31), "valentines day": (2, 14), "valentines": (2, 14),
}  # fmt: skip
_WHEN = r"(?:,? (?:of )?(?P<year>\d{4})| (?P<near>this|next|last) year)?"
_ABSOLUTE = re.compile(
    rf"(?:(?:{DAY}),? )?(?:(?P<m1>{MONTH}) (?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{MONTH})"
    rf"|(?P<feast>{'|'.join(sorted(_FEASTS, key=len, reverse=True))}))" + _WHEN
)
_AWAY = re.compile(
    rf"in (?P<in>{COUNT}) (?P<u1>{UNIT})(?: time)?|(?P<ago>{COUNT}) (?P<u2>{UNIT}) (?:ago|earlier|before (?:today|now))"
    rf"|(?P<on>{COUNT}) (?P<u3>{UNIT}) (?:from (?:now|today)|after today|hence|later)"
)
_FROM = re.compile(
    rf"(?:the day|(?P<n>{COUNT}) (?P<unit>{UNIT})) (?P<side>after|before|from|later than|following) (?P<rest>.+)"
)
_END = re.compile(r"the (?:end|last day) of (?:the|this) (?P<what>month|year)")
_THIS = re.compile(rf"(?:the coming )?(?P<day>{DAY})")


@dataclass(frozen=True, slots=True)
class Day:
    """A date; ``year``: whether its year was said or follows from today."""

    date: date
    year: bool = True


def words(message: str) -> str:
    """The plain words of ``message``: small letters, digits, no politeness, months written out."""
    text = " ".join(message.lower().replace("’", "'").split())
    for short, long in _LONG_FORMS:
        text = re.sub(short, long, text)
    while (shorter := _CLOSING.sub("", _POLITE.sub("", text, count=1))) != text:
        text = shorter
    text = re.sub(rf"\b(twenty|thirty)-({'|'.join(_ORDINALS[:9])})\b",
                  lambda m: f"{(20 if m[1] == 'twenty' else 30) + _ORDINALS.index(m[2]) + 1}th", text)  # fmt: skip
    text = re.sub(r"\bthirtieth\b", "30th", text)
    text = re.sub(rf"\b({'|'.join(_ORDINALS)})\b", lambda m: f"{_ORDINALS.index(m[1]) + 1}th", text)
    text = re.sub(
        rf"\b({'|'.join(set(_SHORT) - {'may', 'mar', 'sep'} | {'sept'})})\.?(?= \d|$|,)", lambda m: _SHORT[m[1]], text
    )
    text = re.sub(r"\b(falls?|be|on)( on)? ((?:this|next|last) year)$", r"\3 \1", text)
    text = " ".join(digits(re.sub(r"[.?!](?= )", ",", text)).split())
    return text.replace(" ,", ",")


def day(text: str, today: date) -> Day | None:
    """The date that ``text`` (see :func:`words`) names, None where it names none. ValueError for one that there is not."""
    text = re.sub(r"^(?:on |the date )", "", text.strip(" ,"))
    if text in _NEAR:
        return Day(today + timedelta(_NEAR[text]))
    if m := _AWAY.fullmatch(text):
        count, unit = (m["ago"], m["u2"]) if m["ago"] else (m["in"] or m["on"], m["u1"] or m["u3"])
        moved = shifted(today, -number(count) if m["ago"] else number(count), unit)
        return None if moved is None else Day(moved)
    if m := _END.fullmatch(text):
        month = 12 if m["what"] == "year" else today.month
        return Day(date(today.year, month, calendar.monthrange(today.year, month)[1]))
    if m := _ABSOLUTE.fullmatch(text):
        return _absolute(m, today)
    if m := _THIS.fullmatch(text):
        return Day(today + timedelta((DAYS.index(m["day"].capitalize()) - today.weekday() - 1) % 7 + 1))
    if m := _FROM.fullmatch(text):
        start = day(m["rest"], today)
        steps = number(m["n"] or "1") * (-1 if m["side"] == "before" else 1)
        moved = None if start is None else shifted(start.date, steps, m["unit"] or "day")
        return None if start is None or moved is None else Day(moved, start.year)
    return None


def number(count: str) -> int:
    """Of “a”, “an” or digits."""
    return 1 if count in ("a", "an") else int(count)


def shifted(start: date, steps: int, unit: str) -> date | None:
    """``start`` moved by ``steps`` of ``unit``; None where that month has no such day. Raises OverflowError or ValueError
    beyond the years 1 to 9999."""
    if unit[0] in "dwf":
        return start + timedelta(steps * {"d": 1, "w": 7, "f": 14}[unit[0]])
    months = start.year * 12 + start.month - 1 + steps * (12 if unit.startswith("year") else 1)
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        raise ValueError("no such year")
    return start.replace(year=year, month=month) if start.day <= calendar.monthrange(year, month)[1] else None


def _absolute(m: re.Match[str], today: date) -> Day:
    if m["feast"]:
        month, number_of_day = _FEASTS[m["feast"]]
    else:
        month, number_of_day = MONTHS.index((m["m1"] or m["m2"]).capitalize()) + 1, int(m["d1"] or m["d2"])
    if m["year"] or m["near"]:
        year = int(m["year"]) if m["year"] else today.year + {"this": 0, "next": 1, "last": -1}[m["near"]]
        return Day(date(year, month, number_of_day))
    for year in range(today.year, today.year + 9):  # until the next leap year
        if number_of_day <= calendar.monthrange(year, month)[1] and date(year, month, number_of_day) >= today:
            return Day(date(year, month, number_of_day), year=False)
    raise ValueError("no such day")


def said(when: date, *, year: bool = True) -> str:
    """Such as “Saturday, November 28, 2026”; without ``year`` “November 28”."""
    short = f"{calendar.month_name[when.month]} {when.day}"
    return f"{calendar.day_name[when.weekday()]}, {short}, {when.year}" if year else short


def nth(count: int) -> str:
    """“1st”, “12th”, “103rd”."""
    return f"{count}{'th' if 10 <= count % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"
