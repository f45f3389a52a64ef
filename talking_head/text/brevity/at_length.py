"""“Give me a really long lecture on why the sky is blue”: what is asked without the wish for a long answer.

A presenter speaks in a sentence or two, and a tiny model reads the question worse with the wish in it.
"""

from __future__ import annotations

import re

from talking_head.text.english.chat import spelled

MAX_CHARS = 240
_TELL_WORDS = "tell give write explain describe hold deliver teach lecture talk read recite walk take go compose"
_LEAD_WORDS = (
    "please hey ok okay so now well can could would will you kindly i want need like to hear have get me us through into "
    "let the a an in with as and of make it do then just i'd"
)
_STRONG_WORDS = (
    "long longer longest lengthy detailed detail thorough thoroughly length lecture essay everything speech pages "
    "paragraphs elaborate extensive exhaustive novel epic"
)
_WEAK_WORDS = (
    "full whole complete details version answer story explanation account report talk really very ever possible much "
    "many words every single step by great more most at least hundred thousand five ten two three leave out nothing "
    "anything don't not skip your time all about on over regarding proper properly right know there is that possibly "
    "utmost minute minutes hour"
)
_TELL, _LEAD, _STRONG, _WEAK = (frozenset(words.split()) for words in (_TELL_WORDS, _LEAD_WORDS, _STRONG_WORDS, _WEAK_WORDS))
_WH = frozenset({"why", "how", "what", "who", "where", "when", "which"})
_PARTS = re.compile(r"[.!?;:,\n]+(?=\s|$)|\s[-–—]+\s")


def without_length(message: str) -> str:
    """What ``message`` asks to be told, without its wish for a long answer; "" where it has no such wish."""
    if len(message) > MAX_CHARS:
        return ""
    parts = [part.split() for part in _PARTS.split(spelled(message.replace("’", "'"))) if part.strip()]
    wished, left = False, []
    for words in parts:
        low = [word.lower().strip("\"'") for word in words]
        if set(low) <= _STRONG | _WEAK | _LEAD | _TELL and set(low) & _STRONG:
            wished = True
        else:
            left.append((words, low))
    if len(left) != 1:
        return ""
    words, low = left[0]
    at = next((n for n, word in enumerate(low) if word not in _LEAD | _TELL | _STRONG | _WEAK or word in _WH), len(low))
    lead = low[:at]
    if at == len(low):
        return ""
    whole = set(lead) & _STRONG or re.search(r"\ball (?:there is to know )?about\b", " ".join(lead))
    if not set(lead) & _TELL or not (wished or whole):
        return _asked(words, low) if wished else ""
    back = at - 1 if at and low[at - 1] in ("the", "a", "an", "your", "my", "our") else at
    return f"Tell me {'' if low[at] in _WH else 'about '}{' '.join(words[back:])}."


def _asked(words: list[str], low: list[str]) -> str:
    """A question as it stands, beside which length was wished for."""
    return f"{' '.join(words)}?" if low[0] in _WH else ""
