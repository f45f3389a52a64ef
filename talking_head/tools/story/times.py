"""So much in a time, speeds, times of day, ages."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.story.clauses import Fact
from talking_head.tools.story.common import ONESELF, PRONOUNS, Story, kinds_of, made, number, one, same
from talking_head.tools.story.units import MONEY, amount, convert, hours_and_minutes, measure

_CLOCKED = {"second", "minute", "hour"}
_KIN = {
    "he": {"brother", "son", "father", "dad", "husband", "uncle", "grandfather", "grandpa", "nephew", "boyfriend"},
    "she": {"sister", "daughter", "mother", "mum", "mom", "wife", "aunt", "grandmother", "grandma", "niece", "girlfriend"},
}
_SPEED = {"kilometre", "mile", "metre"}


def in_time(ask: Fact, facts: Story) -> str:
    """So much a day, a month, an hour: how much in some time?"""
    if len(facts) != 1 or facts[0].kind not in ("per", "rate") or (facts[0].kind == "rate" and facts[0].noun != ask.per):
        return ""
    fact = facts[0]
    if ask.noun and ask.noun != fact.unit:
        return ""
    every = fact.per or fact.noun
    if every == "week" and ask.per == "year" and fact.kind == "per":
        return made(number(fact.n) * number(ask.n) * 52, fact.unit, "in 52 weeks" if number(ask.n) == 1 else "")
    if every != ask.per and (every in _CLOCKED or (fact.unit in MONEY and measure(every) == "t")):
        return ""  # nobody works 24 hours a day, and not everybody seven days a week
    times = convert(number(ask.n), ask.per, every)
    return "" if times is None else made(number(fact.n) * times, fact.unit)


def a_time(ask: Fact, facts: Story) -> str:
    """So much in so many hours: how much an hour?"""
    if len(facts) != 1 or facts[0].kind not in ("over", "per"):
        return ""
    fact = facts[0]
    if fact.kind == "per":
        return in_time(ask, facts) if ask.per else ""
    if not fact.m or (not ask.per and fact.unit not in _SPEED):
        return ""
    times = convert(Fraction(1), ask.per or "hour", fact.per)
    if times is None:
        return ""
    value = number(fact.n) * times / fact.m
    return f"That is {amount(value, fact.unit)} {'an hour' if (ask.per or 'hour') == 'hour' else 'a ' + ask.per}."


def how_long(ask: Fact, facts: Story) -> str:
    if ask.m and ask.per and not facts and ask.other == ask.unit:
        return f"That takes {hours_and_minutes(3600 * number(ask.n) / ask.m)}."
    if kinds_of(facts) == ["per"] and facts[0].n and facts[0].unit == ask.unit and not ask.m:
        value = number(ask.n) / facts[0].n
        if facts[0].per == "hour":
            return f"That takes {hours_and_minutes(3600 * value)}."
        return f"That takes {amount(value, facts[0].per)}." if value.denominator == 1 else ""
    return ""


def lasts(ask: Fact, facts: Story) -> str:
    """So much is used a day: how long does a store of it last?"""
    if kinds_of(facts) != ["per"] or not facts[0].n or not facts[0].unit:
        return ""
    whole = convert(number(ask.n), ask.unit, facts[0].unit)
    value = None if whole is None else whole / facts[0].n
    return f"That lasts {amount(value, facts[0].per)}." if value is not None and value.denominator in (1, 2) else ""


def until(ask: Fact, facts: Story) -> str:
    """So much is put aside a week: how long until it is so much?"""
    if kinds_of(facts) != ["per"] or not facts[0].n or (ask.who in ONESELF) != (facts[0].who in ONESELF):
        return ""
    value = number(ask.n) / facts[0].n
    known = facts[0].unit in MONEY and ask.unit in ("", facts[0].unit) and value.denominator == 1
    return f"After {amount(value, facts[0].per)}." if known else ""


def empty(ask: Fact, facts: Story) -> str:
    """So many percent are there and so many are lost an hour: how long until it is empty?"""
    if kinds_of(facts) != ["drain", "level"] or not one(facts, "drain").n:
        return ""
    value = number(one(facts, "level").n) / number(one(facts, "drain").n)
    return f"That takes {amount(value, one(facts, 'drain').per)}." if value.denominator in (1, 2) else ""


def far(ask: Fact, facts: Story) -> str:
    """Speed times time, or ways together."""
    if len(facts) > 1 and {fact.kind for fact in facts} == {"went"}:
        known = len({fact.unit for fact in facts}) == 1 and len({fact.who for fact in facts} - {""}) == 1
        return made(sum((number(fact.n) for fact in facts), Fraction(0)), facts[0].unit, "altogether") if known else ""
    if kinds_of(facts) == ["per for"]:
        per, count, unit = facts[0], facts[0].m, facts[0].other
    elif kinds_of(facts) == ["per", "works"]:
        per, count, unit = one(facts, "per"), one(facts, "works").n, one(facts, "works").unit
    else:
        return ""
    times = convert(number(count), unit, per.per)
    return made(number(per.n) * times, per.unit) if times is not None and per.unit in _SPEED else ""


def _minutes(clock: str) -> int:
    return int(re.sub(r"\D", "", clock))


def told_clock(minutes: int, clock: str) -> str:
    """The time of day ``minutes`` after midnight, said as ``clock`` was: with or without morning and afternoon."""
    minutes %= 1440
    hour, rest = divmod(minutes, 60)
    if clock.endswith("?"):
        return f"{hour % 12 or 12}:{rest:02d}"
    return f"{hour % 12 or 12}:{rest:02d} {'AM' if hour < 12 else 'PM'}"


def _seconds(value: Fraction | None, unit: str) -> Fraction:
    return convert(number(value), unit, "second") or Fraction(0)


def end(ask: Fact, facts: Story) -> str:
    if kinds_of(facts) not in (["lasts", "start"], ["start", "works"]):
        return ""
    start, lasts = one(facts, "start"), next(fact for fact in facts if fact.kind != "start")
    if lasts.unit not in ("minute", "hour") or (lasts.kind == "works" and (lasts.who in ONESELF) != (ask.who in ONESELF)):
        return ""
    minutes = _minutes(start.clock) + _seconds(lasts.n, lasts.unit) / 60
    return f"At {told_clock(int(minutes), start.clock)}." if minutes.denominator == 1 else ""


def leave(ask: Fact, facts: Story) -> str:
    """When to go, to be there in time."""
    if kinds_of(facts) != ["due", "lasts"] or (one(facts, "due").who in ONESELF) != (ask.who in ONESELF):
        return ""
    due, way = one(facts, "due"), one(facts, "lasts")
    minutes = _minutes(due.clock) - _seconds(way.n, way.unit) / 60
    return f"At {told_clock(int(minutes), due.clock)}." if minutes.denominator == 1 else ""


def following(ask: Fact, facts: Story) -> str:
    """One comes every so many minutes, the last one came then: when does the next?"""
    if kinds_of(facts) != ["every", "last one"] or not same(ask.noun, *(fact.noun for fact in facts)):
        return ""
    every, last = one(facts, "every"), one(facts, "last one")
    minutes = _minutes(last.clock) + _seconds(every.n, every.unit) / 60
    return f"At {told_clock(int(minutes), last.clock)}." if minutes.denominator == 1 else ""


def time_left(ask: Fact, facts: Story) -> str:
    """So much time is there and something takes so long: how much is left?"""
    if kinds_of(facts) != ["have", "lasts"] or ask.noun not in ("time", "minute", "hour"):
        return ""
    there, takes = one(facts, "have"), one(facts, "lasts")
    if there.noun not in ("minute", "hour"):
        return ""
    rest = _seconds(there.n, there.noun) - _seconds(takes.n, takes.unit)
    return f"{hours_and_minutes(rest).capitalize()}." if rest > 0 else ""


def clock(ask: Fact, facts: Story) -> str:
    if kinds_of(facts) != ["it is"]:
        return ""
    back = ask.who in ("ago", "earlier")
    by = _seconds(ask.n or ask.m, ask.unit or ask.other) / 60
    minutes = _minutes(facts[0].clock) + (-by if back else by)
    return f"{told_clock(int(minutes), facts[0].clock)}." if minutes.denominator == 1 else ""


def took(ask: Fact, facts: Story) -> str:
    """From a time of day to another."""
    if kinds_of(facts) == ["is long", "per"]:
        way, per = one(facts, "is long"), one(facts, "per")
        known = per.n and per.unit == way.unit and per.per == "hour"
        return f"That takes {hours_and_minutes(3600 * number(way.n) / number(per.n))}." if known else ""
    if not facts and ask.clock:
        facts = [Fact("span", clock=ask.clock, until=ask.until)]
    if kinds_of(facts) == ["span"]:
        begin, end = facts[0].clock, facts[0].until
    elif kinds_of(facts) == ["it is", "start"]:
        begin, end = one(facts, "it is").clock, one(facts, "start").clock
    elif kinds_of(facts) == ["arrives", "start"]:
        begin, end = one(facts, "start").clock, one(facts, "arrives").clock
    else:
        return ""
    if ("?" in begin) != ("?" in end):
        return ""
    minutes = (_minutes(end) - _minutes(begin)) % (720 if "?" in begin else 1440)
    return f"That is {hours_and_minutes(Fraction(60 * minutes))}." if minutes else ""


def age(ask: Fact, facts: Story) -> str:
    base = next((fact for fact in facts if fact.kind == "age"), None)
    other = next((fact for fact in facts if fact.kind in ("age more", "age times", "age times of")), None)
    if other is not None and other.kind == "age times of" and base is not None:  # “Anna is 12, twice as old as her brother”
        if other.who not in ("", base.who, "he", "she"):
            return ""
        other = replace(other, who=other.whom, whom=base.who)
    if base is None or other is None or len(facts) != 2 or base.who == other.who:
        return ""
    asks = re.sub(r"^(?:my|our|the|his|her) ", "", ask.who)
    if " " in other.who and asks == other.who.split()[-1]:  # “my cat is older: how old is the cat?”
        ask = replace(ask, who=other.who)
    known = not other.whom or base.who == other.whom or (base.who in PRONOUNS and other.whom not in ONESELF)
    asked = {"his": "he", "her": "she", "my": "i"}.get(ask.who, ask.who)
    if not known or not (asked == other.who or (asked in PRONOUNS and other.who not in ONESELF)):
        return ""
    kin = next((who for who, words in _KIN.items() if words & set(other.who.split())), asked)
    if asked in _KIN and kin != asked:
        return ""  # “his sister is three years older: how old is he?”
    if other.kind == "age times of":
        times = 2 if other.word == "twice" else number(other.n)
        years = number(base.n) / times if times else Fraction(-1)
        return f"{spoken_number(years)} years old." if years >= 0 and years.denominator == 1 else ""
    if other.kind == "age times":
        years = number(base.n) * (2 if other.word == "twice" else number(other.n))
    else:
        years = number(base.n) + number(other.n) * (1 if other.word == "older" else -1)
    return f"{spoken_number(years)} years old." if years >= 0 else ""


def age_in(ask: Fact, facts: Story) -> str:
    if kinds_of(facts) != ["born"] or (years := number(ask.n) - number(facts[0].n)) < 0:
        return ""
    return f"{spoken_number(years)}, on the birthday of that year."


def born(ask: Fact, facts: Story) -> str:
    return f"In {int(number(facts[0].m) - number(facts[0].n))}." if kinds_of(facts) == ["turned"] else ""
