"""So much a day, for so long: a rate, a length of time and a total, read from anywhere in a message; two give the third.

The table of clauses (``table.py``) knows a story by every word. Rates are told in too many words for that, so here only the
quantities are read, and the units have to cancel as in physics: “3 euros a ride, 2 rides a day, 5 days a week” is euros a week.
What keeps a wrong number out: every number must be used, the question may bring no word that was not told, one
person only may be spoken of, and words that change a sum (“some”, “except”, “extra”, “the first”) end it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from talking_head.text.english.stems import stem
from talking_head.tools.story.common import PERSONS
from talking_head.tools.story.units import MONEY, amount, convert, measure, singular

_PERIOD = r"(?:hours?|minutes?|days?|nights?|evenings?|mornings?|afternoons?|weeks?|fortnights?|months?|years?)"
_N = r"(?P<n>\d+(?:\.\d+)?)"
_EVERY = r"(?:a|an|per|each|every|1)"
_NO_NOUN = (
    r"(?!(?:an?|the|per|each|every|in|for|on|at|of|to|and|or|is|are|was|from|more|less|times|out|back|percent|who|which|"
    r"that)\b)"
)
_NOUN = rf"(?P<noun>{_NO_NOUN}[a-z]+(?: {_NO_NOUN}(?!{_PERIOD}\b)[a-z]+)?)"
_RATE = re.compile(
    rf"\b(?:{_N} (?:times )?(?:{_NOUN} )?(?:of [a-z]+ )?(?:on |for )?{_EVERY} (?P<per>[a-z]+)\b"
    rf"|(?P<often>once|twice) (?:a|per|each|every) (?P<per2>{_PERIOD})\b"
    rf"|(?:each|every) (?P<per3>{_PERIOD}) ,? ?(?:[a-z]+ ){{1,4}}?(?P<n3>\d+(?:\.\d+)?) (?P<noun3>[a-z]+))"
)
_LENGTH = re.compile(
    rf"\b(?:(?:in|for|after|over|during|within|across) (?:the |a |an |1 |next |all )*(?P<one>{_PERIOD})\b"
    rf"|{_N} (?P<unit>{_PERIOD})\b)"
)
_NIGHTS = re.compile(r"\bfrom (?P<a>[a-z]+day) (?:to|until|till) (?P<b>[a-z]+day)\b")
_TOTAL = re.compile(rf"{_N} {_NOUN}")
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_OF_A_DAY = frozenset({"night", "evening", "morning", "afternoon"})
_QUESTION = re.compile(r"\b(?:(?:after |in |for )?how (?:many|much|far|long)|what|when)\b")
_OPEN = re.compile(
    r"\b(?:some|too|not|except|without|other|others|another|rest|never|sometimes|usually|about|nearly|almost|or|than|percent|"
    r"until|till|weekends?|workdays?|weekdays?|holidays?|both|free|first|second|third|last|extra|plus|tax|fees?|discount|"
    r"includ\w+|deposit|tip|shared?|split|half|double|twice|average|least|most|up|old|who|whose|why|where|which|sold|"
    r"also|unless|instead|only|if|stops?|stopped|later|before|ago|more|fewer|less|again|already|left|remain\w*|together)\b|n't\b"
)
_PLAIN_WORDS = (
    "do does did is are was will would can could should must have has had i we you he she it they me us my our his her their "
    "him them the a an of to in for on at by with from that this those there then so and be been get gets need needs needed "
    "take takes last lasts use uses used make makes pay pays cost costs spend spends total all altogether money time long many "
    "much far way come comes what how when after over within during whole entire every each per hand give gives out off empty "
    "finished done through gone run runs bring up end s free"
)
_WORK = re.compile(r"\b(?:work\w*|jobs?|schools?|shifts?|offices?|teach\w*|taught|stud(?:y|ies|ied|ying)|earn\w*|lessons?)\b")
_ENDS = re.compile(r"\b(?:run out|runs out|gone|empty|finished|done|through|end|free|used up|paid off|paid back|get there)\b")


@dataclass(frozen=True, slots=True)
class _Rate:
    """``n`` of ``noun`` ("" where it is not said) each ``per``, both singular."""

    n: Fraction
    noun: str
    per: str


def answer(text: str) -> str:
    """What follows from the rates of ``text`` (see ``plain``), as a sentence; "" where it is not sure."""
    asks = list(_QUESTION.finditer(text))
    if not asks or _OPEN.search(
        re.sub(r"\btwice (?=a|per|each|every)|\b(?:run|runs|used) (?:out|up)\b|\bam i free\b", "", text)
    ):
        return ""
    begin = max(text.rfind(mark, 0, asks[0].start()) for mark in ("|", ",", " and "))
    told, question = text[: max(begin, 0)], text[max(begin, 0) :]
    if not told or len(asks) > 1 or _several_people(text):
        return ""
    rates, rest = _rates(text)
    lengths, rest = _lengths(rest, rates)
    totals = [(Fraction(m["n"]), _noun(m["noun"])) for m in _TOTAL.finditer(rest)]
    if (
        re.search(r"\d|\b(?:each|every)\b", _TOTAL.sub("", rest))
        or len(lengths) > 1
        or len(totals) > 1
        or _brings_words(question, told)
    ):
        return ""
    if rates and not totals:
        return _product(question, rates, lengths, worked=_WORK.search(text) is not None)
    if len(rates) == 1 and totals and not lengths:
        return _quotient(question, rates[0], *totals[0])
    if not rates and totals and lengths:
        return _share(question, lengths[0], *totals[0])
    return ""


def _rates(text: str) -> tuple[list[_Rate], str]:
    found = []
    for m in _RATE.finditer(text):
        per = singular(m["per"] or m["per2"] or m["per3"])
        n = Fraction({"once": 1, "twice": 2}.get(m["often"] or "", 0) or m["n"] or m["n3"])
        found.append(_Rate(n, _noun(m["noun"] or m["noun3"] or ""), per))
    return found, _RATE.sub(" ; ", text)


def _lengths(text: str, rates: list[_Rate]) -> tuple[list[tuple[Fraction, str]], str]:
    found = [(Fraction(m["n"] or 1), singular(m["one"] or m["unit"])) for m in _LENGTH.finditer(text)]
    rest = _LENGTH.sub(" ; ", text)
    if (span := _NIGHTS.search(rest)) is not None and {span["a"], span["b"]} <= {*_DAYS}:
        nights = (_DAYS.index(span["b"]) - _DAYS.index(span["a"])) % 7
        if [rate.per for rate in rates] != ["night"] or not nights:
            return [], "1"  # “from Monday to Friday” are four days, or five
        found, rest = [*found, (Fraction(nights), "night")], _NIGHTS.sub(" ; ", rest)
    return found, "1" if any(name in rest for name in _DAYS) else rest


def _product(question: str, rates: list[_Rate], lengths: list[tuple[Fraction, str]], *, worked: bool) -> str:
    """A chain of rates, whose units cancel, over a length of time or for one of the period that is asked; ``worked``: it is
    told of somebody at work."""
    chain = _chained(rates)
    asked = re.search(rf"(?:\b(?:a|an|per|each|every|1|in|for) (?:a |1 )?)({_PERIOD})$", question)
    if chain is None or (not lengths and not asked) or re.match(r"\W*(?:and )?(?:how long|when|after|how many days)", question):
        return ""
    count, unit = lengths[0] if lengths else (Fraction(1), singular(asked[1]) if asked else "")
    if chain.per in ("hour", "minute") and unit not in ("hour", "minute"):
        return ""  # nobody works 24 hours a day
    if chain.noun in ("pill", "tablet", "dose", "drop"):
        return ""  # how much of it in a week is a doctor's word
    if chain.per == "day" and unit != "day" and len(rates) == 1 and (chain.noun in MONEY or worked):
        return ""  # and not everybody seven days a week
    if not _is_asked(question, chain.noun):
        return ""
    times = convert(count, *(("day" if each in _OF_A_DAY else each) for each in (unit, chain.per)))
    if times is None or (unit in _OF_A_DAY and chain.per in _OF_A_DAY and unit != chain.per):
        return ""
    value = chain.n * times
    return f"That makes {amount(value, chain.noun)}." if (100 * value).denominator == 1 else ""


def _chained(rates: list[_Rate]) -> _Rate | None:
    """“3 euros a ride”, “2 a day”, “5 days a week” → 30 euros a week; None where the units do not fit."""
    if len(rates) > 3:
        return None
    whole = rates[0]
    for rate in rates[1:]:
        if rate.noun not in ("", whole.per) or (not rate.noun and measure(whole.per)):
            return None
        whole = _Rate(whole.n * rate.n, whole.noun, rate.per)
    return whole if measure(whole.per) or whole.per in _OF_A_DAY else None


def _quotient(question: str, rate: _Rate, total: Fraction, noun: str) -> str:
    """How long ``total`` lasts at ``rate``."""
    if (rate.noun and rate.noun != noun) or not rate.n or not (measure(rate.per) or rate.per in _OF_A_DAY):
        return ""
    asked = re.search(rf"how many ({_PERIOD})\b", question)
    ends = re.search(r"\bwhen\b|\bhow long\b", question) and (_ENDS.search(question) or re.search(r"\blast", question))
    if (asked is None and not ends) or (asked and singular(asked[1]) != rate.per):
        return ""
    value = total / rate.n
    if value.denominator != 1:
        return ""
    return f"{'After' if re.search('when|after', question) else 'That makes'} {amount(value, rate.per)}."


def _share(question: str, length: tuple[Fraction, str], total: Fraction, noun: str) -> str:
    """How much of ``total`` falls on one period."""
    count, unit = length
    asked = re.search(rf"\b(?:a|an|per|each|every|1) ({_PERIOD})$", question)
    if asked is None or singular(asked[1]) != unit or count <= 1 or not _is_asked(question, noun):
        return ""
    return f"That is {amount(total / count, noun)} a {unit}." if (total / count).denominator in (1, 2) or noun in MONEY else ""


def _is_asked(question: str, noun: str) -> bool:
    """Whether ``question`` may ask for ``noun``."""
    if re.search(r"\bhow far\b", question):
        return measure(noun) in ("l", "i")
    named = re.search(r"\bhow many (?!do\b|does\b|did\b|is\b|are\b|will\b|can\b|a\b|per\b|in\b)([a-z]+)", question)
    if named is not None and singular(named[1]) != noun:
        return False
    money = re.search(r"\b(?:pays?|costs?|spends?|owes?|earns?|earned|charged?|price|expensive|hand over|money)\b", question)
    return bool(noun) and (noun in MONEY) >= bool(money)


def _noun(words: str) -> str:
    """What is counted, in the singular: “cinema tickets” → “ticket”, “lessons spread” → “lesson”."""
    first = words.split(" ")[0]
    return singular(first if first.endswith("s") else words)


def _several_people(text: str) -> bool:
    spoken = {*re.findall(r"[a-z]+", re.sub(r"\b(?:they|them)(?= (?:run|last|all))", "", text))}  # things
    return sum(bool(spoken & group) for group in PERSONS) > 1


def _brings_words(question: str, told: str) -> bool:
    """Whether ``question`` brings a word that was not told, and is more than grammar."""
    known = {stem(singular(word)) for word in re.findall(r"[a-z]+", told)}
    question = re.sub(
        r"\b(?:an?|the|my|our|1) [a-z]+ (?:of|with) (?=\d)", "", _LENGTH.sub(" ", question)
    )  # “a book of 240 pages”
    asked = {word for word in re.findall(r"[a-z]+", question) if word not in _PLAIN_WORDS.split()}
    return any(stem(singular(word)) not in known and not re.fullmatch(_PERIOD, word) for word in asked)
