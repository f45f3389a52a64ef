"""What each clause of a story states or asks: the clauses are looked up in a table, and every one must be in it.

A message is cut at its stops, commas and conjunctions in every way in which each piece is a clause of the table; a word that no
clause has a place for makes it no sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from talking_head.tools.story.table import compiled
from talking_head.tools.story.units import singular

MOST_READINGS, MOST_CUTS = 200, 12


@dataclass(frozen=True, slots=True)
class Fact:
    """One clause: its ``kind`` (a question's begins with ``?``); numbers ``n``, ``m``; ``noun``, ``unit``, ``per``, ``other``
    in the singular; ``who``, ``whom``; ``clock`` and ``until`` as in ``plain.py``; ``rest``: clauses inside a
    question; ``of``: what a measure is of (the “cherries” of a kilo); ``marks``: what tells its things from others (the “red”
    of red apples)."""

    kind: str
    n: Fraction | None = None
    m: Fraction | None = None
    noun: str = ""
    unit: str = ""
    per: str = ""
    other: str = ""
    who: str = ""
    whom: str = ""
    word: str = ""
    clock: str = ""
    until: str = ""
    rest: str = ""
    of: str = ""
    marks: frozenset[str] = frozenset()


_CLAUSES = compiled()
_CUT = re.compile(r" (?:[|,] )+(?:and |but |then |so |if )*| (?:and|but|then|if|when|with) (?:then )?")


def readings(text: str) -> list[tuple[Fact, ...]]:
    """Every way in which ``text`` (see ``plain``) is a row of clauses of the table; none where there are more than
    ``MOST_READINGS`` or ``MOST_CUTS``: such a text is no sum."""
    cuts = [(0, 0), *((m.start(), m.end()) for m in _CUT.finditer(text)), (len(text), len(text))]
    if len(cuts) > MOST_CUTS:
        return []
    rows: list[list[tuple[Fact, ...]]] = [[] for _ in cuts]  # from each cut to the end
    rows[-1] = [()]
    for at in range(len(cuts) - 2, -1, -1):
        for to in range(at + 1, len(cuts)):
            if rows[to]:
                rows[at] += [(fact, *row) for fact in _facts(text[cuts[at][1] : cuts[to][0]]) for row in rows[to]]
        if len(rows[at]) > MOST_READINGS:
            return []
    return rows[0]


def _facts(clause: str) -> Iterator[Fact]:
    """What ``clause`` may state."""
    for kind, pattern in _CLAUSES:
        if match := pattern.fullmatch(clause):
            got = {name: value for name, value in match.groupdict().items() if value is not None}
            numbers = {key: Fraction(got[key]) for key in ("n", "m") if key in got}
            if "f" in got:  # a fraction: of a price that is taken off in percent, else a part
                part = Fraction(got["f"])
                numbers |= {"n": 100 * part} if kind == "off" else {"m": part}
            noun, unit, per, other = (singular(got.get(key, "")) for key in ("noun", "unit", "per", "other"))
            who, whom, word, clock, until, rest, of = (
                got.get(key, "").strip() for key in ("who", "whom", "word", "clock", "until", "rest", "of")
            )
            marks = frozenset(mark for key in ("noun", "unit", "other") for mark in got.get(key, "").split()[:-1])
            told = (noun, unit, per, other, who, whom, word, clock, until, rest, of)
            yield Fact(kind, numbers.get("n"), numbers.get("m"), *told, marks)
