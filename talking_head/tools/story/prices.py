"""Prices: each and together, taken off, tips, change."""

from __future__ import annotations

from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.story.clauses import Fact, readings
from talking_head.tools.story.common import Story, kinds_of, made, number, one, same, thing
from talking_head.tools.story.units import MONEY, amount, convert, measure

_A_HEAD = {"ticket", "seat", "entry", "fare", "admission", "menu", "breakfast"}


def cost(ask: Fact, facts: Story) -> str:
    """So many at a known rate."""
    if len(facts) != 1:
        return ""
    fact, count = facts[0], number(ask.n)
    if (ask.of and ask.of != fact.of) or (ask.word == "heavy" and measure(fact.unit) not in ("w", "p")):
        return ""
    if fact.kind == "rate" and (same(fact.noun, ask.noun) and same(ask.other, fact.unit)):
        if not fact.unit and ask.other not in ("", "person"):
            return ""  # a bus seats 52: people, not bicycles
        unit = fact.unit if fact.unit in MONEY or measure(fact.unit) or fact.unit == ask.other else ""
        return made(count * number(fact.n), unit, "" if unit in MONEY or measure(unit) else "altogether")
    if fact.kind == "pair" and fact.m and same(fact.noun, ask.noun) and same(ask.other, fact.unit):
        return made(number(fact.n) * count / fact.m, fact.unit)
    return ""


def recipe(ask: Fact, facts: Story) -> str:
    """So much for so many: how much for others?"""
    if kinds_of(facts) == ["pair"] and facts[0].m and facts[0].noun and ask.noun and not (ask.of and ask.of != facts[0].of):
        many = convert(number(ask.n), ask.noun, facts[0].noun)  # “250 grams cost 4 euros: what does a kilo cost?”
        if many is not None and facts[0].noun != ask.noun:
            return made(number(facts[0].n) * many / facts[0].m, facts[0].unit)
    if kinds_of(facts) == ["pair"] and facts[0].m and same(facts[0].noun, ask.noun) and same(ask.other, facts[0].unit):
        return made(number(facts[0].n) * number(ask.n) / facts[0].m, facts[0].unit)
    return cost(ask, facts)


def price_of(ask: Fact, facts: Story) -> str:
    """So many paid so much each for something: what did it cost?"""
    known = kinds_of(facts) == ["line for"] and same(ask.noun, facts[0].noun)
    return made(number(facts[0].n) * number(facts[0].m), facts[0].unit) if known else ""


def short(ask: Fact, facts: Story) -> str:
    """So much money is there and something costs more: how much is missing?"""
    there = next((fact for fact in facts if fact.kind in ("have", "gain")), None)
    if len(facts) != 2 or there is None or "price" not in kinds_of(facts) or there.who not in ("", "i", "we"):
        return ""
    price = one(facts, "price")
    unit = thing(there.noun, price.unit)
    known = (
        unit in MONEY
        and (price.unit or unit != "pound")
        and same(there.noun, price.unit, ask.noun if ask.noun != "money" else "")
    )
    less = number(price.n) - number(there.n)
    return f"{amount(less, unit).capitalize()} more." if known and less > 0 else ""


def gained(ask: Fact, facts: Story) -> str:
    """Bought for so much and sold for so much: what is lost or made?"""
    kinds = kinds_of(facts)
    if kinds != ["lose", "sold for"]:
        return ""
    bought, sold = one(facts, "lose"), one(facts, "sold for")
    lost = number(bought.n) - number(sold.n)
    unit = thing(bought.noun, sold.unit)
    known = unit in MONEY and same(bought.noun, sold.unit) and (lost > 0) == ask.word.startswith("los") and lost
    return made(abs(lost), unit) if known else ""


def saved(ask: Fact, facts: Story) -> str:
    """Less was paid than it was: how much less?"""
    less = number(facts[0].m) - number(facts[0].n) if kinds_of(facts) == ["pay less"] else Fraction(0)
    return made(less, facts[0].unit) if less > 0 else ""


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
    if kinds == ["gain", "rate"]:  # “a ticket costs 3.20, I've bought five”
        rate, bought = one(facts, "rate"), one(facts, "gain")
        known = not rate.word and bought.noun in ("", rate.noun) and not bought.whom and bought.who in ("", "i", "we")
        known = known and (unit in MONEY or (not unit and number(rate.n).denominator > 1))
        return made(number(rate.n) * number(bought.n), unit, "altogether") if known else ""
    if kinds == ["a head", "sharers"]:
        return made(number(one(facts, "a head").n) * number(one(facts, "sharers").n), unit, "altogether")
    if kinds == ["rate", "sharers"] and ask.who in ("we", "it", "that"):
        rate = one(facts, "rate")  # a ticket costs so much, and everybody has one
        known = rate.noun in _A_HEAD and rate.unit in MONEY and not rate.word
        return made(number(one(facts, "sharers").n) * number(rate.n), rate.unit, "altogether") if known else ""
    if set(kinds) == {"line", "line more"} and facts[0].kind == "line":  # “two tickets at 15 and one at 8”
        return made(sum((number(f.n) * number(f.m) for f in facts), Fraction(0)), unit, "altogether")
    if set(kinds) == {"line"} and (len(kinds) > 1 or facts[0].n is not None):
        return made(sum((number(f.n) * number(f.m) for f in facts), Fraction(0)), unit, "altogether")
    if set(kinds) == {"price"} and len(kinds) > 1 and len({f.who for f in facts}) == len(kinds):
        return made(sum((number(f.n) for f in facts), Fraction(0)), unit, "altogether")
    if kinds == ["price off"]:
        off = Fraction(50) if facts[0].word else number(facts[0].m)
        return made(number(facts[0].n) * (100 - off) / 100, unit) if off <= 100 else ""
    if kinds in (["on top", "price"], ["bill", "on top"]):
        return made(number(next(f for f in facts if f.kind != "on top").n) * (100 + number(one(facts, "on top").n)) / 100, unit)
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
