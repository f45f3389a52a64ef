"""A sum read by its quantities and a few telling words, where no clause of the table fits: shopping, change, sharing, what is
left, what comes together, how much more.

The table (``table.py``) reads every word and knows few ways of talking. Here the words between the quantities are free; what
holds a wrong number back is what a careful reader looks at: every number has a part in the sum, things and money are not
mixed, one person only is spoken of, the question names no thing and no place that was not told, and a word that could change
the sum (a discount, “half”, “some”) ends it. The schemas are those of Roy and Roth 2018, “Mapping to Declarative Knowledge for
Word Problem Solving”: transfer, part and whole, rates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from talking_head.text.english.stems import stem
from talking_head.tools.story.common import KIN, PERSONS, made
from talking_head.tools.story.units import MONEY, amount, measure, singular
from talking_head.tools.story.vocabulary import MONEY as MONEY_WORD

_NO_NOUN_WORDS = (
    "a an the of in on at to for from and or but is are was were be been each per every more less fewer left back out off "
    "away up down gone i we he she it they you me us my our his her their this that these those who which what how with by "
    "as so then now today yesterday tomorrow tonight again only already still other others another do does did have has had "
    "come came comes go went goes cost costs pay paid altogether together total all not no if when"
)
_NO_NOUN = frozenset(_NO_NOUN_WORDS.split())
_NUMBER = re.compile(r"(?<![\w@./])(\d+(?:\.\d+)?)(?![\w@:/])(?! percent)(?: ([a-z]+))?(?: ([a-z]+))?")
_ASKS = re.compile(r"\b(?:how (?:many|much)|what)\b")
_OPEN = re.compile(
    r"\b(?:some|except|without|or|than|percent|discount|tax|fees?|deposit|tip|half|third|quarter|double|twice|triple|thrice|"
    r"average|least|most|about|nearly|almost|usually|sometimes|maybe|unless|instead|free|first|second|last|which|why|"
    r"where|when|"
    r"who|whose|until|till|years? old|born|ago|late|minutes?|hours?|times|square|dozen|both|rest|others?|delivery|shipping|"
    r"breakfast|drinks?)\b|[@%]|n't\b"
)
_EACH = r"(?:each|per [a-z]+|a head|an? (?:piece|pop))"
_ITEM = re.compile(  # “2 boxes for 8 each”, “3 tickets , 14 euros each”
    rf"(?<![\w.])(?P<n>\d+) (?P<thing>[a-z]+(?: [a-z]+)?) (?:, )?(?:(?:at|for|which are|that are|they are|are|cost|"
    rf"costing|each at|"
    rf"each for) )?(?:they are |they cost )?(?P<m>\d+(?:\.\d+)?)(?: (?P<money>{MONEY_WORD}))?(?P<each> {_EACH})?(?! percent)\b"
)
_SINGLE = re.compile(  # “and a bar for 3”
    rf"\b(?:a|an|1|one|the|my|another) (?P<thing>[a-z]+(?: [a-z]+)?) (?:at|for|which is|that is|is|costs?|costing) "
    rf"(?P<m>\d+(?:\.\d+)?)(?: (?P<money>{MONEY_WORD}))?(?! (?:each|percent|of))\b"
)
_UNIT_PRICE = re.compile(  # “a ticket is 7.50”, “each bottle costs 3”, and then “4 of them”
    rf"\b(?:a|an|1|one|each|every|per|the) (?P<thing>[a-z]+) (?:is|costs?|comes to|sells for|goes for) (?P<m>\d+(?:\.\d+)?)"
    rf"(?: (?P<money>{MONEY_WORD}))?(?: each)?\b"
)
_PAYS = re.compile(
    r"\b(?:pay|owe|cost|costs|come to|comes to|spend|spent|charge|total|altogether|together|in all|all in|hand over|"
    r"bill|price|"
    r"owed|make|makes|set me back|be|is (?:it|that)(?: all)?|do i need|damage)\b"
)
_CHANGE = re.compile(r"\b(?:get back|back|change|return(?:ed)?)\b")
_GIVES = re.compile(r"\b(?:give|gave|giving|hand|handed|handing|pay|paid|paying|note|bill|with a|from a|out of)\b")
_SHARE = re.compile(
    r"\b(?:shar(?:e|es|ed|ing)|split(?:s|ting)?|divid(?:e|es|ed|ing)|equal(?:ly)?|evenly|fairly|go(?:ing)? halves|dutch|"
    r"chip in|"
    r"same amount)\b"
)
_EACH_ASKED = re.compile(r"\b(?:each|apiece|every (?:one|person|child|kid)|per (?:person|head|child|kid|one)|a head)\b")
_LEFT = re.compile(r"\b(?:left(?: over)?|remain(?:s|ing)?|to go|still (?:have|got|there|here|to))\b")
_LOSS = re.compile(
    r"\b(?:(?:gave|give|gives)(?! me)|given|ate|eat|eats|eaten|lost|lose|loses|sold|sell|sells|spent|spend|spends|used|"
    r"use|uses|broke|broken|"
    r"breaks|died|dead|ill|sick|absent|away|gone|(?<!are )(?<!is )taken|took|takes|take|missing|left|drank|drink|drunk|"
    r"read|done|finished|stolen|"
    r"stole|cancelled|quit|threw|thrown|burnt|burned|cut|popped|melted|rotten|poured|moved out|dropped out|went home|"
    r"got off|get "
    r"off|gets off|flew|flown|ran away|pay|paid|sent|lent|planted|posted|handed|baked|watched|ripped|wilted|fell|fallen|off|"
    r"stayed home|did not come|go|goes|leave|leaves|picked|sick)\b"
)
_GOES_ON = re.compile(r"(?:and |then )*\d+(?:\.\d+)?(?: [a-z]+)?(?: (?:on|for|to|in|at|by) [a-z ]+)?(?: and)?")
_BOX = re.compile(  # “6 to a table”, “3 chairs per table”; “each table has 3 chairs”
    r"(?<![\w.])(?P<n>\d+)(?: (?!to\b|at\b|in\b|on\b|per\b|for\b|each\b|every\b|a\b|go\b|fit\b|sit\b)(?P<thing>[a-z]+))? "
    r"(?:(?:are |go |fit |sit )?(?:to|at|in|on|for|into) (?:an?|each|every|1|one) |(?:per|each|every|a|an) )(?P<box>[a-z]+)\b"
    r"|\b(?:each|every|a|an|one|1) (?P<box2>[a-z]+) (?:has|holds|takes|seats|contains|needs|gets|fits|carries|with|of) "
    r"(?P<n2>\d+)(?: (?P<thing2>[a-z]+))?"
)
_GAIN = re.compile(
    r"\b(?:more|another|extra|joined|join|joins|came|come|comes|got|get|found|find|bought|buy|added|add|arrived|arrive|"
    r"received|"
    r"gets on|get on|got on|won|picked|collected|borrowed|gave me|on top)\b"
)
_SUMMED = re.compile(
    r"\b(?:now|altogether|in total|in all|together|total|all in all|by now|all up)\b|^ *(?:and )?(?:now|in total)"
)
_MORE = re.compile(
    r"\bhow (?:many|much) (?P<how>more|less|fewer|older|younger|taller|shorter|longer|cheaper|dearer|heavier|lighter|further|"
    r"farther|faster|slower|bigger|smaller|higher|lower|warmer|colder|wider|deeper)\b"
)
_KIN = re.compile(rf"(?<!to )(?<!for )(?<!with )\b(?:my|our|his|her|the) {KIN} [a-z]")
_PLAIN_WORDS = (
    "how many much what do does did is are was were will would can could should i we you he she it they me us my our that "
    "this those these the a an of in to for all total altogether together now then so and have has had be got get left over "
    "still remain remains remaining there here each person people one head pay owe cost costs come comes spend back change "
    "from need needs give makes make everything them apiece go ones out per evenly equally with after who kids children "
    "everybody everyone more"
)
_PLAIN = frozenset(_PLAIN_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number, what it counts (singular, "" where it is not said), and where it stands."""

    n: Fraction
    noun: str
    at: int


def answer(text: str) -> str:
    """The result of the sum in ``text`` (see ``plain``), as a sentence; "" where it is not sure."""
    text = re.sub(r"(?<![\w.])1 (?=[a-z]+ (?:is|costs?|comes|sells)\b)", "a ", text)
    asks = list(_ASKS.finditer(text))
    if len(asks) != 1 or _OPEN.search(text) or re.search(r"\d{6}", text):
        return ""
    told, question = text[: asks[0].start()].strip(" ,|"), text[asks[0].start() :].strip(" ,|")
    if not told:
        told, question = question, re.sub(_NUMBER, " ", question)
    if re.search(r"\d", question) or " | " in question or _asks_for_others(question, told):
        return ""
    found = _quantities(told)
    if not 2 <= len(found) <= 5 or len(found) != len(re.findall(r"\d+(?:\.\d+)?", told)):
        return ""
    return (
        _shopping(told, question)
        or _change(told, question, found)
        or _shares(told, question, found)
        or _boxes(told, question, found)
        or _left(told, question, found)
        or _more(question, found)
        or _together(told, question, found)
    )


def _quantities(text: str) -> list[_Quantity]:
    found = []
    for m in _NUMBER.finditer(text):
        noun = m[2] if m[2] and m[2] not in _NO_NOUN else ""
        if noun and m[3] and m[3] not in _NO_NOUN and m[3].endswith("s") and not noun.endswith("s"):
            noun = m[3]  # “5 red balloons”
        if _LOSS.fullmatch(noun):
            noun = ""  # “8 balloons, 3 popped”
        found.append(_Quantity(Fraction(m[1]), singular(noun), m.start()))
    return found


def _shopping(told: str, question: str) -> str:
    """So many at so much each, and single things with their price, or a price of one and how many are taken."""
    if not _PAYS.search(question) or _SHARE.search(told) or _LEFT.search(question) or _CHANGE.search(question):
        return ""
    items = [m for m in _ITEM.finditer(told) if m["each"] or m["money"] or len(_ITEM.findall(told)) == 1]
    rest = told
    for m in items:
        rest = rest.replace(m[0], " ; ", 1)
    singles = list(_SINGLE.finditer(rest))
    for m in singles:
        rest = rest.replace(m[0], " ; ", 1)
    if items and not re.search(r"\d", rest) and all(m["each"] for m in items):
        units = {singular(m["money"] or "") for m in (*items, *singles)} - {""}
        total = sum((int(m["n"]) * Fraction(m["m"]) for m in items), Fraction(0))
        total += sum((Fraction(m["m"]) for m in singles), Fraction(0))
        return _paid(total, units) if _one_person(f"{told} {question}") else ""
    price = list(_UNIT_PRICE.finditer(told))
    numbers = re.findall(r"(?<![\w.])\d+(?:\.\d+)?", told)
    if len(price) == 1 and len(numbers) == 2 and _one_person(f"{told} {question}"):
        others_told = told.replace(price[0][0], " ; ", 1)
        others = _quantities(others_told)
        takes = re.search(r"\b(?:need|take|want|buy|get|order|have|like|ordered|bought|for) (?:me |us )?\d", told)
        fits = [q for q in others if q.noun in ("", singular(price[0]["thing"]))]
        if len(fits) == 1 and takes and fits[0].n.denominator == 1:
            return (
                ""
                if re.search(r"\b(?:each|every|per|daily|day|week)\b", others_told)
                else _paid(fits[0].n * Fraction(price[0]["m"]), {singular(price[0]["money"] or "")} - {""})
            )
    return ""


def _paid(total: Fraction, units: set[str]) -> str:
    unit = next(iter(units)) if len(units) == 1 else ""
    if len(units) > 1:
        return ""
    if unit in ("cent", "pence") and total >= 100:
        total, unit = total / 100, "euro" if unit == "cent" else "pound"
    return made(total, unit) if unit or total.denominator == 1 else f"That makes {float(total):.2f}."


def _change(told: str, question: str, found: list[_Quantity]) -> str:
    """A note, and what something costs."""
    if len(found) != 2 or not _CHANGE.search(question) or any(q.noun not in MONEY | {"note", ""} for q in found):
        return ""
    high, low = sorted(found, key=lambda q: -q.n)
    begin, end = _clause(told, high)
    if not _GIVES.search(told[begin:end]) or high.n == low.n or re.search(r"\b(?:each|per)\b", told):
        return ""
    units = {q.noun for q in found} & MONEY
    if len(units) > 1:
        return ""
    value = high.n - low.n
    return f"You get {amount(value, units.pop()) if units else f'{float(value):.2f}' if value.denominator > 1 else value} back."


def _shares(told: str, question: str, found: list[_Quantity]) -> str:
    """A whole, and among how many it is shared."""
    if (
        len(found) != 2
        or not (_SHARE.search(told) or _SHARE.search(question) or re.search(r"\bbill\b", told))
        or not _EACH_ASKED.search(question)
    ):
        return ""
    people = re.compile(
        r"(?:of us|people|persons?|friends?|kids|children|guests|siblings|brothers|sisters|flatmates|colleagues|pupils|"
        r"students|"
        r"players|adults|families|ways|girls|boys|cousins|neighbours|roommates|housemates|grandchildren|men|women)\b"
    )
    sharers = [
        q
        for q in found
        if people.match(told[q.at :].split(" ", 1)[-1]) or re.search(r"\b(?:between|among|by|into) $", told[: q.at])
    ]
    if len(sharers) != 1 or sharers[0].n <= 1 or sharers[0].n.denominator != 1:
        return ""
    (whole,) = [q for q in found if q is not sharers[0]]
    if re.search(r"\b(?:and|with|plus) (?:me|i|myself)\b|\bmy (?:two|three|\d+) (?:friends|brothers|sisters)\b", told):
        return ""  # “my 3 friends and I”: are they three or four?
    if re.search(r"\bfriends|brothers|sisters|siblings|cousins|flatmates|colleagues\b", told[sharers[0].at :]) and re.search(
        r"\b(?:i|we|me|us)\b", told
    ):
        return ""
    value = whole.n / sharers[0].n
    if value.denominator > 2 and whole.noun not in MONEY and (100 * value).denominator != 1:
        return ""
    return f"That is {amount(value, whole.noun if whole.noun in MONEY else '')} each."


def _boxes(told: str, question: str, found: list[_Quantity]) -> str:
    """So many in each, and how many in all or how many of them."""
    asked, groups = re.search(r"\bhow many ([a-z]+)", question), list(_BOX.finditer(told))
    if len(found) != 2 or len(groups) != 1 or asked is None or _LEFT.search(question) or not _one_person(f"{told} {question}"):
        return ""
    group, wanted = groups[0], singular(asked[1])
    thing, box = singular(group["thing"] or group["thing2"] or ""), singular(group["box"] or group["box2"])
    others = [q for q in found if not group.start() <= q.at < group.end()]
    if len(others) != 1 or box in MONEY or measure(box) in ("t", "m"):
        return ""
    (other,), size = others, Fraction(group["n"] or group["n2"])
    if other.noun == box and wanted == thing:
        return made(other.n * size)
    if wanted != box or not size or other.noun == box or (thing and other.noun != thing):
        return ""
    count = other.n / size
    return made(count) if count.denominator == 1 else ""


def _left(told: str, question: str, found: list[_Quantity]) -> str:
    """A whole, and what went of it."""
    if len(found) < 2 or not _LEFT.search(question) or re.search(r"\b(?:each|per|every)\b|\bof (?:them|these)\b", told):
        return ""
    whole, *parts = found
    if any(q.n >= whole.n for q in parts) or not _one_thing(found, question) or not _one_person(told):
        return ""
    begins = re.search(
        r"\b(?:had|have|has|got|there (?:is|are|were|was)|we are|we were|i am|of us|total|start(?:s|ed)? with|bought|"
        r"buy|bring|"
        r"brought|made|baked|with|pack of|box of|of|in my|in our|ordered|full|(?:is|are|was|were|holds)(?= \d))\b",
        told[: parts[0].at],
    )
    if begins is None or sum(q.n for q in parts) > whole.n:
        return ""
    for n, part in enumerate(parts):
        begin = max(told.rfind(mark, 0, part.at) for mark in ("|", ",", " and ", " but ", " then "))
        stop = parts[n + 1].at if n + 1 < len(parts) else len(told)
        clause = told[max(begin, 0 if n else whole.at) : stop]
        goes_on = n and _GOES_ON.fullmatch(clause.strip(" |,"))
        if not (_LOSS.search(clause) or goes_on) or _GAIN.search(_LOSS.sub("", clause)):
            return ""
    value = whole.n - sum((q.n for q in parts), Fraction(0))
    noun = next((q.noun for q in found if q.noun in MONEY or measure(q.noun)), "")
    return f"That leaves {amount(value, noun)}."


def _more(question: str, found: list[_Quantity]) -> str:
    """Two of a kind, and by how much they differ."""
    asked = _MORE.search(question)
    nouns = {q.noun for q in found} - {""}
    if len(found) != 2 or asked is None or len(nouns) != 1 or re.search(r"\b(?:need|until|to go|left)\b", question):
        return ""
    if asked["how"] in ("more", "less", "fewer") and not nouns & MONEY and not all(q.noun for q in found):
        return ""
    noun = nouns.pop()
    if not (noun in MONEY or measure(noun) or asked["how"] in ("more", "fewer", "less")):
        return ""
    value = abs(found[0].n - found[1].n)
    return f"{amount(value, noun if noun in MONEY or measure(noun) else '')} {asked['how']}." if value else ""


def _together(told: str, question: str, found: list[_Quantity]) -> str:
    """Some, and some more of the same."""
    if not _SUMMED.search(question) or _LOSS.search(told) or re.search(r"\b(?:each|per|every|at)\b", told):
        return ""
    nouns = [q.noun for q in found]
    same = len(set(nouns) - {""}) == 1 and _one_thing(found, question)
    if not same or not (_GAIN.search(told[found[0].at :]) or all(nouns)) or not _one_person(told):
        return ""
    noun = next(n for n in nouns if n)
    return made(sum((q.n for q in found), Fraction(0)), noun if noun in MONEY or measure(noun) else "", "altogether")


def _clause(text: str, quantity: _Quantity) -> tuple[int, int]:
    """Where the part of ``text`` begins and ends in which ``quantity`` stands."""
    begin = max(text.rfind(mark, 0, quantity.at) for mark in ("|", ",", " and ", " but "))
    ends = [at for mark in ("|", ",", " and ", " but ") if (at := text.find(mark, quantity.at)) >= 0]
    return max(begin, 0), min(ends, default=len(text))


def _one_thing(found: list[_Quantity], question: str) -> bool:
    """Whether all that is counted is one thing, and the question asks for no other."""
    named = {q.noun for q in found} - {""}
    asked = re.search(r"\bhow many ([a-z]+)", question)
    other = singular(asked[1]) if asked and asked[1] not in _PLAIN else ""
    return len(named | ({other} - {""})) <= 1


def _one_person(text: str) -> bool:
    spoken = {*re.findall(r"[a-z]+", text)}
    if _KIN.search(text) and spoken & PERSONS[0] - {"my", "our"}:
        return False
    return sum(bool(spoken & group) for group in PERSONS[:3]) <= 1 and not re.search(
        r"\b(?:you|your)\b", re.sub(r"\bgive you\b", "", text)
    )


def _asks_for_others(question: str, told: str) -> bool:
    """Whether ``question`` brings a thing or a place that was not told."""
    known = {stem(singular(word)) for word in re.findall(r"[a-z]+", told)}
    asked = {word for word in re.findall(r"[a-z]+", question) if word not in _PLAIN and not _MORE.match(f"how much {word}")}
    return any(
        stem(singular(word)) not in known
        for word in asked - {"equally", "evenly", "change", "money", "euros", "bill", "in", "damage", "return"}
    )
