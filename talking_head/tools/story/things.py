"""Things that are had, got, lost, compared, shared and packed."""

from __future__ import annotations

from fractions import Fraction

from talking_head.tools.arithmetic import spoken_number
from talking_head.tools.story.clauses import Fact
from talking_head.tools.story.common import ONESELF, PRONOUNS, Story, kinds_of, made, may_be, number, one, same, thing
from talking_head.tools.story.units import MONEY, amount, convert, measure, singular

_PEOPLE = {"person", "child", "adult", "pupil", "student", "player", "guest", "kid", "member", "visitor"}
_ONE_EACH = {"seat", "chair", "place"}  # what each of them needs one of
_CHANGES = {"have", "gain", "lose", "lose part", "lose each"}
_GONE = {"eaten", "gone", "sold", "taken", "missing", "stolen", "lost", "used", "broken", "drunk"}
_BOUGHT = {"buy", "get", "afford"}
# What is so of the others: of forty seats thirty are taken, how many are free?
_OPPOSITES = (
    ({"taken", "occupied", "reserved", "booked", "sold", "full", "used"}, {"free", "empty", "available", "left", "unsold"}),
    ({"done", "finished", "ready"}, {"missing", "left", "unfinished"}),
    ({"back"}, {"out", "road", "water", "lake", "river", "slope", "slopes", "way"}),
    ({"boys"}, {"girls"}), ({"girls"}, {"boys"}), ({"men"}, {"women"}), ({"women"}, {"men"}),
    ({"gone", "broken", "eaten", "missing"}, {"left", "there", "here"}),
)  # fmt: skip


def _anybody(who: str) -> bool:
    """Whether it is nobody by name, and no quality either (“how many are missing?”)."""
    return not who or who == "you" or who in ONESELF | PRONOUNS


def stock(ask: Fact, facts: Story) -> str:
    """Something had, gains, losses: how much is there then?"""
    kinds = [fact.kind for fact in facts]
    if len(kinds) < 2 or not same(ask.noun, *(fact.noun for fact in facts)):
        return ""
    if ask.kind == "?have" and set(kinds) == {"have"}:
        return _together(ask, facts) or _listed(ask, facts)
    if kinds[0] not in ("have", "gain") or "have" in kinds[1:] or not set(kinds) <= _CHANGES:
        return ""
    owners = {facts[0].who} - {""}
    if not owners and not _anybody(ask.who):
        return ""  # “how many are ripe?”
    if not all(may_be(fact.who, owners) for fact in (*facts[1:], ask)) or any(f.whom and not owners & ONESELF for f in facts):
        return ""
    value = Fraction(0)
    for fact in facts:
        value += _change(fact, value)
        if value < 0:
            return ""
    noun = thing(ask.noun, *(fact.noun for fact in facts))
    if noun not in MONEY and value.denominator > 1 and "lose part" in kinds:
        return ""
    said = amount(value, noun if noun in MONEY else "")
    if set(kinds) & {"lose", "lose part", "lose each"}:
        return f"{said.capitalize()} {'is' if value == 1 or noun in MONEY else 'are'} left."
    return "" if ask.kind == "?left" else f"That makes {said} altogether."


def _change(fact: Fact, value: Fraction) -> Fraction:
    """What ``fact`` does to ``value`` of the things."""
    if fact.kind == "lose part":
        return -number(fact.m) * value
    if fact.kind == "lose each":
        return -number(fact.n) * number(fact.m)
    return -number(fact.n) if fact.kind == "lose" else number(fact.n)


def _listed(ask: Fact, facts: Story) -> str:
    """Things of several kinds that one has, told in one breath: how many altogether?"""
    if any(fact.who for fact in facts[1:]) or not (facts[0].who or ask.noun) or not same(*(fact.noun for fact in facts)):
        return ""
    known = ask.noun == facts[0].noun and not ask.marks and may_be(ask.who, {facts[0].who} - {""})
    return made(sum((number(fact.n) for fact in facts), Fraction(0)), "", "altogether") if known else ""


def rest(ask: Fact, facts: Story) -> str:
    """Of so many some are so: how many are not, or are what the rest is?"""
    kinds = kinds_of(facts)
    if kinds == ["done"]:
        first = facts[0]
        asked = ask.kind in ("?to do", "?left") and may_be(ask.who, {first.who})
    elif kinds == ["out of", "rest"]:
        first = one(facts, "out of")
        asked = ask.word == one(facts, "rest").word
    elif kinds == ["out of"]:
        first = facts[0]
        word = "left" if ask.kind == "?left" else ask.word
        asked = any(first.word in so and word in else_so for so, else_so in _OPPOSITES)
    elif kinds == ["have", "of them"]:
        first, other = one(facts, "have"), one(facts, "of them")
        named = ask.word or ask.noun + "s"
        value = number(first.n) - number(other.m)
        asked = any(other.word in so and named in else_so for so, else_so in _OPPOSITES) and not ask.marks
        known = (same(ask.noun, first.noun) or not ask.word) and same(other.noun, first.noun)
        return f"{amount(value, ask.noun or first.noun)}." if asked and known and value >= 0 else ""
    elif kinds == ["have", "now"] and facts[0].kind == "have":
        value = number(facts[0].n) - number(facts[1].n)
        asked = ask.word in _GONE and same(ask.noun, facts[0].noun, facts[1].noun)
        return f"{amount(value, facts[0].noun)}." if asked and value >= 0 else ""
    else:
        return ""
    value = number(first.n) - number(first.m)
    return f"{amount(value, first.noun)}." if asked and value >= 0 and same(ask.noun, first.noun) else ""


def room(ask: Fact, facts: Story) -> str:
    """So many go in and so many are in: how many more?"""
    if kinds_of(facts) not in (["have", "room"], ["now", "room"]):
        return ""
    whole, there = one(facts, "room"), next(fact for fact in facts if fact.kind != "room")
    value = number(whole.n) - number(there.n)
    return f"{amount(value, whole.unit or ask.noun)}." if value >= 0 and same(ask.noun, whole.unit, there.noun) else ""


def seats(ask: Fact, facts: Story) -> str:
    """Rows of chairs: how many people can sit?"""
    known = kinds_of(facts) == ["groups"] and facts[0].noun in _ONE_EACH and not facts[0].marks
    return made(number(facts[0].n) * number(facts[0].m)) if known else ""


def by_day(ask: Fact, facts: Story) -> str:
    """So many on one day and so many on others: how many altogether?"""
    if len(facts) < 2 or {fact.kind for fact in facts} != {"a day"} or len({f.who for f in facts} - {""}) != 1:
        return ""
    noun = facts[0].noun
    known = noun and same(ask.noun, *(fact.noun for fact in facts)) and not ask.marks
    return made(sum((number(f.n) for f in facts), Fraction(0)), noun, "altogether") if known else ""


def packed(ask: Fact, facts: Story) -> str:
    """So many go into one and there are so many ones: how many is that?"""
    if kinds_of(facts) not in (["have", "rate"], ["need", "rate"]):
        return ""
    one_holds, there = one(facts, "rate"), next(fact for fact in facts if fact.kind != "rate")
    known = one_holds.word and ask.noun and ask.noun == one_holds.unit and there.noun == one_holds.noun and not ask.marks
    return made(number(one_holds.n) * number(there.n), ask.noun) if known else ""


def fills(ask: Fact, facts: Story) -> str:
    """So much is there: how many of a size does it fill?"""
    if len(facts) != 1 or facts[0].kind not in ("rate", "have", "room") or not ask.n:
        return ""
    whole = convert(number(facts[0].n), facts[0].unit or facts[0].noun, ask.unit)
    value = None if whole is None else whole / ask.n
    return f"{amount(value, ask.noun)}." if value is not None and value.denominator == 1 else ""


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
    of_base = base.who == other.whom or (other.whom in ("him", "her", "them") and base.who not in ONESELF)
    known = of_base and ask.who == other.who and base.who != other.who and value >= 0
    return made(value, noun) if known else ""


def part(ask: Fact, facts: Story) -> str:
    """A share of them is so: how many are so?"""
    if kinds_of(facts) == ["part of"] and ask.noun and ask.noun == singular(facts[0].word):  # “half of them are girls”
        value = number(facts[0].m) * number(facts[0].n)
        return made(value) if value.denominator == 1 and not ask.marks and _anybody(ask.who) else ""
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
    whole = next((f for f in facts if f.kind in ("need", "have", "sharers", "gain")), None)
    one = next((f for f in facts if f.kind == "rate" and f.noun == ask.noun), None)
    if one is None:  # “a book has 300 pages and I read 20 a day: how many days?”
        whole = next((f for f in facts if f.kind == "rate"), None)
        one = next((f for f in facts if f.kind == "per" and f.per == ask.noun), None)
    if len(facts) != 2 or whole is None or one is None or not one.n or not same(whole.unit or whole.noun, one.unit):
        return ""
    if one.word and ({whole.noun, one.unit} & MONEY or whole.noun == ask.noun):
        return ""
    count, rest = divmod(number(whole.n), one.n)
    if not rest or (ask.word in _BOUGHT and whole.kind != "need" and count):
        return f"{amount(Fraction(count), ask.noun)}."
    if not one.word or whole.n is None or whole.n.denominator > 1:
        return ""
    if ask.word == "fill" and count:
        return f"{amount(Fraction(count), ask.noun)}, and {spoken_number(rest)} {'is' if rest == 1 else 'are'} left over."
    return (
        f"{amount(Fraction(count + 1), ask.noun)}."
        if ask.word and (whole.kind == "need" or ask.word not in _BOUGHT | {"fill"})
        else ""
    )


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
