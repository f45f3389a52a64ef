"""What a visitor states of the world (“New York is the capital of New Zealand”): neither confirmed nor repeated.

A tiny language model says after whoever speaks, true or not, and denies what is true. Statements of the visitor's own life, of
here and now, and of the presenter are conversation and go on.
"""

from __future__ import annotations

import re

from talking_head.persona.identity import plain
from talking_head.persona.variants import variant

MOST_WORDS = 20
_SAYS = (
    "I cannot check that from here, so I neither confirm nor deny it. What can I do for you?",
    "That may be so or not: I am a small AI and cannot check it. What would you like to know?",
    "I would not bet on it either way, because I cannot check it. What can I do for you?",
)
_LEAD = re.compile(
    r"^(?:(?:and|so|but|well|oh|hey|hi|hello|by the way|actually|of course|surely|i (?:think|believe|guess|heard|read|"
    r"know|am sure)|"
    r"they say|people say|everybody knows|everyone knows|somebody told me)\b(?: that\b)?[ ,]*)+"
)
_ABOUT = re.compile(
    r"^(?!(?:it|this|that|these|those|there|here|he|she|they|someone|somebody|everyone|everybody|nobody|no|yes|today|"
    r"tomorrow|"
    r"yesterday|now|please|thanks?|sorry|all|nothing|everything|who|what|when|where|why|which|how|if|is|are|do|does|did|"
    r"can|could|will|"
    r"would|may|should|tell|say|ask|give|show|let|make|open|close|get|help|write|read|imagine|suppose|pretend|"
    r"explain|describe|remember|look|go|come|take|put|play|sing|forget|ignore|repeat)\b)"
    r"(?:[a-z][a-z'-]*|\d+)(?: [a-z'-]+){0,5}? "
    r"(?:is|are|was|were|has|have|had|can|cannot|will|means?|lies?|lives?|comes?|boils?|freezes?|wrote|won|made|built|"
    r"found|sang|"
    r"began|[a-z]{3,}ed)(?: [\w',.%-]+)+$"
)
_NEAR = re.compile(
    r"\b(?:i|me|my|mine|we|us|our|you|your|yours|here|today|tonight|now|this|bot|robot|machine|assistant|ai|please|sorry|"
    r"died|dead|ill|"
    r"sick|hospital|hurt|broken|late|lost|missing|killed|accident|cancer|life|"
    r"living|worth|hope|point|world|what|which|who|how|when|where|why|divided|times|plus|minus)\b"
)

# What one could look up: a name in the middle of the sentence, a relation of encyclopedias, a heavenly body. “The exam was
# awful” is somebody's day, and nobody wants to hear that it cannot be checked.
_NAMED = re.compile(r"\w,? (?!I\b|AI\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[A-Z][a-z]+")
_RELATION = re.compile(
    r"\b(?:capital|made of|invented|discovered|wrote|painted|composed|founded|boils?|freezes?|orbits?|born in|largest|biggest|"
    r"tallest|highest|longest|oldest|fastest|smallest|first|can (?:fly|swim|talk|see|speak)|(?:have|has) (?:no|one|two|three|"
    r"four|five|six|seven|eight|nine|ten|\d+))\b|^(?:the )?(?:earth|moon|sun|sky|mars|venus)\b"
)
_OWN_DAY = re.compile(
    r"\b(?:awful|terrible|horrible|great|hard|tough|exhausting|sad|nice|lovely|beautiful|amazing|boring|fun|good|bad|stress\w*|"
    r"difficult|rough|weather|work|exam|day|week|boss|school|job|interview|test|meeting|grand\w+|granny|mum|mom|dad|mother|"
    r"father|son|daughter|wife|husband|friend|loves?|hates?|married|engaged)\b"
)


def claimed(message: str) -> str:
    """What is said to a statement of the world, in English; "" for every other message."""
    text = plain(message).strip()
    if "?" in text or "!" in text or "\n" in message or re.search(r"[.;:] ", text):
        return ""
    text = _LEAD.sub("", text.rstrip(" ."))
    if not 4 <= len(text.split()) <= MOST_WORDS or _NEAR.search(text) or not _ABOUT.match(text):
        return ""
    if _OWN_DAY.search(text) or not (_NAMED.search(message) or _RELATION.search(text)):
        return ""
    return variant(_SAYS, text)
