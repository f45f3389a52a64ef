"""“Do you still know what I'm called?”: the name that the visitor told in this chat, which a tiny model does not find in
it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from talking_head.memory.asked import asked
from talking_head.memory.facts import clean_name

_ASKS = re.compile(
    r"(?:(?:(?:do|can|could|would|did) you (?:still |even |also |happen to )*(?:remember|know|recall|tell me|say|catch|"
    r"get)|tell me|"
    r"remind me|say) )?"
    r"(?:what(?:'s| is| was) my name|my name|what my name (?:is|was)|what (?:i am|i'm|am i) called|"
    r"what do (?:they|people|you|my friends|all) call me|"
    r"how (?:i am|i'm|"
    r"am i) called|"
    r"who (?:i am|am i)|what did i say my name was|which name did i give you|what i told you my name was)"
    r"(?: again| still| now| please)*"
)
_TOLD = re.compile(
    r"\b(?:my (?:first )?name(?: is|'s)|(?:please |just |you can )?call me|(?:i am|"
    r"i'm) called)\s+(?P<named>[^\W\d_]+(?:[ '-](?-i:[A-Z])[^\W\d_]+)?)"
    r"|(?:^|[.!,]\s*|\b(?:hi|hello|hey|morning|evening|afternoon|there)\s+)(?:i am|i'm|im|"
    r"this is)\s+(?P<given>(?-i:[A-Z])[^\W\d_]+)"
    r"(?=\s*(?:[.!,?]|$|and\b|here\b|from\b|by\b))",
    re.I,
)


def own_name(message: str, before: Sequence[str]) -> str:
    """The sentence with the visitor's name where ``message`` asks for it and one of ``before`` (their own) told it; else ""."""
    if not _ASKS.fullmatch(asked(message)):
        return ""
    for told in reversed(before):
        found = _TOLD.search(told.replace("’", "'"))
        if found and (name := clean_name(found["named"] or found["given"])):
            return f"You told me that you are {name}."
    return ""
