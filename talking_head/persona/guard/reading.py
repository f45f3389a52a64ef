"""What a message tries with a presenter, read from its first to its last character against the tables.

A small language model follows whoever spoke last. What is caught here never reaches it: the presenter answers with its
persona's own sentence. It is a sieve, not a wall: nothing that must not be said belongs into a persona or a document.

A long text is read in windows that overlap by more than any entry spans; in each, only those entries are searched for whose
words it holds. So the work grows with the length, however a message is made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from talking_head.persona.guard import harm, human, release, rename, role, secret, terms
from talking_head.persona.guard.attempt import Attempt, Breach

TABLES: tuple[tuple[Breach, tuple[Attempt, ...]], ...] = (  # what counts first comes first
    ("human", human.ATTEMPTS),
    ("secret", secret.ATTEMPTS),
    ("role", (*release.ATTEMPTS, *rename.ATTEMPTS, *role.ATTEMPTS, *terms.ATTEMPTS)),
    ("harm", harm.ATTEMPTS),
)
WINDOW, OVERLAP = 2_000, 640  # characters; no entry spans more than OVERLAP - _MARGIN
_MARGIN = 120  # what an entry may look at behind its match
_LONGEST_WORD = 40

_WARDED = re.compile(  # who asks how to be safe from harm is no danger
    r"\b(?:stop|prevent|protect|protected|avoid|against|report|detect|defend|secure|safe from|recogni[sz]e|spot|not to|"
    r"nobody can|no one can|accidentally|tries to|tried to|wants to (?:kill|hurt|harm) me|from (?:being|getting)|keep .{0,30} "
    r"from)\b",
    re.I,
)
_NAMED = re.compile(  # told what it is: a name of its own, at the head of a sentence that is no question
    r"(?:^|[.!]\s+|, )(?:[Yy]ou are|[Yy]ou're|[Yy]our name is)(?: now)? (?P<name>(?:the |a |an )?[A-Z][a-z]{1,40}(?: "
    r"[A-Z][a-z]{1,40}){0,4})(?=\s*(?:[.!,;]|$))"
)
_NOT_NAMED = re.compile(
    r"(?:God|Right|Great|Nice|Welcome|German|French|Dutch|Greek|Swiss|Polish|Chinese|Beautiful|Lovely|\w+(?:ian|ean|ish|ese|"
    r"ican))$"
)


@dataclass(slots=True)
class Effort:
    """How much was done for a text: ``windows`` that were read, ``searches`` of one entry in one window."""

    windows: int = 0
    searches: int = 0


def breach(text: str, name: str = "", effort: Effort | None = None) -> Breach:
    """What ``text`` tries with the presenter ``name``.

    "role": to be or talk like somebody else; "secret": to have its instructions read out; "human": to have it say that it is
    one; "harm": to have help with hurting, breaking in, stealing; "" for every other message. ``effort`` counts the work.
    """
    plain = clean(text)
    kinds = _found(plain, Effort() if effort is None else effort)
    for kind, _ in TABLES:
        if kind in kinds:
            return kind
    return "role" if name and _renamed(plain, name) else ""


def breaks_character(text: str) -> bool:
    """Whether ``text`` tries any of it."""
    return breach(text) != ""


def clean(text: str) -> str:
    """``text`` as the entries read it: one form of each sign, nothing hidden between letters, one space, no endless word."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("ı", "i").replace("İ", "I")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    plain = re.sub(r"\s*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", plain))
    return re.sub(rf"(\w{{{_LONGEST_WORD}}})\w+", r"\1", plain)


def _windows(plain: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each window of ``plain``."""
    for start in range(0, max(1, len(plain) - OVERLAP), WINDOW - OVERLAP):
        yield start, min(len(plain), start + WINDOW)


def _found(plain: str, effort: Effort) -> set[Breach]:
    """The kinds of all that ``plain``, cleaned, tries.

    A match that ends close to the end of its window may be one only because the window ends there; the next window, which
    begins before it, tells.
    """
    kinds: set[Breach] = set()
    for start, end in _windows(plain):
        effort.windows += 1
        words = set(re.findall(r"\w+", plain[start:end].lower()))
        for kind, attempts in TABLES:
            for attempt in attempts:
                if kind in kinds or not attempt.may_be_in(words):
                    continue
                effort.searches += 1
                match = attempt.compiled.search(plain, start, end)
                if match is None or (end < len(plain) and match.end() + _MARGIN > end):
                    continue
                if kind != "harm" or not _WARDED.search(plain, start, end):
                    kinds.add(kind)
    return kinds


def _renamed(plain: str, name: str) -> bool:
    """Whether ``plain`` tells the presenter ``name`` that it is somebody of another name."""
    told = (match["name"] for match in _NAMED.finditer(plain))
    return any(name.lower() not in other.lower() and not _NOT_NAMED.search(other) for other in told)
