"""“Do you still know what I'm called?”: the name that the visitor told in this chat, which a tiny model does not find in
it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from talking_head.memory.asked import asked
from talking_head.memory.courtesy import introduced
from talking_head.text.english.chat import spelled

MAX_CHARS = 120
_OWN = re.compile(
    r"\bmy (?:first |own )?name\b(?!'s| (?:is|day|tag|badge|plate|on|in|for|to)\b)|\b(?:i am|i'm|am i) called\b|"
    r"\bcall me\b|\bwho (?:i am|am i)\b|\bname did i\b"
)
_WANTS = re.compile(r"\b(?:what|who|which|how|remember|recall|know|forgot\w*|forget|remind|say|tell|catch|get|told)\b")
_TO_DO = re.compile(
    r"\bhow (?:do|can|could|should|would) i\b(?! say)|\byour name\b|\b(?:please |just |can |may )call me\b|^call me\b"
)


def own_name(message: str, before: Sequence[str]) -> str:
    """The sentence with the visitor's name where ``message`` asks for it and one of ``before`` (their own) told it; else ""."""
    text = asked(message)
    if len(text) > MAX_CHARS or introduced(message) or _TO_DO.search(text):
        return ""
    own = _OWN.search(text)
    if own is None or not (_WANTS.search(text) or text == own[0]):
        return ""
    name = next((name for told in reversed(before) if (name := introduced(spelled(told)))), "")
    return f"You told me that you are {name}." if name else ""
