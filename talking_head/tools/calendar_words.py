"""Questions about the calendar: weekdays and months in their order, dates some days away, how long a month is."""

from __future__ import annotations

import calendar
import re

from talking_head.tools.dates import DAY, DAYS, MONTH, MONTHS, words

MAX_CHARS = 160
_AWAY = (
    r"(?P<away>tomorrow|yesterday|today|the day after tomorrow|the day before yesterday|(?:in )?(?P<n>\d+|an?) "
    r"(?P<u>days?|weeks?|fortnights?)"
    r"(?P<dir> ago| before(?: that)?| earlier| later| from now| from today| after(?: that)?| hence)?)"
)
_IS = r"(?:is|was|will|would|had|were)(?: it| that)?(?: be| been)?(?: it| that)?"
_WHICH = r"(?:what|which)(?: (?:day|weekday))?(?: of the week)?"
_AWAY_FIRST = re.sub(r"\?P<(\w+)>", r"?P<\g<1>2>", _AWAY)
_GIVEN = re.compile(
    rf"(?:if |suppose |assuming |assume |say |let's say |given that |given |when )?(?P<ref>today|tomorrow|yesterday|it) "
    rf"(?:is|was|were|will be|would be)(?: an?)? (?P<day>{DAY})"
    rf"(?: today)?,? (?:(?:then|and|so) )*(?:{_WHICH} {_IS}(?: the day)? ?{_AWAY}|{_AWAY_FIRST} "
    rf"(?:is|was|will be) {_WHICH})"
)
_NEXT_DAY = re.compile(
    rf"(?:{_WHICH} (?:comes|is|follows|falls|came|stands|lies) (?P<side>right after|directly after|straight after|after|"
    rf"right before|directly before|before|next after)? ?(?:a )?(?P<day>{DAY})|"
    rf".{{0,40}}\bthe (?:day|one) (?P<side2>after|before|following|preceding) (?P<day2>{DAY}),? ?(?:and )?(?:on "
    rf")?(?:which|what|when)(?: day)?(?: is| was| would)?(?: that| it)?(?: be)?|"
    rf"{_WHICH} (?:is|is it|comes|falls|lies|will it be|would it be) (?:the )?(?:(?P<n>\d+) )?days? "
    rf"(?P<side3>after|before) (?:an? )?(?P<day3>{DAY}))"
)
_BETWEEN = re.compile(
    rf"(?:what|which) (?:day|month) (?:is|lies|comes) between (?P<a>{DAY}|{MONTH}) and (?P<b>{DAY}|"
    rf"{MONTH})"
)
_NEXT_MONTH = re.compile(
    rf"(?:what|which) month (?:comes|is it|is|will it be|follows|stands|lies|came) (?:(?P<n>\d+) months? )?"
    rf"(?P<side>right after|directly after|after|right before|directly before|before)? ?(?P<month>{MONTH})"
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
    rf"how many days (?:are |does |do |has |have )?(?:there )?(?:in )?(?P<what>an? leap year|a normal year|a common year|"
    rf"a year|a week|a weekend|a fortnight|(?P<n>\d+) weeks|(?P<y>\d{{4}}))(?: have| has)?"
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
    text = re.sub(r"^(what|which) is the (day|month) (before|after) ", r"\1 \2 is \3 ", words(message))
    if text in _SIMPLE:
        return _SIMPLE[text]
    if (m := _GIVEN.fullmatch(text)) is not None:
        return _given(m)
    if (m := _NEXT_DAY.fullmatch(text)) is not None:
        side = m["side"] or m["side2"] or m["side3"] or ("after" if " follows " in f" {text} " else "")
        if not side:
            return ""
        step = int(m["n"] or 1) * (-1 if "before" in side or "preceding" in side else 1)
        named = (m["day"] or m["day2"] or m["day3"]).capitalize()
        return f"{_step(DAYS, named, step)}: that is {_days(abs(step))} {'after' if step > 0 else 'before'} {named}."
    if (m := _BETWEEN.fullmatch(text)) is not None:
        names = DAYS if m["a"].capitalize() in DAYS else MONTHS
        a, b = m["a"].capitalize(), m["b"].capitalize()
        return f"{_step(names, a, 1)} is between {a} and {b}." if b in names and _step(names, a, 2) == b else ""
    if (m := _NEXT_MONTH.fullmatch(text)) is not None:
        side = m["side"] or ("after" if " follows " in f" {text} " else "")
        before, month = "before" in side, m["month"].capitalize()
        steps = int(m["n"] or 1)
        found, away = _step(MONTHS, month, -steps if before else steps), "" if steps == 1 else f"{steps} months "
        return f"{found} comes {away}{'before' if before else 'after'} {month}." if side else ""
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


def _days(n: int) -> str:
    return "the day" if n == 1 else f"{n} days"


def _count(n: str | None, unit: str | None) -> int:
    return (1 if n in (None, "a", "an") else int(n or 1)) * {"d": 1, "w": 7, "f": 14}[(unit or "d")[0]]


_NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2, "the day before yesterday": -2}


def _given(m: re.Match[str]) -> str:
    away = m["away"] or m["away2"]
    if away in _NEAR:
        step = _NEAR[away]
    else:
        n, unit, way = (m["n"], m["u"], m["dir"]) if m["away"] else (m["n2"], m["u2"], m["dir2"])
        if not away.startswith("in ") and not way:
            return ""
        step = _count(n, unit) * (-1 if way and re.search("ago|before|earlier", way) else 1)
    step -= _NEAR.get(m["ref"], 0)
    return f"{_step(DAYS, m['day'].capitalize(), step % 7)}."


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
