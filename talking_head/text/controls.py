"""Directions inside a text, as single characters of Unicode's private use area.

They are put in by ``markup.py``, travel through clause splitting and normalisation like any other character that is no word,
and are taken out by :func:`taken_out`. What a person writes may not hold them: :func:`without` removes them first.
"""

from __future__ import annotations

import re

from talking_head.types import WordMark

EMPHASIS, STRONG, EMPHASIS_END = "\ue000", "\ue001", "\ue002"
WORDS, SPOKEN, END = "\ue005", "\ue006", "\ue007"  # WORDS what captions show SPOKEN what is read aloud END
PHONEMES_END = "\ue004"
_PAUSE, _STYLE, _PHONEMES = 0xE100, 0xE600, 0xE800  # + hundredths of a second; + number of a Delivery; + number of an IPA text
LONGEST_PAUSE_S = 10.0
MOST = 500  # styles, and phoneme texts, of one text

_ANY = re.compile("[\ue000-\uf8ff]")
_SAID = re.compile(f"{WORDS}([^{SPOKEN}{END}]*){SPOKEN}([^{END}]*){END}")


def pause(seconds: float) -> str:
    """A silence of 0 to 10 s."""
    return chr(_PAUSE + round(100 * min(max(seconds, 0.0), LONGEST_PAUSE_S)))


def pause_s(character: str) -> float | None:
    """The length of a pause character; None for any other."""
    place = ord(character) - _PAUSE
    return place / 100 if 0 <= place <= 100 * LONGEST_PAUSE_S else None


def style(number: int) -> str:
    """From here on the text's style ``number`` holds."""
    return chr(_STYLE + number)


def style_of(character: str) -> int | None:
    """The number of a style character; None for any other."""
    place = ord(character) - _STYLE
    return place if 0 <= place < MOST else None


def phonemes(number: int) -> str:
    """Up to PHONEMES_END the text is pronounced as the IPA text ``number`` says."""
    return chr(_PHONEMES + number)


def said(words: str, spoken: str) -> str:
    """``words`` for the eye, ``spoken`` for the ear."""
    return f"{WORDS}{without(words)}{SPOKEN}{without(spoken)}{END}"


def is_control(character: str) -> bool:
    """Whether ``character`` is a direction."""
    return "\ue000" <= character <= "\uf8ff"


def without(text: str) -> str:
    """``text`` without any direction."""
    return _ANY.sub("", text)


def for_eyes(text: str) -> str:
    """What captions show of ``text``."""
    return without(_SAID.sub(r"\1", text))


def for_ears(text: str) -> str:
    """What is read aloud, with the marks of emphasis and pronunciation still in it."""
    return _SAID.sub(r" \2 ", text)


def taken_out(text: str, ipa: list[str]) -> tuple[str, tuple[WordMark, ...]]:
    """``text`` without directions, and the words that they marked; ``ipa``: the phoneme texts by number."""
    out = ""
    marks: list[WordMark] = []
    emphasis: tuple[int, float] | None = None
    sounds: tuple[int, str] | None = None

    def close(opened: tuple[int, float | str] | None) -> None:
        if opened is None:
            return
        start = opened[0] + len(out[opened[0] :]) - len(out[opened[0] :].lstrip())
        end = len(out.rstrip(" ,.;:!?…"))
        if start < end:
            value = opened[1]
            marks.append(WordMark(start, end, phonemes=value) if isinstance(value, str) else WordMark(start, end, value))

    for character in text:
        number = ord(character) - _PHONEMES
        if character in (EMPHASIS, STRONG):
            emphasis = (len(out), 2.0 if character == STRONG else 1.0)
        elif character == EMPHASIS_END:
            close(emphasis)
            emphasis = None
        elif 0 <= number < len(ipa):
            sounds = (len(out), ipa[number])
        elif character == PHONEMES_END:
            close(sounds)
            sounds = None
        elif not is_control(character) and not (character == " " and out[-1:] in ("", " ")):
            out += character
    close(emphasis)
    close(sounds)
    return out.rstrip(), tuple(marks)
