"""A learner's sentence → the same without its frequent mistakes, and one line why: “I am go to school yesterday” → “I "
"went …”.

The rules (``mistakes.py``) help each other in their order. A sentence in which none finds anything is neither praised nor
corrected, for they know some fifty mistakes and English has more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from talking_head.tools.grammar.mistakes import RULES

MAX_CHARS, MAX_WORDS = 160, 20
_UNDERSTOOD, _ONCE_MORE = "I understand you well. ", " Can you say it once more?"
_QUOTED = re.compile(r"[“\"'‘]([^“”\"‘’]{6,120})[”\"'’]")
_ASKED = re.compile(
    r"^(?:is (?:this|it|that|the sentence) (?:right|correct|ok|good english|good)|(?:(?:can|could|will) you )?(?:please )?"
    r"(?:correct|check)(?: me| this| it| my sentence| this sentence)?(?: please| for me)?)\s*[:,-]?\s*",
    re.I,
)
_TRIED = re.compile(
    r"\W*(?:(?:yesterday|today|tomorrow|now|every \w+|(?:last|this|next) \w+),? )?(?:i|we|he|she|they|(?:my|our|his|her) \w+)\b"
    r"(?! (?:want|need|would|do(?:n't| not)|can(?:not|'t)|have (?:a|another|some) |am (?:not|confused|stuck|here)\b))",
    re.I,
)
_ASKS_WHY = re.compile(
    r"(?:and |but |so |ok |please )*(?:why(?: (?:not|so|(?:is|was) (?:that|it|this)(?: wrong)?))?|how come|"
    r"what(?: did i do| is| was|'s) wrong(?: with (?:that|it|this|my sentence))?|what (?:is|was) (?:my|the) mistake|"
    r"what should i say(?: instead)?|"
    r"(?:how|what) (?:do|should|can|would) i say (?:it|that)?(?: (?:right|correctly|then|instead))?)\W*",
    re.I,
)
_TRANSLATE = re.compile(
    r"\btranslat\w+\b|(?=.*[\u3400-\u9fff]).*\b(?:say|mean|call|write|english)\b|\bsay .* in (?:chinese|mandarin)\b",
    re.I | re.S,
)
_TRY = "I do not translate, but I correct: say it in English as well as you can, and I tell you what would be better."
_DOUBTS = re.compile(r"^(?:so |and )?(?:is|may|can) [^“\"'‘]{0,20}[“\"'‘]", re.I)


def corrected(sentence: str) -> tuple[str, str]:
    """``sentence`` without the mistakes that are known, and why the first was one; ("", "") where none is found."""
    text, why = " ".join(sentence.replace("’", "'").split()), ""
    for pattern, told, reason in RULES:
        better = pattern.sub(told, text)
        if better != text:
            text, why = better, why or reason
    return (_capital(text), why) if why else ("", "")


def answer(message: str) -> str:
    """What a tutor says to a learner's ``message`` with a known mistake, or that wants a translation; "" for every other."""
    if len(message) <= MAX_CHARS and _TRANSLATE.search(message):
        return _TRY
    if len(message) > MAX_CHARS or len(message.split()) > MAX_WORDS or re.search(r"[^\x00-\x7f’‘“”]", message):
        return ""
    quoted = _QUOTED.search(message) if "?" in message or _ASKED.match(message) or _DOUBTS.match(message) else None
    sentence = quoted[1] if quoted else _ASKED.sub("", message.strip())
    better, why = corrected(sentence)
    return f"{_UNDERSTOOD}Better say: {better} {why}{_ONCE_MORE}" if better else ""


def reason(message: str, before: Sequence[str]) -> str:
    """What a tutor says to “why?” after a sentence that it has corrected, the last one ``before``: what is right, and the rule;
    "" for every other message."""
    if not before or _ASKS_WHY.fullmatch(message.strip().replace("’", "'")) is None:
        return ""
    said = answer(before[-1])
    return said.removeprefix(_UNDERSTOOD).removesuffix(_ONCE_MORE).strip()


def practised(message: str) -> bool:
    """Whether ``message`` is a sentence that a learner tries, about somebody, rather than one that asks or wants something."""
    return "?" not in message and _TRIED.match(message) is not None


def _capital(text: str) -> str:
    text = re.sub(r"\bi\b(?=[ ']|$)", "I", text[:1].upper() + text[1:])
    return text if text[-1] in ".!?" else f"{text}."
