"""Written English → words that a voice can read: markup is taken away, figures and signs become words.

:func:`plain` gives what captions show, :func:`speakable` what the synthesiser reads. The rules run in order: what would be
torn apart by a later rule (addresses, dates, telephone numbers) comes first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from re import Match

from talking_head.text import english_numbers as n
from talking_head.text.english_numbers import MONTH, NUMBER, SCALE, UNIT

_ABBREVIATIONS = """
mr:mister mrs:missus ms:miz dr:doctor prof:professor st:saint jr:junior sr:senior vs:versus etc:et cetera e.g:for example
i.e:that is approx:approximately dept:department est:established fig:figure gen:general gov:governor inc:incorporated
ltd:limited co:company corp:corporation capt:captain col:colonel sgt:sergeant lt:lieutenant rev:reverend hon:honourable
max:maximum min:minimum no:number vol:volume pp:pages ave:avenue blvd:boulevard rd:road mt:mount a.m:A M p.m:P M u.s:U S
u.k:U K u.s.a:U S A ph.d:P H D b.c:B C a.d:A D e.u:E U jan:January feb:February mar:March apr:April jun:June jul:July
aug:August sep:September sept:September oct:October nov:November dec:December
"""
# Abbreviation without its last full stop → how it is read.
ABBREVIATIONS = {k: v.strip() for k, v in re.findall(r"(\S+):(.+?)(?=\s+\S+:|\s*$)", " ".join(_ABBREVIATIONS.split()))}
# Those that are words as well ("No.", "the max.") are read so only before a figure.
ONLY_BEFORE_FIGURES = {"no", "max", "min", "fig", "mar", "jun", "est", "gen", "sep", "dec", "oct", "vol", "pp", "apr"}

_SIGNS = {
    "&": "and", "@": "at", "%": "percent", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "≈": "about",
    "~": "about", "≤": "at most", "≥": "at least", "<": "less than", ">": "greater than", "±": "plus or minus", "→": "to",
    "√": "root", "π": "pi", "°": "degrees", "§": "section", "#": "number", "©": "copyright", "€": "euros", "£": "pounds",
    "$": "dollars", "µ": "micro", "∞": "infinity", "²": "squared", "³": "cubed", "½": "one half",
    "¼": "one quarter", "¾": "three quarters", "|": ",",
}  # fmt: skip
_TYPOGRAPHY = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "−": "-", "‑": "-", "‐": "-", "ﬁ": "fi", "ﬂ": "fl",
})  # fmt: skip
_DOMAINS = "com|org|net|io|dev|ai|edu|gov|de|uk|eu"
_COUNTED = "people|dollars|euros|times|years|days|hours|minutes|units|words|points|pages|items|users|steps|or more"


def plain(text: str) -> str:
    """``text`` without markdown and HTML, on one line: what a caption shows."""
    text = re.sub(r"<[/a-zA-Z!][^<>]{0,200}>", " ", text)
    text = re.sub(r"!?\[([^\[\]]{0,400})\]\([^()\s]{0,2000}\)", r"\1", text)
    lines = []
    for line in text.splitlines():
        if re.fullmatch(r"[\s|:*_=`-]*", line):  # rules, fences and the line under a table's head
            continue
        line = re.sub(r"^\s*(?:#{1,6}\s+|>\s*|[-*+•]\s+(?:\[[ xX]\]\s+)?)+", "", line)
        lines.append(re.sub(r"\s*\|\s*", ", ", line.strip().strip("|")))
    text = re.sub(r"\*\*|__|~~|`+", "", " ".join(lines))
    text = re.sub(r"(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])", "", text)  # emphasis, but not 2 * 3 and not snake_case
    return re.sub(r"\s+", " ", text).strip()


def speakable(text: str) -> str:
    """Words for everything in ``text`` (as :func:`plain` gives it) that can be said; "" when there is nothing.

    The result holds Latin letters, apostrophes, hyphens and the pauses ``, . ! ? ; : …`` only.
    """
    text = unicodedata.normalize("NFC", text.translate(_TYPOGRAPHY))
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    text = "".join(_sign(c) for c in text)
    for pattern, replace in _TIDY:
        text = pattern.sub(replace, text)
    return text if any(c.isalpha() for c in text) else ""


def _sign(character: str) -> str:
    if character in _SIGNS:
        return f" {_SIGNS[character]} "
    if character.isalpha():
        # Other scripts have no English reading; neither have modifier letters.
        return character if unicodedata.name(character, "").startswith("LATIN") else " "
    if character in "–—":
        return ", "
    return character if character in " '-,.!?;:…()" else " "


def _url(m: Match[str]) -> str:
    """The domain, and the path where it is words."""
    domain, _, path = re.sub(r"^(?:https?://)?(?:www\.)?", "", m[0], flags=re.I).partition("/")
    words = re.split(r"[:?#]", domain)[0].replace(".", " dot ").replace("-", " dash ")
    pieces = [p for p in re.split(r"[?#]", path)[0].split("/") if p]
    if len(pieces) <= 2 and all(re.fullmatch(r"[A-Za-z][A-Za-z-]{1,24}", p) for p in pieces):
        words += "".join(" slash " + p.replace("-", " ") for p in pieces)
    return f" {words} "


def _email(m: Match[str]) -> str:
    names = {".": " dot ", "@": " at ", "_": " underscore ", "+": " plus ", "-": " dash "}
    return " " + "".join(names.get(c, c) for c in m[0]) + " "


def _month_day(m: Match[str]) -> str:
    return f"{n.month_name(m[1])} {n.ordinal(m[2])}" + (f", {n.year(m[3][-4:])}" if m[3] else "")


def _day_month(m: Match[str]) -> str:
    return f"the {n.ordinal(m[1])} of {n.month_name(m[2])}" + (f" {n.year(m[3][-4:])}" if m[3] else "")


def _abbreviation(m: Match[str]) -> str:
    name, following = m[1].lower(), m["next"] or ""
    words = "street" if name == "st" and not following.isupper() else ABBREVIATIONS[name]
    ends = not following or (following.isupper() and name in {"etc", "a.m", "p.m", "inc", "ltd"})
    return words + ("." if ends else "")


_Replace = Callable[[Match[str]], str] | str
_SHORT = "|".join(sorted((re.escape(a) for a in ABBREVIATIONS if a not in ONLY_BEFORE_FIGURES), key=len, reverse=True))
_SOURCES: list[tuple[str, _Replace]] = [
    (r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", _email),
    (r"(?i:\b(?:https?://|www\.)[^\s<>()\"]*[^\s<>()\".,;:!?'])", _url),
    (rf"\b(?:[a-zA-Z0-9-]{{1,63}}\.){{1,4}}(?:{_DOMAINS})\b(?:/[^\s<>()\",;]*[\w/])?", _url),
    (r"\S{60,}", " "),  # a key, a hash, encoded data: nothing to be said
    (r"(?<!\w)[:;=8][-o]?[)(DPp/|](?!\w)", " "),  # emoticons
    (r"^\s*(\d{1,3})[.)]\s+", r"\1, "),  # number of a list
    (r"\b(\d{4})-(\d{2})-(\d{2})\b", lambda m: n.date(m[0], m[1], m[2], m[3])),
    (r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", lambda m: n.date(m[0], m[3], m[1], m[2])),
    (r"\+\d{1,3}(?:[ .-]?\(?\d{2,4}\)?){2,5}(?!\d)", n.phone),
    (r"(?<![\d$€£])(?:1[ .-])?\(?\b\d{3}\)?[ .-]\d{3}[.-]\d{4}\b|\b\d{3}-\d{4}\b", n.phone),
    (rf"(?<=\d)\s?[-–—]\s?(?={NUMBER})", " to "),
    (rf"\b({MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:|\.\d|,\d)(,?\s+\d{{4}}\b)?", _month_day),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({MONTH})(?![a-z])(,?\s+\d{{4}}\b)?", _day_month),
    (r"\b(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::[0-5]\d)?(?!\d)(?:\s?(?P<half>[aApP]\.?[mM]\b\.?))?", n.clock),
    (r"\b(?P<h>1[0-2]|[1-9])(?P<m>)\s?(?P<half>[aApP]\.?[mM]\b\.?)", n.clock),
    (rf"(?P<sign>[$€£¥₹]|\b(?:USD|EUR|GBP|CHF)\s)\s?(?P<value>{NUMBER}){SCALE}(?P<after>)", n.money),
    (rf"(?P<sign>)(?P<value>{NUMBER}){SCALE}\s?(?P<after>[$€£¥₹]|(?:USD|EUR|GBP|CHF)\b)", n.money),
    (rf"({NUMBER})\s?%", lambda m: f" {n.cardinal(m[1])} percent "),
    (r"\b(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b", lambda m: f" {n.ordinal(m[1])} "),
    (r"\b(?P<century>1[1-9]|20)(?P<tens>\d)0'?s\b", n.decade),
    (r"(?P<century>(?<!\w)')(?P<tens>[1-9])0s\b", lambda m: f" {n.plural(n.cardinal(m['tens'] + '0'))[:-2]}ies "),
    (r"\bv(\d+(?:\.\d+)*)\b", lambda m: " version" + n.version(m[1])),
    (r"\b\d+(?:\.\d+){2,}\b", lambda m: n.version(m[0])),
    (r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])", n.fraction),
    (r"(?<![\w.])-(?=\d)", " minus "),
    (r"(?<=\d)\s?\*\s?(?=\d)", " times "),
    (rf"(?<![\d.,])(1[1-9]\d\d|20\d\d)(?!\d|%|[.,]\d|\s?{UNIT}|\s(?:{_COUNTED}))", lambda m: f" {n.year(m[1])} "),
    (rf"\b({NUMBER})\s?({UNIT})", n.measure),
    (rf"\b({NUMBER})(k|M|bn|B)\b", n.scaled),
    (rf"(?i:\b({_SHORT})\.)(?=\s+(?P<next>\S)|\s*$|[,;:)])", _abbreviation),
    (rf"(?i:\b({'|'.join(sorted(ONLY_BEFORE_FIGURES))})\.\s?)(?=\d)", lambda m: ABBREVIATIONS[m[1].lower()] + " "),
    (r"\b(?:[A-Za-z]\.){2,}(?!\w)", lambda m: " ".join(m[0].replace(".", "")).upper()),
    (r"#(?=[A-Za-z])", " hashtag "),
    (NUMBER, lambda m: f" {n.cardinal(m[0])} "),
    (r"\b([A-HJ-Z])\.\s(?=[A-Z])", r"\1 "),  # initials
    (r"\b([wW])/(?=\s|\w)", "with "),
    (r"\band/or\b", "and or"),
    (r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
]
_RULES = [(re.compile(pattern, re.ASCII if pattern == NUMBER else 0), replace) for pattern, replace in _SOURCES]
_TIDY = [
    (re.compile(pattern), replace)
    for pattern, replace in [
        (r"\s*(?:\.\.\.|…)+", "… "),
        (r"\s*[()]+\s*", ", "),  # a bracket is a small pause
        (r"(?<!\w)['-]+|['-]+(?!\w)", " "),
        (r"\s+", " "),
        (r" (?=[,.!?;:…])", ""),
        (r"([.!?…,;:])[ ,;:.!?…]*(?=[,.!?;:…])", r"\1"),  # of several pauses the first …
        (r"([.!?…,;:])[,.!?;:…]+", r"\1"),
        (r"(?<=[,.!?;:…])(?=\w)", " "),
        (r"(?:(?<=^)|(?<=[.!?…] ))A(?= [A-Za-z'-]{2})", "a"),  # the article, not the letter
        (r"^[\s,.;:!?…]+|\s+$", ""),
    ]
]
