"""“How do I say 3:30?” → how English reads a time, a year, a price, a fraction: by what reads figures to the voice."""

from __future__ import annotations

import re

from talking_head.text.english.normaliser import speakable

_ASKED = re.compile(
    r"\b(?:say|read|pronounce|call|said|pronounced|write out|spell out)\b(?: (?:this|it|the|time|times|year|number|date|price|"
    r"fraction|for|out|aloud|like|when it is|when it's|as|in english|word))*[ :,]*[“\"'‘]?(?P<figures>[€£$¥]?\d[\d:./,%°-]*"
    r"(?: ?(?:[ap]\.?m\.?|€|£|\$|km|kg|cm|°c|%|january|february|march|april|may|june|july|august|september|october|november|"
    r"december))?)[”\"'’]?(?: (?:in english|aloud|out loud|correctly|properly|please|then))*\W*$",
    re.I,
)
_ASKS = re.compile(r"\b(?:how|what)\b", re.I)
_CLOCK = re.compile(r"(?P<hour>\d|1\d|2[0-3]):(?P<minute>[0-5]\d)(?P<half> ?[ap]\.?m\.?)?", re.I)


def answer(message: str) -> str:
    """How the figures that ``message`` asks for are said; "" where it asks for none."""
    asked = _ASKED.search(message)
    if asked is None or not _ASKS.search(message[: asked.start()]):
        return ""
    figures = asked["figures"].rstrip(".,:-/")
    ways = dict.fromkeys(filter(None, (_by_the_clock(figures), speakable(figures))))
    return f"You say: {', or '.join(ways)}. Can you use it in a sentence?" if ways else ""


def _by_the_clock(figures: str) -> str:
    """“3:30” → “half past three”; "" for what is no quarter of an hour."""
    clock = _CLOCK.fullmatch(figures)
    if clock is None:
        return ""
    hour, minute = int(clock["hour"]) % 12 or 12, int(clock["minute"])
    part = {0: "{} o'clock", 15: "quarter past {}", 30: "half past {}", 45: "quarter to {}"}.get(minute, "")
    return part.format(speakable(str(hour % 12 + 1 if minute == 45 else hour)))
