"""A stay: “we arrive on the 28th of April and stay five nights: on which date do we leave?” → May 3.

Nights are counted alike by everybody (days are not), and a week of a stay has seven. The message names one date, the arrival's,
one length, and asks for the date that it ends on; “until when must we leave the room?” asks for an hour and is none.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from talking_head.tools.dates import DAY, MONTH, ORDINAL, day, said, words

MAX_CHARS = 200
_DATE = re.compile(
    rf"(?:(?:{DAY}),? )?(?:{ORDINAL}(?: of)? (?:{MONTH})\b(?:,? \d{{4}}\b)?|\b(?:{MONTH}) {ORDINAL}\b(?:,? \d{{4}}\b)?)"
)
_LENGTH = re.compile(r"\b(?P<n>\d{1,3}|an?) (?P<unit>nights?|weeks?)\b(?! (?:ago|before|earlier|later|after))")
_COMES = re.compile(
    r"\b(?:arriv\w+|com(?:e|es|ing)|check(?:s|ed|ing)? in|get(?:s|ting)? (?:in|there|here)|stay\w*|sleep\w*|book\w*|"
    r"reserv\w+|there|here|from|night)\b"
)
_ENDS = (
    r"(?:leav\w+|depart\w*|go(?:es|ing)? (?:home|back|away)|check(?:s|ed|ing)?[- ]?out|pack(?:s|ing)?(?: up)?|"
    r"(?:is|are) (?:it|that|the (?:stay|holiday|trip)|we|i) (?:then|over|gone)|is it|is that|will (?:it|that) be|end\w*|over|"
    r"fly(?:ing)? (?:home|back)|(?:travel|head|drive|move)\w* (?:home|back|on|out)|home again|back home|vacate)"
)
_ASKS = re.compile(
    r"\b(?:(?:on |for )?(?:what|which) (?:date|day)(?: of (?:the|that) month)?|what is the date|when)\b"
    rf"(?P<asked>[^,]*\b{_ENDS}\b[^,]*)$"
    rf"|\b{_ENDS}(?: (?:date|day))? (?:is|on|will be|would be) (?:(?:what|which) (?:date|day)|when)$"
)
_OPEN = re.compile(
    r"\b(?:must|have to|has to|time|clock|hour|until|each|every|or|not|except|cancel\w*|extend\w*|more|longer|late|early|if|"
    r"why|who|how|per|cost|pay|euros?|price|did|most|least|about|around|maybe|perhaps)\b|n't\b"
)


def answer(message: str, today: date) -> str:
    """The date on which the stay that ``message`` tells of ends, as a sentence; "" for any other message."""
    if len(message) > MAX_CHARS:
        return ""
    text = words(message).removeprefix("if ")
    dates, lengths, asked = list(_DATE.finditer(text)), list(_LENGTH.finditer(text)), _ASKS.search(text)
    if len(dates) != 1 or len(lengths) != 1 or asked is None or _OPEN.search(text) or not _COMES.search(text[: asked.start()]):
        return ""
    rest = text.replace(dates[0][0], " ").replace(lengths[0][0], " ")
    if re.search(r"\d", rest) or re.search(rf"\b(?:{DAY}|{MONTH})\b", rest) or dates[0].start() > asked.start():
        return ""
    try:
        start = day(re.sub(rf"^(?:(?:{DAY}),? )?(?:the )?", "", dates[0][0]), today)
    except (ValueError, OverflowError):
        return ""
    count = int(lengths[0]["n"]) if lengths[0]["n"].isdigit() else 1
    nights = count * (7 if lengths[0]["unit"].startswith("week") else 1)
    if start is None or not nights or ("night" not in text and not re.search(r"\bstay", text)):
        return ""
    return f"That is {said(start.date + timedelta(nights), year=start.year)}."
