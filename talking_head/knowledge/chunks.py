"""Sections cut into passages short enough to be spoken, long enough to be understood alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from talking_head.knowledge.documents import Document

WORDS = 80  # of a passage, about half a minute of speech
# A “word” may be all of a file. What reads a passage reads it more than once, with everybody waiting.
_WORD_CHARS = 15  # so many count as a word at least
_MOST_CHARS, _HEADING_CHARS = WORDS * _WORD_CHARS, 300  # of a piece that nothing divides; of what stands over it
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+|(?<=[。！？])|\n{2,}|\n(?=[ \t]*(?:[-*•]|\d{1,9}[.)])\s)")

_EMPTY_TEXT = """
a an and are as at be been by can could did do does for from get give go had has have he her his how i if in into is it
its me my of on or our shall she should so tell that the their them there they this to us was we were what when where
which who whom whose why will with would you your please want need about any much many long am
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())  # words without a meaning of their own


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document. ``heading`` leads to it; ``question`` is what it answers, where the document says so."""

    document: str
    heading: str
    text: str
    question: str = ""

    @property
    def searched(self) -> str:
        """Everything that a question may match."""
        return "\n".join(filter(None, (self.heading, self.question, self.text)))

    @property
    def views(self) -> list[str]:
        """Its name, then what a question is compared with, the nearest counts: what it answers, the whole, that under its own
        heading, each sentence.

        A question mostly asks for one sentence; against a whole passage its nearness drowns. (Measured on the sample
        handbook: questions that are answered lie at 0.49 and above instead of 0.37, others stay below 0.45.)
        """
        own = self.question or self.heading.rpartition(" › ")[2]
        lead = f"{own}: " if own else ""
        parts = [lead + part for part in sentences(self.text)]
        compared = dict.fromkeys(filter(None, [self.question, self.searched, lead + self.text, *parts]))
        return [own or self.searched, *compared]


def sentences(text: str) -> list[str]:
    """The sentences and list items of ``text``, white space tidied."""
    return [tidy for part in _SENTENCE.split(text) if (tidy := " ".join(part.split()))]


def cut(document: Document, words: int = WORDS) -> list[Passage]:
    """Passages of at most ``words`` words that end with a sentence; a longer sentence stays whole up to twice as much.

    A section is never mixed with its neighbour, and a passage that goes on repeats the last sentence of the one before.
    """
    return [
        Passage(document.name, section.heading[-_HEADING_CHARS:], text, section.question[:_MOST_CHARS])
        for section in document.sections
        for text in _pieces(sentences(section.text), words)
    ]


def _pieces(parts: list[str], words: int) -> Iterator[str]:
    held: list[str] = []
    fresh = False
    for part in _short(parts, 2 * words):
        size = sum(_length(p) for p in held)
        if held and size + _length(part) > words:
            if fresh:
                yield " ".join(held)
            held = held[-1:] if _length(held[-1]) + _length(part) <= words else []
        held.append(part)
        fresh = True
    if held and fresh:
        yield " ".join(held)


def _short(parts: list[str], words: int) -> Iterator[str]:
    for part in parts:
        pieces = part.split(" ")
        for at in range(0, len(pieces), words):
            piece = " ".join(pieces[at : at + words])
            for start in range(0, len(piece), _MOST_CHARS):
                yield piece[start : start + _MOST_CHARS]


def _length(text: str) -> int:
    """Words, or for writing without spaces two characters a word; what has neither by its characters."""
    return max(len(text.split()), len(re.findall(r"[\u3400-\u9fff]", text)) // 2, len(text) // _WORD_CHARS)


def words_of_meaning(text: str) -> list[str]:
    """The words of ``text`` in small letters, without those that every sentence has."""
    return [word for word in re.findall(r"[\w']+", text.lower().replace("’", "'")) if word not in _EMPTY]
