"""Written English → words that a voice can read, and all else that English is to the program (:data:`ENGLISH`).

:func:`plain` gives what captions show, :func:`speakable` what the synthesiser reads: markup is taken away, figures and signs
become words. The rules stand in ``rules.py``.
"""

from __future__ import annotations

import re
import unicodedata

from talking_head.text import controls
from talking_head.text.english import numbers as n
from talking_head.text.english.clauses import boundary, ended
from talking_head.text.english.formula import formula
from talking_head.text.english.rules import RULES, TYPOGRAPHY, raised
from talking_head.text.english.words import SIGNS
from talking_head.text.language import Language, Sentences

_TIDY = [
    (re.compile(pattern), replace)
    for pattern, replace in [
        (r"\s*(?:\.\.\.|…)+", "… "),
        (r"\s*[()]+\s*", ", "),  # a bracket is a small pause
        (r"(?<!\w)['-]+|['-]+(?!\w)", " "),
        (r"\s+", " "),
        (r" (?=[\ue002\ue004]*[,.!?;:…])", ""),
        (r"([.!?…,;:])[ ,;:.!?…]*(?=[,.!?;:…])", r"\1"),  # of several pauses the first …
        (r"([.!?…,;:])[,.!?;:…]+", r"\1"),
        (r"(?<=[,.!?;:…])(?=\w)", " "),
        (r"(?:(?<=^)|(?<=[.!?…] ))A(?= [A-Za-z'-]{2})", "a"),  # the article, not the letter
        (r"^[\s,.;:!?…]+|\s+$", ""),
    ]
]
_FORMATS = {"mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y"}


def plain(text: str) -> str:
    """``text`` without Markdown, on one line: what a caption shows."""
    lines = []
    for line in text.splitlines():
        if re.fullmatch(r"[\s|:*_=`~-]*", controls.without(line)):  # rules, fences and the line under a table's head
            continue
        line = re.sub(r"^\s*(?:#{1,6}\s+|>\s*|[-*+•]\s+(?:\[[ xX]\]\s+)?)+", "", line)
        lines.append(re.sub(r"\s*\|\s*", ", ", line.strip().strip("|")))
    text = re.sub(r"\*\*|__|~~|`+", "", " ".join(lines))
    text = re.sub(r"(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])", "", text)  # emphasis, but not 2 * 3 and not snake_case
    return re.sub(r"\s+", " ", text).strip()


def speakable(text: str) -> str:
    """Words for everything in ``text`` (as :func:`plain` gives it) that can be said; "" when there is nothing.

    The result holds Latin letters, apostrophes, hyphens, the pauses ``, . ! ? ; : …`` and control characters only.
    """
    text = raised(unicodedata.normalize("NFC", text.translate(TYPOGRAPHY)))
    for pattern, replace in RULES:
        text = pattern.sub(replace, text)
    text = "".join(map(_sign, text))
    for pattern, replace in _TIDY:
        text = pattern.sub(replace, text)
    return text if any(c.isalpha() for c in controls.without(text)) else ""


def reads(character: str) -> bool:
    """Whether a letter is one of Latin writing, or has an English name."""
    named = ("LATIN", "FEMININE", "MASCULINE", "MODIFIER")
    return character in SIGNS or unicodedata.name(character, "LATIN").startswith(named)


def say_as(kind: str, form: str, content: str) -> str:
    """SSML's say-as: ``content`` in words; what is not known is read as it would be without."""
    figures = re.sub(r"\D", "", content)
    if kind in {"characters", "spell-out", "spell", "verbatim", "letters"}:
        return ", ".join(n.digits(x) if x.isdigit() and x.isascii() else x.upper() for x in content if x.isalnum())
    if kind in {"digits", "telephone", "phone"} and figures:
        return ", ".join(n.digits(group) for group in re.findall(r"\d+", content))
    if kind in {"cardinal", "number"} and figures:
        return ("minus " if content.strip()[:1] in "-−" else "") + n.cardinal(re.sub(r"[^\d.,]", "", content).strip(".,"))
    if kind == "ordinal" and figures:
        return n.ordinal(figures)
    if kind == "date":
        return _date(form, content)
    if kind == "time" and (m := re.fullmatch(r"\s*(\d{1,2})[:.h](\d{2})(?::\d{2})?\s*([aApP])?\.?[mM]?\.?\s*", content)):
        return speakable(f"{int(m[1])}:{m[2]}" + (f" {m[3]}m" if m[3] else ""))
    if kind in {"expletive", "bleep"}:
        return "beep"
    return content


def _date(form: str, content: str) -> str:
    numbers = re.findall(r"\d+", content)
    if form in _FORMATS and len(numbers) == len(form) == 3:
        named = dict(zip(form, numbers, strict=True))
        if 1 <= int(named["m"]) <= 12 and 1 <= int(named["d"]) <= 31:
            return f"{n.MONTHS[int(named['m']) - 1]} {n.ordinal(str(int(named['d'])))}, {n.year(named['y'][:4])}"
    return content


def _sign(character: str) -> str:
    if character in SIGNS:
        return f" {SIGNS[character]} "
    if character.isalpha():
        # Other scripts have no English reading; neither have modifier letters.
        return character if unicodedata.name(character, "").startswith("LATIN") else " "
    if character in "–—":
        return ", "
    return character if character in " '-,.!?;:…()" or controls.is_control(character) else " "


ENGLISH = Language(
    code="en",
    name="English",
    native="English",
    sentences=Sentences(
        code="Here is a piece of code.",
        table="Here is a table.",
        inline_code="a piece of code",
        formula="a formula",
        cannot_read="This voice reads English; it cannot read “{}”.",
        other_voice="Choose a voice that speaks {}.",
        nothing="There is nothing in this text that can be spoken.",
        sample="Hello! This is how I sound when I speak with you.",
    ),
    caption=plain,
    normalise=lambda raw: speakable(plain(raw)),
    reads=reads,
    boundary=boundary,
    ended=ended,
    say_as=say_as,
    formula=formula,
)
