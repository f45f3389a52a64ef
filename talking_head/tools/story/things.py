"""Things that are had, got, lost, compared, shared and packed."""

from __future__ import annotations

from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.story.clauses import Fact
from talking_head.tools.story.common import ONESELF, PRONOUNS, Story, kinds_of, made, may_be, number, one, same, thing
from talking_head.tools.story.units import MONEY, amount, measure

_PEOPLE = {"person", "child", "adult", "pupil", "student", "player", "guest", "kid", "member", "visitor"}
_ONE_EACH = {"seat", "chair", "place"}  # what each of them needs one of
_CHANGES = {"have", "gain", "lose", "lose part"}


def _anybody(who: str) -> bool:
    """Whether it is nobody by name, and no quality either (“how many are missing?”)."""
    return not who or who == "you" or who in ONESELF | PRONOUNS


def stock(ask: Fact, facts: Story) -> str:
    """Something had, gains, losses: how much is there then?"""
    kinds = [fact.kind for fact in facts]
    if len(kinds) < 2 or not same(ask.noun, *(fact.noun for fact in facts)):
        return ""
    if ask.kind == "?have" and set(kinds) == {"have"}:
        return _together(ask, facts)
    if kinds[0] not in ("have", "gain") or "have" in kinds[1:] or not set(kinds) <= _CHANGES:
        return ""
    owners = {facts[0].who} - {""}
    if not owners and not _anybody(ask.who):
        return ""  # “how many are ripe?”
    if not all(may_be(fact.who, owners) for fact in (*facts[1:], ask)) or any(f.whom and not owners & ONESELF for f in facts):
        return ""
    value = Fraction(0)
    for fact in facts:
        value += -number(fact.m) * value if fact.kind == "lose part" else number(fact.n) * (-1 if fact.kind == "lose" else 1)
        if value < 0:
            return ""
    noun = thing(ask.noun, *(fact.noun for fact in facts))
    if noun not in MONEY and value.denominator > 1 and "lose part" in kinds:
        return ""
    said = amount(value, noun if noun in MONEY else "")
    if set(kinds) & {"lose", "lose part"}:
        return f"{said.capitalize()} {'is' if value == 1 or noun in MONEY else 'are'} left."
    return "" if ask.kind == "?left" else f"That makes {said} altogether."


def _together(ask: Fact, facts: Story) -> str:
    """What several people have together."""
    if "together" not in ask.word and ask.who not in ("they", "we"):
        return ""
    if len({fact.who for fact in facts}) < len(facts) or any(not fact.who for fact in facts):
        return ""
    noun = thing(ask.noun, *(fact.noun for fact in facts))
    return made(sum((number(f.n) for f in facts), Fraction(0)), noun if noun in MONEY else "", "together")


def compared(ask: Fact, facts: Story) -> str:
    """One has some, another twice as many or three more: how many has the other?"""
    kinds = [fact.kind for fact in facts]
    base = next((fact for fact in facts if fact.kind == "have"), None)
    other = next((fact for fact in facts if fact.kind in ("times as many", "more than")), None)
    if base is None or other is None or len(kinds) != 2 or not same(base.noun, other.noun, ask.noun):
        return ""
    if other.kind == "times as many":
        value = number(base.n) * (2 if other.word == "twice" else number(other.n))
    else:
        value = number(base.n) + number(other.n) * (1 if other.word == "more" else -1)
    noun = thing(ask.noun, other.noun, base.noun)
    known = base.who == other.whom and ask.who == other.who and value >= 0
    return made(value, noun) if known else ""


def part(ask: Fact, facts: Story) -> str:
    """A share of them is so: how many are so?"""
    if not any(fact.word and (fact.word in (ask.word, ask.who) or fact.word in ask.marks) for fact in facts):
        return ""
    if kinds_of(facts) == ["part of"]:
        fact = facts[0]
        value = number(fact.m) * number(fact.n)
        return made(value) if same(ask.noun, fact.noun) and value.denominator == 1 else ""
    if kinds_of(facts) == ["have", "part"] and same(ask.noun, facts[0].noun, facts[1].noun):
        value = number(one(facts, "part").m) * number(one(facts, "have").n)
        return made(value) if value.denominator == 1 else ""
    return ""


def each(ask: Fact, facts: Story) -> str:
    """Something shared: how much for each?"""
    kinds = kinds_of(facts)
    if kinds == ["shared"]:
        fact = facts[0]
        whole, by, thing = number(fact.n), number(fact.m), fact.noun
    elif kinds == ["pair"]:
        fact = facts[0]
        whole, by, thing = number(fact.n), number(fact.m), fact.unit
    elif len(kinds) == 2 and "sharers" in kinds and set(kinds) & {"have", "price", "gain"}:
        fact = next(fact for fact in facts if fact.kind != "sharers")
        whole, by, thing = number(fact.n), number(one(facts, "sharers").n), fact.unit or fact.noun
    else:
        return ""
    if by == 0 or not (same(ask.noun, thing) or (thing in MONEY and not ask.noun)):
        return ""
    return _shared(whole, by, thing)


def split(ask: Fact, facts: Story) -> str:
    if ask.m == 0 or any(fact.kind not in ("?each",) for fact in facts):
        return ""
    return _shared(number(ask.n), number(ask.m), ask.noun)


def _shared(whole: Fraction, by: Fraction, noun: str) -> str:
    if noun in MONEY or measure(noun):
        return made(whole / by, noun, "each")
    each, rest = divmod(whole, by)
    if rest and noun and whole.denominator == by.denominator == 1:  # nobody gets a third of a marble
        return f"{spoken_number(Fraction(each))} each, and {spoken_number(rest)} {'is' if rest == 1 else 'are'} left over."
    return made(whole / by, "", "each")


def boxes(ask: Fact, facts: Story) -> str:
    """So many are needed and so many go into one, or so much money is there and one costs so much: how many ones?"""
    if kinds_of(facts) == ["groups"] and facts[0].noun in _PEOPLE and ask.noun in _ONE_EACH and not ask.marks:
        return made(number(facts[0].n) * number(facts[0].m), ask.noun)
    whole = next((f for f in facts if f.kind in ("need", "have")), None)
    one = next((f for f in facts if f.kind == "rate" and f.noun == ask.noun), None)
    if one is None:  # “a book has 300 pages and I read 20 a day: how many days?”
        whole = next((f for f in facts if f.kind == "rate"), None)
        one = next((f for f in facts if f.kind == "per" and f.per == ask.noun), None)
    if len(facts) != 2 or whole is None or one is None or not one.n or not same(whole.unit or whole.noun, one.unit):
        return ""
    count, rest = divmod(number(whole.n), one.n)
    return f"{amount(Fraction(count), ask.noun)}." if not rest or (ask.word and count) else ""


def groups(ask: Fact, facts: Story) -> str:
    """Five rows of twelve chairs: how many chairs?"""
    if kinds_of(facts) != ["groups"] or not _anybody(ask.who) or not same(ask.noun, facts[0].noun):
        return ""
    return made(number(facts[0].n) * number(facts[0].m), facts[0].noun)


def difference(ask: Fact, facts: Story) -> str:
    """Two have some of the same: how many more has one?"""
    mine = next((fact for fact in facts if fact.kind == "have" and fact.who == ask.who), None)
    other = next((fact for fact in facts if fact.kind == "have" and fact.who not in ("", ask.who)), None)
    if len(facts) != 2 or mine is None or other is None or not same(ask.noun, mine.noun, other.noun):
        return ""
    more = number(mine.n) - number(other.n)
    return f"{amount(more, thing(ask.noun, mine.noun, other.noun))} more." if more > 0 and ask.whom in ("", other.who) else ""


def missing(ask: Fact, facts: Story) -> str:
    """So many are needed and so many are there: how many more?"""
    if kinds_of(facts) != ["have", "need"] or not same(ask.noun, *(fact.noun for fact in facts)):
        return ""
    more = number(one(facts, "need").n) - number(one(facts, "have").n)
    return f"{amount(more, thing(*(fact.noun for fact in facts)))} more." if more > 0 else ""
