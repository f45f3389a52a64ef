"""Sums in which units cancel: so much a pair and so many pairs, so many pages and so many a day, euros and lessons.

Every number is an amount of something or a rate of one thing per another. The answer is the product in which each amount and
rate stands once, upside down or not, and in which all units cancel but the one that is asked for; where two products do, as in
inverse proportion, nothing is said. As in the rate schema of Roy and Roth 2018, “Mapping to Declarative Knowledge”.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from talking_head.tools.schemas.percent import paid
from talking_head.tools.schemas.shape import NUMBER, brings_words, told_and_asked
from talking_head.tools.story.common import made
from talking_head.tools.story.units import MONEY, singular

_EVERY = r"(?:an?|per|each|every)"
_NO = (
    r"(?!(?:an?|per|each|every|and|in|on|at|for|of|to|with|from|is|are|i|we|it|how|what|by|but|so|times|or|if|"
    r"do|does|who|left|back|costs?|pays?|gets?)\b)"
)
_NOUN = rf"{_NO}[a-z]+"
_RATE = re.compile(
    rf"(?P<n>{NUMBER})(?: (?P<times>times))?(?: (?P<noun>{_NOUN})(?: {_NOUN})?)? {_EVERY} (?P<per>{_NOUN})"
    rf"|\b(?P<often>once|twice) {_EVERY} (?P<per3>{_NOUN})"
    rf"|\b(?:{_EVERY}|one|1|the) (?P<per2>{_NOUN}) (?:has|holds?|costs?|is|contains?|takes?|needs?|seats?|fits?|gets?|"
    rf"carries|with|of) "
    rf"(?P<n2>{NUMBER})(?: (?P<noun2>{_NOUN}))?"
    rf"|\b(?P<per4>{_NO}[a-z]{{2,}}s) of (?P<n4>{NUMBER})(?! {_NOUN} (?:each|apiece))"
)
_FIRST = re.compile(rf"^how many (?P<group>[a-z]+s) of (?P<n>{NUMBER})(?P<rest> .*\d.*)")  # “how many boxes of 12 for 96 eggs”
_FIRST_MONEY = re.compile(rf"^how much (?:is|are|for) (?P<rest>{NUMBER} .*\d.*)")  # “how much is 3 metres at 4 a metre”
_AMOUNT = re.compile(rf"(?P<n>{NUMBER})(?: (?P<noun>{_NOUN}))?(?: (?P<second>{_NOUN}))?")
_ASKED = re.compile(r"\bhow many (?P<noun>[a-z]+)(?P<rest>.*)|\bhow much(?P<money>.*)|\bwhat(?P<what>.*)")
_ONE = re.compile(r"\b(?:one|1|an?|each|per|every|a single) (?P<noun>[a-z]+)\b")
_SPAN = re.compile(r"\bin (?:an?|one|1) (?P<span>hour|day|week|month|year)\b")
_IN = {("month", "year"): 12}  # nobody works seven days a week
_PEOPLE = frozenset({"person", "kid", "child", "guest", "pupil", "student", "player", "boy", "girl"})
_CHANGES = re.compile(
    r"\b(?:gave|gives?|given|ate|lost|loses?|sold|broken?|missing|more|less|fewer|percent|off|discount|entrance|together|"
    r"both|"
    r"plus|already|change|and then|later|earlier|ago|old|older|than|long|by)\b|\bhow many (?:[a-z]+ )?(?:are|is|were|"
    r"do i have|have i) "
    r"(?:still |there )?left\b"
)
_PAYS = re.compile(
    r"^how much\b|\b(?:costs?|pay|total|altogether|come to|make|price|spend|owe|earn)\b|\bis (?:that|it) in an?\b"
)


_EARNS = re.compile(r"\b(?:earns?|(?:get|am|are) paid)\b")


@dataclass(frozen=True, slots=True)
class _Quantity:
    """``n`` of ``noun`` each ``per`` ("": an amount); a ``noun`` of "" may be anything, "time" is no unit."""

    n: Fraction
    noun: str
    per: str = ""


def answer(text: str) -> str:
    """The one result in which the units of ``text`` (see ``story.plain``) cancel, as a sentence; "" where there is none."""
    text = _FIRST.sub(r"\g<group> of \g<n> |\g<rest> | how many \g<group>", text)
    text = _FIRST_MONEY.sub(r"\g<rest> | how much is it", text)
    parts = told_and_asked(text)
    if parts is None or parts[0] == parts[1] or _CHANGES.search(text):
        return ""
    told, question = parts
    asked = _ASKED.search(question)
    if asked is None or brings_words(_SPAN.sub("", question), told):
        return ""
    found = [*_read(told), *_read(_ONE.sub("", _SPAN.sub("", question)))]
    numbers = re.findall(rf"{NUMBER}|\b(?:once|twice)\b", _SPAN.sub("", _ONE.sub("", text)))
    over, span = _SPAN.search(question), _span(question, found)
    if (
        (over and span is None and over["span"] not in {q.per for q in found})
        or not 2 <= len(found) + (span is not None) <= 4
        or len(numbers) != len(found)
    ):
        return ""
    if any(not q.noun and not q.per for q in found):
        return ""
    wanted = _wanted(asked, question, found, told)
    results = {(n, wanted[0]) for n in _products(found, *wanted, span)} if wanted else set()
    if len(results) != 1:
        return ""
    value, unit = results.pop()
    if (100 * value).denominator != 1:
        return ""
    if unit in ("", *MONEY) and unit != "thing":
        return paid(value, unit) if unit else (made(value) if value.denominator == 1 else paid(value, ""))
    return made(value) if value.denominator == 1 else ""


def _read(text: str) -> list[_Quantity]:
    found: list[tuple[int, _Quantity]] = []
    for m in _RATE.finditer(text):
        noun = "time" if m["times"] or m["often"] else singular(m["noun"] or m["noun2"] or "")
        n = Fraction({"once": 1, "twice": 2}.get(m["often"] or "", 0) or m["n"] or m["n2"] or m["n4"])
        found.append((m.start(), _Quantity(n, noun, singular(m["per"] or m["per2"] or m["per3"] or m["per4"]))))
    for m in _AMOUNT.finditer(_RATE.sub(lambda r: ";" * len(r[0]), text)):
        two = m["second"] and m["second"].endswith("s") and not (m["noun"] or "").endswith("s")
        found.append((m.start(), _Quantity(Fraction(m["n"]), singular((m["second"] if two else m["noun"]) or ""))))
    return [quantity for _, quantity in sorted(found, key=lambda item: item[0])]


def _wanted(asked: re.Match[str], question: str, found: list[_Quantity], told: str) -> tuple[str, str] | None:
    """The unit that is asked for, and per what: ("", …) is money that nobody named; None where it is not told."""
    money = next((q.noun for q in found if q.noun in MONEY), "")
    nouns = {q.noun for q in found} | {q.per for q in found}
    per = next((singular(m["noun"]) for m in _ONE.finditer(question) if singular(m["noun"]) in nouns), "")
    each = re.search(r"\beach\b", question)
    if each and not per:
        per = next((q.noun for q in found if q.noun in _PEOPLE), "")
        if not per or (re.search(r"\b(?:i|me|we|us|my|our)\b", told) and not re.search(r"\bfor \d+ [a-z]+$", told)):
            return None
    if asked["noun"]:
        noun = singular(asked["noun"])
        if noun in nouns:
            return noun, per
        others = [q.noun for q in found if q.noun not in (per, "")]
        return (others[0], per) if per and len(others) == 1 and each else None
    if not (_PAYS.search(question) or _EARNS.search(told)):
        return None
    things = any(q.noun not in ("", "time") and not q.per for q in found)
    if not money and things and not any(q.noun == "" and q.per for q in found):
        return None
    return money, per


def _span(question: str, found: list[_Quantity]) -> _Quantity | None:
    """“in a year”, of so much a month: twelve of them."""
    m = _SPAN.search(question)
    per = next((q.per for q in found if q.per and m and (q.per, m["span"]) in _IN), "")
    return _Quantity(Fraction(_IN[(per, m["span"])]), per) if m and per else None


def _products(found: list[_Quantity], noun: str, per: str, span: _Quantity | None) -> Iterator[Fraction]:
    """The value of every product of all quantities that is a number of ``noun``, or of ``noun`` each ``per``."""
    all_of = [*found, span] if span else found
    rates = {q.per for q in found}
    for signs in product((1, -1), repeat=len(all_of)):
        for wild in {noun, *(q.noun for q in found if q.noun)} if any(not q.noun for q in found) else {""}:
            units, value = Counter[str](), Fraction(1)
            for q, sign in zip(all_of, signs, strict=True):
                value *= q.n**sign if q.n else 0
                units[q.noun or wild] += sign
                if q.per:
                    units[q.per] -= sign
            units.pop("time", None)
            left = {unit: power for unit, power in units.items() if power}
            wanted = {noun: 1, per: -1} if per else {noun: 1}
            if per and span is None and per in rates and left == {noun: 1}:
                continue
            if left == wanted:
                yield value
                break
