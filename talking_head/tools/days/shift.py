"""One day and one length of time, wherever they stand in a message: “it was on 28 March and they moved it a week later: which
date is that?” → April 4.

The walk (``calendar_walk.py``) knows every word of what it reads. Here what stands between the day and the length is free, and
a wrong day is kept out otherwise: there is one of each, the length says which way it goes, one person is spoken of, and the
question does not ask for what the first day was said of.
"""

from __future__ import annotations

import re
from datetime import date

from talking_head.text.english.stems import stem
from talking_head.tools.dates import COUNT, DAY, DAYS, MONTH, ORDINAL, day, number, said, shifted, words

MAX_CHARS = 200
_DATE = re.compile(
    rf"(?:\b(?:{DAY}),? (?:the )?)?(?P<date>(?:{ORDINAL}(?: of)? (?:{MONTH})\b|\b(?:{MONTH}) {ORDINAL}\b)(?:,? \d{{4}}\b)?)"
)
_WEEKDAY = re.compile(rf"\b(?P<name>{DAY})\b")
_SIDES = {
    1: r"later|after(?:wards?)?|on(?= ?(?:,|$| and))|late",
    -1: r"earlier|before(?:hand)?|too early|sooner|ago|early",
}
_SHIFT = re.compile(
    rf"\b(?P<n>{COUNT}|the|1) (?P<unit>days?|weeks?|fortnights?|nights?|months?)\b(?: time)?"
    rf"(?: (?:(?P<on>{_SIDES[1]})|(?P<back>{_SIDES[-1]}))\b)?"
)
_FORWARD = re.compile(
    r"\b(?:takes?|took|taking|within|in|plus|add(?:ed)?|postponed|delayed|put off|needs?|needed|wait(?:ed|ing)?|said|"
    r"say|says|"
    r"told (?:me|us)|another|exactly|by|for|stay(?:s|ing)?)\b(?: (?:it|that|me|us|they|by|about|another|exactly|be|for|"
    r"to wait))* $"
)
_BACKWARD = re.compile(r"\b(?:brought forward|moved up|moved forward|minus|subtract(?:ed)?)\b(?: (?:it|that|by|exactly))* $")
_ASKS = re.compile(
    r"\b(?:(?:on |by |for )?(?:what|which) (?P<what>weekday|day of the week|week day|day|date)\b|"
    r"what is the (?P<is>date|day|weekday)\b"
    r"|(?P<when>when)\b)"
)
_OPEN = re.compile(
    r"\b(?:every|each|not|or|until|between|except|weekends?|working|business|how|why|who|where|tomorrow|yesterday|most|least|"
    r"about|around|maybe|perhaps|usually|open|closed?|shop|cost|costs|euros?|price|hours?|minutes?|o'clock|clock|you|"
    r"your|lasts?|"
    r"old|born|birthday|over|ends?|finish\w*|first of all|extend\w*|holiday)\b|n't\b"
)
_CLAUSE = re.compile(r",|;|\b(?:and|but|so|if|then|when)\b(?! is it| do )")
_FILLER_WORDS = (
    "it is was will would be been that this then so the a an does do did i we me us my our its to on in at of for if when "
    "what which day date weekday week month now exactly please get gets here have has had by finally mean come comes fall "
    "falls again same one pick picks up collect back ready arrive arrives leave leaves due start starts begin begins end "
    "ends finish return returns land lands meet hand call out check go home must should can could shall need are they over "
    "done next"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_OTHERS = re.compile(
    r"\b(?:he|she|his|her|him|my (?:wife|husband|mother|father|mum|mom|dad|sister|brother|son|daughter|friend)s?)\b"
)


def answer(message: str, today: date) -> str:
    """The day that ``message`` leads to, as a sentence; "" where it is not sure."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message).removeprefix("if ")
    asks, dates, days = list(_ASKS.finditer(text)), list(_DATE.finditer(text)), list(_WEEKDAY.finditer(text))
    shifts = [m for m in _SHIFT.finditer(text) if m["n"] != "the" or m["on"] or m["back"]]
    anchors = dates or days
    if not asks or len(anchors) != 1 or len(shifts) != 1 or _OPEN.search(text):
        return ""
    (anchor,), (shift,), ask = anchors, shifts, asks[-1]
    way = _way(text, shift)
    if shift["n"] == "the" and ask["when"]:
        return ""  # “they called the day after: when will it arrive?”
    if not way or not anchor.end() <= shift.start() < ask.start() or _left(text, anchor, shift):
        return ""
    if not _asks_for_the_end(text, anchor, shift, ask):
        return ""
    try:
        return _from_date(anchor, shift, ask, way, today) if dates else _from_weekday(anchor, shift, ask, way)
    except (ValueError, OverflowError):
        return ""


def _way(text: str, shift: re.Match[str]) -> int:
    """1 forward, -1 back, 0 where that is not said."""
    if shift["on"] or shift["back"]:
        return 1 if shift["on"] else -1
    before = text[: shift.start()]
    if _BACKWARD.search(before):
        return -1
    by = re.search(r"\bfor (?:exactly )?$|\bstay(?:s|ing)? (?:for )?$", before)
    if by and not shift["unit"].startswith("night"):
        return 0  # three days from Monday are over on Wednesday, or on Thursday
    return 1 if _FORWARD.search(before) else 0


def _left(text: str, anchor: re.Match[str], shift: re.Match[str]) -> bool:
    """Whether a number or a day is left that is neither of the two."""
    rest = text.replace(anchor[0], " ").replace(shift[0], " ", 1)
    rest = re.sub(r"\b(?:1|2|3)(?:th|st|nd|rd)\b", " ", rest)  # “the second training”
    return re.search(rf"\d|\b(?:{DAY}|{MONTH})\b", rest) is not None


def _asks_for_the_end(text: str, anchor: re.Match[str], shift: re.Match[str], ask: re.Match[str]) -> bool:
    """Whether the question is for what the length of time leads to, and for nobody else's day."""
    own = re.search(r"\b(?:i|we|me|us)\b", text) is not None
    if own and _OTHERS.search(text):
        return False
    first, last = _clause(text, anchor), _clause(text, shift)
    asked = {stem(word) for word in re.findall(r"[a-z\d]+", text[ask.end() :]) if word not in _FILLER}
    told = {stem(word) for word in re.findall(r"[a-z\d]+", text[: ask.start()])}
    ends = {stem(word) for word in re.findall(r"[a-z\d]+", last)}
    begins = {stem(word) for word in re.findall(r"[a-z\d]+", first)}
    return asked <= told and (first == last or not (asked & begins) - ends)


def _clause(text: str, m: re.Match[str]) -> str:
    begin = max((c.end() for c in _CLAUSE.finditer(text, 0, m.start())), default=0)
    end = next((c.start() for c in _CLAUSE.finditer(text, m.end())), len(text))
    return text[begin:end]


def _count(shift: re.Match[str]) -> int:
    return 1 if shift["n"] == "the" else number(shift["n"])


def _from_weekday(anchor: re.Match[str], shift: re.Match[str], ask: re.Match[str], way: int) -> str:
    steps = _count(shift) * {"d": 1, "n": 1, "w": 7, "f": 14, "m": 0}[shift["unit"][0]]
    if not steps or (ask["what"] or ask["is"] or "") == "date" or (steps % 7 == 0 and "week" not in (ask["what"] or "")):
        return ""
    name = anchor["name"].capitalize()
    found = DAYS[(DAYS.index(name) + way * steps) % 7]
    return f"{found}: that is {steps} day{'s' * (steps != 1)} {'after' if way > 0 else 'before'} {name}."


def _from_date(anchor: re.Match[str], shift: re.Match[str], ask: re.Match[str], way: int, today: date) -> str:
    if "week" in (ask["what"] or ask["is"] or ""):
        return ""
    start = day(re.sub(r"^the ", "", anchor["date"]), today)
    unit = "days" if shift["unit"].startswith("night") else shift["unit"]
    moved = None if start is None else shifted(start.date, way * _count(shift), unit)
    return "" if start is None or moved is None else f"That is {said(moved, year=start.year)}."
