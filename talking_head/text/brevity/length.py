"""The length that a message asks of its answer, and what it asks without that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from talking_head.text.brevity import chinese, english
from talking_head.types import Length

MAX_CHARS = 500  # of a message that is looked at
_QUOTED = re.compile(r"[“\"«][^”\"»]{1,80}[”\"»]|「[^」]{1,40}」")
_PLAIN_CHOICE = re.compile(r"[“\"]([是否不]{1,2}|yes|no)[”\"]", re.I)


@dataclass(frozen=True, slots=True)
class Wish:
    """``length`` and the ``rest`` of the message ("" where it asks for nothing but that length)."""

    length: Length
    rest: str


def wished(message: str) -> Wish | None:
    """The length that ``message`` asks for; None where it asks for none, or speaks of words and sentences as its subject.

    English and Chinese. What stands in quotation marks asks for nothing.
    """
    if len(message) > MAX_CHARS:
        return None
    text = _PLAIN_CHOICE.sub(r"\1", message)
    if _QUOTED.search(text) is not None:
        return None
    found = english.wished(text) or chinese.wished(text)
    return None if found is None else Wish(*found)
