"""Questions about the calendar itself: what lies between, the how-manieth, how long a month is, leap years, quarters."""

from __future__ import annotations

import calendar
import re

from talking_head.tools.dates import DAY, DAYS, MONTH, MONTHS, words

MAX_CHARS = 160
_BETWEEN = re.compile(
    r"(?:what|which) (?:is the )?(?:day|month) (?:is |lies |comes |stands |that (?:is|lies|comes) )?between "
    rf"(?P<a>{DAY}|{MONTH}) and (?P<b>{DAY}|{MONTH})"
)
_NTH = re.compile(
    r"(?:what|which) (?:month )?is the (?P<n>\d+)(?:st|nd|rd|th) month(?: of the year| in the year)?|what "
    r"is the name of the (?P<n2>\d+)(?:st|nd|rd|th) month(?: of the year)?"
)
_NUMBER_OF = re.compile(
    rf"(?:what|which) (?:number )?(?:month )?(?:number )?is (?P<month>{MONTH})(?: in the year| of "
    rf"the year)?"
)
_LENGTH = re.compile(
    rf"how (?:many days|long) (?:are |is |does |do |has |have )?(?:there )?(?:are )?(?:in )?(?:the month of |the month "
    rf")?(?P<month>{MONTH})(?: (?:of )?(?P<year>\d{{4}}))?(?: have| has| got)?(?: (?P<leap>in a leap year))?|"
    rf"how many days (?:are |lie |is |does |do |has |have )?(?:there )?(?:in )?"
    rf"(?P<what>an? leap year|a normal year|a common year|a year|"
    rf"a week|a weekend|a fortnight|(?P<n>\d+) weeks|(?P<y>\d{{4}}))(?: have| has)?"
)
_ENDS = re.compile(
    rf"does (?P<month>{MONTH}) (?:end on|have|end with|has) (?:the )?(?P<a>\d+)(?:st|nd|rd|th)?(?: days?)?(?: or (?:on "
    rf")?(?:the )?(?P<b>\d+)(?:st|nd|rd|th)?(?: days?)?)?|"
    rf"(?:what|which|when) (?:date |day )?is the last day of (?P<month2>{MONTH})|on (?:what|which) (?:day|date) does "
    rf"(?P<month3>{MONTH}) end"
)
_LEAP = re.compile(r"(?:is|was|will) (?P<y>\d{4}) (?:be )?a leap year")
_QUARTER = re.compile(rf"(?:in )?(?:what|which) quarter (?:of the year )?is (?P<month>{MONTH})(?: in)?")
_SIMPLE = {
    "how many months are in a year": "A year has 12 months.", "how many months does a year have": "A year has 12 months.",
    "how many weeks are in a year": "A year has 52 weeks and a day, a leap year one more.",
    "how many weeks does a year have": "A year has 52 weeks and a day, a leap year one more.",
    "which month is the last of the year": "December is the last month of the year.",
    "which is the last month of the year": "December is the last month of the year.",
    "what is the last month of the year": "December is the last month of the year.",
    "which month is the first of the year": "January is the first month of the year.",
    "which is the first month of the year": "January is the first month of the year.",
    "which is the shortest month": "February, with 28 days, or 29 in a leap year.",
    "what is the shortest month": "February, with 28 days, or 29 in a leap year.",
    "which month is the shortest": "February, with 28 days, or 29 in a leap year.",
    "how many quarters are in a year": "A year has four quarters.",
    "how many quarters does a year have": "A year has four quarters.",
    "how many quarters are there in a year": "A year has four quarters.",
    "how many months are there in a year": "A year has 12 months.",
    "how many weeks are there in a year": "A year has 52 weeks and a day, a leap year one more.",
    "how often is there a leap year": "Every four years, save in most years that end a century.",
}  # fmt: skip


def answer(message: str) -> str:
    """The sentence for a question about the calendar; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message)
    if text in _SIMPLE:
        return _SIMPLE[text]
    if (m := _BETWEEN.fullmatch(text)) is not None:
        names = DAYS if m["a"].capitalize() in DAYS else MONTHS
        a, b = m["a"].capitalize(), m["b"].capitalize()
        return f"{_step(names, a, 1)} is between {a} and {b}." if b in names and _step(names, a, 2) == b else ""
    if (m := _NTH.fullmatch(text)) is not None:
        n = int(m["n"] or m["n2"])
        return f"Month number {n} is {MONTHS[n - 1]}." if 1 <= n <= 12 else "A year has only twelve months."
    if (m := _NUMBER_OF.fullmatch(text)) is not None and "number" in text:
        return f"{m['month'].capitalize()} is month number {MONTHS.index(m['month'].capitalize()) + 1} of the year."
    if (m := _LENGTH.fullmatch(text)) is not None:
        return _length(m)
    if (m := _ENDS.fullmatch(text)) is not None:
        month = (m["month"] or m["month2"] or m["month3"]).capitalize()
        last = "28, or 29 in a leap year" if month == "February" else str(calendar.monthrange(2027, MONTHS.index(month) + 1)[1])
        return f"The last day of {month} is {month} {last}."
    if (m := _LEAP.fullmatch(text)) is not None:
        return f"Yes, {m['y']} is a leap year." if calendar.isleap(int(m["y"])) else f"No, {m['y']} is not a leap year."
    if (m := _QUARTER.fullmatch(text)) is not None:
        month = m["month"].capitalize()
        return f"{month} is in the {('first', 'second', 'third', 'fourth')[MONTHS.index(month) // 3]} quarter."
    return ""


def _step(names: list[str], name: str, by: int) -> str:
    return names[(names.index(name) + by) % len(names)]


def _length(m: re.Match[str]) -> str:
    if m["month"]:
        month = m["month"].capitalize()
        number = MONTHS.index(month) + 1
        if number == 2 and not m["year"]:
            return "In a leap year February has 29 days." if m["leap"] else "February has 28 days, and 29 in a leap year."
        year = int(m["year"] or 2027)
        return (
            f"{month}{f' {year}' if m['year'] else ''} has {calendar.monthrange(year, number)[1]} days."
            if 1 <= year <= 9999
            else ""
        )
    what = m["what"]
    if m["n"]:
        return f"{m['n']} weeks have {7 * int(m['n'])} days."
    if m["y"]:
        return f"The year {m['y']} has {366 if calendar.isleap(int(m['y'])) else 365} days."
    if "leap" in what:
        return "A leap year has 366 days."
    if what.endswith("year"):
        return "A year has 365 days, a leap year 366."
    return f"{what.capitalize()} has {2 if what == 'a weekend' else 14 if what == 'a fortnight' else 7} days."
