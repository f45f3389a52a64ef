"""Day of a month, date or feast, wherever it stands in a message: “the 18th”, “4 March”, “Christmas Eve”.

What is read here needs no clock: a message that names two days of one year says how far they are apart. Only between the end of
February and the beginning of March that depends on the year; then nothing is said unless the year was.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from talking_head.tools.dates import MONTH, MONTHS

_PLAIN_YEAR, _LEAP_YEAR = 2027, 2028
_FEASTS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "new year eve": (12, 31), "new year day": (1, 1), "new year": (1, 1), "halloween": (10, 31), "valentines day": (2, 14),
}  # fmt: skip
_DAY = r"(?:the )?(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
NAMED = re.compile(
    rf"(?:\b(?P<m1>{MONTH}) {_DAY.format('d1')}\b|\b{_DAY.format('d2')} (?:of )?(?P<m2>{MONTH})\b)(?:,? (?P<y>\d{{4}})\b)?"
    rf"|\b(?P<feast>{'|'.join(sorted(_FEASTS, key=len, reverse=True))})\b|\bthe (?P<d3>\d{{1,2}})(?:st|nd|rd|th)\b(?: "
    rf"of (?:the|that|this) month)?"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A day as it was told: ``month`` 0 and ``year`` 0 where they were not; ``span``: where in the text."""

    month: int
    day: int
    year: int
    span: tuple[int, int]


def told(text: str) -> list[Told]:
    """The days that ``text`` (see ``dates.words``) names, in their order. ValueError for one that no year has."""
    found = []
    for m in NAMED.finditer(text):
        if m["feast"]:
            month, number = _FEASTS[m["feast"]]
        elif m["d3"]:
            month, number = 0, int(m["d3"])
        else:
            month, number = MONTHS.index((m["m1"] or m["m2"]).capitalize()) + 1, int(m["d1"] or m["d2"])
        if not 1 <= number <= (31 if not month else calendar.monthrange(_LEAP_YEAR, month)[1]):
            raise ValueError("no such day")
        found.append(Told(month, number, int(m["y"] or 0), m.span()))
    return found


def apart(first: Told, second: Told) -> int | None:
    """Days from ``first`` to ``second``; None where that cannot be told. A second one that lies before the first in the year
    is in the next; a month or year that only one of them has is meant for both. Raises ValueError for a day that its month has
    not."""
    if not first.month and not second.month:
        return second.day - first.day if second.day > first.day else None
    if not first.month and first.day > second.day and second.month > 1:
        return None  # “from the 28th to 3 March”
    month, other = first.month or second.month, second.month or first.month
    if not second.month and second.day <= first.day:
        month, other = first.month, first.month % 12 + 1  # “on 20 May and back on the 3rd”
    ways = []
    for year in (first.year or second.year,) if first.year or second.year else (_PLAIN_YEAR, _LEAP_YEAR):
        if first.year and second.year:
            return (date(second.year, other, second.day) - date(first.year, month, first.day)).days
        begin = date(year, month, first.day) if not second.year or first.year else None
        end = date(year, other, second.day)
        if begin is None:
            begin = date(year - (month > other), month, first.day)
        if end < begin:
            end = date(begin.year + 1, other, second.day)
        ways.append((end - begin).days)
    return ways[0] if len(set(ways)) == 1 else None
