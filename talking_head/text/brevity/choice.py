"""“Yes.” or “No.” of an answer that affirms or denies what was asked; nothing where it does neither."""

from __future__ import annotations

import re

from talking_head.text.brevity.function_words import CONTENT_FREE
from talking_head.text.english.stems import stem

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_DENIES = re.compile(r"^(?:not|no|never|cannot|none|nobody|nothing|without|nor|neither)$|n['’]t$")
_SCOPE = 3  # words before one that was asked about, in which a “not” denies it
_MAY = re.compile(r"^(?:may|can|could|am|are) (?:i|we|you|visitors|people|children|dogs|guests)\b|\ballowed\b|\bpossible\b")
_FORBIDDEN = re.compile(
    r"\b(?:not (?:allowed|permitted|possible|welcome|accept\w*)|forbidden|prohibited|cannot|can't|must not|may not|"
    r"no (?:dogs|pets|food|entry))\b"
)
_ALLOWED = re.compile(r"\b(?:allowed|welcome|may|can|permitted|possible|free to)\b")
_BE = re.compile(r"(?:is|are|was|were)\b")
_OF_A_PERSON = re.compile(
    r"\b(?:are|aren't) you (?:really |actually |truly )?(?:an? )?(?:real |actual |living )?"
    r"(?:human|person|man|woman|people|real|alive|somebody real|human being)\W*$"
)
_OF_A_MACHINE = re.compile(
    r"\b(?:are|aren't) you (?:really |just |only )?(?:an? )?(?:ai|bot|chat ?bot|robot|machine|program|computer|artificial|"
    r"virtual)\W*$"
)
_SHORTLY = 5  # words of what is said of the subject, with its verb


def chosen(parts: list[str], question: str) -> str:
    """“Yes.” or “No.”, from the sentences of an answer to ``question``; "" where they leave it open. Chinese likewise."""
    if chinese := _chinese(parts[0], question):
        return chinese
    first = parts[0].lower().replace("’", "'")
    if said := re.match(r"\W*(yes|yeah|no|nope)\b(?! (?:one|matter|idea|longer|charge))", first):
        return "Yes." if said[1].startswith("y") else "No."
    asked = question.lower().replace("’", "'")
    if re.search(r"\ban ai\b", first) and (_OF_A_PERSON.search(asked) or _OF_A_MACHINE.search(asked)):
        return "No." if _OF_A_PERSON.search(asked) else "Yes."
    if re.search(r"\bneither\b", first):
        return "No."
    wanted = [stem(w) for w in _WORD.findall(asked) if w not in CONTENT_FREE]
    if not wanted:
        return ""
    for part in parts[:2]:
        words = _WORD.findall(part.lower().replace("’", "'"))
        stems = [stem(w) for w in words]
        held = [w for w in wanted if w in stems]
        if len(held) == len(wanted):
            last = stems.index(wanted[-1])
            denied = any(_DENIES.search(w) for w in words[max(0, last - _SCOPE) : last])
            inverted = any(_DENIES.search(w) for w in _WORD.findall(asked)[1:])
            return "No." if denied != inverted else "Yes."
        if _MAY.search(asked) and held:
            if _FORBIDDEN.search(part.lower()):
                return "No."
            if _ALLOWED.search(part.lower()):
                return "Yes."
        if _is_something_else(asked, wanted, words, stems):
            return "No."
    return ""


def _is_something_else(asked: str, wanted: list[str], words: list[str], stems: list[str]) -> bool:
    """Whether “Fire is hot.” answers “Is fire cold?”: the same subject is shortly said to be something else."""
    at = next((n for n, word in enumerate(words) if _BE.match(word)), None)
    if at is None or not _BE.match(asked) or len(words) - at > _SHORTLY or len(wanted) < 2:
        return False
    missing = [w for w in wanted if w not in stems]
    return len(missing) == 1 and missing[0] != wanted[0] and wanted[0] in stems[:at]


def _chinese(first: str, question: str) -> str:
    if not re.search(r"[\u4e00-\u9fff]", question):
        return ""
    if re.match(r"(?:不是|不对|不会|不能|不可以|不行|否|没有|不)", first):
        return "不是。"
    if re.match(r"(?:是|对|会|能|可以|行|当然)", first):
        return "是。"
    verb = re.search(r"(?P<verb>是|会|能|可以|有|在)(?!不|没)", question)
    if verb is None:
        return ""
    if re.search(rf"(?:不|没){verb['verb']}", first):
        return "不是。"
    asked = re.sub(r"[吗呢？?，。]|" + verb["verb"], "", question)
    return "是。" if asked and all(character in first for character in asked[-2:]) else ""
