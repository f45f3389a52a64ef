"""One month and one length in months: “in March, and for eight months: in which month does it come off?” → November."""

from __future__ import annotations

import re

from talking_head.tools.dates import COUNT, MONTH, MONTHS, number, words

MAX_CHARS = 200
_MONTH = re.compile(rf"\b(?:{MONTH})\b")
_LENGTH = re.compile(rf"\b(?P<n>{COUNT}) months?\b(?P<back> (?:before|earlier|ago|sooner|prior))?")
_ASKS = re.compile(r"\b(?:in |by |until |till )?(?:what|which) month\b|\bwhen\b")
_OPEN = re.compile(
    r"\b(?:every|each|not|or|between|except|about|around|maybe|usually|how|why|who|where|cost|costs|euros?|price|days?|"
    r"weeks?|hours?|"
    r"years?|until|old|born|birthday)\b|n't\b|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:january|february|march|april|may|june|"
    r"july|"
    r"august|september|october|november|december)\b|\bmay (?:i|we|you|be)\b"
)
_BACK = re.compile(r"\b(?:before|earlier|ago|sooner|prior|in advance|ahead|begin|start|apply|book)\b")


def answer(message: str) -> str:
    """The month that ``message`` leads to, as a sentence; "" where it leads to none for sure."""
    text = words(message)
    months, lengths, asks = list(_MONTH.finditer(text)), list(_LENGTH.finditer(text)), list(_ASKS.finditer(text))
    if len(message) > MAX_CHARS or len(months) != 1 or len(lengths) != 1 or len(asks) != 1 or _OPEN.search(text):
        return ""
    if "month" not in asks[0][0] or re.search(r"\d", _LENGTH.sub("", text)) or months[0].start() > asks[0].start():
        return ""
    back = lengths[0]["back"] is not None or re.search(r"\b(?:in advance|ahead)\b", text) is not None
    if not back and _BACK.search(text[asks[0].start() :]) and not re.search(r"\b(?:later|after)\b", text):
        return ""  # when to begin so that it is ready, may be meant
    count, name = number(lengths[0]["n"]), months[0][0].capitalize()
    found = MONTHS[(MONTHS.index(name) + (-count if back else count)) % 12]
    return f"{found}: that is {count} month{'s' * (count != 1)} {'before' if back else 'after'} {name}."
