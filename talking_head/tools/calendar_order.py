"""What follows or precedes a weekday or a month, and how long a month is, however the question is put.

A message is such a question when every word of it is on a short list and it names one weekday or month and one relation: “you
said the day right after Thursday, which one is that?” is one, “is the shop open the day after Thursday?” is not, for the list
has no shop. What tells more than that is walked through, see ``calendar_walk.py``.
"""

from __future__ import annotations

import calendar
import re

from talking_head.tools import calendar_walk
from talking_head.tools.dates import DAYS, MONTHS, words

MAX_CHARS, MAX_WORDS = 160, 24
_AFTER = frozenset({"after", "following", "follows", "follow", "next", "succeeds", "succeeding", "later"})
_BEFORE = frozenset({"before", "preceding", "precedes", "precede", "previous", "prior", "earlier"})
_VERBS = frozenset({"follows", "follow", "succeeds", "precedes", "precede"})
_FILLER_WORDS = (
    "a an the is it its are was will would be been what which when day days month months weekday name named called call tell "
    "me say said you your i we us in on of to at that this one ones and or so then now just right directly straight "
    "immediately exactly please comes come came falls fall lies lie stands stand goes go week year calendar do does did can "
    "could know remember forgot forget again always here if suppose my than word give have has there how long many last only "
    "number 1"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_LENGTHS = frozenset({"28", "29", "30", "31"})
_ASKS = re.compile(r"\?|\b(?:what|which|how|name|tell|say|give)\b|^(?:is|does|has)\b")


def answer(message: str) -> str:
    """The sentence for a question about the order of days and months; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message)
    if told := calendar_walk.answer(text):
        return told
    asked = _ASKS.search(message.lower()) is not None  # “the day after Thursday” alone answers somebody else's question
    return _ordered(re.findall(r"[a-z]+(?:'[a-z]+)?|\d+(?:st|nd|rd|th)?", text.replace("-", " "))) if asked else ""


def _ordered(said: list[str]) -> str:
    if not said or len(said) > MAX_WORDS:
        return ""
    names = [word.capitalize() for word in said if word.capitalize() in DAYS + MONTHS]
    if len(names) != 1:
        return ""
    name, others = names[0], {word for word in said if word.capitalize() != names[0]}
    after, before, lengths = others & _AFTER, others & _BEFORE, others & _LENGTHS
    if others - _FILLER - _AFTER - _BEFORE - _LENGTHS:
        return ""
    if len(lengths) >= 2 or (name in MONTHS and "how" in others and others & {"long", "many"} and "days" in others):
        return _long(name) if name in MONTHS and not after and not before else ""
    if bool(after) == bool(before) or lengths or others & {"how", "many", "long"}:
        return ""
    if others & _VERBS and len(others & (_AFTER | _BEFORE)) > 1:
        return ""  # “what day follows the day after Sunday?” takes two steps
    if ("day" in others and name in MONTHS) or ("month" in others and name in DAYS):
        return ""  # “the last day before April”
    row = DAYS if name in DAYS else MONTHS
    found = row[(row.index(name) + (1 if after else -1)) % len(row)]
    return f"{found} comes {'after' if after else 'before'} {name}."


def _long(month: str) -> str:
    if month == "February":
        return "February has 28 days, and 29 in a leap year."
    return f"{month} has {calendar.monthrange(2027, MONTHS.index(month) + 1)[1]} days."
