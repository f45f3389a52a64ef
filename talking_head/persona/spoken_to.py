"""Who a message is for: the presenter's own name taken out of it, and the wish to speak with a person instead.

“Hi Clara, how are you doing” asks what “how are you doing” asks, but by its meaning it is near to “are you the real Clara?”.
"""

from __future__ import annotations

import re

_GREETING = (
    r"(?:hello|hi|hiya|hey|hullo|good (?:morning|day|evening|afternoon)|dear|ok|okay|so|well|thanks|thank you|sorry|listen)"
)
_GOES_ON = (
    r"(?:what|who|whom|whose|how|when|where|why|which|are|do|does|did|can|could|would|tell|please|let|give|"
    r"explain)(?:'s|'re)?\b"
)
_PERSON = (
    r"(?:(?:an? |the |some )?(?:real |actual |living |human |proper |live )?(?:person|human(?: being)?|man|woman|colleague|"
    r"agent|"
    r"representative|operator|employee|manager|supervisor|staff(?: member)?|member of (?:the )?staff|advis[eo]r)|"
    r"(?:someone|somebody|anyone|anybody)(?: (?:real|human|else|alive|in person|from (?:the|your) (?:team|staff)))?|"
    r"(?:customer (?:service|support|care)|the (?:boss|owner|team|staff)|your (?:boss|manager|team|colleagues?|"
    r"supervisor|owner)))"
)
_HANDOVER = re.compile(
    rf"\b(?:talk|speak|chat)(?:ing)? (?:to|with) {_PERSON}(?! (?:about|like|who (?:is|has) (?:a|the)))\b"
    rf"|\b(?:connect|transfer|forward) me (?:to|with) {_PERSON}\b|\bput me (?:through|on) (?:to|with) {_PERSON}\b"
    rf"|\b(?:can|could|may|would|will|have|let|ask|want|get) {_PERSON}(?: please)?(?: to)? (?:call|phone|ring) me(?: back)?\b"
    rf"|\b(?:get|give|fetch|bring|call|find) me {_PERSON}\b(?! (?:to|who))"
    rf"|\b(?:i want|i need|i'd like|i would like|i'd rather have|can i have|could i have|can i get|is there|are there) "
    rf"(?:an? |the )?(?:(?:real|actual|living|human|proper|live) (?:person|human(?: being)?|agent|operator|man|woman|people)|"
    r"human(?: being)?|person)\b"
    r"(?! (?:inside|behind|in there|typing|to (?:fix|carry|sign|help)|resources|rights|body|skull|hand|size))"
)
_DEAR = r"(?:my (?:dear|love|friend)|love|mate|dear|darling|honey|sweetheart|pal|buddy|sir|madam|miss|young (?:man|lady))"
_ASIDE = re.compile(
    r"\b(?:am i|are we|was i|were|did i|do i|do you|if i|as if|when i|i am|i'm|who|should i|i was|"
    r"had to)\b[^.!?]*\b(?:talk|speak|chat)"
)
HANDED = "I am an AI, and I cannot put you through to anybody. Tell me what it is about, and I will do what I can."


def without_name(message: str, name: str) -> str:
    """``message`` without ``name`` where it only says who is spoken to (“Hi Clara, …”, “…, Clara?”); else as it stands."""
    own = rf"(?:{re.escape(name)}|{_DEAR})"
    for pattern, kept in (
        (rf"^(\W*{_GREETING})[ ,]+{own}\b[ ,.!:–-]+(?=\w)", r"\1, "),
        (rf"^\W*{own}(?:[,:!]\s*| (?={_GOES_ON}))(?=\w)", ""),
        (rf"(?<=\w), {own}(?=\W*$)", ""),
    ):
        message = re.sub(pattern, kept, message, flags=re.I)
    return message


def wants_a_person(message: str) -> bool:
    """Whether ``message`` wishes to speak with somebody of flesh and blood, rather than to know whether it does so now."""
    text = " ".join(message.lower().replace("’", "'").split())
    return len(text) <= 160 and _HANDOVER.search(text) is not None and _ASIDE.search(text) is None
