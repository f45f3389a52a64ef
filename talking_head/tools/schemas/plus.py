"""Some that become more and less, things that are counted together, the years between two, and the size of a floor."""

from __future__ import annotations

import re
from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.schemas.shape import NUMBER, brings_words, told_and_asked
from talking_head.tools.story.common import made
from talking_head.tools.story.units import MONEY, amount, singular

_LESS = re.compile(
    r"\b(?:fell|falls?|fallen|dropped|drops?|sank|sinks?|went down|goes down|cooled|got off|gets? off|left|leaves?|leave|"
    r"lost|loses?|"
    r"sold|ate|eats?|gave(?! me)|gives?(?! me)|spent|spends?|used|broke|died|went home|go home|goes home|moved out|"
    r"took out|flew away|ran away|"
    r"cancelled|quit|drank|threw|withdrew|paid|walked out|went away|checked out|got out)\b"
)
_MORE = re.compile(
    r"\b(?:rose|rises?|climbed|went up|goes up|warmed|got on|gets? on|came|comes?|come|joined|joins?|arrived|arrives?|"
    r"added|adds?|got|gets?|"
    r"found|bought|buys?|received|gave me|gives? me|moved in|won|earned|were born|was born|picked up|checked in|got in|"
    r"hatched|put in)\b"
)
_NOW = re.compile(
    r"\b(?:now|then|left|still|there|remain\w*|after that|afterwards|in the end|altogether|be)\b|^how [a-z]+ (?:is|are)\b"
)
_GROUPS = frozenset({"fruit", "thing", "item", "piece", "animal", "vehicle", "toy", "drink", "vegetable", "plant", "flower"})
_BESIDE = re.compile(  # what may stand behind a number that is no other thing
    r"(?:of|degrees?|got|get|gets|more|in|on|off|out|up|flew|ran|left|leave|fell|came|come|joined|join|went|go|were|was|have|"
    r"had|at|to|by|and|then|again|away|arrived|died|moved|walked|who|others?|new)"
)
_CLAUSE = re.compile(r" ?[|,] (?:and |then |but )*| and (?:then )?| but | then ")
_AREA = re.compile(rf"(?P<a>{NUMBER}) (?:by|x|times) (?P<b>{NUMBER}) (?P<unit>metres?|feet|centimetres?|yards?)\b")
_YEAR = re.compile(r"(?<![\w.])(?:1\d|20)\d\d(?![\w.])")


def answer(text: str) -> str:
    """What there is in the end, in all, or between; "" where ``text`` (see ``story.plain``) is no such sum."""
    parts = told_and_asked(text)
    if parts is None or parts[0] == parts[1] or re.search(r"\b(?:each|every|per|percent|times)\b", text):
        return ""
    told, question = parts
    numbers = re.findall(NUMBER, text)
    if len(re.findall(NUMBER, told)) != len(numbers):
        return ""
    if len(numbers) == 2 and (size := _AREA.search(told)) and re.search(r"\b(?:how (?:big|large)|area|square)\b", question):
        return made(Fraction(size["a"]) * Fraction(size["b"])).removesuffix(".") + f" square {size['unit']}."
    years = _YEAR.findall(text)
    if len(numbers) == len(years) == 2 and re.search(r"\bhow (?:many years|long)\b", question):
        return f"{amount(Fraction(abs(int(years[0]) - int(years[1]))), 'year')}."
    if brings_words(re.sub(r"\b(?:" + "|".join(_GROUPS) + r")s?\b", "", question), told):
        return ""
    return _ends(told, question) or _together(told, question)


def _ends(told: str, question: str) -> str:
    """One number that is there, and changes of it, each by a verb that says which way."""
    clauses = [clause for clause in _CLAUSE.split(told) if re.search(NUMBER, clause)]
    if not re.match(r"(?:and |so )*how\b", question) or re.search(r"\b(?:him|her|them|his|their)\b", told + question):
        return ""
    if not 2 <= len(clauses) <= 4 or not _NOW.search(question) or any(len(re.findall(NUMBER, c)) != 1 for c in clauses):
        return ""
    found = [re.search(rf"(?P<n>{NUMBER})(?: (?P<noun>[a-z]+))?", clause) for clause in clauses]
    first, *others = [m for m in found if m]
    noun, value = singular(first["noun"] or ""), Fraction(first["n"])
    asked = re.search(r"\bhow many ([a-z]+)", question)
    if asked and singular(asked[1]) not in (
        noun,
        "are",
        "is",
        "were",
        "now",
        "be",
        "do",
        "have",
        "people",
        "remain",
        "will",
        "person",
    ):
        return ""
    if _LESS.search(clauses[0]) and not re.search(r"\bthere\b|\bhave\b|\bhad\b", clauses[0]):
        return ""
    for clause, m in zip(clauses[1:], others, strict=True):
        other = singular(m["noun"] or "")
        less, more = _LESS.search(clause) is not None, _MORE.search(_LESS.sub("", clause)) is not None
        known = (
            other in ("", noun) or _BESIDE.fullmatch(m["noun"] or "") or (other == "person" and noun in ("guest", "passenger"))
        )
        if not known or less == more or (noun in MONEY) != (other in MONEY and bool(other)):
            return ""
        value += Fraction(m["n"]) * (-1 if less else 1)
    degrees = noun == "degree"
    if value < 0 and not degrees:
        return ""
    return f"{spoken_number(value)} {'degrees' if degrees else ''}".strip().capitalize() + "." if degrees else made(value)


def _together(told: str, question: str) -> str:
    """Several kinds, and how many of what they all are."""
    asked = re.search(r"\bhow many ([a-z]+)(?: of ([a-z]+))?", question)
    whole = re.search(r"\b(?:that|altogether|total|in all|together|make)\b", question)
    if (
        asked is None
        or whole is None
        or _LESS.search(told)
        or not {singular(word) for word in asked.groups() if word} & _GROUPS
    ):
        return ""
    found = list(re.finditer(rf"(?P<n>{NUMBER}) (?P<noun>[a-z]+)", told))
    nouns = {singular(m["noun"]) for m in found}
    if not 2 <= len(found) <= 5 or len(nouns) != len(found) or nouns & MONEY or len(re.findall(NUMBER, told)) != len(found):
        return ""
    if re.search(r"\b(?:euros?|costs?|minutes?|hours?|days?|weeks?|years?|kilos?|metres?)\b", told):
        return ""
    return made(sum((Fraction(m["n"]) for m in found), Fraction(0)), "", "altogether")
