"""A price or a number, and a percentage that comes off it or on top: what is paid, and what is saved."""

from __future__ import annotations

import re
from fractions import Fraction

from talking_head.tools.schemas.shape import NUMBER, brings_words, told_and_asked
from talking_head.tools.story.common import made
from talking_head.tools.story.units import MONEY, singular

_SHARE = re.compile(r"(?P<n>\d+(?:\.\d+)?) percent\b")
_WHOLE = re.compile(rf"(?P<n>{NUMBER})(?! percent)(?: (?P<unit>[a-z]+))?")
_OFF = re.compile(
    r"\b(?:off|discount|reduced|reduction|reduces|cheaper|less|down|sale|drops?|dropped|falls?|fell|loses?|lost|cut|rebate)\b"
)
_ON_TOP = re.compile(
    r"\b(?:tax|vat|tip|surcharge|extra|on top|added|adds?|rises?|rose|raised?|increases?d?|more|dearer|service|goes up|"
    r"went up|"
    r"go up|fee|plus|commission)\b"
)
_EARNED = re.compile(r"\b(?:earn\w*|salary|wages?|income|won|win)\b")
_BACK = re.compile(
    r"\b(?:before|original\w*|normal\w*|used to|full price|regular|without|paid|each|"
    r"every|per|an? (?:day|week|month|year))\b"
)
_PART = re.compile(
    r"\b(?:save[ds]?|saving|(?:big|large|high|much|what) (?:is |are )?(?:the |my |our )?(?:discount|tip|tax|vat|surcharge|"
    r"reduction|fee|commission))\b"
)
_RESULT = re.compile(
    r"\b(?:pay|paying|costs?|price|come to|comes to|total|altogether|charged?|end up|now|new|be|is it|is that|owe|then|"
    r"have to|"
    r"due|left|keep|after|it|bill)\b"
)


def answer(text: str) -> str:
    """What is paid or saved in ``text`` (see ``story.plain``), as a sentence; "" where it is no such sum."""
    parts = told_and_asked(text)
    shares, wholes = list(_SHARE.finditer(text)), list(_WHOLE.finditer(text))
    if parts is None or len(shares) != 1 or len(wholes) != 1 or _BACK.search(text):
        return ""
    told, question = parts
    if brings_words(question, told):
        return ""
    share, whole = Fraction(shares[0]["n"]) / 100, Fraction(wholes[0]["n"])
    unit = singular(wholes[0]["unit"] or "")
    unit = unit if unit in MONEY else ""
    off, on_top = _OFF.search(told) is not None, _ON_TOP.search(told) is not None
    if off == on_top or _EARNED.search(told) or not 0 < share <= 1:
        return ""
    if _PART.search(question):
        return paid(whole * share, unit)
    return paid(whole * (1 - share if off else 1 + share), unit) if _RESULT.search(question) else ""


def paid(value: Fraction, unit: str) -> str:
    """A price as a sentence; one in cents has two figures behind the point, also without a ``unit`` ("")."""
    if unit or value.denominator == 1:
        return made(value, unit)
    return f"That makes {float(value):.2f}." if (100 * value).denominator == 1 else ""
