"""What kind of fact a question wants (a price, how long, when, where, whether one may …) and which a sentence tells.

“How quickly can I have a clean shirt?” and “The short programme runs for 30 minutes” share no word, but one wants a length
of time and the other tells one: the type of the expected answer, as in Voorhees (1999), *The TREC-8 Question Answering Track*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBER = (
    r"(?:\d[\d.,:]{0,20}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"ninety|hundred|half)"
)
SPAN = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|years?)"
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
MONTH = r"(?:january|february|march|april|june|july|august|september|october|november|december)"

# Kind → how a question asks for it, how a sentence tells it.
_KINDS: dict[str, tuple[str, str]] = {
    "price": (
        r"\bhow much (?:is|are|does|do|will|would|for|must|should)\b|\b(?:prices?|costs?|charged?|fees?|pay|paid|"
        r"cheap\w*|dear\w*|"
        r"expensive|afford|spend\w*|money|budget|discounts?|free|extra|euros?|deposit)\b",
        r"\b(?:euros?|dollars?|pounds?|francs?|cents?|pence|free|costs?|included|charged?|nothing|price|fee|deposit)\b|[€$£]",
    ),
    "length of time": (
        r"\bhow (?:long|quick(?:ly)?|fast|soon|many (?:minutes|hours|days|nights|weeks|months|years))\b|\b(?:wait|last|lasts|"
        r"take|takes|in advance|ahead|early|late|deadline|until|warranty|guarantee|hurry|overnight|whole (?:day|"
        r"evening|night))\b|"
        rf"\bafter {NUMBER} {SPAN}\b",
        rf"\b{NUMBER}(?:-| to | or | more | working )?\s?(?:{NUMBER} )?(?:working )?{SPAN}\b|\b(?:overnight|at "
        rf"once|immediately)\b",
    ),
    "time": (
        r"\b(?:when|what time|which days?|what (?:day|date)s?|how (?:late|early|soon)|open|opens|closed?|closes|"
        r"tonight|tomorrow|"
        rf"morning|evening|afternoon|weekends?|{WEEKDAY}|{MONTH}|christmas|summer|winter|o'clock|noon|late|early)\b|"
        r"\b(?:at|after|before|till|until) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+)\b",
        rf"\b(?:{WEEKDAY}|{MONTH}|noon|midnight|o'clock|morning|evening|afternoon|night|weekends?|summer|winter|daily|always|"
        r"opens?|closes?|closed|shut|quiet)\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2} ?[ap]m\b|"
        r"\b(?:at|from|until|till|by|before|after|between) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
        r"twelve)\b",
    ),
    "measure": (
        r"\bhow (?:much|many|big|large|heavy|tall|high|wide|deep|long|far|fast|hot|cold|warm|strong|old|small)\b|\b(?:weigh\w*|"
        r"heavy|kilos?|big|size|tall\w*|freeze|cold|warm|fit|fits|room for|more|most|maximum|limit|too (?:big|heavy|many))\b",
        rf"\b{NUMBER} (?:\w+ )?(?:kilos?|kilograms?|grams?|litres?|met(?:re|er)s?|centimet(?:re|er)s?|kilomet(?:re|"
        rf"er)s?|degrees?|people|"
        r"persons?|guests?|pieces?|turns|gigabytes?|watts?|percent|square|seats?|rooms?|places?)\b|\b(?:at most|up to|"
        r"at least)\b",
    ),
    "place": (
        r"\bwhere\b|\bwhich (?:way|floor|door|station|platform|room|street)\b|\b(?:find|collect|pick (?:it|them|this) "
        r"up|get there)\b",
        r"\b(?:in|at|behind|beside|next to|near|opposite|under|above|below|between|on) (?:the|our|row|platform|floor|"
        r"track|room)\b|"
        r"\b(?:street|station|floor|entrance|desk|office|hall|square)\b",
    ),
    "permission": (
        r"^(?:and |so |but )?(?:may|can|could|must|should|shall|am|do|will) (?:i|we|my|our|one|dogs?|children|kids|"
        r"someone)\b(?! "
        r"(?:see|hear|smell|find)\b)"
        r"|\b(?:allowed|permitted|possible|okay|ok|all right|alright|forbidden|problem|matter|have to|"
        r"need to|may he|may she)\b",
        r"\b(?:not|no|never|only|must|may|can|cannot|allowed|welcome|free|need|needs|at most|at least|under|over|"
        r"except|forbidden|"
        r"stays?|without|please|unless|compulsory|accompanied|possible)\b",
    ),
    "deed": (
        r"\bwhat (?:now|then|next|should|shall|must|do|can|happens|am i)\b|\bhow (?:do|can|should|would) (?:i|we|"
        r"one)\b|\bwhom? (?:do|"
        r"should|must|can) i\b|\bdo about\b",
        r"(?:^|[:,] )(?:please )?(?:report|call|ask|bring|clean|press|turn|hold|send|write|book|take|put|pull|return|"
        r"show|use|leave|"
        r"wait|keep|switch|tell|stroke|open|close|remove|push|email|mail|phone)\b|\bwhen you\b|\bif\b",
    ),
}
_ASKED = {kind: re.compile(asked, re.I) for kind, (asked, _) in _KINDS.items()}
_TOLD = {kind: re.compile(told, re.I) for kind, (_, told) in _KINDS.items()}
_MATCH, _MOST = 0.03, 2  # of cosine, for each kind that a question wants and a sentence tells; kinds that count
_POLITE = re.compile(r"^(?:(?:please|hi|hello|hey|excuse me|sorry|ok|okay|also|by the way)[, ]+)*", re.I)
_SETTING = re.compile(r" (?:by|at|in|near|beside|behind|next to|inside|around|close to) (?:the|your|this|that)\b.*$", re.I)
_PRESENCE = re.compile(
    r"^(?:and |so )?(?:is|are|was) there\b|^(?:and )?do(?:es)? (?:you|they|it|the \w+|one) (?:have|sell|offer|teach|"
    r"show|serve|rent|do|"
    r"also|play|speak|stock|provide|make)\b|^who(?!m? (?:do|should|can|pays))\b|^can (?:somebody|someone)\b|"
    r"^(?:are|may|can|do) (?:dogs|cats|pets|children|kids|babies|students|seniors|guests|groups|bikes|bicycles|cars)\b",
    re.I,
)
_COMPARES = re.compile(
    r"\b(?:which|what)(?: one| of (?:them|the two|these|those|both)| \w+)? (?:is|are|gives?|has|have|costs?|lasts?|"
    r"takes?|holds?|weighs?)\b"
    r".*?(?<!n)(?:\b(?:more|less|most|least|better|best)\b|\b\w{3,}(?:er|est)\b)",
    re.I,
)
_COUNTED = re.compile(rf"\b(?!an?\b){NUMBER}\b", re.I)
_QUANTITIES = ("price", "measure", "length of time")


def asked(question: str) -> frozenset[str]:
    """The kinds of fact that ``question`` wants, by its words."""
    return frozenset(kind for kind, pattern in _ASKED.items() if pattern.search(question.strip()))


def told(sentence: str) -> frozenset[str]:
    """The kinds of fact that ``sentence`` tells."""
    return frozenset(kind for kind, pattern in _TOLD.items() if pattern.search(sentence))


def bonus(question: str, sentence: str) -> float:
    """By how much, in cosine, ``sentence`` is nearer to ``question`` than its words tell: it has the wanted kind of fact."""
    return _MATCH * min(_MOST, len(asked(question) & told(sentence)))


def asks_presence(question: str) -> bool:
    """Whether ``question`` asks if there is something, or who somebody is: only the thing itself answers that."""
    return _PRESENCE.search(_POLITE.sub("", question.strip())) is not None


def without_setting(question: str) -> str:
    """A ``question`` whether there is something, without where that would be: “is there a place to park by the blue house” is
    about parking, and not about the house. "" for any other question, and where it names no place."""
    if not asks_presence(question):
        return ""
    thing = _SETTING.sub("", question.rstrip(" ?"))
    return f"{thing}?" if thing != question.rstrip(" ?") and len(thing.split()) > 3 else ""


def compared(question: str, sentences: Sequence[str]) -> list[int]:
    """The two of ``sentences`` that a ``question`` like “Which of them is cheaper?” compares; none where there are not just
    two that tell the same kind of quantity."""
    if not _COMPARES.search(question):
        return []
    wanted = asked(question) & set(_QUANTITIES)
    for kind in [kind for kind in _QUANTITIES if kind in wanted]:
        found = [at for at, sentence in enumerate(sentences) if kind in told(sentence) and _COUNTED.search(sentence)]
        if len(found) == 2:
            return found
    return []
