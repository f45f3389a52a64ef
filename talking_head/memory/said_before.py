"""“Which one did I say I wanted?”: what the visitor said earlier in this chat, told back to them word for word.

A tiny model does not find it. The sentence is looked for as a document's is: by the words of meaning that it shares with the
question, by the kind of fact that is asked for, and the latest where those do not decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from talking_head.memory.asked import asked
from talking_head.persona.variants import variant
from talking_head.persona.visitor import unknowable
from talking_head.text.brevity.function_words import CONTENT_FREE
from talking_head.text.english.stems import stem
from talking_head.types import F32

MAX_CHARS = 160
# Cosine from which a sentence may be about what is asked, times of day aside: of forty questions and sentences, written for it,
# 12 of 20 that belong together have more, and 1 of 20 that do not (0.3: 16 and 10); so it is told back as what was said.
NEAR = 0.4
SAME = 0.7  # cosine of two things' names (“cat”, “kitten”) that may be one thing
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
_ITS = re.compile(
    r"^(?:he|she|it|they)(?= (?:is|are|was|has|have|likes?|loves?|lives?|weighs?)\b)|^(?:he|she|it)(?='s\b)", re.I
)
_THING = re.compile(r"\b(?:my|our) (?:new |old |own |little |big )?([a-z]{3,})\b")
_NOTED = ("I see: {}. Thank you for telling me.", "So {}. I will keep that in mind while we talk.")
_WHEN = re.compile(
    r"\b(?:(?:last|this|every|next|on|in the) (?:night|morning|evening|afternoon|weekend|week|month|year|[a-z]+day)s?|"
    r"yesterday|today|tonight|tomorrow|now)\b",
    re.I,
)
_FACT = re.compile(  # what somebody is, has or is called
    r"(?:my|our) (?:[\w'-]+ ){1,3}(?:is|are|was|has|have|lives?|works?|plays?|speaks?|comes?|goes|studies|study)\b"
    r"|(?:i|we)(?: have|'ve)(?: got)? (?:an?|one|two|three|four|five|six|\d+|my) "
    r"|(?:i|we)(?: also)? (?:live|work|study|play|speak|come from|own|drive|grew up|collect|keep)\b"
    r"|(?:i am|i'm|we are|we're) (?:from|an?|\d+)\b|(?:he|she|they)(?:'s| is| are| has| have) (?!not\b)",
    re.I,
)
_TROUBLE = re.compile(
    r"n't\b|\b(?:not|no|never|nobody|too|broken|broke|stuck|late|lost|missing|gone|wrong|hurts?|ill|sick|dead|died|you|your|u|ur|"
    r"problem|question|bad|worse|worst|if|but|because|should|please|so|what|how|any|which|where|when|why|who|can|do|need|want)\b",
    re.I,
)
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
    question = vector(_timeless(message))
    near = [(float(vector(_timeless(sentence)) @ question), sentence) for sentence in list(_statements(before))[-MOST:]]
    best, found = max(near, default=(0.0, ""))
    if best < NEAR or _of_another_thing(message, found, vector):
        return ""
    return f"I only know what you told me: “{found}.”"


def taken_note(message: str) -> str:
    """What is said to a plain fact of the visitor's own (“my dog is called rex”), which is told back later in the chat; "" for
    every other message."""
    told = [sentence.strip(" ,.!") for sentence in _SENTENCE.findall(message.replace("’", "'"))]
    if len(told) != 1 or len(told[0].split()) > 12 or not _FACT.match(told[0]) or _TROUBLE.search(told[0]):
        return ""
    named = re.sub(r"\b(?:called|named) [a-z]", lambda end: end[0][:-1] + end[0][-1].upper(), told[0])
    return variant(_NOTED, named).format(_turned(named))


def _timeless(text: str) -> str:
    """``text`` without when it was: “last night” makes whatever happened then alike."""
    return " ".join(_WHEN.sub(" ", text).split()) or text


def _of_another_thing(question: str, sentence: str, vector: Callable[[str], F32]) -> bool:
    """Whether ``sentence`` tells of another thing of the visitor's than ``question``: “my bike”, asked for “my car”."""
    asked, told = (set(_THING.findall(text.lower())) for text in (question, sentence))
    if not asked or not told or asked & told:
        return False
    return all(float(vector(thing) @ vector(other)) < SAME for thing in asked for other in told)


def _statements(before: Sequence[str]) -> Iterator[str]:
    """What visitors told of themselves, sentence by sentence; “he is three” is told of the one thing spoken of before."""
    thing = ""
    for text in before:
        for sentence in _SENTENCE.findall(text.replace("’", "'")):
            plain = sentence.strip(" ,.!")
            plain = _ITS.sub(thing, plain) if thing else plain
            thing = f"my {things[0]}" if len(things := _THING.findall(plain.lower())) == 1 else thing
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
    return f"You told me that {_turned(sentence)}".rstrip() + "."


def _turned(sentence: str) -> str:
    """“My suitcase is green” → “your suitcase is green”."""
    turned = re.sub(r"\b(?:i|we) was\b", "you were", sentence, flags=re.I)
    turned = re.sub(r"[A-Za-z]+(?:'[a-z]+)?", lambda word: _TURNED.get(word[0].lower(), word[0]), turned)
    first, _, rest = turned.partition(" ")
    if first.lower() in _SMALL:
        first = first.lower()
    return f"{first} {rest}".rstrip()
