"""What follows from the clauses of a story: a rule a kind of question, and every number of the story must be used by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.story import prices, things, times
from talking_head.tools.story.clauses import Fact
from talking_head.tools.story.common import ONESELF, PRONOUNS, Story, made, may_be, number, same
from talking_head.tools.story.units import MONEY, amount, convert, measure


def result(row: Story) -> str:
    """The sentence that answers the question of ``row``; "" where it has none, or nothing follows for sure."""
    asks = [fact for fact in row if fact.kind.startswith("?") or fact.kind.endswith("!")]
    if len(asks) != 1:
        return ""
    others = [fact for fact in row if fact is not asks[0]]
    if not all(_meant(asks[0], fact) for fact in others):
        return ""
    return next((told for rule in _RULES.get(asks[0].kind, ()) if (told := rule(asks[0], others))), "")


def _meant(ask: Fact, fact: Fact) -> bool:
    """Whether ``ask`` may ask about the things and the person of ``fact``: not about green apples where there are red ones."""
    if {ask.noun, ask.other} & {fact.noun, fact.unit, fact.other} - {""} and not ask.marks <= fact.marks | {fact.word}:
        return False
    if ask.kind in ("?far", "?age in", "?born") and fact.who:
        return may_be(ask.who, {fact.who}) or (fact.who == "someone" and ask.who in PRONOUNS)
    return not (ask.kind in ("?in time", "?total") and ask.who in ("he", "she") and fact.who in ONESELF)


def _makes(ask: Fact, facts: Story) -> str:
    if facts or not same(ask.noun, ask.other):
        return ""
    return made(number(ask.n) + number(ask.m), ask.noun if ask.noun in MONEY else "", "altogether")


def _units(ask: Fact, facts: Story) -> str:
    value = None if facts else convert(number(ask.n), ask.unit, ask.noun)
    return "" if value is None or (ask.unit == ask.noun != "minute") else amount(value, ask.noun).capitalize() + "."


def _fraction(ask: Fact, facts: Story) -> str:
    return "" if facts else made(number(ask.m) * number(ask.n), ask.unit if ask.unit in MONEY or measure(ask.unit) else "")


def _times(ask: Fact, facts: Story) -> str:
    if facts:
        return ""
    by = {"half": Fraction(1, 2), "halve": Fraction(1, 2), "double": Fraction(2), "twice": Fraction(2), "4 times": Fraction(4)}
    by |= {"doubled": by["double"], "halved": by["half"]}
    return made(by.get(ask.word, Fraction(3)) * number(ask.n))


def _listed(text: str) -> list[Fraction]:
    parts = re.split(r" ?, (?:and )?| and | plus ", text)
    return [Fraction(part) for part in parts] if all(re.fullmatch(r"\d+(?:\.\d+)?", part) for part in parts) else []


def _mean(ask: Fact, facts: Story) -> str:
    numbers = [] if facts else _listed(ask.rest)
    return f"The average is {spoken_number(sum(numbers, Fraction(0)) / len(numbers))}." if len(numbers) > 1 else ""


def _sum(ask: Fact, facts: Story) -> str:
    numbers = [] if facts else _listed(ask.rest)
    return made(sum(numbers, Fraction(0)), "", "altogether") if len(numbers) > 1 else ""


_RULES: dict[str, tuple[Callable[[Fact, Story], str], ...]] = {
    "?left": (things.stock, things.rest, times.time_left),
    "?have": (things.stock, things.compared, things.part, things.groups, things.by_day, things.rest, things.packed),
    "?part": (things.part,), "?each": (things.each,), "shared!": (things.split,), "?cost": (prices.recipe,),
    "?total": (prices.total, things.by_day), "?total of": (prices.total_of,), "?off of": (prices.off_of,),
    "?line": (prices.line,), "?change": (prices.change,), "?change from": (prices.change_from,),
    "?difference": (things.difference,), "?hours": (times.took,), "?in time": (times.in_time,), "?a time": (times.a_time,),
    "?how long for": (times.how_long,), "?until": (times.until,),
    "?boxes": (things.boxes, things.by_day, things.packed, things.groups),
    "?missing": (things.missing,),
    "?end": (times.end,), "?clock": (times.clock,), "?span": (times.took,), "?took": (times.took,), "?far": (times.far,),
    "?age": (times.age,), "?age in": (times.age_in,), "?born": (times.born,), "?makes": (_makes,), "?units": (_units,),
    "?tip": (prices.tip,), "?less": (prices.less,), "?fraction": (_fraction,), "?times": (_times,), "?mean": (_mean,),
    "?sum": (_sum,), "?rest": (things.rest,), "?to do": (things.rest,), "?room": (things.room,), "?seats": (things.seats,),
    "?short": (prices.short,), "?gained": (prices.gained,), "?fills": (things.fills,), "?leave": (times.leave,),
    "?next": (times.following,), "?price of": (prices.price_of,), "?save": (prices.saved,), "?lasts": (times.lasts,),
    "?empty": (times.empty,),
}  # fmt: skip
