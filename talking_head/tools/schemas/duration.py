"""A time of day and how long something takes: when it is over, or when to leave."""

from __future__ import annotations

import re
from fractions import Fraction

from talking_head.tools.schemas.shape import NUMBER, one_person
from talking_head.tools.story.times import told_clock
from talking_head.tools.story.vocabulary import MONEY as MONEY_WORD

_DOTTED = re.compile(r"(?<![\d.@])(?P<h>[01]?\d|2[0-3])\.(?P<m>[0-5]\d)(?![\d.]| [a-z]*(?:hours?|minutes?|metres?|kilo))")
_AT = re.compile(r"\bat (?P<h>\d{1,2})(?: in the (?P<part>morning|afternoon|evening))?(?= [|,]| and\b| but\b|$)")
_CLOCK = re.compile(r"@(\d+)(\??)")
_LENGTH = re.compile(rf"(?P<n>{NUMBER}|an) (?P<unit>minutes?|hours?)\b")
_ASKS = re.compile(r"\b(?:when|(?:at )?what time|how late)\b")
_END = (
    r"(?:arrive|arrives|there|over|ends?|finish(?:es|ed)?|done|ready|lands?|home|back|out|free|through|in|reach|stops?|"
    r"due|up)"
)
_START = r"(?:leave|start|begin|go|set|depart|wake|get up|put|head|catch)"
_FIRST = re.compile(rf"\b(?:(?P<end>{_END})|(?P<start>{_START}))\b")
_OPEN = re.compile(
    r"\b(?:every|each|ago|or|before|earlier|sooner|between|until|till|about|except|not|some|than|half|delayed|slower|faster|"
    r"time zone|first|other|another|days?|weeks?)\b|n't\b"
)
_DEPARTS = re.compile(
    r"\b(?:leav(?:e|es|ing)|starts?|begins?|departs?|sets? off|goes|go|goes in|put|from|take off|takes off|is at|at)\b"
)
_IS_DUE = re.compile(r"\b(?:be|arrive|due|there|at work|starts?|begins?|opens?|closes?|reach|ready|appointment|land)\b")
_WAYS = frozenset({"journey", "trip", "ride", "drive", "walk", "flight", "crossing", "way", "tour", "route"})
_TAKING = r"(?:is|was|lasts?|takes?|needs?|goes on|runs?|works?|worked)(?: for)?"
_ITS_LENGTH = re.compile(
    rf"\b(?:(?:the|an?|my|our|this|her|his) )?(?P<noun>[a-z]+) {_TAKING} (?:{NUMBER}|an) (?:minutes?|hours?)\b"
)
_ITS_TIME = re.compile(
    r"\b(?:the|an?|my|our|this|her|his) (?P<noun>[a-z]+) (?:leaves?|left|starts?|begins?|departs?|goes|is|was|opens?|"
    r"sets off)\b"
)


def answer(text: str) -> str:
    """The time of day that ``text`` (see ``story.plain``) leads to, as a sentence; "" where it leads to none for sure."""
    asks = list(_ASKS.finditer(text))
    if (
        len(asks) != 1
        or not one_person(text)
        or _OPEN.search(text)
        or re.search(rf"\b(?:{MONEY_WORD}|costs?|pay|price)\b", text)
    ):
        return ""
    if _LENGTH.search(text):
        text = _DOTTED.sub(lambda m: _marked(int(m["h"]), int(m["m"])), text)
        text = _AT.sub(lambda m: f"at {_marked(int(m['h']), 0, m['part'] or '')}", text)
        asks = list(_ASKS.finditer(text))
    clocks, lengths = list(_CLOCK.finditer(text)), list(_LENGTH.finditer(text))
    rest = _LENGTH.sub(" ", _CLOCK.sub(" ", text))
    if len(clocks) != 1 or not 1 <= len(lengths) <= 3 or re.search(r"[\d@]", rest):
        return ""
    told = f"{text[: asks[0].start()]} {text[asks[0].end() :]}"
    first = _FIRST.search(text, asks[0].end())
    takes = sum(
        (Fraction(1 if m["n"] == "an" else m["n"]) * (60 if m["unit"].startswith("hour") else 1) for m in lengths), Fraction(0)
    )
    at = int(clocks[0][1])
    if first is None or takes.denominator != 1 or not _of_one(text):
        return ""
    if first["end"] and _DEPARTS.search(told):
        return f"At {told_clock(at + int(takes), clocks[0][0])}."
    return f"At {told_clock(at - int(takes), clocks[0][0])}." if first["start"] and _IS_DUE.search(told) else ""


def _of_one(text: str) -> bool:
    """Whether the length is that of what has the time: no film of 50 minutes makes a bus arrive."""
    length, time = _ITS_LENGTH.search(text), _ITS_TIME.search(text)
    if length is None or time is None or length["noun"] in _WAYS:
        return True
    return length["noun"] in (time["noun"], "it", "that", "which", "and") or (length["noun"] == "i" and time["noun"] == "shift")


def _marked(hour: int, minute: int, part: str = "") -> str:
    """A time of day as ``story.plain`` writes it: minutes after midnight, “?” where it may be morning or evening."""
    if hour > 23:
        return "@@"
    if part and 1 <= hour <= 12:
        hour = hour % 12 + (0 if part == "morning" else 12)
    return f"@{60 * hour + minute}{'' if part or hour > 12 else '?'}"
