"""So much for so many, and how much for others (the rule of three); so many in each, and how many in all."""

from __future__ import annotations

import re
from fractions import Fraction

from talking_head.tools.schemas.percent import paid
from talking_head.tools.schemas.shape import NUMBER, brings_words, told_and_asked
from talking_head.tools.story.common import made
from talking_head.tools.story.units import measure, singular
from talking_head.tools.story.vocabulary import MONEY as MONEY_WORD

_PRICE = re.compile(
    rf"\b(?P<n>an?|one|each|every|the|\d+) (?:single )?(?P<thing>[a-z]+(?: [a-z]+)?) (?:is|are|costs?|comes? to|sells? for|"
    rf"goes? for|for|at|was|were) (?P<p>{NUMBER})(?: (?P<money>{MONEY_WORD}))?(?: (?:each|apiece))?(?! [a-z]+ (?:each|"
    rf"apiece))"
)
_PAYS = re.compile(
    r"\b(?:how much|what)\b.*\b(?:be|is|are|costs?|pay|come to|for|make|makes|owe|set me back)\b|^(?:and )?how much\b"
)
_COUNT = re.compile(rf"(?P<n>{NUMBER})(?: (?P<what>of (?:them|those|these)|[a-z]+))?(?: (?P<more>[a-z]+))?")
_NO_NOUN = {"be", "cost", "come", "make", "then", "altogether", "", "in", "and", "together", "please", "is", "are", "of them",
            "of those", "of these"}  # fmt: skip
_AFFORDS = re.compile(r"\bhow many(?: [a-z]+)? (?:can|could|do|will) (?:i|we) (?:buy|get|afford|have)\b")
_CHANGES = re.compile(
    r"\b(?:left|gave|gives?|given|ate|eats?|lost|loses?|sold|took|takes?|broken?|missing|more|less|fewer|percent|off|"
    r"discount|delivery|entrance|deposit|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
_QUANTITY = re.compile(rf"(?P<n>{NUMBER})(?: (?P<noun>[a-z]+))(?: (?P<next>[a-z]+))?")
_CLAUSE = re.compile(r" ?[|,] | and | with | of | containing | holding ")
_A_HEAD = re.compile(  # “we are 6 and everybody pays 14”
    rf"\b(?:(?:we|there|they) (?:are|were) (?P<a>\d+)\b(?: of us| people| persons)?|(?P<b>\d+) (?:of us|people|persons|"
    rf"guests|friends|kids|children|colleagues)\b).*"
    rf"\b(?:everyone|everybody|each(?: of us| person| one| guest| child)?)(?: of us)? "
    rf"(?:pays?|paid|gives?|puts? in|chips? in|brings?|needs?|has to pay) (?P<p>{NUMBER})(?: (?P<money>{MONEY_WORD}))?"
)
_IN_TOTAL = re.compile(r"\b(?:total|together|altogether|in all|come to|comes to|all in|is that|is it)\b")
_EACH = re.compile(r"\b(?:each|every|apiece|in each|per)\b")


def answer(text: str) -> str:
    """The price of others, how many can be had, or how many there are in all; "" where ``text`` (plain) is no such sum."""
    parts = told_and_asked(text)
    if parts is None or _CHANGES.search(text):
        return ""
    told, question = parts
    if told == question or brings_words(question, told):
        return ""
    if (heads := _A_HEAD.search(told)) and len(re.findall(NUMBER, text)) == 2 and _IN_TOTAL.search(question):
        return paid(Fraction(heads["a"] or heads["b"]) * Fraction(heads["p"]), singular(heads["money"] or ""))
    return _others(told, question) or _affordable(told, question) or _in_all(told, question)


def _others(told: str, question: str) -> str:
    prices, counts = list(_PRICE.finditer(told)), list(_COUNT.finditer(question))
    if len(prices) != 1 or len(counts) != 1 or not _PAYS.search(question):
        return ""
    price, count = prices[0], counts[0]
    known, single = re.findall(NUMBER, told), not price["n"].isdigit()
    thing, what = singular(price["thing"]), singular(count["what"] or "") if count["what"] not in _NO_NOUN else ""
    if len(known) != (1 if single else 2) or what not in ("", thing) or (re.search(r"\beach|apiece\b", told) and not single):
        return ""
    total = Fraction(price["p"]) * Fraction(count["n"]) / (1 if single else Fraction(price["n"]) or 1)
    return paid(total, singular(price["money"] or ""))


def _affordable(told: str, question: str) -> str:
    prices = list(_PRICE.finditer(told))
    if len(prices) != 1 or prices[0]["n"].isdigit() or not _AFFORDS.search(question) or re.search(r"\d", question):
        return ""
    rest = f"{told[: prices[0].start()]} ; {told[prices[0].end() :]}"
    money = [Fraction(n) for n in re.findall(NUMBER, rest)]
    price = Fraction(prices[0]["p"])
    if len(money) != 1 or not price or not re.search(r"\b(?:have|got|with|for|spend)\b", rest):
        return ""
    return made(Fraction(money[0] // price)) if money[0] >= price else ""


def _in_all(told: str, question: str) -> str:
    asked = re.search(r"\bhow many ([a-z]+)", question)
    found = list(_QUANTITY.finditer(told))
    if asked is None or len(found) != 2 or len(re.findall(NUMBER, told)) != 2 or re.search(r"\d", question):
        return ""
    wanted = singular(asked[1])
    ends = [0, *(m.start() for m in _CLAUSE.finditer(told)), len(told)]
    each = [
        m
        for m in found
        if _EACH.search(told[max(e for e in ends if e <= m.start()) : min(e for e in ends if e >= m.end("noun"))])
    ]
    if len(each) != 1 or measure(singular(each[0]["noun"])) not in ("", "n"):
        return ""
    (other,) = [m for m in found if m is not each[0]]
    nouns = {singular(word) for word in (each[0]["noun"], each[0]["next"] or "")}
    if wanted not in nouns or singular(other["noun"]) == wanted:
        return ""
    return made(Fraction(other["n"]) * Fraction(each[0]["n"]), "", "altogether")
