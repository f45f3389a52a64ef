"""Splitting a reply, while it is being written, into clauses that a voice can speak.

The splitter looks at one character after the other, so how the reply was cut into pieces cannot change the clauses. A
boundary is decided as soon as the character after it is known. The first clause may end at the first comma, or before a
conjunction, so that the voice starts early; later ones end with the sentence unless it grows long. No cut falls inside a
number, an abbreviation, an address, a link or a code block.
"""

from __future__ import annotations

import re

from talking_head.errors import TextError
from talking_head.text.english import ABBREVIATIONS, ONLY_BEFORE_FIGURES, plain, speakable
from talking_head.types import TextSpan

# (characters from which a comma may end the clause, and from which a conjunction may) for the first clause, the second, and
# all later ones; at twice that a clause ends even without one. Thirty characters are about two seconds of speech: time enough
# to have the second clause ready.
STEPS = ((8, 18), (24, 64), (70, 130))
LONGEST = 180  # never longer, whatever the text looks like
CODE = "Here is a piece of code."

_SENTENCE_END = re.compile(r"[.!?…]['\"”’)\]*_]*$")
_COMMA = re.compile(r"(?:[,;:]['\"”’)*_]*|\s[–—-]|[–—])$")
_LAST_WORD = re.compile(r"([\w.'’-]+)\.['\"”’)\]*_]*$")
_LIST_NUMBER = re.compile(r"^\s*(?:[-*+•]\s+)?\d{1,3}\.$")
_LINKS = (
    " and",
    " but",
    " because",
    " which",
    " that",
    " so",
    " or",
    " when",
    " where",
    " while",
    " if",
    " with",
    " who",
    " to",
)
_OPEN_LINK = re.compile(r"!?\[[^\]]{0,200}$|\]\([^)\s]{0,300}$")


class ClauseSplitter:
    """Clauses of turn ``turn``: ``push`` the pieces of the reply, ``flush`` at its end.

    Each call returns the clauses that became complete. Clauses with nothing speakable in them are left out; a code block
    becomes one short sentence.
    """

    def __init__(self, turn: int) -> None:
        self._turn = turn
        self._index = 0
        self._text = ""
        self._code = False
        self._line = ""  # start of the current line inside a code block, to see its end
        self._out: list[TextSpan] = []

    def push(self, piece: str) -> list[TextSpan]:
        """Take the next piece of the reply, of any length."""
        for character in piece:
            self._feed(character)
        return self._take()

    def flush(self) -> list[TextSpan]:
        """The reply has ended: return what is left."""
        before, newline, line = self._text.rpartition("\n")
        if line.lstrip().startswith("```"):
            self._emit(before + newline)
            self._emit_code()
        else:
            self._emit(self._text)
        self._text, self._line, self._code = "", "", False
        return self._take()

    def _take(self) -> list[TextSpan]:
        out, self._out = self._out, []
        return out

    def _feed(self, character: str) -> None:
        if self._code:
            if character == "\n":
                self._code, self._line = not self._line.lstrip().startswith("```"), ""
            elif len(self._line) < 16:
                self._line += character
            return
        if character == "\r":
            return
        if character == "\n":
            before, newline, line = self._text.rpartition("\n")
            if line.lstrip().startswith("```"):
                self._emit(before + newline)
                self._emit_code()
                self._text, self._code = "", True
                return
        self._text += character
        cut = self._boundary()
        if cut is not None:
            self._cut(cut)

    def _cut(self, place: int) -> None:
        self._emit(self._text[:place])
        self._text = self._text[place:]

    def _emit(self, raw: str) -> None:
        text = plain(raw)
        spoken = speakable(text)
        if not spoken:
            return
        if spoken[-1] not in ".!?…:":  # cut inside a sentence: the voice must not fall as at its end
            spoken = spoken.rstrip(",;") + ("," if _cut_short(raw) else ".")
        self._out.append(TextSpan(self._turn, self._index, text, spoken))
        self._index += 1

    def _emit_code(self) -> None:
        self._out.append(TextSpan(self._turn, self._index, CODE, CODE))
        self._index += 1

    def _boundary(self) -> int | None:
        """Where the collected text may be cut, now that its last character is known; None: not yet."""
        text = self._text
        last, before = text[-1], text[-2:-1]
        if last.isspace() or not before.isspace():
            # Only the first character of a new word decides; but a text without any spaces must end somewhere.
            return len(text) if len(text) >= 2 * LONGEST else None
        place = len(text) - 1
        head = text[:place].rstrip()
        if not head or (_OPEN_LINK.search(head) and len(head) < LONGEST):
            return None
        if "\n" in text[len(head) :] and _ends_line(text[len(head) :], head, last):
            return place
        if len(head) >= LONGEST:
            return place
        if _SENTENCE_END.search(head):
            return place if _ends_sentence(head, last) else None
        comma, link = STEPS[min(self._index, len(STEPS) - 1)]
        if _COMMA.search(head) and not (last.isdigit() and head.rstrip(",;:–—- ")[-1:].isdigit()):
            return place if len(head) >= comma else None
        return self._before_link(text, link)

    @staticmethod
    def _before_link(text: str, least: int) -> int | None:
        """Cut a long stretch without punctuation before its last conjunction; needs the conjunction's following word."""
        head = text[:-1].rstrip()
        if len(head) < least:
            return None
        for link in _LINKS:
            if head.lower().endswith(link):
                place = len(head) - len(link) + 1
                # "five to ten" and "2 and 3" are one number each
                inside_number = text[-1].isdigit() and text[: place - 1].rstrip()[-1:].isdigit()
                return None if inside_number else place
        # The first clauses do not wait for a conjunction for ever.
        if len(head) >= 2 * least and not (text[-1].isdigit() or head[-1].isdigit()):
            return len(text) - 1
        return None


def check(text: str, limit: int) -> str:
    """``text`` as it may be spoken or sent to the model, stripped; TextError in a sentence when it cannot be used."""
    text = text.strip()
    if not text:
        raise TextError("There is nothing to say in this text: write some words.")
    if len(text) > limit:
        raise TextError(f"This text has {len(text)} characters; at most {limit} can be taken at once.")
    odd = sum(1 for c in text if (ord(c) < 32 and c not in "\n\r\t\f") or c == "\ufffd" or 0xD800 <= ord(c) <= 0xDFFF)
    if odd > len(text) // 20 or "\0" in text:
        raise TextError("This is binary data, not text.")
    return text


def split(text: str, turn: int = 0) -> list[TextSpan]:
    """All clauses of a finished ``text``; TextError when nothing in it can be spoken."""
    splitter = ClauseSplitter(turn)
    spans = splitter.push(text) + splitter.flush()
    if not spans:
        raise TextError("There is nothing in this text that can be spoken.")
    return spans


def _ends_sentence(head: str, following: str) -> bool:
    """Whether the full stop (or !, ?, …) at the end of ``head`` ends a sentence, ``following`` starting the next word."""
    word = _LAST_WORD.search(head)
    if word is None:
        return True
    name = word[1].lower()
    if _LIST_NUMBER.match(head):
        return False
    if name in ONLY_BEFORE_FIGURES:
        return not following.isdigit()
    if name in ABBREVIATIONS:
        # "etc." and "p.m." may end a sentence: then a capital follows; "Dr." never does.
        return name in {"etc", "a.m", "p.m", "u.s", "u.k", "inc", "ltd", "co", "jr", "sr"} and following.isupper()
    # An initial: "J. S. Bach". A lone "I" ends a sentence.
    return not (len(word[1]) == 1 and word[1].isupper() and word[1] != "I" and not head[: word.start()].rstrip().endswith(","))


def _ends_line(gap: str, head: str, following: str) -> bool:
    """Whether the line break in ``gap`` ends a clause: not where an ordinary sentence was only wrapped."""
    return gap.count("\n") > 1 or not following.islower() or head[-1] in ".!?:;…" or head.lstrip()[:1] in "#|-*+•>"


def _cut_short(raw: str) -> bool:
    """Whether ``raw`` was cut before a following word of the same line (its trailing space is still there)."""
    return raw[-1:].isspace() and "\n" not in raw[len(raw.rstrip()) :]
