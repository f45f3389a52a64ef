"""What the words ask of a face: a question, a list, an emphasis, a greeting. English and Mandarin, from punctuation and few
words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_GREETING = re.compile(
    r"^\W*(hello|hi|hey|welcome|good (morning|afternoon|evening|day)|nice to meet|greetings|goodbye|bye|thanks|thank you"
    r"|你好|您好|大家好|欢迎|早上好|下午好|晚上好|谢谢|再见)",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(
    r"\b(very|really|never|always|must|absolutely|only|every|most|best|great|amazing|wonderful|exactly|definitely"
    r"|incredibl[ey]|huge|important)\b|[A-Z]{4,}|!|！|非常|一定|绝对|真的|最"
)
_NO = re.compile(r"\b(no|not|never|cannot|can't|don't|won't|isn't|nothing|nobody|unfortunately)\b|不|没", re.IGNORECASE)
_COMMA = re.compile(r"[,;，、；]")


@dataclass(frozen=True, slots=True)
class Sense:
    """Of one clause. ``emphasis`` 0..1; the others are true or false."""

    question: bool = False
    greeting: bool = False
    listing: bool = False
    denial: bool = False
    emphasis: float = 0.0


NOTHING = Sense()


@lru_cache(maxsize=256)
def sense(text: str) -> Sense:
    """What ``text``, one clause, asks of the face that says it."""
    clean = text.strip().rstrip("\"'”’)» ")
    strong = len(_EMPHASIS.findall(text))
    return Sense(
        question=clean.endswith(("?", "？")),
        greeting=bool(_GREETING.match(text)),
        listing=len(_COMMA.findall(text)) >= 2,
        denial=bool(_NO.search(text)),
        emphasis=min(1.0, 0.5 * strong),
    )
