"""Prices: each and together, taken off, tips, change."""

from __future__ import annotations

from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.story.clauses import Fact, readings
from talking_head.tools.story.common import Story, kinds_of, made, number, one, same
from talking_head.tools.story.units import MONEY, amount, convert, measure


def cost(ask: Fact, facts: Story) -> str:
    """So many at a known rate."""
    if len(facts) != 1:
        return ""
    fact, count = facts[0], number(ask.n)
    if fact.kind == "rate" and (same(fact.noun, ask.noun) and same(ask.other, fact.unit)):
        if not fact.unit and ask.other not in ("", "person"):
            return ""  # a bus seats 52: people, not bicycles
        unit = fact.unit if fact.unit in MONEY or measure(fact.unit) or fact.unit == ask.other else ""
        return made(count * number(fact.n), unit, "" if unit in MONEY else "altogether")
    if fact.kind == "pair" and fact.m and same(fact.noun, ask.noun):
        return made(number(fact.n) * count / fact.m, fact.unit)
    return ""


def recipe(ask: Fact, facts: Story) -> str:
    """So much for so many: how much for others?"""
    if kinds_of(facts) == ["pair"] and facts[0].m and same(facts[0].noun, ask.noun):
        return made(number(facts[0].n) * number(ask.n) / facts[0].m, facts[0].unit)
    return cost(ask, facts)


def total(ask: Fact, facts: Story) -> str:
    """Prices, each times how many, less what is taken off."""
    kinds = kinds_of(facts)
    units = {fact.unit for fact in facts if fact.unit and fact.kind != "works"}
    if len(units) > 1 or not facts:
        return ""
    unit = next(iter(units), "")
    if kinds == ["per", "works"]:
        per, works = one(facts, "per"), one(facts, "works")
        times = convert(number(works.n), works.unit, per.per)
        return "" if times is None or unit not in MONEY else made(number(per.n) * times, per.unit)
    if set(kinds) == {"line", "line more"} and facts[0].kind == "line":  # “two tickets at 15 and one at 8”
        return made(sum((number(f.n) * number(f.m) for f in facts), Fraction(0)), unit, "altogether")
    if set(kinds) == {"line"} and (len(kinds) > 1 or facts[0].n is not None):
        return made(sum((number(f.n) * number(f.m) for f in facts), Fraction(0)), unit, "altogether")
    if set(kinds) == {"price"} and len(kinds) > 1 and len({f.who for f in facts}) == len(kinds):
        return made(sum((number(f.n) for f in facts), Fraction(0)), unit, "altogether")
    if kinds == ["price off"]:
        off = Fraction(50) if facts[0].word else number(facts[0].m)
        return made(number(facts[0].n) * (100 - off) / 100, unit) if off <= 100 else ""
    if kinds == ["on top", "price"]:
        return made(number(one(facts, "price").n) * (100 + number(one(facts, "on top").n)) / 100, unit)
    if kinds == ["half price", "price"]:
        return made(number(one(facts, "price").n) / 2, unit)
    if kinds in (["off", "price"], ["line", "off"]) and number(one(facts, "off").n) <= 100:
        first = next(fact for fact in facts if fact.kind != "off")
        return made(number(first.n) * number(first.m) * (100 - number(one(facts, "off").n)) / 100, unit)
    return ""


def total_of(ask: Fact, facts: Story) -> str:
    if facts:
        return ""
    found = {total(ask, row) for row in readings(ask.rest) if all(fact.kind in ("line", "price", "off") for fact in row)}
    return found.pop() if len(found) == 1 else ""


def line(ask: Fact, facts: Story) -> str:
    """So many at so much each, in the question itself."""
    return "" if facts else made(number(ask.n) * number(ask.m), ask.unit, "altogether")


def off_of(ask: Fact, facts: Story) -> str:
    return "" if facts or number(ask.m) > 100 else made(number(ask.n) * (100 - number(ask.m)) / 100, ask.unit)


def change(ask: Fact, facts: Story) -> str:
    kinds = kinds_of(facts)
    units = {fact.unit for fact in facts if fact.unit}
    if len(units) > 1:
        return ""
    if kinds == ["pay for"]:
        paid, price = number(facts[0].n), number(facts[0].m)
    elif kinds in (["pay", "price"], ["line", "pay"]):
        first = next(fact for fact in facts if fact.kind != "pay")
        paid, price = number(one(facts, "pay").n), number(first.n) * number(first.m)
    else:
        return ""
    return made(paid - price, next(iter(units), ""), "back") if paid >= price else ""


def change_from(ask: Fact, facts: Story) -> str:
    """What comes back of a sum when something is bought."""
    if kinds_of(facts) not in (["lose"], ["price"]):
        return ""
    rest = number(ask.n) - number(facts[0].n)
    unit = ask.unit or facts[0].noun
    same_money = same(ask.unit, facts[0].noun if facts[0].kind == "lose" else facts[0].unit)
    return made(rest, unit if unit in MONEY else "", "back") if rest >= 0 and same_money else ""


def tip(ask: Fact, facts: Story) -> str:
    if facts:
        return ""
    part, whole = number(ask.n), number(ask.m)
    tip = part * whole / 100
    said = f"{spoken_number(part)} percent of {amount(whole, ask.unit)} is {spoken_number(tip)}"
    return f"{said}, so {spoken_number(whole + tip)} altogether."


def less(ask: Fact, facts: Story) -> str:
    return "" if facts or number(ask.m) > 100 else made(number(ask.n) * (100 - number(ask.m)) / 100, ask.unit)
