"""Splitting a reply, while it is being written, into clauses that a voice can speak.

Markup goes first (``markup.py``), then the language says after each character whether what is collected may be cut, so how the
reply was cut into pieces cannot change the clauses. Directions inside the text (pauses, prosody) cut as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from talking_head.errors import TextError
from talking_head.text import controls as c
from talking_head.text import language as languages
from talking_head.text.language import Language
from talking_head.text.markup import Markup
from talking_head.types import PLAIN, TextSpan

LONGEST_SPOKEN = 280  # a voice works for seconds on as much, and everybody else waits for it
_LONG_WORD = 60  # characters; a shorter word with a letter in it is never dropped
_FOOTNOTE = "⁰¹²³⁴⁵⁶⁷⁸⁹"  # not said on purpose
_UNFOLDS = 14  # characters that a figure or a sign may become
_WRITTEN_TOGETHER = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_SOUNDED = re.compile(r"/([^/\s]{1,100})/")


class ClauseSplitter:
    """Clauses of turn ``turn``: ``push`` the pieces of the reply, ``flush`` at its end.

    Each call returns the clauses that became complete. Clauses with nothing speakable in them are left out; blocks of code and
    tables become one short sentence. ``language``: what the voice reads (None: English). ``pronunciations``: words and how they
    are said: respelt, or IPA between slashes.
    """

    def __init__(self, turn: int, language: Language | None = None, pronunciations: Mapping[str, str] | None = None) -> None:
        self._turn = turn
        self._language = language or languages.get("en")
        self._markup = Markup(self._language)
        self._pronunciations = _Pronunciations(pronunciations or {}, self._markup.ipa)
        self._index = 0
        self._text = ""  # what is collected, with control characters
        self._bare = ""  # the same as the language sees it: without them
        self._places: list[int] = []  # of each bare character in the text
        self._atomic = ""  # the control that ends a stretch which is never cut
        self._emphasis = ""
        self._delivery = PLAIN
        self._out: list[TextSpan] = []
        self._unread: list[str] = []

    @property
    def held(self) -> int:
        """Characters that wait for the end of their clause."""
        return len(self._text)

    def push(self, piece: str) -> list[TextSpan]:
        """Take the next piece of the reply, of any length."""
        for character in self._markup.push(piece):
            self._feed(character)
        return self._take()

    def flush(self) -> list[TextSpan]:
        """The reply has ended: return what is left."""
        for character in self._markup.flush():
            self._feed(character)
        self._emit(self._text.rstrip())
        self._keep("")
        return self._take()

    def unread(self) -> list[str]:
        """Parts of the text so far that this language's voice cannot read; each is told once."""
        parts, self._unread = self._unread, []
        return parts

    def _take(self) -> list[TextSpan]:
        out, self._out = self._out, []
        return out

    def _feed(self, character: str) -> None:
        if c.is_control(character):
            self._control(character)
            return
        self._text += character
        if self._atomic == c.SPOKEN:
            character = character if character.isalnum() else "x"  # shown words: none of theirs decides
        if self._atomic == c.END:
            return
        self._bare += character
        self._places.append(len(self._text) - 1)
        if self._atomic:
            return
        cut = self._language.boundary(self._bare, self._index)
        if cut is not None:
            place = self._places[cut] if cut < len(self._places) else len(self._text)
            while place and c.is_control(self._text[place - 1]) and not _closes(self._text[place - 1]):
                place -= 1  # what opens before a word goes with it
            self._cut(place)

    def _control(self, character: str) -> None:
        pause, style = c.pause_s(character), c.style_of(character)
        if pause is not None or style is not None:
            self._cut(len(self._text), pause or 0.0)
            if style is not None:
                self._delivery = self._markup.styles[style]
            return
        if character == c.WORDS:
            if self._bare.endswith("\n\n"):
                self._cut(len(self._text))
            self._atomic = c.SPOKEN
        elif character == c.SPOKEN:
            self._atomic = c.END
        elif character in (c.END, c.PHONEMES_END):
            self._atomic = ""
        elif not _closes(character) and character not in (c.EMPHASIS, c.STRONG):
            self._atomic = c.PHONEMES_END
        self._text += character

    def _cut(self, place: int, pause: float = 0.0) -> None:
        self._emit(self._text[:place], pause)
        self._keep(self._text[place:])

    def _keep(self, text: str) -> None:
        """Begin the next clause with ``text``; what the last one left open is open in it."""
        self._text, self._bare, self._places = "", "", []
        if self._emphasis:
            self._text = self._emphasis
        for character in text:
            if not c.is_control(character):
                self._bare += character
                self._places.append(len(self._text))
            self._text += character

    def _emit(self, raw: str, pause: float = 0.0) -> None:
        opened = self._emphasis
        for character in raw:
            if character in (c.EMPHASIS, c.STRONG):
                self._emphasis = character
            elif character == c.EMPHASIS_END:
                self._emphasis = ""
        language = self._language
        text = language.caption(c.for_eyes(raw))
        aloud = self._pronunciations(c.for_ears(raw))
        if len(c.without(language.normalise(aloud))) > LONGEST_SPOKEN:  # figures unfold
            place = _middle(raw)
            if place:
                self._emphasis = opened
                self._emit(raw[:place])
                self._emit(self._emphasis + raw[place:], pause)
                return
            if (plain := c.without(c.for_ears(raw))) != raw:  # a direction that grows so long is none: it is cut like any text
                self._emit(plain, pause)
                return
        if unread := unreadable(c.without(aloud), language):
            self._unread += unread
            for part in unread:  # what is shown is what is heard
                text = text.replace(part, "…")
            text = re.sub(r"…[\W\s]*", "… ", text).strip()
        spoken, words = c.taken_out(language.normalise(aloud), self._markup.ipa)
        if len(spoken) > LONGEST_SPOKEN:  # one sign whose pronunciation somebody chose
            spoken = spoken[:LONGEST_SPOKEN].rpartition(" ")[0] or spoken[:LONGEST_SPOKEN]
        if spoken:
            short = pause == 0 and _cut_short(raw)
            words = tuple(mark for mark in words if mark.end <= len(spoken))
            runs_on = short and spoken[-1].isalnum()
            delivery = replace(self._delivery, words=words, runs_on=runs_on) if words or runs_on else self._delivery
            words_ended = language.ended(spoken, short)
            self._out.append(TextSpan(self._turn, self._index, text, words_ended, delivery=delivery, pause=pause))
            self._index += 1
        elif pause:
            self._out.append(TextSpan(self._turn, self._index, "", "", pause=pause))
            self._index += 1


def _whole_word(word: str) -> str:
    """A pattern for ``word`` where no letter stands beside it; Chinese, Japanese and Thai letters stand beside others."""
    before = "" if _WRITTEN_TOGETHER.match(word[0]) else r"(?<!\w)"
    after = "" if _WRITTEN_TOGETHER.match(word[-1]) else r"(?!\w)"
    return f"{before}{re.escape(word)}{after}"


class _Pronunciations:
    """The words of a pronunciation list, replaced by how they are said."""

    def __init__(self, words: Mapping[str, str], ipa: list[str]) -> None:
        self._how = {word.lower(): how for word, how in words.items() if word.strip() and how.strip()}
        self._ipa = ipa
        longest = sorted(self._how, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_whole_word, longest)), re.I) if longest else None

    def __call__(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(lambda m: self._said(m[0]), text)

    def _said(self, word: str) -> str:
        how = self._how[word.lower()]
        sounded = _SOUNDED.fullmatch(how)
        if sounded is None:
            return how
        if sounded[1] not in self._ipa:
            if len(self._ipa) >= c.MOST:
                return word
            self._ipa.append(sounded[1])
        return c.phonemes(self._ipa.index(sounded[1])) + word + c.PHONEMES_END


def beside(configured: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """A visitor's pronunciations ``words`` beside the configured ones. Raises TextError for signs that no text has."""
    if not all(text.isprintable() for pair in words.items() for text in pair):
        raise TextError("A pronunciation holds signs that cannot be written.")
    return {**configured, **words}


def check(text: str, limit: int) -> str:
    """``text`` as it may be spoken or sent to the model, stripped; TextError in a sentence when it cannot be used."""
    text = text.strip()
    if not text:
        raise TextError("There is nothing to say in this text: write some words.")
    if len(text) > limit:
        raise TextError(f"This text has {len(text)} characters; at most {limit} can be taken at once.")
    odd = sum(1 for x in text if (ord(x) < 32 and x not in "\n\r\t\f") or x == "\ufffd" or 0xD800 <= ord(x) <= 0xDFFF)
    if odd > len(text) // 20 or "\0" in text:
        raise TextError("This is binary data, not text.")
    return text


class Splits(Protocol):
    """What :func:`check_spoken` asks of a splitter."""

    def push(self, piece: str) -> list[TextSpan]: ...
    def flush(self) -> list[TextSpan]: ...


def check_spoken(text: str, splitter: Splits, limit: int) -> None:
    """Raise TextError where ``text`` has more than ``limit`` characters once its figures and signs are read out.

    Stops reading there, so that it takes no longer for a text that unfolds to ten times its length than for any other; a text
    that cannot become so long is not read at all.
    """
    figures = sum(not (character.isalpha() or character.isspace()) for character in text)
    if len(text) + _UNFOLDS * figures <= limit:
        return
    spoken = 0
    for piece in _in_pieces(text, 64):
        spoken += sum(len(span.spoken) for span in splitter.push(piece))
        if spoken > limit:
            break
    else:
        spoken += sum(len(span.spoken) for span in splitter.flush())
    if spoken > limit:
        raise TextError(f"Read out, the figures of this text take more than the {limit} characters that can be taken at once.")


def split(
    text: str, turn: int = 0, language: Language | None = None, pronunciations: Mapping[str, str] | None = None
) -> list[TextSpan]:
    """All clauses of a finished ``text``; TextError when nothing in it can be spoken."""
    return split_and_unread(text, turn, language, pronunciations)[0]


def split_and_unread(
    text: str, turn: int = 0, language: Language | None = None, pronunciations: Mapping[str, str] | None = None
) -> tuple[list[TextSpan], list[str]]:
    """As :func:`split`, and the parts of ``text`` that the voice cannot read."""
    splitter = ClauseSplitter(turn, language, pronunciations)
    spans = splitter.push(text) + splitter.flush()
    unread = splitter.unread()
    if not any(span.spoken for span in spans):
        raise nothing_to_say(unread, language or languages.get("en"))
    return spans, unread


def speakable(text: str, language: Language, pronunciations: Mapping[str, str] | None = None) -> None:
    """Raises TextError when no clause of ``text`` can be spoken; costs no more than the first that can."""
    splitter = ClauseSplitter(0, language, pronunciations)
    unread: list[str] = []
    for piece in _in_pieces(text):
        found = splitter.push(piece)
        unread += splitter.unread()
        if any(span.spoken for span in found):
            return
    if not any(span.spoken for span in splitter.flush()):
        raise nothing_to_say(unread + splitter.unread(), language)


def nothing_to_say(unread: list[str], language: Language) -> TextError:
    """The error for a text of which nothing can be spoken; where a voice of another language could, it says so."""
    sentences = language.sentences
    if not unread:
        return TextError(sentences.nothing)
    told = [sentences.cannot_read.format(shortened(unread))]
    letters = [character for part in unread for character in part if character.isalpha()]
    for other in map(languages.get, languages.codes()):
        if letters and other.code != language.code and all(other.reads(letter) for letter in letters):
            told.append(sentences.other_voice.format(other.name))
    return TextError(" ".join(told))


def unreadable(text: str, language: Language) -> list[str]:
    """Runs of words in ``text`` whose letters do not belong to the language's writing, and words of which nothing is said."""
    runs: list[str] = []
    run, pending = "", ""
    for character in text:
        if character.isalpha() and not language.reads(character):
            run += pending + character if run else character
            pending = ""
        elif run and not character.isalnum() and len(pending) < 4:
            pending += character
        elif run:
            runs.append(run)
            run, pending = "", ""
    runs += [run] if run else []
    runs = [run for run in runs if len(run) > 1 or not language.normalise(run)]  # a letter alone may have a name: α
    return runs + [word for word in text.split() if _dropped(word, language)]


def _dropped(word: str, language: Language) -> bool:
    """Whether nothing is left of ``word`` where figures become words, though its letters, if it has any, are the language's:
    a key, a hash, figures of another writing."""
    letters = [x for x in word if x.isalpha()]
    if (len(word) < _LONG_WORD and (letters or word.isascii())) or not any(x.isalnum() and x not in _FOOTNOTE for x in word):
        return False
    return all(map(language.reads, letters)) and not language.normalise(word)


def shortened(parts: list[str]) -> str:
    """Parts of a text as one quotation of at most 60 characters."""
    text = " … ".join(parts)
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


def _in_pieces(text: str, size: int = 200) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def _middle(text: str) -> int:
    """Where to cut in two what is too long to be spoken in one go: behind the space next to the middle, else in the middle; 0
    where every cut would go through a stretch that is said as one.
    """
    free: list[int] = []
    whole = False
    for place, character in enumerate(text):
        if not whole and place > 1:  # an emphasis that is open is written before the second half: it must become shorter
            free.append(place)
        if character in (c.END, c.PHONEMES_END):
            whole = False
        elif c.is_control(character) and character not in (c.EMPHASIS, c.STRONG, c.EMPHASIS_END):
            whole = True
    places = [place for place in free if text[place - 1].isspace()] or free
    return min(places, key=lambda place: abs(place - len(text) // 2), default=0)


def _closes(control: str) -> bool:
    return control in (c.EMPHASIS_END, c.PHONEMES_END, c.END)


def _cut_short(raw: str) -> bool:
    """Whether ``raw`` was cut before a following word of the same line (its trailing space is still there)."""
    raw = c.without(raw)
    return raw[-1:].isspace() and "\n" not in raw[len(raw.rstrip()) :]
