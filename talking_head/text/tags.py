"""What the tags of a text mean: SSML's directions are followed, HTML's emphasis and lines too, all others are dropped."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from talking_head.text import controls as c
from talking_head.text.language import Language
from talking_head.types import PLAIN, Delivery

_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+))""")
_LINE_TAGS = """
br p div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 tr hr section article header footer table blockquote pre paragraph
"""
_INLINE_TAGS = """
a abbr b big bdi bdo cite code data dfn em font i ins kbd mark q s samp small span strong sub sup u var wbr
"""
_LINES, _INLINE = frozenset(_LINE_TAGS.split()), frozenset(_INLINE_TAGS.split())
_DROPPED = {"script", "style", "svg", "iframe", "object", "template"}  # with what they hold
_CAPTURED = {"sub", "say-as", "phoneme", "math"}
_LONGEST = 600  # characters that a captured element may hold
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
_RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_PITCHES = {"x-low": 0.8, "low": 0.9, "medium": 1.0, "default": 1.0, "high": 1.12, "x-high": 1.25}
_VOLUMES = {"silent": -24.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
_HERTZ = 180.0  # a voice's ordinary pitch, to which a change in hertz is related


class Tags:
    """The tags of one text, in order. ``styles`` and ``ipa`` are what the control characters number."""

    def __init__(self, language: Language) -> None:
        self.styles: list[Delivery] = [PLAIN]
        self.ipa: list[str] = []
        self._language = language
        self._prosody: list[int] = [0]
        self._captured: tuple[str, dict[str, str]] | None = None
        self._content = ""

    def take(self, text: str) -> str:
        """Text between tags: what of it is given on now."""
        if self._captured is None:
            return text
        self._content += text
        return self.close() if len(self._content) > _LONGEST and self._captured[0] not in _DROPPED else ""

    def close(self) -> str:
        """The text has ended, or an element grew too long: what was held back, as ordinary text."""
        captured, content = self._captured, self._content
        self._captured, self._content = None, ""
        return "" if captured is None or captured[0] in _DROPPED else content

    def tag(self, name: str, attributes: str, *, closing: bool, empty: bool) -> str | None:
        """What stands in the text in place of a tag; None: nothing."""
        name = name.lower().rpartition(":")[2]
        values = {key.lower().rpartition(":")[2]: html.unescape(a or b or d) for key, a, b, d in _ATTRIBUTE.findall(attributes)}
        if self._captured is not None:
            return self._end() if closing and name == self._captured[0] else None
        if name in _DROPPED or (name in _CAPTURED and (name != "sub" or "alias" in values)):
            if not closing and not empty:
                self._captured, self._content = (name, values), ""
            return None
        return self._plain(name, values, closing=closing, empty=empty)

    def pronounced(self, words: str, how: str) -> str:
        """``words`` said as ``how``: respelt, or IPA between slashes."""
        if len(how) > 2 and how[0] == how[-1] == "/":
            return self._sounded(words, how[1:-1])
        return c.said(words, re.sub(r"(?<=\w)-(?=\w)", " ", how) if how.islower() else how)

    def _plain(self, name: str, values: dict[str, str], *, closing: bool, empty: bool) -> str | None:
        if name == "break":
            return None if closing else c.pause(_seconds(values))
        if name in {"emphasis", "em", "strong", "i", "b"}:
            return self._emphasis(name, values, closing=closing)
        if name == "prosody":
            return self._prosody_tag(values, closing=closing, empty=empty)
        if name == "sup":
            return None if closing else "^"
        if name in _LINES:
            return "\n"
        return None if name in _INLINE else " "

    @staticmethod
    def _emphasis(name: str, values: dict[str, str], *, closing: bool) -> str | None:
        if closing:
            return c.EMPHASIS_END
        level = values.get("level", "moderate")
        if name == "emphasis" and level in {"none", "reduced"}:
            return None
        return c.STRONG if name == "emphasis" and level == "strong" else c.EMPHASIS

    def _prosody_tag(self, values: dict[str, str], *, closing: bool, empty: bool) -> str | None:
        if empty:
            return None
        if closing:
            if len(self._prosody) > 1:
                self._prosody.pop()
            return c.style(self._prosody[-1])
        outer = self.styles[self._prosody[-1]]
        style = replace(
            outer,
            rate=_within(outer.rate * _factor(values.get("rate", ""), _RATES), 0.5, 2.0),
            pitch=_within(outer.pitch * _factor(values.get("pitch", ""), _PITCHES), 0.7, 1.4),
            gain_db=_within(outer.gain_db + _decibels(values.get("volume", "")), -24.0, 9.0),
        )
        if style not in self.styles and len(self.styles) < c.MOST:
            self.styles.append(style)
        number = self.styles.index(style) if style in self.styles else self._prosody[-1]
        self._prosody.append(number)
        return c.style(number)

    def _end(self) -> str | None:
        """The captured element has ended."""
        assert self._captured is not None
        (name, values), content = self._captured, c.for_eyes(self._content).strip()
        self._captured, self._content = None, ""
        if name in _DROPPED:
            return None
        if name == "math":
            formula = self._language.formula("\\")
            return c.said(formula, formula)
        if not content:
            return None
        if name == "sub":
            return c.said(content, values["alias"])
        if name == "phoneme":
            known = values.get("alphabet", "ipa").lower() == "ipa" and values.get("ph", "").strip()
            return self._sounded(content, values["ph"]) if known else content
        kind = values.get("interpret-as", "").lower()
        return c.said(content, self._language.say_as(kind, values.get("format", "").lower(), content))

    def _sounded(self, words: str, ipa: str) -> str:
        ipa = "".join(ipa.split())
        if not ipa or len(self.ipa) >= c.MOST:
            return words
        if ipa not in self.ipa:
            self.ipa.append(ipa[:100])
        return c.phonemes(self.ipa.index(ipa[:100])) + words + c.PHONEMES_END


def _seconds(values: dict[str, str]) -> float:
    m = re.fullmatch(r"\s*\+?(\d{1,6}(?:\.\d+)?)\s*(ms|s)?\s*", values.get("time", ""))
    if m is None:
        return _STRENGTHS.get(values.get("strength", "medium"), 0.4)
    return float(m[1]) / (1000 if m[2] == "ms" else 1)


def _factor(value: str, named: dict[str, float]) -> float:
    """A share of the voice's own: a name, "120%", "+10%", "1.2", "+2st", "-20Hz"."""
    value = value.strip().lower()
    if value in named:
        return named[value]
    m = re.fullmatch(r"([+-]?)(\d{1,4}(?:\.\d+)?)(%|st|hz)?", value)
    if m is None:
        return 1.0
    number = float(m[2]) * (-1 if m[1] == "-" else 1)
    if m[3] == "st":
        return float(2 ** (number / 12))
    if m[3] == "hz":
        return 1 + number / _HERTZ if m[1] else number / _HERTZ
    if m[3] == "%":
        return max(0.1, 1 + number / 100) if m[1] else number / 100
    return max(0.1, number)


def _decibels(value: str) -> float:
    value = value.strip().lower()
    if value in _VOLUMES:
        return _VOLUMES[value]
    m = re.fullmatch(r"([+-]?\d{1,3}(?:\.\d+)?)db", value)
    return float(m[1]) if m else 0.0


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
