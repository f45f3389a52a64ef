"""What is said to news, in place of a small model's words: good ones, bad ones, and those of which nobody can tell."""

from __future__ import annotations

import re

from talking_head.persona.about import temper
from talking_head.persona.identity import plain
from talking_head.persona.variants import variant
from talking_head.types import Tidings

GLAD = (
    "How wonderful! I am so glad to hear that.",
    "That is great news! I am happy for you.",
    "Oh, that is lovely to hear! You must be so happy.",
    "What good news! Tell me more about it.",
)
OPEN = ("Thank you for telling me. How do you feel about it?", "I am listening. Tell me a little more, if you like.")
_SPOKEN_OF = re.compile(r"\b(?:you|your|yours|yourself|u|ur)\b")


def tidings(message: str) -> Tidings | None:
    """What would be said to ``message``, always the same to the same; None to what is too long or speaks of the presenter."""
    told = plain(message)
    if len(message) > temper.MAX_CHARS or _SPOKEN_OF.search(told):
        return None
    return Tidings(variant(GLAD, told), variant(temper.SORROW.says, told), variant(OPEN, told))
