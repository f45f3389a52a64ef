"""Takes markup out of a text while it is being written, before clauses are cut, and turns directions into control characters.

HTML, Markdown, SSML, entities, LaTeX, tables and code: tags are never read out, what they hold is. Directions that are
followed: ``[pause 1s]``, ``*emphasis*``, ``{HeyGen|hay-jen}``, ``{HeyGen|/ˈheɪdʒɛn/}`` and the SSML elements break, emphasis,
prosody, sub, say-as and phoneme (https://www.w3.org/TR/speech-synthesis11/). What is unknown is dropped.

A stretch is held back only while it may still become markup; how the text was cut into pieces changes nothing.
"""

from __future__ import annotations

import html
import re
from re import Match

from talking_head.text import controls as c
from talking_head.text.language import Language
from talking_head.text.tags import Tags
from talking_head.types import Delivery

_SPECIALS = "<&[{*_`$\\!|~"
_SPECIAL = re.compile(f"[{re.escape(_SPECIALS)}]")
_TAG = re.compile(r"""<(/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=`]+))?)*)\s*(/?)>""")
_TAG_OPEN = re.compile(r"</?(?:[A-Za-z][\w:-]*(?:\s[^<]*|/)?)?$")
_ASIDE = re.compile(r"<!--.*?-->|<[!?][A-Za-z][^<>]*>", re.S)
_ASIDE_OPEN = re.compile(r"<!(?:-(?:-.{0,4000})?)?$|<[!?](?:[A-Za-z][^<>]{0,400})?$", re.S)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000}|[^\s<>@]{1,64}@[^\s<>]{1,255})>")
_AUTOLINK_OPEN = re.compile(r"<(?:h|ht|htt|https?(?::(?:/(?:/[^<>\s]*)?)?)?|[\w.+-]{1,64}(?:@[\w.-]*)?)$")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY_OPEN = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{0,7}|[A-Za-z][A-Za-z0-9]{0,31})?$")
_PAUSE = re.compile(
    r"\[\s*+(?:pause|break|silence|wait)\s*+[:=]?\s*+(\d{1,5}(?:[.,]\d+)?)?\s*+(ms|milliseconds?|secs?|seconds?|s)?\s*+\]", re.I
)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,400})\]\(([^()\s]{0,2000}(?:\([^()\s]*\)[^()\s]*)?)(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\)")
_LINK_OPEN = re.compile(r"!?\[[^\[\]\n]{0,400}(?:\](?:\([^\n]{0,2000})?)?$|!$")
_NOTE = re.compile(r"\[\^?\d{1,3}\](?![(\[])")
_SAID = re.compile(r"\{([^{}|\n]{1,80})\|([^{}|\n]{1,160})\}")
_SAID_OPEN = re.compile(r"\{[^{}\n]{0,240}$")
_STRESSED = re.compile(r"(\*{1,3}|_{1,3})(?=[^\s*_])([^*\n]{0,199}?[^\s*_])\1(?![\w*])")
_STRESSED_OPEN = re.compile(r"(?:\*{1,3}|_{1,3})(?:$|(?=[^\s*_])[^*\n]{0,200}\*{0,3}$)")
_FENCE = re.compile(r"(`{3,6}|~{3,6})[^\n`]{0,100}\n")
_FENCE_OPEN = re.compile(r"(?:`{1,3}|~{1,3})$|(?:`{3,6}|~{3,6})[^\n`]{0,100}$")
_CODE = re.compile(r"(`{1,3})(?!`)([^`\n]{1,300}?)(?<!`)\1(?!`)")
_CODE_OPEN = re.compile(r"`{1,3}(?!`)[^`\n]{0,300}`{0,3}$|`{1,3}$")
_FORMULA = re.compile(r"\$\$(.{1,2000}?)\$\$|\$(?![\s$])([^$\n]{1,400}?)(?<!\s)\$(?!\d)", re.S)
_FORMULA_OPEN = re.compile(
    r"\$$|\$\$[^$]{0,2000}\$?$|\$(?:[A-Za-z\\({|^_+-]|\d+(?:\.\d+)?(?![kKmMbBtT]\b)[A-Za-z\\^_{=+*/])[^$\n]{0,400}$"
)
_MATHS = re.compile(r"[\\^_={}<>+*/|]|^[A-Za-z]{1,2}$")
_TEX = re.compile(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]|\\begin\{([a-z*]{1,20})\}(.{1,4000}?)\\end\{\3\}", re.S)
_TEX_OPEN = re.compile(r"\\$|\\[(\[].{0,600}$|\\b(?:e(?:g(?:i(?:n(?:\{.{0,1200})?)?)?)?)?$", re.S)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_ROW = re.compile(r"\|[^\n]*\|[ \t]*(?:\n|\Z)")
_LOOK_AHEAD = {"note", "stress", "code", "formula", "link"}  # the next character decides
_NO_TAG_AFTER = 60  # characters of "<…" without an attribute's "="
_LONGEST_TAG = 2000


class Markup:
    """``push`` pieces of text, ``flush`` at the end; both return text without markup, with control characters in it.

    ``language`` says what stands for code, tables and formulas. ``styles`` and ``ipa`` hold what the controls number.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._held = ""
        self._last = ""  # the last character given out that is no control
        self._fresh = True  # nothing but spaces stands on the current line so far
        self._fence = ""
        self._table = False
        self._tags = Tags(language)
        self.ipa: list[str] = self._tags.ipa
        self.styles: list[Delivery] = self._tags.styles

    def push(self, piece: str) -> str:
        """Take the next piece of any length."""
        out: list[str] = []
        for character in piece:  # one by one, so that how the text was cut into pieces cannot matter
            if character == "\r" or c.is_control(character):
                continue
            if not self._held and not self._fence and character not in _SPECIALS:
                self._give(out, character)
                continue
            self._held += character
            out.append(self._resolve(final=False))
        return "".join(out)

    def flush(self) -> str:
        """The text has ended: nothing held back can become markup any more."""
        return self._resolve(final=True) + self._tags.close()

    def _resolve(self, *, final: bool) -> str:
        out: list[str] = []
        while self._held:
            if self._fence and not self._skip_code(final=final):
                break
            found = _SPECIAL.search(self._held)
            plain = self._held if found is None else self._held[: found.start()]
            if plain:
                self._give(out, plain)
                self._held = self._held[len(plain) :]
            if not self._held:
                break
            taken = self._construct(final=final)
            if taken is None:
                break
            text, rest = taken
            if text is not None:
                self._give(out, text)
            self._held = rest
        return "".join(out)

    def _give(self, out: list[str], text: str) -> None:
        if self._table and text.strip() and not text.startswith(f"\n\n{c.WORDS}"):
            self._table = False
        out.append(self._tags.take(text))
        real = text if len(text) == 1 and not c.is_control(text) else c.without(text)
        if real:
            self._last = real[-1]
            self._fresh = not real[real.rfind("\n") + 1 :].strip() and (self._fresh or "\n" in real)

    def _skip_code(self, *, final: bool) -> bool:
        """Leave a block of code behind; False while its end has not come."""
        end = re.search(rf"^[ \t]*{re.escape(self._fence)}[`~]*[ \t]*(?:\n|{'$' if final else '(?!)'})", self._held, re.M)
        if end is None and not final:
            self._held = self._held[self._held.rfind("\n") + 1 :]
            return False
        self._held = "" if end is None else self._held[end.end() :]
        self._fence = ""
        return True

    def _construct(self, *, final: bool) -> tuple[str | None, str] | None:
        """What the markup at the start of the held text becomes, and what is left; None: it cannot be told yet."""
        head = self._held[0]
        for kind, whole, opened in _KINDS[head]:
            match = whole.match(self._held)
            if match is not None:
                undecided = kind in _LOOK_AHEAD or (kind == "row" and self._fresh and match[0][-1] != "\n")
                if not final and undecided and match.end() == len(self._held):
                    return None
                result = getattr(self, f"_on_{kind}")(match)
                if result is not None:
                    text, more = result
                    return text, more + self._held[match.end() :]
            if not final and opened is not None and opened.match(self._held) and self._may_wait(kind):
                return None
        return head, self._held[1:]

    def _may_wait(self, kind: str) -> bool:
        if kind == "tag":
            return len(self._held) < (_LONGEST_TAG if "=" in self._held else _NO_TAG_AFTER)
        if kind in {"fence", "row"}:
            return self._fresh
        if kind == "stress":
            return not self._last.isalnum()
        return True

    # What each construct becomes: (text to give out or None, text to read again), or None: it is none after all.

    def _on_tag(self, m: Match[str]) -> tuple[str | None, str]:
        return self._tags.tag(m[2], m[3], closing=bool(m[1]), empty=bool(m[4])), ""

    def _on_aside(self, m: Match[str]) -> tuple[str | None, str]:
        return None, ""

    def _on_autolink(self, m: Match[str]) -> tuple[str | None, str]:
        return m[1], ""

    def _on_entity(self, m: Match[str]) -> tuple[str | None, str] | None:
        text = html.unescape(m[0])
        return None if text == m[0] else (c.without(text), "")

    def _on_pause(self, m: Match[str]) -> tuple[str | None, str]:
        seconds = float(m[1].replace(",", ".")) if m[1] else 0.5
        return c.pause(seconds / 1000 if (m[2] or "s").lower().startswith("m") else seconds), ""

    def _on_link(self, m: Match[str]) -> tuple[str | None, str]:
        return None, m[1]

    def _on_note(self, m: Match[str]) -> tuple[str | None, str]:
        return None, ""

    def _on_said(self, m: Match[str]) -> tuple[str | None, str]:
        return self._tags.pronounced(m[1].strip(), m[2].strip()), ""

    def _on_stress(self, m: Match[str]) -> tuple[str | None, str] | None:
        if self._last.isalnum():
            return None
        return c.EMPHASIS, m[2] + c.EMPHASIS_END

    def _on_fence(self, m: Match[str]) -> tuple[str | None, str] | None:
        if not self._fresh:
            return None
        self._fence = m[1]
        sentence = self._language.sentences.code
        return f"\n\n{c.said(sentence, sentence)}\n\n", ""

    def _on_code(self, m: Match[str]) -> tuple[str | None, str] | None:
        if re.fullmatch(r"[\w .,'/@:+#-]{1,60}", m[2]):
            return m[2], ""
        return c.said(m[2], self._language.sentences.inline_code), ""

    def _on_formula(self, m: Match[str]) -> tuple[str | None, str] | None:
        tex = m[1] or m[2]
        if m[1] is None and not _MATHS.search(tex):
            return None
        return c.said(tex.strip(), self._language.formula(tex)), ""

    def _on_tex(self, m: Match[str]) -> tuple[str | None, str]:
        tex = m[1] or m[2] or m[4]
        return c.said(" ".join(tex.split()), self._language.formula(tex)), ""

    def _on_escaped(self, m: Match[str]) -> tuple[str | None, str]:
        return m[1], ""

    def _on_row(self, m: Match[str]) -> tuple[str | None, str] | None:
        if not self._fresh:
            return None
        if self._table:
            return None, ""
        self._table = True
        sentence = self._language.sentences.table
        return f"\n\n{c.said(sentence, sentence)}\n\n", ""


_Kind = tuple[str, "re.Pattern[str]", "re.Pattern[str] | None"]
_KINDS: dict[str, list[_Kind]] = {
    "<": [("aside", _ASIDE, _ASIDE_OPEN), ("tag", _TAG, _TAG_OPEN), ("autolink", _AUTOLINK, _AUTOLINK_OPEN)],
    "&": [("entity", _ENTITY, _ENTITY_OPEN)],
    "[": [("pause", _PAUSE, None), ("link", _LINK, None), ("note", _NOTE, _LINK_OPEN)],
    "!": [("link", _LINK, _LINK_OPEN)],
    "{": [("said", _SAID, _SAID_OPEN)],
    "*": [("stress", _STRESSED, _STRESSED_OPEN)],
    "_": [("stress", _STRESSED, _STRESSED_OPEN)],
    "`": [("fence", _FENCE, _FENCE_OPEN), ("code", _CODE, _CODE_OPEN)],
    "~": [("fence", _FENCE, _FENCE_OPEN)],
    "$": [("formula", _FORMULA, _FORMULA_OPEN)],
    "\\": [("tex", _TEX, _TEX_OPEN), ("escaped", _ESCAPED, None)],
    "|": [("row", _ROW, re.compile(r"\|[^\n]{0,2000}$"))],
}
