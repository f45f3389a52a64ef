"""The rules that turn written English into words, in order: what a later rule would tear apart comes first.

Each is a pattern and what stands for it. Control characters (``controls.py``) may stand anywhere; they are no word characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from re import Match

from talking_head.text.english import numbers as n
from talking_head.text.english.numbers import MONTH, SCALE
from talking_head.text.english.words import (
    ABBREVIATIONS,
    COUNTED,
    CURRENCY,
    CURRENCY_SIGN,
    FRACTIONS,
    GREEK,
    IDENTIFIED,
    NUMBERED,
    ONLY_BEFORE_FIGURES,
    PER,
    READ_ENDINGS,
    SEATED,
    SPELT_ENDINGS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    UNIT,
)
from talking_head.text.figures import NUMBER

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_BETWEEN = "is was are number no\\.? code nr\\.? id pin at on to now the your my our me us him her it ending ends in"
_FOLLOWED = f"(?:{'|'.join(_BETWEEN.split())}|reads|says|[:=#,-]|\\s)"
_LONG_NUMBER = re.compile(r"[^\w\s]{0,3}[0-9]+(?:[.,][0-9]+)?[^\w\s]{0,3}")
_VARIABLE = r"(?:(?<![A-Za-z'’])[a-zA-Z](?![A-Za-z'’]))"
# (?>…) takes an operand in one way only: with two, a sum of thirty would be tried in 2³⁰.
_OPERAND = rf"(?>\(*[-−]?(?:\d+[a-z](?![a-z])|{NUMBER}{_VARIABLE}?|{_VARIABLE})\)*(?:(?:\^\{{?[-−]?\w+\}}?|[²³])\)*)?)"
_EQUATION = rf"{_OPERAND}(?:\s*[-−–+*/×÷·]\s*{_OPERAND})*\s*[=≈≠<>≤≥]\s*(?:{_OPERAND}(?:\s*[-−–+*/×÷·]\s*{_OPERAND})*|\?)"
_SUM = rf"{_OPERAND}(?:\s*[-−–+*/×÷·]\s*{_OPERAND})+"
_ASKED = rf"(?i:\b((?:what(?:'s| is| are)|how much is|calculate|compute|evaluate|solve|work out)\s+))({_SUM})"
_OPERATORS = {
    "-": "minus", "−": "minus", "–": "minus", "+": "plus", "*": "times", "·": "times", "×": "times", "÷": "divided by",
    "/": "divided by", "=": "equals", "≈": "is about", "≠": "is not equal to", "<": "is less than", ">": "is greater than",
    "≤": "is at most", "≥": "is at least", "?": "what?",
}  # fmt: skip
_NUMBERED_THINGS = """
War World\\sWar Chapter Part Act Volume Phase Type Class Section Book Episode Appendix Article Title Level Stage
Mark Rocky Apollo
"""
_MONARCHS = """
Henry Louis Charles George Edward William James Richard Elizabeth Mary Philip Frederick Francis Ivan Peter Catherine Pius John
Paul Benedict Leo Napoleon Wilhelm Ferdinand Alexander Nicholas Ramses Ptolemy Otto Leopold Gustav Christian Harald Margrethe
"""
_KEYS = {
    "Ctrl": "control", "Cmd": "command", "Esc": "escape", "Del": "delete", "Ins": "insert", "PgUp": "page up",
    "PgDn": "page down",
}  # fmt: skip
_STREETS = {
    "Dr": "drive", "St": "street", "Ln": "lane", "Ct": "court", "Pl": "place", "Sq": "square", "Hwy": "highway",
    "Pkwy": "parkway",
}  # fmt: skip
_NOT_DESCRIBED = "wide|tall|long|high|deep|thick|by|x|or|and|to|of|in|on|at|is|was"  # behind inches
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WEEKDAY = "(?:" + "|".join(rf"{day}s?|{day[:3]}\.?|{day[:4]}\.?" for day in _WEEKDAYS) + r")(?![A-Za-z])"
_NUMERAL = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![A-Za-z])"
_GREEK = "".join(GREEK) + "".join(GREEK).upper()
_THINGS, _KINGS = ("|".join(words.split()) for words in (_NUMBERED_THINGS, _MONARCHS))
_NOT_AN_AMOUNT = rf"(?![\d%]|[.,:/]\d|\s?(?:{UNIT}|{COUNTED}))"
_SCALE_WORD = r"\s?(?:thousand|million|billion|trillion|bn|mn|[kKmMB])\b"


def _url(m: Match[str]) -> str:
    """The domain, and the path where it is words."""
    domain, _, path = re.sub(r"^(?:https?://)?(?:www\.)?", "", m[0], flags=re.I).partition("/")
    words = _dotted(re.split(r"[:?#]", domain)[0])
    pieces = [p for p in re.split(r"[?#]", path)[0].split("/") if p]
    if len(pieces) <= 2 and all(re.fullmatch(r"[A-Za-z][A-Za-z-]{1,24}", p) for p in pieces):
        words += "".join(" slash " + p.replace("-", " ") for p in pieces)
    return f" {words} "


def _name(m: Match[str]) -> str:
    """A dotted name: a domain, a file, a library."""
    first, _, last = m[0].rpartition(".")
    stem = first.rpartition(".")[2]
    forgotten = stem.lower() in ABBREVIATIONS and first == stem and last[0].isupper()
    if forgotten or (stem.islower() and re.fullmatch(r"[A-Z][a-z]+", last)):
        return f"{first}. {last}"  # a space was forgotten between two sentences
    return f" {_dotted(m[0])} "


def _dotted(name: str) -> str:
    parts = re.split(r"\.", name)
    words = [re.sub(r"[-_]+", lambda h: " dash " if h[0] == "-" else " ", part) for part in parts[:-1]]
    return " dot ".join([*words, _ending(parts[-1]) if len(parts) > 1 else parts[-1].replace("-", " dash ")])


def _ending(ending: str) -> str:
    low = ending.lower()
    letters = re.sub(r"\d", "", low)
    if low in READ_ENDINGS:
        return low
    if low in {"docx", "xlsx", "pptx"}:
        return f"{' '.join(low[:-1]).upper() if low != 'docx' else 'doc'} X"
    if letters and (low in SPELT_ENDINGS or len(letters) <= 2 or not re.search(r"[aeiou]", letters) or ending.isupper()):
        return " ".join(re.findall(r"[A-Z]|\d+", ending.upper()))
    return ending.replace("-", " dash ")


def _email(m: Match[str]) -> str:
    user, _, domain = m[0].partition("@")
    names = {".": " dot ", "_": " underscore ", "+": " plus ", "-": " dash "}
    return f" {''.join(names.get(x, x) for x in user)} at {_dotted(domain)} "


def _month_day(m: Match[str]) -> str:
    return f"{n.month_name(m[1])} {n.ordinal(m[2])}" + (f", {n.year(m[3][-4:])}" if m[3] else "")


def _day_month(m: Match[str]) -> str:
    return f"the {n.ordinal(m[1])} of {n.month_name(m[2])}" + (f" {n.year(m[3][-4:])}" if m[3] else "")


def _dotted_date(m: Match[str]) -> str:
    if not (1 <= int(m[1]) <= 31 and 1 <= int(m[2]) <= 12):
        return m[0]
    return f" the {n.ordinal(m[1])} of {n.MONTHS[int(m[2]) - 1]} {n.year(m[3])} "


def _abbreviation(m: Match[str]) -> str:
    name, following = m[1].lower(), m["next"] or ""
    words = "street" if name == "st" and not following.isupper() else ABBREVIATIONS[name]
    goes_on = bool(following) or m.string[m.end() : m.end() + 1] in {",", ";", ":", ")"}
    ends = not goes_on or (following.isupper() and name in {"etc", "a.m", "p.m", "inc", "ltd"})
    return words + ("." if ends else "")


def _days(m: Match[str]) -> str:
    """ "Mon–Fri", "Jan-Mar"."""
    names = [*_WEEKDAYS, *n.MONTHS]
    first, last = (next(name for name in names if name.startswith(word[:3])) for word in m.groups())
    return f"{first} to {last}"


def _day(m: Match[str]) -> str:
    """ "Sat 9 am", "Mon, 5 May"."""
    return next(day for day in _WEEKDAYS if day.startswith(m[1][:3])) + ("s" if m[1].endswith("days") else "")


def _sum(text: str) -> str:
    """Signs between numbers and variables are operations here, not ranges; "2x" is no unit."""
    text = re.sub(rf"({NUMBER})(?=[A-Za-z](?![A-Za-z]))", lambda s: n.cardinal(s[1]) + " ", text)
    text = re.sub(r"(?<=[\d\w)²³])\s*([-−–+*/×÷·=≈≠<>≤≥?])\s*", lambda s: f" {_OPERATORS[s[1]]} ", text)
    return re.sub(r"(?<!\w)[-−]\s?(?=[\w(])", " minus ", text)


def _identifier(m: Match[str]) -> str:
    return m[1] + n.grouped(re.match(r".*", m[2]) or m)


def _address(m: Match[str]) -> str:
    """ "192.168.0.10" is an address, "1.000.000.000" a number."""
    groups = m[0].split(".")
    if all(str(int(g)) == g and int(g) <= 255 for g in groups):
        return f" {' dot '.join(map(n.cardinal, groups))} "
    return m[0]


def _years(m: Match[str]) -> str:
    """A list of years."""
    return m[1] + re.sub(r"\d{4}", lambda y: f"{n.year(y[0])}" if y[0][0] in "12" else y[0], m[2])


def _roman(m: Match[str]) -> str:
    """ "Chapter IV"."""
    return f"{m[1]} {n.cardinal(_value(m[2]))}"


def _monarch(m: Match[str]) -> str:
    """ "Henry VIII"."""
    return f"{m[1]} the {n.ordinal(_value(m[2]))}"


def _value(roman: str) -> str:
    values = [_ROMAN[x] for x in roman]
    return str(sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True)))


_Replace = Callable[[Match[str]], str] | str
_SHORT = "|".join(sorted((re.escape(a) for a in ABBREVIATIONS if a not in ONLY_BEFORE_FIGURES), key=len, reverse=True))
_BEFORE = "|".join(sorted(ONLY_BEFORE_FIGURES, key=len, reverse=True))
_SIGNS = "".join(FRACTIONS)
SOURCES: list[tuple[str, _Replace]] = [
    (r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", _email),
    (r"(?i:\b(?:https?://|www\.)[^\s<>()\"]*[^\s<>()\".,;:!?'])", _url),
    (r"(?i:\b(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}/[\w/.-]*\w)", _url),
    (r"(?<![\w.])(?=[\w.-]{0,64}?[A-Za-z][\w-]{0,64}\.)[A-Za-z0-9][\w-]{0,64}(?:\.\w[\w-]{0,64})*\."
     r"(?:[A-Za-z][\w-]{0,64}[A-Za-z0-9]|mp[34]|7z)"
     r"(?!\w|\.\w)", _name),
    (r"\b(\w[\w-]+)\.([chrRd])(?![\w.]*\w)(?=\W|$)(?!\s+[A-Z])", lambda m: f" {_dotted(m[1])} dot {m[2].upper()} "),
    (r"(?<![\w.])\.([A-Za-z]\w{1,10})\b", lambda m: f" dot {_ending(m[1])} "),
    (r"(?<![A-Za-z])([A-Za-z])\1{3,}", r"\1\1"),
    (r"([A-Za-z])\1{3,}", r"\1\1"),
    (r"\S{60,}", lambda m: m[0] if _LONG_NUMBER.fullmatch(m[0]) else " "),  # a key, a hash, encoded data: not to be said
    (r"(?<!\w)[:;=8][-o]?[)(DPp/|](?!\w)", " "),  # emoticons
    (r"^\s*(\d{1,3})[.)]\s+", r"\1, "),  # number of a list
    # dates
    (r"\b(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)(?:T(?=\d\d:)|(?!-))", lambda m: n.date(m[0], m[1], m[2], m[3])),
    (r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\d/])", lambda m: n.date(m[0], m[3], m[1], m[2])),
    (r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d|\.\d)", _dotted_date),
    (r"(?i:\b(exp(?:ires?|iry|\.)?|expiration|valid (?:thru|through|until|to)|good thru)"
     r"((?:\s(?:on|date|is)|[\s:])*+)(\d{1,2})/(\d{2})\b)",
     lambda m: f"{m[1]}{m[2]}{n.cardinal(str(int(m[3])))} {n.cardinal(m[4])}"),
    # names made of figures
    (rf"\b((?i:{_BEFORE}))\.\s?(?=\d|[A-Z]-?\d|[A-Z]\b(?!\.)|\(\d)", lambda m: ABBREVIATIONS[m[1].lower()] + " "),
    (r"\b\d{4}(?:[ -]\d{4}){2,4}(?:[ -]\d{1,3})?\b|\b3\d{3}[ -]\d{6}[ -]\d{5}\b", n.grouped),
    (r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?\b", n.grouped),
    (r"\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}(?!\d)", n.phone),
    (r"(?<![\d$€£.,-])(?:1[ .-])?\(?\b\d{3}\)?[ .-]\d{3}[.-]\d{4}\b|(?<![\d.,-])\b\d{3}-\d{4}\b(?!-)", n.phone),
    (r"(?<![\d.,$€£-])(?<!\d )\(?0\d{1,4}\)?(?:[ /-]\d{2,8}){1,4}(?!\d|[.,:]\d)", n.phone),
    (r"(?<![\d.,$€£-])\d{1,7}(?:-\d{1,7}){2,}(?![\d-])", n.grouped),
    (rf"(?i:\b((?:{IDENTIFIED})\b{_FOLLOWED}{{1,8}})(\d{{3,}}(?:[ -]\d{{2,}}){{0,4}}){_NOT_AN_AMOUNT})", _identifier),
    (rf"(?i:\b((?:{NUMBERED})\b\.?{_FOLLOWED}{{1,6}})(\d{{4,}}(?:[ -]\d{{2,}}){{0,4}}){_NOT_AN_AMOUNT})", _identifier),
    (rf"(?i:\b((?:{SEATED})\.?\s+(?:no\.\s*|number\s+|#\s*)?)(\d{{1,4}})([a-z])\b)",
     lambda m: f"{m[1]}{n.cardinal(m[2])} {m[3].upper()}"),
    (rf"\b(\d+[A-Za-z]?\s(?:[A-Z][a-z]+\s){{1,3}})({'|'.join(_STREETS)})\b\.?(?=\s*([A-Z]|$)?)",
     lambda m: f"{m[1]}{_STREETS[m[2]]}" + (", " if m[3] else "." if m[3] is not None else "")),
    (r"(?i:\b(apt|ste|bldg|rm|ext|fig|vol|pp))\s(?=\d)", lambda m: ABBREVIATIONS[m[1].lower()] + " "),
    (r"\bet al\.", "et al"),
    (r"\b([A-Za-z]+\d+)-(?=\d+\b)", r"\1 "),  # x86-64
    (r"\b([A-Z])–(?=\d)", r"\1 to "),
    (r"\bRs\.?\s?(?=\d)", "₹"),
    (rf"\b({'|'.join(_KEYS)})\b(?=\s?[+-]\s?\w)|(?<=\+)\s?({'|'.join(_KEYS)})\b", lambda m: _KEYS[m[1] or m[2]]),
    (r"\b([A-G])#(?!\w)", r"\1 sharp"),
    (r"\b(10|100|1,?000|1,?000,?000)s\b(?=\sof\b)", lambda m: f"{n.plural(n.cardinal(m[1]).removeprefix('one '))}"),
    # one way of writing numbers
    (r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)", _address),
    (r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d+(?![\d]|[.,]\d)", lambda m: m[0].replace(".", "").replace(",", ".")),
    (r"(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?!\d|\.\d)", lambda m: m[0].replace(".", "")),
    (r"(?<![\d.,])\d{1,3}(?:'\d{3})+(?:\.\d+)?(?!\d)", lambda m: m[0].replace("'", "")),
    (r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3}){2,}(?:[.,]\d+)?(?! ?\d)", lambda m: m[0].replace(" ", "").replace(",", ".")),
    (rf"(?<![\d.,])([1-9]\d{{0,2}}) (\d{{3}})(?:([.,])(\d+))?(?=\s?(?:{UNIT}|%|{CURRENCY}))",
     lambda m: m[1] + m[2] + (f".{m[4]}" if m[4] else "")),
    (r"(?<![\d.,])\d{1,2}(?:,\d{2})+,\d{3}(?!\d)", lambda m: m[0].replace(",", "")),
    (rf"(?<![\d.,])(\d+),(\d{{1,2}})(?=\s?(?:[€%]|EUR\b|{UNIT}))", r"\1.\2"),
    (r"((?:€|EUR)\s?)(\d+),(\d{2})(?!\d|,)", r"\1\2.\3"),
    (r"((?:€|EUR|R\$)\s?)(\d{1,3})\.(\d{3})(?![\d.,])", r"\1\2\3"),
    (r"(?<![\d.,])(\d{1,3})\.(\d{3})(?=\s?(?:€|EUR\b))", r"\1\2"),
    # sums, powers
    (r"\b([fghpFGP])\(([a-z])\)", r"\1 of \2"),
    (_EQUATION, lambda m: _sum(m[0])),
    (_ASKED, lambda m: m[1] + _sum(m[2])),
    (r"(?<=[\w)])\s?\^\s?(\{[^{}\s]{1,12}\}|\([^()\s]{1,12}\)|[-−+]?\w{1,6})", n.power),
    (rf"\b({NUMBER})\s?[eE]([-+]?\d{{1,3}})\b", lambda m: f"{n.cardinal(m[1])} times ten to the power of {m[2].lstrip('+')}"),
    # lengths and ratios, what something is counted by
    (r"(?<=[\"″'′])\s?[x×]\s?(?=\d)", " by "),
    (r"(?<![\d'])(\d{1,2})\s?(?:'|′|ft\.?\s|feet\s|foot\s)\s?(\d{1,2})(?:\s?(?:\"|″|''|in\b\.?|inch(?:es)?\b)|(?![\d\w]))",
     n.height),
    (rf"(?<![\d/])(\d{{1,2}}[\s-])?(\d{{1,2}}/\d{{1,2}}|[{_SIGNS}])[\"″](?!\w)", n.part_of_an_inch),
    (rf"(?<![\d'/])({NUMBER})(\"|″)(?=(\s(?!(?:{_NOT_DESCRIBED})\b)[a-z]))?(?!\w)", n.inches),
    (r"\b(\d{1,2})['′](?=\s(?:tall|long|wide|high|deep)\b)", lambda m: f"{n.cardinal(m[1])} foot"),
    (r"\bsq\.?\s?(m|km|cm|ft|mi)\b", r"\1²"),
    (r"(?<=:\d\d)\s?[-–—]\s?(?=\d{1,2}:\d\d)", " to "),
    (r"(?<=\d)\s?([aApP]\.?[mM]\b\.?)\s?[-–—]\s?(?=\d)", r" \1 to "),
    (rf"(?<![\w/])((?:{CURRENCY}\s?)?{NUMBER}(?:{_SCALE_WORD})?(?:\s?(?:{CURRENCY}|[A-Za-z%°µ²³]{{1,12}}(?<!\bday)(?:/[A-Za-z]{{1,3}})?))?)"
     rf"\s?/\s?({'|'.join(sorted(PER, key=len, reverse=True))})(?![\w/])", n.per),
    (rf"(?<![\w/])((?:{CURRENCY}\s?{NUMBER}(?:{_SCALE_WORD})?)|(?:{NUMBER}\s?{CURRENCY}))\s?/\s?({UNIT})", n.per),
    (rf"(?<=\d)(\s?(?:%|{UNIT}))\s?[-–—]\s?(?={NUMBER}\s?(?:%|{UNIT}))", r"\1 to "),
    # ranges and money
    (rf"(?P<sign>{CURRENCY})\s?(?P<first>{NUMBER})(?P<scale1>{_SCALE_WORD})?\s?(?:[-–—]|to\b)\s?"
     rf"(?:{CURRENCY})?\s?(?P<second>{NUMBER})(?P<scale2>{_SCALE_WORD})?", n.money_range),
    (rf"(?<=\d)\s?[-–—]\s?(?={NUMBER})", " to "),
    (rf"(?<=\d)\s?[-–—]\s?(?=(?:{CURRENCY_SIGN})\d)", " to "),
    (r"(?<=\d0s)\s?[-–—]\s?(?='?\d)", " to "),
    (rf"\b({_WEEKDAY}|{MONTH}(?![a-z]))\s?[-–—]\s?({_WEEKDAY}|{MONTH}(?![a-z]))", _days),
    (rf"\b({_WEEKDAY})(?=,?\s(?:\d{{1,2}}(?::\d|\s?[ap]\.?m\b|st\b|nd\b|rd\b|th\b)|{MONTH}(?![a-z])|\d{{1,2}}\s{MONTH}))",
     _day),
    (rf"\b({MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:|\.\d|,\d)(,?\s+\d{{4}}\b)?", _month_day),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({MONTH})(?![a-z])(,?\s+\d{{4}}\b)?", _day_month),
    (r"(?P<at>\b(?i:at|since|until|till|by|from|before|after|,) )?\b(?P<h>[01]?\d|2[0-3]|24(?=:00)):(?P<m>[0-5]\d)"
     r"(?::(?P<s>[0-5]\d))?(?!\d|,\d{3})(?:\s?(?P<half>[aApP]\.?[mM]\b\.?))?", n.clock),
    (r"(?P<at>)\b(?P<h>1[0-2]|[1-9])(?P<m>)(?P<s>)\s?(?P<half>[aApP]\.?[mM]\b\.?)", n.clock),
    (rf"(?<![\d:.])(\d{{1,4}}):({NUMBER})(?![\d:])", lambda m: f" {n.cardinal(m[1])} to {n.cardinal(m[2])} "),
    (rf"(?P<minus>(?<![\w.)])[-−+]\s?)?(?P<sign>{CURRENCY})\s?(?P<inner>[-−])?(?P<value>{NUMBER}){SCALE}(?P<after>)", n.money),
    (rf"(?P<minus>(?<![\w.)])[-−+])?(?P<sign>)(?P<inner>)(?P<value>{NUMBER}){SCALE}\s?(?P<after>{CURRENCY})", n.money),
    (r"(?<![\w.)])[-−](?=[.\d])", " minus "),
    (r"(?<![\w.)])\+(?=\d)", " plus "),
    (rf"({NUMBER})\s?¢", n.cents),
    (rf"(?:(?<![\w.])(?P<whole>\d{{1,4}})\s?(?:and\s)?)?(?P<sign>[{_SIGNS}])(?P<top>)(?P<bottom>)\s?(?P<unit>{UNIT})?",
     n.mixed),
    (rf"(?<![\d/.,])(?P<whole>\d{{1,3}})(?:\s+|-)(?P<sign>)(?P<top>\d{{1,2}})/(?P<bottom>\d{{1,2}})(?![\d/])"
     rf"(?:[\s-]?(?P<unit>{UNIT}))?", n.mixed),
    (rf"({NUMBER})\s?%", lambda m: f" {n.cardinal(m[1])} percent "),
    (r"\b(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b", lambda m: f" {n.ordinal(m[1])} "),
    (r"\b(?P<century>1[0-9]|20)(?P<tens>\d)0'?s\b", n.decade),
    (r"(?P<century>(?<!\w)')(?P<tens>[1-9])0s\b", lambda m: f" {n.plural(n.cardinal(m['tens'] + '0'))[:-2]}ies "),
    (r"(?:\b[vV]ersion\s)?\bv(\d+(?:\.\d+)*)\b", lambda m: " version" + n.version(m[1])),
    (r"\b\d+(?:\.\d+){2,}\b", lambda m: n.version(m[0])),
    (r"(?i:(\b(?:scor(?:ed?|ing)|rat(?:ed|ing)|got|gave|gives?|marks?|grade)\b[^.!?\d]{0,24}))(\d{1,3})/(\d{1,3})(?![\d/])",
     lambda m: f"{m[1]}{n.cardinal(m[2])} out of {n.cardinal(m[3])} "),
    (rf"(?<![\d/])(\d{{1,3}})/(\d{{1,3}})(?![\d/])(?:\s?(?P<unit>{UNIT}))?", n.fraction),
    (r"(?<=\d{3})\s?[×x]\s?(?=\d{3})", " by "),
    (r"(?<=\d)\s?[*×]\s?(?=\d)", " times "),
    (r"(?<=\d)x(?=\d)", " by "),
    (r"(?<!\S)(?<!\d\s)(?:m/s|km/h)\b", lambda m: "metres per second" if m[0] == "m/s" else "kilometres per hour"),
    (r"(?<![\w.])\.(\d+)", lambda m: f" point {n.digits(m[1])} "),
    (r"(?i:(\byears?\s))((?:[12]\d{3}(?:\s?,\s?|\s?;\s?|\s(?:and|or|to)\s|\b))+)", _years),
    (rf"(?<![\d.,])(1[1-9]\d\d|20\d\d)(?!\d|%|[.,]\d|\s?{UNIT}|\s(?:{COUNTED})\b)", lambda m: f" {n.year(m[1])} "),
    (r"(,\s)(10\d\d)(?=[.)!?]|$)", lambda m: f"{m[1]}{n.year(m[2])}"),
    (rf"(?i:(\b(?:in|since|until|till|from|year|circa|ca\.|around|by|before|after|between|during|of|and|to|c\.|anno|A\.?D\.?)\s|\())(10\d\d)(?!\d|%|[.,]\d|\s?{UNIT}|\s(?:{COUNTED})\b)",
     lambda m: f"{m[1]} {n.year(m[2])} "),
    (rf"\b(?P<value>{NUMBER})(?:\s?|(?P<joined>-))(?P<unit>{UNIT})", n.measure),
    (rf"\b({NUMBER})(k|M|bn|B)\b", n.scaled),
    (rf"(?i:\b({_SHORT})\.)(?=\s+(?P<next>\S)|\s*$|[,;:)])", _abbreviation),
    (r"\b(?:[A-Za-z]\.){2,}(?!\w)", lambda m: " ".join(m[0].replace(".", "")).upper()),
    (rf"\b({_THINGS})\s+([IVX]{{1,5}}|[XL]{{2,4}})\b", _roman),
    (rf"\b({_KINGS})\s+([IVX]{{1,5}})\b(?!\.\s[A-Z])", _monarch),
    (rf"\b({_NUMERAL})(?=\s(?:century|centuries|dynasty)\b)", lambda m: n.ordinal(_value(m[1]))),
    (rf"\b([A-Z][a-z]+)\s(?=[IVXL]{{2}})({_NUMERAL})\b", _roman),
    (f"(?<![{_GREEK}])[{_GREEK}](?![{_GREEK}])", lambda m: f" {GREEK[m[0].lower()]} "),
    (r"#([A-Za-z]\w*)", lambda m: " hashtag " + re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", m[1])),
    (NUMBER, lambda m: f" {n.cardinal(m[0])} "),
    (r"\b([A-HJ-Z])\.\s(?=[A-Z])", r"\1 "),  # initials
    (r"\b([wW])/(?=\s|\w)", "with "),
    (r"\band/or\b", "and or"),
    (r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
]  # fmt: skip
RULES = [(re.compile(pattern, re.ASCII if pattern == NUMBER else 0), replace) for pattern, replace in SOURCES]
TYPOGRAPHY = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‑": "-", "‐": "-",
    "ﬁ": "fi", "ﬂ": "fl",
    **{chr(zero + n): str(n) for zero in (0xFF10, 0x660, 0x6F0, 0x966) for n in range(10)},  # full-width, Arabic, Indian
})  # fmt: skip


def raised(text: str) -> str:
    """ "x²" → "x^2", "H₂O" → "H2O"; squares and cubes of units stay."""
    text = re.sub(
        r"(?<=[\w)])(?<!\b[kcm]m)(?<!\bm)(?<!\bft)([⁰¹²³⁴-⁹⁺⁻ⁿⁱ]+)",
        lambda m: "^" + m[1].translate(SUPERSCRIPTS),
        text,
    )
    text = re.sub(r"(?<![\w)])[⁰¹²³⁴-⁹]+", "", text)  # the number of a footnote
    return re.sub(r"[₀-₉]+", lambda m: f" {m[0].translate(SUBSCRIPTS)} ", text)
