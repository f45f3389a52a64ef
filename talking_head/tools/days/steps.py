"""One step over the calendar from a date that is told: “today is 28 January: what is the date in five days?”, “what comes after
May 31?”, “every second Tuesday, last on May 6: when next?”, and lengths in mixed units.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from talking_head.tools.dates import COUNT, DAY, MONTH, ORDINAL, UNIT, Day, day, number, said, shifted, words

MAX_CHARS = 200
_DATE = rf"(?:{ORDINAL}(?: of)? (?:{MONTH})\b(?:,? \d{{4}}\b)?|\b(?:{MONTH}) {ORDINAL}\b(?:,? \d{{4}}\b)?)"
_TODAY = re.compile(
    rf"\b(?:if )?(?:today is|it is|now it is)(?: now)? (?:the date )?(?:an? )?(?:(?:{DAY}),? )?(?:the "
    rf")?(?P<date>{_DATE})(?: today| now)?"
)
_AWAY = re.compile(
    rf"\b(?:in (?P<in>{COUNT}) (?P<u1>{UNIT})(?: time)?|(?P<ago>{COUNT}) (?P<u2>{UNIT}) ago"
    rf"|(?P<on>{COUNT}) (?P<u3>{UNIT}) (?:from (?:now|today)|later|after that|hence)|(?P<near>the day (?:after "
    rf"tomorrow|before yesterday)))\b"
)
_ASKS = re.compile(r"\b(?:(?:on |by )?(?:what|which) (?:is the )?(?:date|day)|what is the date|when)\b")
_OPEN = re.compile(r"\b(?:not|or|each|except|working|business|why|who|how|if i|until|till)\b|n't\b")
_STEP = re.compile(
    rf"(?:(?:what|which) (?:date|day)(?: of the year| of the month)? (?:comes|is|follows|do we have|would that be|"
    rf"will it be|lies)(?: it)?"
    rf"(?: (?:directly|right|immediately))? (?P<span>(?:{COUNT} {UNIT} |the day |directly |right )?(?:after|before|"
    rf"from|following)) (?:the )?(?P<date>{_DATE})"
    rf"|(?P<span2>(?:{COUNT} {UNIT} |the day )(?:after|before|from)) (?:the )?(?P<date2>{_DATE}),? (?:what|which|on "
    rf"what|on which) (?:is the )?(?:date|day)"
    r"(?: (?:is it|do we have|is that|will it be|would that be|have we|comes))?)"
)
_RHYTHM = re.compile(rf"\bevery (?P<n>other|2th|2nd|3th|3rd|4th|\d{{1,2}}) (?P<unit>{DAY}|days?|weeks?|months?)s?\b")
_SIZES = {"other": 2, "2th": 2, "2nd": 2, "3th": 3, "3rd": 3, "4th": 4}
_NEXT = re.compile(
    r"\bwhen (?:is|do|does|will|comes?|are|shall)\b.*\b(?:next|again)\b|\b(?:what|which) (?:date|day)\b.*\b(?:next|"
    r"again)\b|\bwhen .*\bnext\b"
)
_MIXED = re.compile(
    rf"how many (?P<ask>days|hours|weeks|minutes) (?:do |does |are |is |have |in )*(?:there in )?(?P<a>{COUNT}) "
    rf"(?P<ua>weeks?|days?|fortnights?|hours?)"
    rf" (?:and|plus) (?P<b>{COUNT}) (?P<ub>days?|hours?|minutes?)(?: (?:make|have|together|altogether|is that|are "
    rf"that|in all|take))*"
)
_HOURS = {"week": 168, "day": 24, "fortnight": 336, "hour": 1, "minute": 0}
_NO_STEP = re.compile(r"\b(?:parcel|order|delivery|delivered|shop|open|closed|tickets?|price|cost)\b")


def answer(message: str, today: date) -> str:
    """The sentence for such a question; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message)
    try:
        return _mixed(text) or _again(text, today) or _step(text, today) or _from_today(text, today)
    except (ValueError, OverflowError):
        return ""


def _mixed(text: str) -> str:
    m = _MIXED.fullmatch(text)
    if m is None or m["ub"].startswith("minute"):
        return ""
    hours = number(m["a"]) * _HOURS[m["ua"].rstrip("s")] + number(m["b"]) * _HOURS[m["ub"].rstrip("s")]
    size = {"days": 24, "hours": 1, "weeks": 168}.get(m["ask"], 0)
    if not size or hours % size:
        return ""
    count = hours // size
    return f"That makes {count:,} {m['ask'] if count != 1 else m['ask'][:-1]}."


def _step(text: str, today: date) -> str:
    m = _STEP.fullmatch(text)
    if m is None:
        return ""
    span, start = m["span"] or m["span2"], m["date"] or m["date2"]
    if re.match(r"(?:directly |right )?(?:after|before|from|following)", span):
        span = f"the day {'before' if 'before' in span else 'after'}"
    found = day(f"{span} {start}", today)
    return "" if found is None else f"That is {said(found.date, year=found.year)}."


def _again(text: str, today: date) -> str:
    """“Every second Tuesday, and the last was on May 6: when next?”"""
    rhythm, dates = _RHYTHM.search(text), list(re.finditer(_DATE, text))
    if rhythm is None or len(dates) != 1 or not _NEXT.search(text) or _OPEN.search(text):
        return ""
    start = day(re.sub(r"^the ", "", dates[0][0]), today)
    if start is None:
        return ""
    size = _SIZES.get(rhythm["n"]) or int(rhythm["n"])
    unit = rhythm["unit"] if not re.fullmatch(DAY, rhythm["unit"]) else "weeks"
    moved = shifted(start.date, size, unit)
    return "" if moved is None else f"{said(moved, year=start.year)}."


def _from_today(text: str, today: date) -> str:
    """“The exam is in two weeks. Today is the 15th of October. On which date is it?”"""
    now, away = _TODAY.search(text), list(_AWAY.finditer(text))
    if now is None or len(away) != 1 or not _ASKS.search(text) or _OPEN.search(text) or _NO_STEP.search(text):
        return ""
    start = day(re.sub(r"^the ", "", now["date"]), today)
    rest = text.replace(now[0], " ").replace(away[0][0], " ")
    if start is None or re.search(r"\d", rest) or re.search(rf"\b(?:{DAY}|{MONTH})\b", rest):
        return ""
    moved = _moved(start, away[0])
    return "" if moved is None else f"That is {said(moved, year=start.year)}."


def _moved(start: Day, m: re.Match[str]) -> date | None:
    if m["near"]:
        return start.date + timedelta(2 if "after" in m["near"] else -2)
    count, unit = m["in"] or m["ago"] or m["on"], m["u1"] or m["u2"] or m["u3"]
    return shifted(start.date, -number(count) if m["ago"] else number(count), unit)
