"""Sums that are told as a little story → their result, in the unit that was given; see ``story/`` for how they are read."""

from __future__ import annotations

import re

from talking_head.tools import arithmetic
from talking_head.tools.schemas import cancel, duration, percent, plus, proportion
from talking_head.tools.story import quantities, rates
from talking_head.tools.story.clauses import readings
from talking_head.tools.story.plain import plain, without_places
from talking_head.tools.story.solve import result

# “I had 50 and spent 18 how much is left”, typed without a comma
_UNCUT = re.compile(
    r"(?<=[a-z\d])(?<!\bso)(?<!\band)(?<!\bthen) "
    r"(?=(?:so |and |then )?(?:how (?:many|much)|what (?:is left|do (?:i|we) (?:pay|owe)|does it come to))\b)"
)

# “My brother has 14 marbles and I have twice as many”: as many of what, and as who, stands before it.
_ELLIPTIC = re.compile(
    r"(?P<who>\b(?:i|we|he|she|they|(?:my|the|our|his|her) [a-z]+|[a-z]+)) (?P<verb>has|have|had) (?P<n>\d+) (?P<noun>[a-z]+)"
    r"(?P<then>(?: [|,])*(?: and)? (?:i|we|he|she|they|(?:my|the|our|his|her) [a-z]+|[a-z]+) (?:has|have|had) "
    r"(?:twice|\d+ times) as (?:many|much))(?= [|,]|$)"
)


def answer(message: str) -> str:
    """The result of the story that ``message`` tells, as a sentence; "" where it is none, or not surely one.

    A wrong sum is worse than none: every word must have its place in a clause, every number must be used, and where the message
    can be read in two ways, both must come to the same.
    """
    text = _ELLIPTIC.sub(r"\g<who> \g<verb> \g<n> \g<noun>\g<then> \g<noun> as \g<who>", plain(message))
    found = _found(text) or _found(_UNCUT.sub(" | ", text)) or _found(without_places(text))
    if not found and re.match(r"(?:what is |how much is )?\d[\d.]* (?:plus|minus|times|divided by) ", text):
        return arithmetic.answer(text)  # “two and a half times four”
    if not found:
        told = rates.answer(text) or quantities.answer(text) or percent.answer(text)
        return told or proportion.answer(text) or duration.answer(text) or cancel.answer(text) or plus.answer(text)
    return found.pop() if len(found) == 1 else ""


def _found(text: str) -> set[str]:
    return {told for row in readings(text) if (told := result(row))} if text else set()
