"""A visitor's question about this chat, as it is compared: in small letters, without “hey, so …” in front of it."""

from __future__ import annotations

import re

_LEAD = re.compile(r"\A(?:(?:hey|ok|okay|so|and|now|please|well|sorry|wait|by the way|hang on|hold on|hm+|um)[ ,.]+)+")


def asked(message: str) -> str:
    """``message`` without its lead and its last marks."""
    return _LEAD.sub("", " ".join(message.lower().replace("’", "'").split()), count=1).strip(" .?!,")
