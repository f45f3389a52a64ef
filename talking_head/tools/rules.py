"""The tools that need no language model to be called: a message that is a sum, or asks for the date, is answered at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from talking_head.tools import arithmetic, clock

CLOCK, SUMS = "clock", "sums"


def answer(message: str, allowed: Collection[str], now: datetime) -> str:
    """The sentence of the first allowed tool that ``message`` is for; "" where it is for none."""
    if SUMS in allowed and (told := arithmetic.answer(message)):
        return told
    return clock.answer(message, now) if CLOCK in allowed else ""
