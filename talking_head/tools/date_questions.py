"""Questions about dates: on which weekday, how many days until, since and between, which date some time away."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date

from talking_head.tools.dates import COUNT, DAY, DAYS, Day, day, number, said, words

MAX_CHARS = 160
_DATE = r"(?P<date>.+?)"
_WHICH = r"(?:what|which)"
_BE = r"(?:is|was|will|would|does|did|has|had)"
_ARE = (
    r"(?: (?:is it|it is|are there|there are|is there|are left|left|do we have|do i have|have i got|to go|remain|are|is"
    r"|will it be|must i wait|do i have to wait))?"
)
_COUNTED = r"(?P<unit>days|weeks|nights)(?: and days)?"


def answer(message: str, today: date) -> str:
    """The sentence for a question about dates; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message)
    for pattern, say in _KINDS:
        if match := pattern.fullmatch(text):
            try:
                if told := say(match, today):
                    return told
            except OverflowError:
                return ""
            except ValueError:
                return "There is no such date."
    return ""


def _weekday(m: re.Match[str], today: date) -> str:
    found = day(m["date"], today)
    if found is not None and not found.year and re.search(r"\b(?:was|did)\b", m[0]):
        found = _last(found, today)
    if found is None or m["date"].capitalize() in DAYS:
        return ""
    if m["date"] in ("tomorrow", "yesterday", "the day after tomorrow", "the day before yesterday"):
        return f"{m['date'].capitalize()} {_is(found.date, today)} {said(found.date)}."
    if re.search(r"\b(?:after|before|from|ago|in|later)\b", m["date"]):
        return f"That {_is(found.date, today)} {said(found.date)}."
    named = said(found.date).split(", ", 1)
    return f"{named[1]} {_is(found.date, today)} a {named[0]}."


def _which_date(m: re.Match[str], today: date) -> str:
    found = day(m["date"], today)
    if found is None or found.date == today:
        return ""
    if m["date"] in ("tomorrow", "yesterday"):
        return f"{m['date'].capitalize()} {_is(found.date, today)} {said(found.date)}."
    return f"That {_is(found.date, today)} {said(found.date, year=found.year)}."


def _is(when: date, today: date) -> str:
    return "was" if when < today else "is"


def _until(m: re.Match[str], today: date) -> str:
    found = day(m["date"], today)
    if found is None:
        return ""
    days = (found.date - today).days
    if days == 0:
        return f"That is today, {said(found.date)}."
    if days < 0:
        return f"{said(found.date)} was {_counted(-days)} ago."
    if m["unit"] == "weeks":
        return f"It is {_weeks(days)} until {said(found.date)}."
    return f"There {'is' if days == 1 else 'are'} {_counted(days)} until {said(found.date)}."


def _since(m: re.Match[str], today: date) -> str:
    found = day(m["date"], today)
    if found is None or (not found.year and found.date >= today):
        found = None if found is None else _last(found, today)
    if found is None or found.date >= today:
        return ""
    days = (today - found.date).days
    return f"It is {_weeks(days) if m['unit'] == 'weeks' else _counted(days)} since {said(found.date)}."


def _last(found: Day, today: date) -> Day | None:
    """The last one of a date without a year."""
    for back in range(1, 9):
        try:
            before = found.date.replace(year=found.date.year - back)
        except ValueError:
            continue
        if before < today:
            return Day(before)
    return None


def _between(m: re.Match[str], today: date) -> str:
    first, second = day(m["date"], today), day(m["other"], today)
    if first is None or second is None or {m["date"].capitalize(), m["other"].capitalize()} & {*DAYS}:
        return ""  # from Monday to Friday are four days, or five
    start, end = first.date, second.date
    if not first.year and not second.year and end < start:
        end = end.replace(year=end.year + 1)
    elif first.year != second.year:
        # A year that was said once is meant for both: “from May 3 to June 7, 2027”.
        year = start.year if first.year else end.year
        start, end = start.replace(year=year), end.replace(year=year)
    days = (end - start).days
    if days <= 0:
        return ""
    return f"{_weeks(days) if m['unit'] == 'weeks' else _counted(days)}, from {_short(start)} to {_short(end)}."


def _short(when: date) -> str:
    return said(when, year=False)


def _left(m: re.Match[str], today: date) -> str:
    end = day(f"the end of this {m['what']}", today)
    days = 0 if end is None else (end.date - today).days
    return f"After today {_counted(days)} {'is' if days == 1 else 'are'} left in this {m['what']}."


def _year(m: re.Match[str], today: date) -> str:
    years = number(m["n"] or m["n2"])
    year = today.year - years if m["ago"] else today.year + years
    return f"It {'was' if m['ago'] else 'will be'} {year}." if 1 <= year <= 9999 else ""


def _year_from(m: re.Match[str], today: date) -> str:
    year = int(m["year"]) + number(m["n"]) * (-1 if m["side"] == "before" else 1)
    return f"{year}." if 1 <= year <= 9999 else ""


def _years_between(m: re.Match[str], today: date) -> str:
    years = int(m["other"]) - int(m["year"])
    return f"{years:,} year{'s' * (years != 1)}." if years > 0 else ""


def _whether(m: re.Match[str], today: date) -> str:
    """Whether a date is such a weekday."""
    found = day(m["date"], today)
    if found is None:
        return ""
    right = DAYS[found.date.weekday()] == m["day"].capitalize()
    return f"{'Yes' if right else 'No'}. {_weekday(m, today)}"


def _leap(m: re.Match[str], today: date) -> str:
    year = today.year + {"this": 0, "next": 1, "last": -1}[m["near"]]
    return f"Yes, {year} is a leap year." if calendar.isleap(year) else f"No, {year} is not a leap year."


def _counted(days: int) -> str:
    return f"{days:,} day{'s' * (days != 1)}"


def _weeks(days: int) -> str:
    weeks, rest = divmod(days, 7)
    told = f"{weeks:,} week{'s' * (weeks != 1)}"
    return _counted(days) if not weeks else told + (f" and {_counted(rest)}" if rest else "")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], str]], ...] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (
            rf"(?:on )?{_WHICH} (?:day|weekday)(?: of the week)? {_BE}(?: (?:it|that|be|on|falls?))* {_DATE}"
            r"(?: (?:fall|on|be))*",
            _weekday,
        ),
        (rf"(?:on )?{_WHICH} (?:day|weekday)(?: of the week)? (?:falls|comes)(?: on)? {_DATE}", _weekday),
        (rf"(?:on )?{_WHICH} (?:day|weekday)(?: of the week)? {_DATE} (?:falls|is|was|will be)(?: on)?", _weekday),
        (rf"{_DATE} {_BE}(?: be)?(?: on)? {_WHICH} (?:day|weekday)(?: of the week)?", _weekday),
        (rf"{_WHICH} (?:is|was|will be) (?:the )?date(?: (?:of|on|be))? {_DATE}", _which_date),
        (rf"{_WHICH} date (?:is|was|will|would|comes|falls)(?: (?:it|that|be))* {_DATE}", _which_date),
        (r"what (?:is|was) (?P<date>tomorrow|yesterday)(?:s date)?", _which_date),
        (r"what (?:is|was) (?P<date>the day (?:after tomorrow|before yesterday))", _weekday),
        (r"(?:is|was|will) (?P<near>this|next|last) year (?:be )?a leap year", _leap),
        (r"what (?:is|was|will be) (?P<date>tomorrow|yesterday)s date", _which_date),
        (rf"how (?:many {_COUNTED}|long){_ARE} (?:until|to|before) {_DATE}", _until),
        (rf"how (?:many {_COUNTED}|long){_ARE} from (?:today|now) (?:until|to|up to) {_DATE}", _until),
        (rf"how (?:many {_COUNTED}|long)(?: (?:has it been|have passed|is it|have gone by|passed))? since {_DATE}", _since),
        (rf"how (?:many {_COUNTED}|long) ago (?:was|is) {_DATE}", _since),
        (rf"how many {_COUNTED}{_ARE} (?:between|from) {_DATE} (?:and|to|until) (?P<other>.+)", _between),
        (r"how many days(?: (?:are|is|there|still|do we have))* left (?:in|of) th(?:is|e) (?P<what>month|year)", _left),
        (
            rf"{_WHICH} year (?:is|was|will be)(?: it)? (?P<n>{COUNT}) years? (?P<side>before|after) (?P<year>\d{{4}})",
            _year_from,
        ),
        (
            r"how many years(?: (?:is it|are there|lie|are))? (?:between|from) (?P<year>\d{4}) "
            r"(?:and|to|until) (?P<other>\d{4})",
            _years_between,
        ),
        (
            r"from (?P<year>\d{4}) (?:to|until) (?P<other>\d{4}),? how many years (?:is|are) (?:that|it|there)",
            _years_between,
        ),
        (rf"(?:is|was|will) {_DATE} (?:be )?(?:on )?an? (?P<day>{DAY})", _whether),
        (
            rf"{_WHICH} year (?:will it be|is it|was it|will be|was) (?:in (?P<n>{COUNT}) years?(?: time)?"
            rf"|(?P<n2>{COUNT}) years? (?:(?P<ago>ago)|from now|from today))",
            _year,
        ),
    )
)  # fmt: skip
