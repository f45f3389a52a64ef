"""Whether a visitor has told anything of themselves in a chat: then a question for their life may find its answer there."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_OWN = re.compile(r"\b(?:i|we|my|our|mine)\b", re.I)
_NOTHING = re.compile(  # a name, a wish
    r"(?:(?:hello|hi|hey|good (?:morning|day|evening|afternoon)|well)[ ,]*)?"
    r"(?:(?:i am|i'm|this is) (?-i:[A-Z])[\w'-]{1,20}|(?:my name is|my name's|call me) [\w' -]{1,40}|"
    r"(?:i have|i've|i had|i got) (?:got )?(?:a|another|one) (?:quick )?question\b.*|"
    r"(?:i want|i need|i would like|i'd like|i wonder|i do not know|i don't know|i think)\b.*)",
    re.I,
)


def has_told(said: Iterable[str]) -> bool:
    """Whether one of the messages ``said`` tells something in the first person, beside a name and a wish."""
    sentences = (sentence.strip(" ,") for text in said for sentence in _SENTENCE.findall(text.replace("’", "'")))
    return any(
        _OWN.search(sentence) and not sentence.endswith("?") and not _NOTHING.fullmatch(sentence.rstrip(" .!"))
        for sentence in sentences
    )
