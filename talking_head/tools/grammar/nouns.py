"""Nouns that learners count wrongly: some that are counted, some that are not, and what stands behind “an”."""

from __future__ import annotations

_COUNTED_WORDS = (
    "friend book cat dog apple car student teacher brother sister question word mistake child man woman person city "
    "country house shop bag photo picture letter song movie film lesson box bird tree flower phone computer language "
    "sentence egg chair table cup ticket hour day week month year minute game idea problem thing"
)
COUNTED = tuple(_COUNTED_WORDS.split())
MASS = ("information", "advice", "furniture", "homework", "luggage", "equipment", "knowledge")
AN = (
    r"(?:apple|animal|artist|answer|idea|egg|elephant|engineer|english|umbrella|uncle|aunt|orange|office|island|"
    r"interesting|old|"
    r"easy|important|hour|honest|example|exam|exercise|email|actor|airport|area|umbrella|ugly|onion|ice)"
)
_IRREGULAR = {
    "child": "children", "man": "men", "woman": "women", "person": "people", "foot": "feet", "tooth": "teeth", "mouse": "mice",
    "sheep": "sheep",
}  # fmt: skip
_MISCOUNTED = {noun + "s": right for noun, right in _IRREGULAR.items() if noun != "person"}  # “persons” is a word of the law
MISCOUNTED = _MISCOUNTED | {"childrens": "children"}


def plural(noun: str) -> str:
    """“box” → “boxes”."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("x", "s", "ch", "sh")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
