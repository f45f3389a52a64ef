"""Two days in one message → what lies between them, which is earlier, on which weekday the second falls, when it comes again.

A wrong day is worse than none: beside the days, the numbers and the words of time, the message may hold only words that change
nothing (``_STORY`` leaves room for what happens: one flies, comes back, moves in). Whether the first day counts people do not
agree about, so where something lasts both counts are told.
"""

from __future__ import annotations

import re

from talking_head.tools.dates import DAY, DAYS, MONTH, MONTHS, nth, words
from talking_head.tools.days.told import NAMED, Told, apart, told

MAX_CHARS = 200
_HOW_LONG = re.compile(r"\bhow (?:many (?P<unit>days|nights|weeks)|long)\b")
_BETWEEN = re.compile(r"\b(?:between|from|until|to|before|after|pass|passes|lie|lies)\b")
_OPEN = re.compile(
    r"\b(?:not|every|each|except|working|business|or|if i|last year|both|including|inclusive|per|euros?|cost|costs|pay|open|"
    r"closed|deliver\w*|return|warranty|why|who)\b|n't\b"
)
_WEEKDAY_OF = re.compile(rf" (?:is|was|falls|fell|will be|comes|came|lands)(?: on)?(?: an?)? (?P<day>{DAY})\b")
_ASKS_DAY = re.compile(r"\b(?:what|which) (?:week)?day\b|\bon (?:what|which) day\b")
_FILLER_WORDS = (
    "if and so then on the a an of week weekday day what which is was will be does do fall falls fell it that month "
    "this in year same when say suppose assume given would come comes land lands date"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_LASTS_WORDS = (
    "is are was were will be that it this there between from to until and we i you they he she do did does have had "
    "in all altogether together lie lies pass passes passed go by take takes took off away gone stay stayed staying "
    "abroad on of the my our for holiday holidays trip stay journey then"
)
_LASTS = frozenset(_LASTS_WORDS.split())
_FIRST = re.compile(
    r"(?:what|which)(?: one| date| day| of them)? (?:is|comes|was|lies|falls) (?P<way>first|1th|earlier|later|last|"
    r"sooner|before)[, :]*"
    r"(?:on )?(?P<a>.+?),? or (?:on )?(?P<b>.+)"
)
_BEFORE = re.compile(
    r"(?:is|does|was) (?P<a>.+?) (?:come |fall |lie )?(?P<way>before or after|after or before|earlier or later than|"
    r"earlier than|"
    r"later than|before|after) (?P<b>.+)"
)
_EXISTS = re.compile(rf"(?:does|is) (?:there )?(?:an? |the )?(?P<n>\d{{1,2}})(?:st|nd|rd|th)(?: day)? (?:of|in) "
rf"(?P<month>{MONTH})(?: exist| there)?"
                     rf"|does (?P<month2>{MONTH}) have an? (?P<n2>\d{{1,2}})(?:st|nd|rd|th)(?: day)?")  # fmt: skip
_MONTHS_APART = re.compile(
    rf"how many months(?: (?:is it|are there|are|lie|pass|does it take|do i have to wait))? (?:from|between) (?P<a>{MONTH}) "
    rf"(?:to|until|and) (?P<b>{MONTH})"
)
_DAYS_TO = re.compile(
    rf"(?:(?P<event>.{{0,40}}?) (?:is|are)(?: on| always on)?(?: every| each)? (?P<on>{DAY})s?, )?(?:today is|it is|"
    rf"now it is) (?:a )?(?P<now>{DAY})"
    rf"(?: today)?(?:, |,? and |,? so )(?P<rest>.*?)how (?:many (?P<unit>days|nights)|long)(?: (?:is it|are there|do "
    rf"i have to wait|do "
    rf"we have to wait|must i wait|are left|left|is that|is there))?(?: (?:until|to|before|for) (?:the )?(?:next one|"
    rf"next 1|next {DAY}|"
    rf"coming {DAY}|next (?:market|time)|(?P<to>{DAY})|it))?(?: (?:is it|are left))?"
)
_NIGHTS = re.compile(rf"(?:from|between) (?P<a>{DAY}) (?:to|until|till|and) (?P<b>{DAY}),? how many nights\b.{{0,30}}"
                     rf"|how many nights\b.{{0,30}}? (?:from|between) (?P<a2>{DAY}) (?:to|until|till|and) "
                     rf"(?P<b2>{DAY})")  # fmt: skip


def answer(message: str) -> str:
    """The sentence for a question about two days; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message)
    if _OPEN.search(
        re.sub(r"\b(?:every|each) (?=\w+day\b)|\bor\b", "", text) if _DAYS_TO.fullmatch(text) or " or " in text else text
    ):
        return ""
    try:
        return _exists(text) or _ordered(text) or _months(text) or _to_weekday(text) or _weekday(text) or _length(text)
    except ValueError:
        return ""


def _exists(text: str) -> str:
    m = _EXISTS.fullmatch(text)
    if m is None:
        return ""
    month, number = (m["month"] or m["month2"]).capitalize(), int(m["n"] or m["n2"])
    most = 29 if month == "February" else 30 if month in ("April", "June", "September", "November") else 31
    if number > most:
        days = "28 days, and 29 in a leap year" if month == "February" else f"{most} days"
        return f"No, {month} has {days}."
    return (
        "Only in a leap year."
        if (month, number) == ("February", 29)
        else f"Yes, {month} has {most} days."
        if month != "February"
        else "Yes."
    )


def _ordered(text: str) -> str:
    m = _FIRST.fullmatch(text) or _BEFORE.fullmatch(text)
    if m is None:
        return ""
    first, second = _only(m["a"]), _only(m["b"])
    if first is None or second is None or not (first.month and second.month) or bool(first.year) != bool(second.year):
        return ""
    one, other = (first.year, first.month, first.day), (second.year, second.month, second.day)
    if one == other:
        return "They are the same day."
    way = m["way"]
    if way in ("first", "1th", "earlier", "sooner", "before", "later", "last") and m.re is _FIRST:
        found = min(one, other) if way not in ("later", "last") else max(one, other)
        said = "later" if way in ("later", "last") else "first"
        return f"{_named(first if found == one else second)} comes {said}."
    relation = "before" if one < other else "after"
    lead = "" if " or " in way else "Yes, " if way.startswith("before" if one < other else "after") or way == (
        "earlier than" if one < other else "later than") else "No, "  # fmt: skip
    return f"{lead}{_named(first)} is {relation} {_named(second)}."


def _months(text: str) -> str:
    m = _MONTHS_APART.fullmatch(text)
    if m is None:
        return ""
    count = (MONTHS.index(m["b"].capitalize()) - MONTHS.index(m["a"].capitalize())) % 12
    return f"{count} month{'s' * (count != 1)}." if count else ""


def _to_weekday(text: str) -> str:
    if nights := _NIGHTS.fullmatch(text):
        a, b = nights["a"] or nights["a2"], nights["b"] or nights["b2"]
        count = (DAYS.index(b.capitalize()) - DAYS.index(a.capitalize())) % 7
        return f"{count} night{'s' * (count != 1)}." if count else ""
    m = _DAYS_TO.fullmatch(text)
    if m is None:
        return ""
    rest = re.search(rf"\b{DAY}\b", m["rest"] or "")
    targets = {day for day in (m["on"], m["to"], rest[0] if rest else None) if day}
    if len(targets) != 1 or len(set(re.findall(rf"\b({DAY})s?\b", text)) - {m["now"]}) != 1:
        return ""
    count = (DAYS.index(targets.pop().capitalize()) - DAYS.index(m["now"].capitalize())) % 7
    unit = m["unit"] or "days"
    return f"{count} {unit if count != 1 else unit[:-1]}." if count else ""


def _weekday(text: str) -> str:
    """“The 3rd is a Friday: which weekday is the 10th?”"""
    days = told(text)
    if len(days) != 2 or not _ASKS_DAY.search(text) or len(re.findall(rf"\b{DAY}\b", text)) != 1:
        return ""
    known = [day for day in days if _WEEKDAY_OF.match(text, day.span[1])]
    rest = re.sub(rf"\b{DAY}\b", " ", NAMED.sub(" ", text))
    if len(known) != 1 or set(re.findall(r"[a-z']+|\d+", rest)) - _FILLER:
        return ""
    named = _WEEKDAY_OF.match(text, known[0].span[1])
    asked = days[1] if days[0] is known[0] else days[0]
    between = apart(known[0], asked)
    if between is None and (back := apart(asked, known[0])) is not None:
        between = -back
    if named is None or between is None:
        return ""
    found = DAYS[(DAYS.index(named["day"].capitalize()) + between) % 7]
    return f"{_named(asked)} is a {found}."


def _length(text: str) -> str:
    """“We fly on 4 March and come back on the 18th: how many days is that?”"""
    days, asked = told(text), _HOW_LONG.search(text)
    if len(days) != 2 or asked is None or re.search(r"\d", NAMED.sub(" ", text)) or re.search(rf"\b{DAY}\b", text):
        return ""
    if re.search(r"\b(?:today|now|tomorrow|yesterday)\b", text):
        return ""  # a story with a clock: ``date_story``
    asks = set(re.findall(r"[a-z']+", NAMED.sub(" ", text[asked.end() :])))
    count = apart(days[0], days[1])
    if not count or count < 0 or asks - _LASTS:
        return ""
    unit = asked["unit"] or "days"
    if unit == "weeks":
        weeks, rest = divmod(count, 7)
        return f"{weeks} weeks{f' and {rest} days' if rest else ''}." if weeks > 1 else ""
    if unit == "nights" or _BETWEEN.search(text[: asked.start()] + text[asked.end() :]):
        return f"{count} {unit if count != 1 else unit[:-1]}."
    return f"{count} days, or {count + 1} if the first day counts as well."


def _only(text: str) -> Told | None:
    """The one day that ``text`` is."""
    days = told(text)
    return days[0] if len(days) == 1 and not NAMED.sub("", text).strip(" ,?on") else None


def _named(day: Told) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}" if day.month else f"The {nth(day.day)}"
