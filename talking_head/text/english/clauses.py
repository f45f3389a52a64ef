"""Where English text may be cut into clauses.

The first clause may end at the first comma, before a conjunction, or after a few words, so that the voice starts early; later
ones end with the sentence unless it grows long. No cut falls inside a number, an abbreviation, an address or initials.
"""

from __future__ import annotations

import re

from talking_head.text.english.words import ABBREVIATIONS, ONLY_BEFORE_FIGURES

# Characters from which a clause may end: at a comma, before a conjunction, and at any word that can stand at an end. For the
# first clause, the second, and all later ones. Twelve characters are most of a second of speech: time enough for the next one.
STEPS = ((4, 10, 12), (18, 40, 64), (70, 130, 260))
LONGEST = 180  # never longer, whatever the text looks like

_SENTENCE_END = re.compile(r"[.!?…]['\"”’)\]*_]*$")
_COMMA = re.compile(r"(?:[,;:]['\"”’)*_]*|\s[–—-]|[–—])$")
_LAST_WORD = re.compile(r"([\w.'’-]+)\.['\"”’)\]*_]*$")
_LIST_NUMBER = re.compile(r"^\s*(?:[-*+•]\s+)?\d{1,3}\.$")
_CONJUNCTIONS = "and but because which that so or when where while if with who to"
_LINKS = tuple(f" {word}" for word in _CONJUNCTIONS.split())
# A clause that ends with one of these hangs in the air: it is cut before it.
_HANGING = """
a an the this that these those my your his her its our their some any no every each of in on at by for from with to into about
as than and or but so if when while because is are was were am be been being do does did have has had will would can could
should may might must not very too more most i you he she it we they i'm you're we're they're he's she's it's there's that's
who which what where how mr mrs ms dr
"""
_NUMERAL = re.compile(r"[IVXL]{2,}|[VX]")  # "Queen Elizabeth II"
_LEADS = frozenset(_HANGING.split())


def boundary(text: str, index: int) -> int | None:
    """Where ``text``, the beginning of clause ``index``, may be cut now that its last character is known; None: not yet."""
    last, before = text[-1], text[-2:-1]
    if last.isspace() or not before.isspace():
        # Only the first character of a new word decides; but a text without any spaces must end somewhere.
        return len(text) if len(text) >= 2 * LONGEST else None
    place = len(text) - 1
    head = text[:place].rstrip()
    if not head:
        return None
    if "\n" in text[len(head) :] and _ends_line(text[len(head) :], head, last):
        return place
    if len(head) >= LONGEST:
        return place
    if _SENTENCE_END.search(head):
        return place if ends_sentence(head, last) else None
    comma, link, any_word = STEPS[min(index, len(STEPS) - 1)]
    if _COMMA.search(head) and not (last.isdigit() and head.rstrip(",;:–—- ")[-1:].isdigit()):
        return place if len(head.strip()) >= comma else None
    return _before_link(text, link, any_word)


def _before_link(text: str, least: int, any_word: int) -> int | None:
    """Cut a stretch without punctuation before its last conjunction; needs the conjunction's following word."""
    head = text[:-1].rstrip()
    if len(head) < least:
        return None
    inside_number = text[-1].isdigit() or head[-1].isdigit() or not (text[-1].isalpha() and head[-1].isalnum())
    for link in _LINKS:
        if head.lower().endswith(link) and len(head) - len(link) >= least // 2:
            place = len(head) - len(link) + 1
            # "five to ten" and "2 and 3" are one number each
            number = text[-1].isdigit() and text[: place - 1].rstrip()[-1:].isdigit()
            return None if number else place
    # The first clauses do not wait for a conjunction for ever: they end before the last word, so that no single word is left
    # over, and before the words that lead to it.
    first, _, word = head.rpartition(" ")
    if inside_number or not word.isalpha() or _NUMERAL.fullmatch(word):
        return None
    while len(first := first.rstrip()) >= any_word and first.rpartition(" ")[2].lower().replace("’", "'") in _LEADS:
        first = first.rpartition(" ")[0]
    counted = first.rpartition(" ")[2][:1].isdigit()  # "100s of people" is read by what follows
    if len(first) >= any_word and first[-1].isalpha() and not counted:
        return len(first) + 1
    return None


def ends_sentence(head: str, following: str) -> bool:
    """Whether the full stop (or !, ?, …) at the end of ``head`` ends a sentence, ``following`` starting the next word."""
    word = _LAST_WORD.search(head)
    if word is None:
        return True
    name = word[1].lower()
    if _LIST_NUMBER.match(head):
        return False
    if name in ONLY_BEFORE_FIGURES:
        return not (following.isdigit() or following == "(")
    if name in ABBREVIATIONS:
        # "etc." and "p.m." may end a sentence: then a capital follows; "Dr." never does.
        return name in {"etc", "a.m", "p.m", "u.s", "u.k", "inc", "ltd", "co", "jr", "sr"} and following.isupper()
    # An initial: "J. S. Bach". A lone "I" ends a sentence.
    return not (len(word[1]) == 1 and word[1].isupper() and word[1] != "I" and not head[: word.start()].rstrip().endswith(","))


def _ends_line(gap: str, head: str, following: str) -> bool:
    """Whether the line break in ``gap`` ends a clause: not where an ordinary sentence was only wrapped."""
    return gap.count("\n") > 1 or not following.islower() or head[-1] in ".!?:;…" or head.lstrip()[:1] in "#|-*+•>"


def ended(spoken: str, cut_short: bool) -> str:
    """``spoken`` with a mark at its end; one cut inside a sentence must not fall as at its end."""
    if spoken[-1] in ".!?…:":
        return spoken
    return spoken.rstrip(",; ") + ("," if cut_short else ".")
