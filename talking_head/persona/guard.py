"""Messages that want a presenter to be somebody else, or to read out its instructions.

A small language model follows whoever spoke last. What is caught here never reaches it: the presenter answers with its
persona's own sentence. It is a sieve, not a wall: nothing that must not be said belongs into a persona or a document.
"""

from __future__ import annotations

import re
import unicodedata

_INSTRUCTIONS = r"(?:instruction|rule|prompt|guideline|programming|training|directive|restriction|persona|role|character)s?"
_BREAKS = re.compile(
    rf"""
    \b(?:ignore|forget|disregard|override|bypass|drop|stop\ following|overwrite)\b[^.!?\n]{{0,60}}\b{_INSTRUCTIONS}\b
    | \b(?:ignore|forget|disregard)\s+(?:everything|all|anything)\b[^.!?\n]{{0,40}}
      \b(?:above|before|previous(?:ly)?|said|told)\b
    | \b(?:show|reveal|print|repeat|read|tell|give|output|recite|what\ (?:is|are|was|were))\b[^.!?\n]{{0,40}}
      \b(?:system\ (?:prompt|message)|your\ (?:hidden\ |secret\ |initial\ |original\ )?(?:instructions|prompt|rules))\b
    | \b(?:you\ are|you're|be|become)\s+(?:now|no\ longer)\b[^.!?\n]{{0,60}}
    | \b(?:pretend|act|behave|roleplay|role-play)\b\s+(?:to\ be|as|like|that\ you|you)\b[^.!?\n]{{0,60}}
    | \b(?:developer|debug|god|dan|jailbreak|unrestricted|admin)\s+mode\b
    | \bnew\ (?:system\ )?(?:instructions|rules|prompt)\s*:
    | ^\s*(?:system|assistant|developer)\s*:
    """,
    re.I | re.X | re.M,
)


def breaks_character(text: str) -> bool:
    """Whether ``text`` tries to replace or to read the presenter's instructions."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")  # no letters hidden between letters
    return _BREAKS.search(plain) is not None
