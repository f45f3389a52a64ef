"""Units: how many of one are in another, and how an amount is said."""

from __future__ import annotations

import re
from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number

# What is measured, and how many of the smallest: seconds, millimetres, grams, months, pieces, cents, millilitres …
_UNITS = {
    "second": ("t", 1), "minute": ("t", 60), "hour": ("t", 3600), "day": ("t", 86400), "week": ("t", 604800),
    "fortnight": ("t", 1209600),
    "millimetre": ("l", 1), "centimetre": ("l", 10), "metre": ("l", 1000), "kilometre": ("l", 10**6),
    "gram": ("w", 1), "kilogram": ("w", 1000), "kilo": ("w", 1000), "tonne": ("w", 10**6),
    "ounce": ("p", 1), "pound": ("p", 16), "stone": ("p", 224),
    "inch": ("i", 1), "foot": ("i", 12), "yard": ("i", 36), "mile": ("i", 63360),
    "millilitre": ("v", 1), "centilitre": ("v", 10), "litre": ("v", 1000), "pint": ("g", 1), "gallon": ("g", 8),
    "month": ("m", 1), "quarter": ("m", 3), "year": ("m", 12), "decade": ("m", 120), "century": ("m", 1200),
    "cent": ("c", 1), "euro": ("c", 100), "dollar": ("d", 100), "pence": ("b", 1),
    "egg": ("n", 1), "piece": ("n", 1), "thing": ("n", 1), "dozen": ("n", 12),
}  # fmt: skip
MONEY = frozenset({"euro", "dollar", "pound", "franc", "cent", "pence"})
_ONE = {
    "feet": "foot", "inches": "inch", "centuries": "century", "people": "person", "children": "child", "men": "man",
    "women": "woman", "pennies": "pence", "mice": "mouse", "knives": "knife", "loaves": "loaf", "shelves": "shelf",
    "buses": "bus", "taxis": "taxi", "canoes": "canoe", "toes": "toe", "shoes": "shoe",
}  # fmt: skip
_MANY = {one: many for many, one in _ONE.items()} | {"pence": "pence", "dozen": "dozen", "stone": "stone"}


def singular(word: str) -> str:
    """The last word of ``word`` as one of its kind: “cinema tickets” → “ticket”; "" of ""."""
    last = word.split()[-1] if word.split() else ""
    if last in _ONE:
        return _ONE[last]
    if re.search(r"(?:sses|shes|ches|xes|oes)$", last):
        return last[:-2]
    if len(last) > 4 and last.endswith("ies"):
        return last[:-3] + "y"
    return last[:-1] if last.endswith("s") and not last.endswith(("ss", "us", "is")) else last


def measure(unit: str) -> str:
    """What ``unit`` (singular) measures, "" for no unit. Units of one measure can be counted in each other."""
    return _UNITS[unit][0] if unit in _UNITS else ""


def convert(value: Fraction, unit: str, other: str) -> Fraction | None:
    """``value`` of ``unit`` in ``other`` (both singular); None where they do not measure the same."""
    if unit == other:
        return value
    if unit not in _UNITS or other not in _UNITS or measure(unit) != measure(other):
        return None
    return value * _UNITS[unit][1] / _UNITS[other][1]


def amount(value: Fraction, unit: str = "") -> str:
    """Such as “42 euros”, “1 hour”, “7”; ``unit`` is singular."""
    if not unit:
        return spoken_number(value)
    many = _MANY.get(unit) or (
        unit[:-1] + "ies" if re.search(r"[^aeiou]y$", unit) else unit + ("es" if unit[-1] in "sx" else "s")
    )
    if unit in MONEY and value.denominator > 1:
        cents = round(value, 2)
        return f"{'' if cents == value else 'about '}{float(cents):,.2f} {many}"
    return f"{spoken_number(value)} {unit if value == 1 else many}"


def hours_and_minutes(seconds: Fraction) -> str:
    """Such as “7 hours and 30 minutes”, “3 hours”, “45 minutes”."""
    hours, rest = divmod(seconds, 3600)
    minutes = rest / 60
    parts = [amount(Fraction(hours), "hour")] if hours else []
    if minutes or not parts:
        parts.append(amount(minutes, "minute"))
    return " and ".join(parts)
