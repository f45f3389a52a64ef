"""One kind of attempt on a presenter: what it catches in plain words, the words without which it cannot be, and its pattern.

The tables (``role.py rename.py release.py secret.py human.py harm.py``) hold one :class:`Attempt` a kind. To add one, write an
entry with a message that it catches and a near miss that it lets pass; the tests go over every entry.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

Breach = Literal["", "role", "secret", "human", "harm"]

_SHORTHANDS = {  # what several entries share; `<name>` in a pattern
    # Where an order begins: a jacket may act as a windbreaker, and a learner may ask how to speak like a native.
    "order": r"""(?:(?:^|[.!?,;:\n\u2013\u2014-]\s*
        |\b(?:please|then|and|so|but|you\ (?:to|must|should|will|shall|can|have\ to|need\ to|are\ to|may)
        |(?:can|could|would|will)\ you|let's|let\ us|try\ to|why\ don't\ you|don't\ you|you'll)\s+)
        (?:(?:please|now|just|always|only|simply|instead)\s+){0,3})""",
    "somebody": r"(?:an?|my|our|the|some|if\ you|though\ you|someone|somebody|(?-i:[A-Z][a-z]+))\b",
    "you_are": r"(?:you(?:'re|\ are|\ be|\ play|'ll\ be|\ will\ be))",
    "instructions": r"""(?:(?:instruction|rule|prompt|guideline|programming|training|directive|restriction|persona|role
        |character)s?)""",
    "own_rules": r"""(?:instructions?|rules|guidelines|restrictions?|programming|prompt|filters?|directives?|limits|limitations
        |constraints)""",
    # What makes a sentence about harm a plan of it.
    "meant": r"""(?:how\s+(?:do|can|could|would|to|should|might|does)|help\s+me|teach\s+me|tell\s+me|show\s+me|give\s+me|explain
        |i\s+(?:want|plan|intend|need|wish|would\ like|am\ going|will)|i'd\s+like|i'm\s+(?:going|planning)
        |(?:best|easiest|good|any)\s+ways?|ways?\s+to|instructions|recipe|steps|guide
        |what\s+(?:do\ i\ need|is\ needed|poison|can\ i\ use)|write|can\s+you|could\s+you|which\s+(?:poison|weapon|drug)
        |what's\s+the)""",
    "victim": r"""(?:some(?:one|body)|people|a\ person|a\ man|a\ woman|a\ child|children|kids|others|him|her|them|animals
        |strangers?|(?:my|the|his|her|our|your|an?)\s+(?:<word>\s+)?(?:husband|wife|boss|neighbou?rs?(?:'s)?|teacher|brother|sister|mother
        |father|mum|mom|dad|parents|colleague|classmate|friend|girlfriend|boyfriend|ex|roommate|flatmate|landlord|enemy|rival
        |husband's|kid|child|baby|dog|cat|guard|cop|policeman|president|person|guy|man|woman|girl|boy|crowd|school))""",
    "not_ours": r"""(?:house|home|flat|apartment|car|shop|store|bank|office|building|account|phone|computer|e-?mail|network
        |system|room|safe|garage|warehouse|server|website|site|locker|wi-?fi|laptop|facebook|instagram|school)""",
    "word": r"[\w'-]{1,40}",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An entry of the tables.

    ``name``: for reports; ``catches``: in plain words; ``words``: one of them at least is in whatever it catches (case does
    not count, ``_`` stands for a space), and ``<words>`` in the pattern stands for them; ``pattern``: verbose, where
    ``<order>`` and the like are the shorthands above; ``caught`` and ``passed``: messages that it catches, and near misses that
    the whole guard lets pass.
    """

    name: str
    catches: str
    words: str
    pattern: str
    caught: tuple[str, ...]
    passed: tuple[str, ...]
    compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)
    triggers: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = self.words.split()
        literal = "|".join(re.escape(word).replace("_", r"\ ") for word in sorted(words, key=len, reverse=True))
        pattern = self.pattern.replace("<words>", rf"(?:\b(?:{literal})\b)")
        for name, shorthand in _SHORTHANDS.items():
            pattern = pattern.replace(f"<{name}>", shorthand)
        object.__setattr__(self, "compiled", re.compile(pattern, re.I | re.X | re.M))
        object.__setattr__(self, "triggers", frozenset(re.split(r"[\W_]", word)[0] for word in words))

    def may_be_in(self, words: Collection[str]) -> bool:
        """Whether a text of ``words`` (small letters) is worth a search."""
        return not self.triggers.isdisjoint(words)
