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
_ORDER = re.compile(
    r"(?:please |now |ok |okay |so |then |and |just )*(?:tell|give|show|teach|test|quiz|help|explain|let|say|correct|check|"
    r"read|write|repeat|name|list|describe|translate|go on|go ahead|continue|try|recommend|suggest|surprise|"
    r"practise|practice|ask)\b"
)
_SPOKEN_OF = re.compile(r"\b(?:you|your|yours|yourself|u|ur)\b")


def tidings(message: str) -> Tidings | None:
    """What would be said to ``message``, always the same to the same; None to what is too long, speaks of the presenter or
    wants something."""
    told = plain(message)
    if len(message) > temper.MAX_CHARS or _SPOKEN_OF.search(told) or _ORDER.match(told):
        return None
    return Tidings(variant(GLAD, told), variant(temper.SORROW.says, told), variant(OPEN, told))
