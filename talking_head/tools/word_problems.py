"""Sums that are told as a little story, of one or two steps with plain numbers → their result, in the unit that was given.

Each kind is a pattern over the whole message; whatever fits none is nobody's sum. Numbers in words are digits by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from talking_head.tools.arithmetic import digits, spoken_number

MAX_CHARS = 200
_POLITE = re.compile(
    r"^(?:(?:hello|hi|hey|okay|ok|so|and|well|please|then|suppose|if|say|imagine|when)\b[\s,.!]*|(?:can|could|would|will) "
    r"you (?:please )?"
    r"(?:tell me|calculate|work out|say)[\s,:]*|(?:tell me|do you know|i want to know|i would like to know)[\s,:]*)"
)
_MONEY = {"€": "euros", "$": "dollars", "£": "pounds"}
_LESS = (
    r"(?:eats?|ate|breaks?|broke|loses?|lost|gives? away|gave away|gives?|gave|sells?|sold|spends?|spent|uses?|used|"
    r"drinks?|drank|takes?(?: away)?|took(?: away)?|"
    r"drops?|dropped|throws? away|threw away|removes?|burns?|burned|cuts?|pays?|paid|lends?|lent|needs?)"
)
_MORE = (
    r"(?:buys?|bought|gets?|got|finds?|found|adds?|added|receives?|received|wins?|won|earns?|earned|picks?|picked|"
    r"bakes?|baked|makes?|made)"
)
_WE = r"(?:i|we|he|she|they|you|[a-z]+)"
_AND = r"[,.;]? ?(?:and |but |then |and then )?"
_LEFT = (
    r"(?:how (?:many|much)(?: \w+){0,2} (?:are|is|do|does|will|would|remains?|stays?|left)(?: \w+){0,4}|how (?:many|much) "
    r"(?:remains?|stays?|left|is left|are left)|"
    r"what(?: is|'s| remains| stays)? ?(?:left|remains)?)"
)
_TOTAL = (
    r"(?:how (?:much|many)(?: \w+)? (?:do|does|is|are|must|will|would|should)(?: \w+){0,4}|what (?:do|does|must|will|"
    r"would|is|are) (?:i|we|he|she|they|it|that|the|this|all)"
    r"(?: \w+){0,4}|what(?: is|'s) (?:the|my|our) (?:total|price|sum|bill)(?: \w+){0,2}|how much(?: in total| "
    r"altogether)?|what altogether)"
)
_EACH = r"(?:each|apiece|a piece|per \w+)"
_UNITS = {  # in seconds, millimetres, grams, pieces, cents, millilitres
    "second": ("t", 1), "minute": ("t", 60), "hour": ("t", 3600), "day": ("t", 86400), "week": ("t", 604800),
    "fortnight": ("t", 1209600),
    "millimetre": ("l", 1), "centimetre": ("l", 10), "metre": ("l", 1000), "kilometre": ("l", 10**6),
    "gram": ("w", 1), "kilogram": ("w", 1000), "kilo": ("w", 1000), "tonne": ("w", 10**6), "ton": ("w", 10**6),
    "inch": ("i", 1), "foot": ("i", 12), "yard": ("i", 36), "mile": ("i", 63360),
    "millilitre": ("v", 1), "centilitre": ("v", 10), "litre": ("v", 1000),
    "month": ("m", 1), "year": ("m", 12), "decade": ("m", 120), "century": ("m", 1200),
    "cent": ("c", 1), "euro": ("c", 100), "dollar": ("c", 100),
    "egg": ("d", 1), "piece": ("d", 1), "thing": ("d", 1), "dozen": ("d", 12),
}  # fmt: skip
_ONE = {"feet": "foot", "inches": "inch", "centuries": "century"}


def answer(message: str) -> str:
    """The result of the story that ``message`` tells, as a sentence; "" where it is none, or not surely one."""
    if len(message) > MAX_CHARS:
        return ""
    text = _plain(message)
    for pattern, said in _KINDS:
        if match := pattern.fullmatch(text):
            return said(match)
    return ""


def _plain(message: str) -> str:
    text = " ".join(message.lower().replace("’", "'").split()).rstrip(" ?.!=")
    while (shorter := _POLITE.sub("", text, count=1)) != text:
        text = shorter
    text = re.sub(r"\bhalf an? hour\b", "0.5 hours", text)
    text = re.sub(r"\bhalf a dozen\b", "6", re.sub(r"\ba dozen\b(?! (?:times|of them))", "1 dozen", text))
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(\d+)(?: \w+)? and a half\b", r"\1.5", " ".join(digits(text).split()))
    text = re.sub(r"\b(\d+) dozen (?!(?:are|is|and|in)\b)", lambda m: f"{12 * int(m[1])} ", text)
    text = re.sub(r"(?<=\d) ?(?:%|per ?cent)", " percent", text)
    text = re.sub(r"([€$£]) ?(\d+(?:\.\d+)?)", r"\2 \1", text)
    text = re.sub(r"(?<=\d)(?=[€$£])", " ", text)
    return re.sub(r"\s+([,.;:?!])", r"\1", re.sub(r"[,.;:?!]+(?=\s|$)", ",", text)).replace(" ,", ",").rstrip(" ,")


def _told(value: Fraction, unit: str | None, tail: str = "") -> str:
    unit = _MONEY.get(unit or "", unit or "")
    if unit and value == 1:
        unit = unit.removesuffix("s") if not unit.endswith("ss") else unit
    elif unit in ("euro", "dollar", "pound", "cent", "minute", "hour", "day"):
        unit += "s"
    said = " ".join(part for part in (spoken_number(value), unit, tail) if part)
    return f"That makes {said}."


def _minus(m: re.Match[str]) -> str:
    have, gone = Fraction(m["a"]), Fraction(m["b"])
    return "" if gone > have else f"{spoken_number(have - gone).capitalize()} {_be(have - gone)} left."


def _be(value: Fraction) -> str:
    return "is" if value == 1 else "are"


def _plus(m: re.Match[str]) -> str:
    return _told(Fraction(m["a"]) + Fraction(m["b"]), None, "altogether")


def _times(m: re.Match[str]) -> str:
    return _told(Fraction(m["a"]) * Fraction(m["b"]), m["u"], "altogether")


def _share(m: re.Match[str]) -> str:
    if (by := Fraction(m["b"])) == 0:
        return ""
    return _told(Fraction(m["a"]) / by, m["u"], "each")


def _tip(m: re.Match[str]) -> str:
    part, whole = Fraction(m["p"]), Fraction(m["a"])
    tip = part * whole / 100
    unit = f" {_MONEY.get(m['u'], m['u'])}" if m["u"] else ""
    sum_of_it = f"{spoken_number(part)} percent of {spoken_number(whole)}{unit} is {spoken_number(tip)}"
    return f"{sum_of_it}, so {spoken_number(whole + tip)} altogether."


def _off(m: re.Match[str]) -> str:
    return _told(Fraction(m["a"]) * (100 - Fraction(m["p"])) / 100, m["u"])


def _change(m: re.Match[str]) -> str:
    price, paid = Fraction(m["a"]), Fraction(m["b"])
    return _told(paid - price, m["u"], "back") if paid >= price else ""


def _rule_of_three(m: re.Match[str]) -> str:
    return _told(Fraction(m["a"]) * Fraction(m["c"]) / Fraction(m["b"]), m["u"]) if Fraction(m["b"]) else ""


def _units(m: re.Match[str]) -> str:
    small, large = _singular(m["small"]), _singular(m["large"])
    if small not in _UNITS or large not in _UNITS or _UNITS[small][0] != _UNITS[large][0]:
        return ""
    count = Fraction(1) if m["n"] in ("a", "an") else Fraction(m["n"])
    value = count * _UNITS[large][1] / _UNITS[small][1]
    plural = {"foot": "feet", "inch": "inches", "century": "centuries"}.get(small, small if small == "dozen" else small + "s")
    return f"{spoken_number(value)} {small if value == 1 else plural}.".capitalize()


def _singular(unit: str) -> str:
    unit = re.sub(r"meter", "metre", re.sub(r"liter", "litre", unit))
    return _ONE.get(unit, unit.removesuffix("s"))


def _fraction_plus(m: re.Match[str]) -> str:
    part = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}[m["f"]]
    return _told(Fraction(m["a"]) / part, m["u"])


def _kind(pattern: str, said: Callable[[re.Match[str]], str]) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    return re.compile(pattern), said


def _n(name: str) -> str:
    return rf"(?P<{name}>\d+(?:\.\d+)?)"


_UNIT = (
    r"(?: ?(?P<u>euros?|dollars?|pounds?|cents?|francs?|kilos?|kilograms?|grams?|metres?|meters?|kilometres?|"
    r"kilometers?|miles?|litres?|liters?|minutes?|hours?|[€$£]))?"
)
_THINGS = r"(?: (?!and\b|but\b|at\b|for\b|cost)[a-z-]+){0,5}"
_KINDS = (
    _kind(
        rf"(?:there (?:are|were) |{_WE} (?:have|has|had|own|owns|bought|buy|got) |{_WE} {_MORE} "
        rf")?{_n('a')}{_THINGS}{_AND}(?:{_WE} )?(?:then )?{_LESS}(?! (?:me|us)\b)"
        rf"(?: (?:him|her|them|[a-z]+))? {_n('b')}(?: of them)?{_THINGS}{_AND}{_LEFT}",
        _minus,
    ),
    _kind(
        rf"(?:there (?:are|were) |{_WE} (?:have|has|had) )?{_n('a')}{_THINGS}{_AND}{_n('b')}(?: of them)? (?:leave|left|"
        rf"go|went|get off|got off|fly away|flew away|fall off|die|died|are sold|are broken|"
        rf"are gone|break|broke|run away|are eaten|get lost){_THINGS}{_AND}{_LEFT}",
        _minus,
    ),
    _kind(
        rf"(?:there (?:are|were) |{_WE} (?:have|has|had) ){_n('a')}{_THINGS}{_AND}(?:{_WE} )?(?:{_MORE}|gives? (?:me|"
        rf"us)|gave (?:me|us)) {_n('b')}(?: more)?{_THINGS}{_AND}"
        r"how (?:many|much)(?: [a-z]+)? (?:do|does|are|is|have|has)(?: [a-z]+){0,4}",
        _plus,
    ),
    _kind(
        rf"{_n('a')}{_THINGS} and {_n('b')}{_THINGS} (?:together )?(?:make|makes|are|is|give|gives) (?:together "
        rf")?(?:what|how (?:much|many)(?: [a-z]+)?)",
        _plus,
    ),
    _kind(
        rf"(?:what|how (?:much|many)) (?:do|does|are|is) {_n('a')} and {_n('b')} (?:make|give|together|add up to|"
        rf"altogether|make together|in total)",
        _plus,
    ),
    _kind(
        rf"(?:{_WE} (?:buy|bought|take|want|order|need|have) )?{_n('a')}{_THINGS} (?:at|for|cost|costs|costing|are|of) "
        rf"{_n('b')}{_UNIT} {_EACH}{_AND}{_TOTAL}",
        _times,
    ),
    _kind(rf"(?:{_WE} (?:buy|bought|take|want|order|need|have) )?{_n('a')}{_THINGS} at {_n('b')}{_UNIT}{_AND}{_TOTAL}", _times),
    _kind(
        rf"(?:what|how much) (?:do|does|would|will|are|is) {_n('a')}{_THINGS} (?:cost )?(?:at|for) {_n('b')}{_UNIT}(?: "
        rf"{_EACH})(?: cost| make| come to)?",
        _times,
    ),
    _kind(
        rf"(?:each|every|a|an|one|1) [a-z]+ (?:costs?|is|holds|has|contains|weighs|takes) {_n('b')}{_UNIT}(?: "
        rf"[a-z]+)?{_AND}(?:what|how (?:much|many)(?: [a-z]+)?) (?:do|does|would|will|are|is)(?: there)?"
        rf"(?: in| i pay for| we pay for)? {_n('a')}(?: of them| [a-z]+)?(?: cost| hold| have| weigh| contain| take| "
        rf"make)?",
        _times,
    ),
    _kind(
        rf"{_WE} (?:save|saves|earn|earns|drive|drives|walk|walks|run|runs|read|reads|spend|spends|drink|drinks) "
        rf"{_n('b')}{_UNIT}(?: [a-z]+)? (?:a|an|per|every|each) (?P<t>hour|day|week|month|year|minute){_AND}"
        rf"(?:how (?:much|many|far)(?: [a-z]+)?|what) (?:do|does|is|will|have)(?: [a-z]+){{0,3}} (?:in|after|for) "
        rf"{_n('a')} (?P=t)s?",
        _times,
    ),
    _kind(
        rf"(?:split|divide|share|distribute){_THINGS} {_n('a')}{_UNIT}{_THINGS} (?:equally |evenly |fairly )?(?:between|"
        rf"among|by|with|amongst|into|on){_THINGS} {_n('b')}{_THINGS}(?:{_AND}(?:how|what).*)?",
        _share,
    ),
    _kind(
        rf"{_n('b')} (?:people|friends|children|kids|persons|of us|guests|sisters|brothers|colleagues|siblings) "
        rf"(?:share|split|divide){_THINGS} {_n('a')}{_UNIT}{_THINGS}(?: equally| evenly| fairly)?{_AND}(?:how|what).*",
        _share,
    ),
    _kind(
        rf"{_n('a')}{_UNIT}{_THINGS} (?:for|between|among|shared by|split by|divided by|divided among|split between) "
        rf"{_n('b')} (?:people|friends|children|kids|persons|of us|guests){_AND}(?:how much|what|how many)(?: [a-z]+)? "
        r"(?:does|is|do|for|will)(?: (?!cost)[a-z]+){0,4}",
        _share,
    ),
    _kind(
        rf"(?:what is |what's |how much is |calculate |give me )?(?:a |the )?{_n('p')} percent tip (?:on|for|of) (?:a "
        rf"bill of )?{_n('a')}{_UNIT}",
        _tip,
    ),
    _kind(rf"(?:what is |what's |how much is )?(?:a |the )?tip of {_n('p')} percent (?:on|for|of) {_n('a')}{_UNIT}", _tip),
    _kind(
        rf"(?:what is |what's |how much is )?{_n('a')}{_UNIT} (?:minus|less|with|at|reduced by) (?:a )?{_n('p')} "
        rf"percent(?: off| discount| less)?",
        _off,
    ),
    _kind(rf"(?:what is |what's |how much is )?{_n('p')} percent off (?:of )?{_n('a')}{_UNIT}", _off),
    _kind(
        rf"(?:it|that|the [a-z]+|my [a-z]+|something|a [a-z]+) costs? {_n('a')}{_UNIT}{_AND}i (?:pay|give|paid|gave)(?: "
        rf"[a-z]+)?(?: with)?(?: a)? {_n('b')}(?: euros?| dollars?| pounds?| [€$£])?(?: note| bill)?{_AND}"
        r"(?:how much|what)(?: change)? (?:do|is|will|change)(?: [a-z]+){0,5}",
        _change,
    ),
    _kind(
        rf"{_n('b')} (?P<x>[a-z]+?)s? (?:cost|weigh) {_n('a')}{_UNIT}{_AND}(?:what|how much) (?:do|does|would|will|is|"
        rf"are) {_n('c')}(?: (?P=x)s?| of them)?(?: cost| weigh)?",
        _rule_of_three,
    ),
    _kind(
        r"how many (?P<small>[a-z]+) (?:are |is )?(?:there )?(?:are |does |do |has |have |make |go |fit )?(?:in|into|"
        r"make|make up|does)? ?(?P<n>an?|\d+(?:\.\d+)?) (?P<large>[a-z]+)(?: have| has| make)?",
        _units,
    ),
    _kind(
        r"(?:what is|what's|how (?:much|many|long) is) (?P<n>an?|\d+(?:\.\d+)?) (?P<large>[a-z]+) in (?P<small>[a-z]+)", _units
    ),
    _kind(
        rf"(?:what is |what's |how much is |how many are )?an? (?P<f>half|third|quarter|fifth|tenth) of "
        rf"{_n('a')}{_UNIT}",
        _fraction_plus,
    ),
)
