"""What the rules share: the facts of a kind, whether things are the same, how a result is said."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from talking_head.tools.story.clauses import Fact
from talking_head.tools.story.units import amount

ONESELF = {"i", "we"}
PRONOUNS = {"he", "she", "it", "they"}
# Words that speak of one and the same, be it one person or some.
PERSONS = (
    {"i", "we", "me", "us", "my", "our", "myself"},
    {"he", "him", "his"},
    {"she", "her"},
    {"they", "them", "their"},
)
KIN = (
    r"(?:wife|husband|mum|mom|dad|mother|father|sisters?|brothers?|sons?|daughters?|friends?|cousins?|boss|colleagues?|"
    r"neighbours?|gran|grandma|grandpa|uncle|aunt|[a-z]+ friend)"
)
Story = Sequence[Fact]


def kinds_of(facts: Story) -> list[str]:
    return sorted(fact.kind for fact in facts)


def one(facts: Story, kind: str) -> Fact:
    return next(fact for fact in facts if fact.kind == kind)


def number(value: Fraction | None) -> Fraction:
    return Fraction(1) if value is None else value


def same(*nouns: str) -> bool:
    """Whether all that are named are one thing."""
    return len({noun for noun in nouns if noun}) <= 1


def thing(*nouns: str) -> str:
    return next((noun for noun in nouns if noun), "")


def may_be(name: str, others: set[str]) -> bool:
    """Whether ``name`` may be one of ``others``, or is nobody by name."""
    if not name or not others or name in others:
        return True
    return bool(others & ONESELF) if name in ONESELF else name in PRONOUNS and not others & ONESELF


def made(value: Fraction, unit: str = "", tail: str = "") -> str:
    return f"That makes {' '.join(part for part in (amount(value, unit), tail) if part)}."
