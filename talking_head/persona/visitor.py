"""Questions about the visitor's own life, which only the visitor knows: “what did I have for breakfast?” → “I don't know”.

A tiny language model invents a breakfast, or tells what itself does not eat. A message is such a question when it asks for
something that the visitor did or was, or for a fact of theirs (their mother's name, what is in their fridge), and neither for
what they may, must or should do, nor for what was said in this chat. What the visitor has told of it is told back to them
(``memory/said_before.py``).
"""

from __future__ import annotations

import re

from talking_head.persona.identity import plain
from talking_head.persona.variants import variant

MAX_CHARS = 160
_SAYS = (
    "I don't know that: you have not told me.",
    "I cannot know that, unless you tell me.",
    "That I do not know, for I only know what you tell me here.",
)
_LEAD = re.compile(
    r"^(?:(?:and|so|well|oh|hey|hi|hello|okay|ok|now|quick question|tell me|guess|take a guess|i wonder|i forgot|i forget|"
    r"i cannot remember|i can not remember|(?:can|could) you (?:tell me|tell|say|guess)|(?:do|would) you (?:happen to )?know|"
    r"do you remember|any idea|remind me)\b[ ,:-]*){1,4}"
)
_MINE = r"(?:i|(?:the \w+ of )?my (?!name\b|mistake|error|fault|problem)[\w-]+(?:'s)?(?!')(?: [\w-]+)?)"
_SPOKEN = r"(?:say|said|ask|asked|tell|told|mention|mentioned|introduce|introduced|type|write|wrote|call myself)"
_SLIPPED = (  # what may be told by whoever listens or knows the subject
    r"(?:do|get|go|be) (?:it |that |this |the \w+ )?(?:wrong|right)|misunderst|understand|pronounce|spell|hear|answer|win$|"
    r"miss|mean|interrupt|offend|hurt|upset|wake|disturb|deserve|come to|end up|get (?:it|that|this|here)\b|do to\b|"
    r"do wrong|pay too"
)
_WH = (
    r"(?:(?:to |with |for |from |in |at |on )?(?:what|which|who|whom|whose|where|when|why|how)\b"
    r"(?: (?!i\b|my\b|me\b)[\w'-]+){0,3}?)"
)
_HABIT = (
    r"(?:usually|normally|always|often|live|work|keep|have|own|like|love|hate|prefer|want|play|speak|drive|earn|weigh|sleep|"
    r"smoke|drink|study|sing|dance|snore|listen|support|do(?= for a living))"
)
_PAST = (
    r"(?:\w{2,14}ed|did|had|was|were|bought|ate|drank|saw|dreamt|went|got|met|made|left|put|lost|found|took|gave|came|read|"
    r"paid|sold|wore|sang|slept|spent|drove|flew|won|chose|cooked|caught|broke|kept|hid|forgot|sat|stood|rang)"
)
_ASKED = re.compile(  # of what “I” and “my …” did, were and are; in the present of habits, for the rest is to be done
    rf"(?!why\b|how (?:do|does)\b)(?:(?:{_WH} )?(?:did|was|were|had|has|have|am|is|are) (?:there )?{_MINE}"
    rf"(?: \w+ly| just| ever| already)*+ (?!{_SPOKEN}\b|{_SLIPPED}|(?:to|the|talking|speaking|chatting|told|been told|promised|"
    r"charged|supposed|saying|asking|got (?:to|it|that|wrong)|allowed|welcome|covered|insured|too|free|included|able)\b)\w"
    rf"|{_WH} (?:is|are|was|were) (?:(?:there )?(?:in|inside|on|under|behind) )?(?!i\b){_MINE}$"
    rf"|(?:{_WH} )?do(?:es)? {_MINE} {_HABIT}\b(?! to\b(?!$))"
    rf"|(?:what|where|who|whom|which \w+|when|how) i (?!{_SPOKEN}\b){_PAST}\b"
    rf"|who (?!made|built|said|told|wrote|painted){_PAST}\b(?: [\w'-]+){{0,8}}? (?:me|my)\b"
    r"|how (?:old|tall|heavy) am i|how many [a-z]+ (?:do i have|have i))"
)
_OTHERWISE = re.compile(
    r"\b(?:you|your|yours|u|should|must|may|can|could|would|if|supposed|allowed|refund|order|ordered|ticket|tickets|booking|"
    r"parcel|invoice|account|reservation|delivery|payment|this chat|this conversation|here|just now say)\b"
)
_BEYOND = (
    "I cannot know that: I see nothing, hear no news, and know only what you tell me.",
    "That I do not know, for nothing but your words reaches me here.",
)
_TO_COME = ("Nobody can know that for sure, and I cannot see into the future.",)
_ASKS = re.compile(
    r"(?:what|which|who|whom|whose|where|when|how|is|are|am|was|were|do|does|did|has|have|had|will|would|guess|any)\b"
)
_HERE_AND_NOW = re.compile(  # a question that hangs on it is none of general knowledge
    r"\b(?:now|today|tonight|yesterday|currently|at the moment|atm|outside|downstairs|upstairs|next door|nearby|nearest|"
    r"around here|in (?:this|the next|my) room|this (?:minute|second|morning|afternoon|evening|week|month|year|weekend)|"
    r"last (?:night|week|month|year|weekend)|i am (?:holding|thinking|wearing|hiding|doing|sitting|looking)|"
    r"(?:i|my|me|mine)(?! (?:should|can|could|may|must|need|use|do|make|cook|buy|learn|get rid|know|help|say|treat|"
    r"prevent)\b))\b"
)
_THOUGHT = re.compile(r"^do you (?:think|reckon|suppose) (?:that )?|,? (?:what do you (?:reckon|think)|go on(?: guess)?)$")
_FUTURE = re.compile(
    r"(?:(?:who|what|when|where|which \w+|how \w+) )?(?:will|is going to|are going to|am going to)\b(?! (?:you|happen if)\b)"
    r"|when (?:am|do) i going\b"
)
_GENERAL = re.compile(  # what anybody may ask, of themselves as an example
    r"\b(?:how(?: [a-z]+)?|what|where|which [a-z]+|when|who) (?:do|does|can|could|should|must|may|would|might) "
    r"(?:i|we|one|my)\b(?! take to\b)|"
    r"^(?:can|could|may|should|must|would|do|shall|does|have|am|who am) (?:i|we|my)\b|\b(?:if|without|mean|means|called|"
    r"difference|word|safe|normal|healthy|bad for|good for|capital|joke|story|recipe|advice|better for)\b|"
    r"^(?:why|how do|how does)\b|^(?:what|which) (?:is|are) the (?:best|right|correct|easiest|quickest) way\b"
)
_ASIDE = re.compile(r",? (?:when|while) you (?:were|are) not (?:looking|there|listening)$")


def unknowable(message: str) -> str:
    """What is said to a question for the visitor's own life, in English; "" for every other message."""
    sentence = _LEAD.sub("", plain(message).rstrip(" ?!.")).strip(" ,:-")
    if len(message) > MAX_CHARS or re.search(r"[.!?;\n]", sentence) or not re.search(r"\b(?:i|me|my)\b", sentence):
        return ""
    sentence = _ASIDE.sub("", sentence)
    if _OTHERWISE.search(sentence) or _ASKED.match(sentence) is None:
        return ""
    return variant(_SAYS, sentence)


def beyond(message: str) -> str:
    """What is said to a question, in English, that hangs on here and now, on the visitor or on what is to come: no general
    knowledge answers it; "" for every other message. Whoever can tell more of it is asked before."""
    asked = _LEAD.sub("", plain(message).rstrip(" ?!.")).strip(" ,:-")
    sentence = _THOUGHT.sub("", asked)
    if len(message) > MAX_CHARS or re.search(r"[.!;\n]", sentence) or _OTHERWISE.search(sentence) or _GENERAL.search(sentence):
        return ""
    if not (sentence != asked or _ASKS.match(sentence)):
        return ""
    if _FUTURE.match(sentence):
        return variant(_TO_COME, sentence)
    return variant(_BEYOND, sentence) if _HERE_AND_NOW.search(sentence) else ""
