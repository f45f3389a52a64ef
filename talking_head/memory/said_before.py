"""“Which one did I say I wanted?”: what the visitor said earlier in this chat, told back to them word for word.

A tiny model does not find it. The sentence is looked for as a document's is: by the words of meaning that it shares with the
question, by the kind of fact that is asked for, and the latest where those do not decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from talking_head.memory.asked import asked
from talking_head.persona.visitor import unknowable
from talking_head.text.brevity.function_words import CONTENT_FREE
from talking_head.text.english.stems import stem
from talking_head.types import F32

MAX_CHARS = 160
# Cosine from which a sentence may be about what is asked. Of forty questions and sentences, written for it, 18 of 20 that
# belong together have more, and 4 of 20 that do not; so it is told back as what was said, not as the answer.
NEAR = 0.3
MOST = 12  # sentences that are looked at by meaning, the latest
_TOLD = re.compile(  # they ask for their own words, whatever these were about
    r"\b(?:did|have|had) (?:i|we) (?:just |already |once |first )?(?:say|said|tell|told|mention(?:ed)?|write|type)\b"
    r"|\b(?:what|which|where|when|who|how|the)\b.*\b(?:i|we) (?:just |already |first )?(?:said|told you|mentioned)\b"
)
_ASKED = re.compile(
    r"\b(?:did|have|had) i (?:just |already |first )?ask(?:ed)?\b|\bwhat (?:i (?:just )?asked|was my (?:\w+ )?question)\b"
)
_MAY_BE_TOLD = re.compile(
    r"(?!.*\b(?:i|we) (?:can|could|may|must|should|need|have to)\b)(?:"
    r"(?:do|can|could|would|did) you (?:still |even |also |happen to )*(?:remember|recall|still know|remind me)\b"
    r".*\b(?:my|i|we|our)\b|(?:please )?(?:remind me|tell me again)\b.*\b(?:my|i|we|our)\b"
    r"|(?:what|where|who|when|which|how)\b.*\b(?:my|our)\b.*\bagain\b)"
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_OWN = re.compile(r"\b(?:i|i'm|i've|i'd|my|we|we're|our|mine|me)\b", re.I)
_QUESTION = re.compile(
    r"(?:who|what|when|where|why|which|how|can|could|do|does|did|is|are|will|would|may|should|please|tell|remind)\b", re.I
)
# What tells nothing of what was said, besides what never tells anything: that it was said, and when. “Like” tells a wish here.
_SAID = (
    "am mine those say said tell told mention mentioned ask asked remember recall know remind again already still now many much"
)
_SMALL = (CONTENT_FREE - {"like"}) | frozenset(_SAID.split())
_WISHES = frozenset({"want", "lik", "lov", "prefer", "need", "choos", "chos"})  # as stems: who would like a thing wants it
_COLOUR = r"\b(?:red|blue|green|yellow|black|white|brown|gr[ea]y|pink|purple|orange|silver|golden|beige|violet|turquoise)\b"
_NUMBER = r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|half|once|twice|dozen|hundred)\b"
_KINDS = tuple(
    (re.compile(asked), re.compile(told, re.I))
    for asked, told in (
        (r"\bcolou?r\b", _COLOUR),
        (r"\bhow (?:many|much|old|long|tall|far|often)\b|\b(?:number|size|time|price|age)\b", _NUMBER),
        (r"\bwhen\b|\b(?:day|date|month|time)\b", rf"{_NUMBER}|\b(?:\w+day|tomorrow|tonight|morning|evening|week|month)s?"),
        (r"\bwhere\b|\b(?:town|city|country|place)\b", r"\b(?:in|at|from|near|to|on|behind|under) (?:the |my |our )?\w+"),
        (r"\bwho\b|\b(?:called|name)\b", r"\b(?:called|named|name is|is) |(?<=[a-z,] )(?!I\b)(?-i:[A-Z])\w+"),
    )
)  # fmt: skip
_TURNED = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll", "me": "you", "my": "your", "mine": "yours",
    "myself": "yourself", "am": "are", "we": "you", "we're": "you're", "we've": "you've", "we'd": "you'd", "we'll": "you'll",
    "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves",
}  # fmt: skip


def said_before(message: str, before: Sequence[str]) -> str:
    """What answers ``message`` of that which the visitor said ``before`` (oldest first); "" where nothing does, or nothing is
    asked for."""
    question = asked(message)
    if len(message) > MAX_CHARS or not before:
        return ""
    if _ASKED.search(question):
        questions = [text for text in before if text.rstrip().endswith("?") or _QUESTION.match(text)]
        return f"You asked me: “{questions[-1].strip()}”" if questions else ""
    told = _TOLD.search(question) is not None
    if not told and not _MAY_BE_TOLD.match(question) and not unknowable(message):
        return ""
    best, found = 0, ""
    for sentence in _statements(before):
        near = _shared(question, sentence)
        if told:
            near = 1 + 4 * near + 2 * _tells(question, sentence)
        elif near:
            near = 2 * near + _tells(question, sentence)
        if near >= best and near:
            best, found = near, sentence
    return _told_back(found) if found else ""


def told_near(message: str, before: Sequence[str], vector: Callable[[str], F32]) -> str:
    """What the visitor told that is nearest in meaning to ``message``, a question for their own life; "" where nothing is near.
    ``vector``: of a sentence, of length 1."""
    question = vector(message)
    near = [(float(vector(sentence) @ question), sentence) for sentence in list(_statements(before))[-MOST:]]
    best, found = max(near, default=(0.0, ""))
    return f"I only know what you told me: “{found}.”" if best >= NEAR else ""


def _statements(before: Sequence[str]) -> Iterator[str]:
    """What visitors told of themselves, sentence by sentence."""
    for text in before:
        for sentence in _SENTENCE.findall(text.replace("’", "'")):
            plain = sentence.strip(" ,.!")
            if plain and not sentence.rstrip().endswith("?") and not _QUESTION.match(plain) and _OWN.search(plain):
                yield plain


def _shared(question: str, sentence: str) -> int:
    return len(_meaning(question) & _meaning(sentence))


def _meaning(text: str) -> frozenset[str]:
    stems = (stem(word) for word in re.findall(r"[a-z]+", text.lower()) if word not in _SMALL)
    return frozenset("want" if word in _WISHES else word for word in stems)


def _tells(question: str, sentence: str) -> bool:
    """Whether ``sentence`` tells the kind of fact that ``question`` wants."""
    return any(asked.search(question) and told.search(sentence) for asked, told in _KINDS)


def _told_back(sentence: str) -> str:
    """“My suitcase is green” → “You told me that your suitcase is green.”; word for word where it speaks to the presenter."""
    if re.search(r"\b(?:you|your|yours|u)\b", sentence, re.I):
        return f"You said: “{sentence}.”"
    turned = re.sub(r"\b(?:i|we) was\b", "you were", sentence, flags=re.I)
    turned = re.sub(r"[A-Za-z]+(?:'[a-z]+)?", lambda word: _TURNED.get(word[0].lower(), word[0]), turned)
    first, _, rest = turned.partition(" ")
    if first.lower() in _SMALL:
        first = first.lower()
    return f"You told me that {first} {rest}".rstrip() + "."
