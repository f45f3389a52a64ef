"""Questions about the calendar: weekdays and months in their order, dates some days away, how long a month is."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from talking_head.tools.arithmetic import digits

MAX_CHARS = 160
_DAYS, _MONTHS = list(calendar.day_name), list(calendar.month_name[1:])
_DAY, _MONTH = "|".join(d.lower() for d in _DAYS), "|".join(m.lower() for m in _MONTHS)
_POLITE = re.compile(
    r"^(?:(?:hello|hi|hey|okay|ok|so|and|well|please|excuse me|sorry)\b[\s,.!]*|(?:can|could|would|will) you (?:please "
    r")?tell me[\s,:]*|"
    r"(?:tell me|do you know|i want to know|i would like to know)[\s,:]*)"
)
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth "
    "seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = _ORDINAL_WORDS.split()
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
    rf"(?:is|was|were|will be|would be)(?: an?)? (?P<day>{_DAY})"
    rf"(?: today)?,? (?:then )?(?:and )?(?:{_WHICH} {_IS}(?: the day)? ?{_AWAY}|{_AWAY_FIRST} "
    rf"(?:is|was|will be) {_WHICH})"
)
_NEXT_DAY = re.compile(
    rf"(?:{_WHICH} (?:comes|is|follows|falls|came|stands|lies) (?P<side>right after|directly after|straight after|after|"
    rf"right before|directly before|before|next after)? ?(?:a )?(?P<day>{_DAY})|"
    rf".{{0,40}}\bthe (?:day|one) (?P<side2>after|before|following|preceding) (?P<day2>{_DAY}),? ?(?:and )?(?:on "
    rf")?(?:which|what|when)(?: day)?(?: is| was| would)?(?: that| it)?(?: be)?|"
    rf"{_WHICH} (?:is|comes) (?:the )?(?:(?P<n>\d+) )?days? (?P<side3>after|before) (?P<day3>{_DAY}))"
)
_BETWEEN = re.compile(
    rf"(?:what|which) (?:day|month) (?:is|lies|comes) between (?P<a>{_DAY}|{_MONTH}) and (?P<b>{_DAY}|"
    rf"{_MONTH})"
)
_NEXT_MONTH = re.compile(
    rf"(?:what|which) month (?:comes|is|follows|stands|lies|came) (?:(?P<n>\d+) months? )?(?P<side>right after|directly "
    rf"after|after|right before|directly before|before)? ?(?P<month>{_MONTH})"
)
_NTH = re.compile(
    r"(?:what|which) (?:month )?is the (?P<n>\d+)(?:st|nd|rd|th) month(?: of the year| in the year)?|what "
    r"is the name of the (?P<n2>\d+)(?:st|nd|rd|th) month(?: of the year)?"
)
_NUMBER_OF = re.compile(
    rf"(?:what|which) (?:number )?(?:month )?(?:number )?is (?P<month>{_MONTH})(?: in the year| of "
    rf"the year)?"
)
_LENGTH = re.compile(
    rf"how (?:many days|long) (?:are |is |does |do |has |have )?(?:there )?(?:are )?(?:in )?(?:the month of |the month "
    rf")?(?P<month>{_MONTH})(?: (?:of )?(?P<year>\d{{4}}))?(?: have| has| got)?(?: (?P<leap>in a leap year))?|"
    rf"how many days (?:are |does |do |has |have )?(?:there )?(?:in )?(?P<what>an? leap year|a normal year|a common year|"
    rf"a year|a week|a weekend|a fortnight|(?P<n>\d+) weeks|(?P<y>\d{{4}}))(?: have| has)?"
)
_ENDS = re.compile(
    rf"does (?P<month>{_MONTH}) (?:end on|have|end with|has) (?:the )?(?P<a>\d+)(?:st|nd|rd|th)?(?: days?)?(?: or (?:on "
    rf")?(?:the )?(?P<b>\d+)(?:st|nd|rd|th)?(?: days?)?)?|"
    rf"(?:what|which|when) (?:date |day )?is the last day of (?P<month2>{_MONTH})|on (?:what|which) (?:day|date) does "
    rf"(?P<month3>{_MONTH}) end"
)
_LEAP = re.compile(r"(?:is|was|will) (?P<y>\d{4}) (?:be )?a leap year")
_DATE = (
    rf"(?:(?P<m1>{_MONTH}) (?:the )?(?P<d1>\d+)(?:st|nd|rd|th)?|(?:the )?(?P<d2>\d+)(?:st|nd|rd|th)?(?: of)? "
    rf"(?P<m2>{_MONTH}))(?:,? (?P<y>\d{{4}}))?"
)
_FROM_DATE = re.compile(
    rf"(?:what|which) (?:date|day)? ?(?:is|comes|was|will be|falls|would be) (?:it )?(?:(?P<n>\d+|an?) (?P<u>days?|weeks?|"
    rf"fortnights?)|the day) (?P<side>after|before|from|later than) {_DATE}"
)
_FROM_NOW = re.compile(
    rf"(?:what|which) (?P<kind>day|date)(?: of the week)? {_IS} (?:(?P<back>\d+|an?) (?P<bu>days?|weeks?) ago|in "
    rf"(?P<n>\d+|an?) (?P<u>days?|weeks?)|(?P<n2>\d+|an?) (?P<u2>days?|weeks?) (?:from now|from today|later))|"
    r"what(?: is|'s) (?:the|today's) date (?:(?P<back3>\d+|an?) (?P<bu3>days?|weeks?) ago|in (?P<n3>\d+|an?) (?P<u3>days?|"
    r"weeks?))"
)
_DATE_OF = re.compile(r"(?:what(?: is|'s)|what will be) (?:the|tomorrow's|yesterday's) date ?(?P<which>tomorrow|yesterday)?")
_SIMPLE = {
    "how many months are in a year": "A year has 12 months.", "how many months does a year have": "A year has 12 months.",
    "how many weeks are in a year": "A year has 52 weeks and a day, a leap year one more.",
    "how many weeks does a year have": "A year has 52 weeks and a day, a leap year one more.",
    "which is the shortest month": "February, with 28 days, or 29 in a leap year.",
    "what is the shortest month": "February, with 28 days, or 29 in a leap year.",
    "which month is the shortest": "February, with 28 days, or 29 in a leap year.",
    "how often is there a leap year": "Every four years, save in most years that end a century.",
}  # fmt: skip


def answer(message: str, today: date) -> str:
    """The sentence for a question about the calendar; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = _plain(message)
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
        return f"{_step(_DAYS, named, step)}: that is {_days(abs(step))} {'after' if step > 0 else 'before'} {named}."
    if (m := _BETWEEN.fullmatch(text)) is not None:
        names = _DAYS if m["a"].capitalize() in _DAYS else _MONTHS
        a, b = m["a"].capitalize(), m["b"].capitalize()
        return f"{_step(names, a, 1)} is between {a} and {b}." if b in names and _step(names, a, 2) == b else ""
    if (m := _NEXT_MONTH.fullmatch(text)) is not None:
        side = m["side"] or ("after" if " follows " in f" {text} " else "")
        before, month = "before" in side, m["month"].capitalize()
        steps = int(m["n"] or 1)
        found, away = _step(_MONTHS, month, -steps if before else steps), "" if steps == 1 else f"{steps} months "
        return f"{found} comes {away}{'before' if before else 'after'} {month}." if side else ""
    if (m := _NTH.fullmatch(text)) is not None:
        n = int(m["n"] or m["n2"])
        return f"Month number {n} is {_MONTHS[n - 1]}." if 1 <= n <= 12 else "A year has only twelve months."
    if (m := _NUMBER_OF.fullmatch(text)) is not None and "number" in text:
        return f"{m['month'].capitalize()} is month number {_MONTHS.index(m['month'].capitalize()) + 1} of the year."
    if (m := _LENGTH.fullmatch(text)) is not None:
        return _length(m)
    if (m := _ENDS.fullmatch(text)) is not None:
        month = (m["month"] or m["month2"] or m["month3"]).capitalize()
        last = (
            "28, or 29 in a leap year" if month == "February" else str(calendar.monthrange(2027, _MONTHS.index(month) + 1)[1])
        )
        return f"The last day of {month} is {month} {last}."
    if (m := _LEAP.fullmatch(text)) is not None:
        return f"Yes, {m['y']} is a leap year." if calendar.isleap(int(m["y"])) else f"No, {m['y']} is not a leap year."
    try:
        return _dated(text, today)
    except (ValueError, OverflowError):
        return ""


def _plain(message: str) -> str:
    text = " ".join(message.lower().replace("’", "'").split()).rstrip(" ?.!,")
    while (shorter := _POLITE.sub("", text, count=1)) != text:
        text = shorter
    text = re.sub(r"\b(twenty|thirty)-(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b",
                  lambda m: f"{(20 if m[1] == 'twenty' else 30) + _ORDINALS.index(m[2]) + 1}th", text)  # fmt: skip
    text = re.sub(r"\bthirtieth\b", "30th", text)
    text = re.sub(rf"\b({'|'.join(_ORDINALS)})\b", lambda m: f"{_ORDINALS.index(m[1]) + 1}th", text)
    text = " ".join(digits(re.sub(r"[.?!](?= )", ",", text)).split()).replace("what's", "what is").replace(" ,", ",")
    return re.sub(r"\bday's\b", "day", text)


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
    return f"{_step(_DAYS, m['day'].capitalize(), step % 7)}."


def _length(m: re.Match[str]) -> str:
    if m["month"]:
        month = m["month"].capitalize()
        number = _MONTHS.index(month) + 1
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


def _said(day: date, *, year: bool = True) -> str:
    said = f"{calendar.month_name[day.month]} {day.day}"
    return f"{calendar.day_name[day.weekday()]}, {said}, {day.year}" if year else said


def _dated(text: str, today: date) -> str:
    """Dates some days from another date, or from ``today``. Raises ValueError for a date that there is not."""
    if (m := _FROM_DATE.fullmatch(text)) is not None:
        month, day = _MONTHS.index((m["m1"] or m["m2"]).capitalize()) + 1, int(m["d1"] or m["d2"])
        start = date(int(m["y"]) if m["y"] else today.year, month, day)
        if not m["y"] and start < today:
            start = start.replace(year=today.year + 1)
        found = start + timedelta(_count(m["n"], m["u"]) * (-1 if m["side"] == "before" else 1))
        return f"That is {_said(found, year=bool(m['y']))}."
    if (m := _FROM_NOW.fullmatch(text)) is not None:
        back = m["back"] or m["back3"]
        n, unit = (back, m["bu"] or m["bu3"]) if back else (m["n"] or m["n2"] or m["n3"], m["u"] or m["u2"] or m["u3"])
        found = today + timedelta(_count(n, unit) * (-1 if back else 1))
        return f"That {'was' if back else 'is'} {_said(found)}."
    if (m := _DATE_OF.fullmatch(text)) is not None:
        which = m["which"] or next((w for w in ("tomorrow", "yesterday") if f"{w}'s" in text), "")
        if which:
            return f"{which.capitalize()} {'is' if which == 'tomorrow' else 'was'} {_said(today + timedelta(_NEAR[which]))}."
    return ""
