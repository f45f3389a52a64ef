"""A finished answer at a length that was asked for: what of it tells the question something, no new words but yes and no.

Nothing is invented: an answer of one word is a word of the answer; “yes” and “no” are said where the answer affirms or denies
what was asked, else its first sentence is. An answer that says it does not know keeps saying so.
"""

from __future__ import annotations

import re

from talking_head.text.brevity.choice import chosen
from talking_head.text.brevity.function_words import CONTENT_FREE, HANGING, LINKS, NUMBERS
from talking_head.text.brevity.sentences import sentences
from talking_head.text.english.stems import stem
from talking_head.types import Length

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]+(?:[-'’.:,/][^\W_]+)*%?|[€$£]\s?\d[\d.,]*")
_UNSURE = re.compile(
    r"\b(?:(?:do|does|did|can|could|would)(?:n't| not) (?:really )?(?:know|say|tell|work)|cannot (?:say|tell|know|work)|"
    r"not sure|rather not guess|no idea)\b|不知道|不清楚|不确定",
    re.I,
)
_SUBJECT = re.compile(
    r"^(?P<subject>.{1,60}?)(?: |(?=['’]))(?:is|are|was|were|am|be|means?|called|named|['’](?:s|m|re))(?: called| named)? "
    r"(?P<rest>.+)$",
    re.I,
)
_WANTS_NUMBER = re.compile(
    r"\bhow (?:many|much|old|long|far|tall|high|big|often|late|early)\b|\bwhen\b|\bcosts?\b|"
    r"\bwhat(?: is|'s)? (?:the )?(?:time|year|price|number|cost|sum|total)\b|"
    r"\bwhat(?: is|'s|s)? \S+ (?:plus|minus|times|divided|[-+*x/])"
)
_ASKS_WHETHER = re.compile(
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|may|must|has|have)(?:n't)? "
    r"(?!you (?:tell|say|explain|describe)\b)"
)
_FILLERS = re.compile(
    r"^(?:well|sure|of course|certainly|yes|no|oh|ah|so|hello|hi|thank you|thanks|i think|i would say)[,!.] +", re.I
)


def shortened(text: str, length: Length, question: str) -> str:
    """``text``, an answer to ``question``, at no more than ``length``."""
    text = " ".join(text.split())
    parts = sentences(text)
    if not parts:
        return text
    if unsure := next((part for part in parts if _UNSURE.search(part)), ""):
        pieces = re.split(r",\s(?:and |but )?|，| and | but ", unsure)
        return text if _fits(text, length) else _ended(next(filter(_UNSURE.search, pieces), unsure))
    if (length.choice or (length.words == 1 and _ASKS_WHETHER.match(question.lower()))) and (
        decided := chosen(parts, question)
    ):
        return decided
    if length.choice:
        return parts[0]
    if length.sentences:
        parts = parts[: length.sentences]
    if length.characters:
        return _in_characters(parts, length, question)
    if not length.words:
        return " ".join(parts)
    kept: list[str] = []
    for part in parts:
        if len(" ".join([*kept, part]).split()) > length.words:
            break
        kept.append(part)
    if kept and not length.fact and length.words > 1:
        return " ".join(kept)
    first = _FILLERS.sub("", parts[0])
    if _CHINESE.search(first):
        return first
    if length.words == 1 or length.fact:
        return _told(first, question, length.words)
    return _cut(first, question, length.words)


def _fits(text: str, length: Length) -> bool:
    words = not length.words or len(text.split()) <= length.words
    characters = not length.characters or len(text) <= length.characters
    return words and characters and not (length.sentences and len(sentences(text)) > length.sentences)


def _told(sentence: str, question: str, most: int) -> str:
    """The word, or number with its unit, that tells ``question`` something."""
    asked = {stem(word) for word in _WORD.findall(question.lower())}
    words = list(_WORD.finditer(sentence))
    if _WANTS_NUMBER.search(question.lower()):
        for place, word in enumerate(words):
            if _is_number(word[0]) and stem(word[0].lower()) not in asked:
                return _ended(sentence[word.start() : _with_unit(words, place, most)])
    news = [word for word in words if word[0].lower() not in CONTENT_FREE and stem(word[0].lower()) not in asked]
    named = [word for word in news if word.start() and word[0][:1].isupper()]
    if named and re.match(r"\W*(?:who|whose|whom)\b", question.lower()):
        return _ended(named[0][0])
    start = _predicate(sentence, asked)
    behind = [word for word in news if start is not None and word.start() >= start]
    best = behind or named or news
    return _ended(best[0][0] if best else words[-1][0] if words else sentence)


def _predicate(sentence: str, asked: set[str]) -> int | None:
    """Where what is told begins: behind “X is”, where X was asked about; None where the sentence is built otherwise."""
    match = _SUBJECT.match(sentence)
    if match is None:
        return None
    subject = [w.lower() for w in _WORD.findall(match["subject"]) if w.lower() not in CONTENT_FREE]
    return match.start("rest") if all(stem(word) in asked for word in subject) else None


def _with_unit(words: list[re.Match[str]], place: int, most: int) -> int:
    """Where the number ends that begins at ``place``, with the unit behind it if ``most`` words allow."""
    end = words[place].end()
    for word in words[place + 1 : place + most]:
        if word[0].lower() in CONTENT_FREE - {"am"}:
            break
        end = word.end()
    return end


def _cut(sentence: str, question: str, most: int) -> str:
    """The first ``most`` words of what ``sentence`` tells, ended where they can end."""
    asked = {stem(word) for word in _WORD.findall(question.lower())}
    start = _predicate(sentence, asked)
    words = (sentence if start is None else sentence[start:]).split()
    if len(words) > most:
        free = (n for n in range(most, max(1, most // 2), -1) if _bare(words[n]) in LINKS or words[n - 1][-1] in ",;:")
        words = words[: next(free, most)]
    while len(words) > 1 and _bare(words[-1]) in HANGING:
        words.pop()
    return _ended(" ".join(words))


def _in_characters(parts: list[str], length: Length, question: str) -> str:
    text = "".join(parts) if _CHINESE.search(parts[0]) else " ".join(parts)
    if len(text) <= length.characters:
        return text
    for part in parts:
        if len(part) <= length.characters and not length.fact:
            return part
    told = re.split(r"是|叫做|叫|为|：", parts[0].rstrip("。！？.!?"), maxsplit=1)
    kept = told[-1] if len(told) > 1 and told[-1] else parts[0]
    pieces = re.split(r"[，、；,;]", kept)
    out = pieces[0]
    for piece in pieces[1:]:
        if len(out) + 2 + len(piece) > length.characters:
            break
        out += "，" + piece
    if len(out) > length.characters - 1:
        *_, last = out.split("的")
        out = last if 0 < len(last) < length.characters else out[: length.characters - 1]
    return out.rstrip("。！？.!?，、") + "。"


def _is_number(word: str) -> bool:
    return any(character.isdigit() for character in word) or word.lower().split("-")[0] in NUMBERS


def _bare(word: str) -> str:
    return word.lower().strip(".,;:!?\"'”’()")


def _ended(text: str) -> str:
    text = text.strip(" ,;:.!?")
    return text[:1].upper() + text[1:] + "."
