"""The verbs that learners use most, in the forms that they mix up."""

from __future__ import annotations

import re

_IRREGULAR_TEXT = (
    "go went gone, eat ate eaten, see saw seen, come came come, take took taken, buy bought bought, have had had, do did "
    "done, "
    "make made made, get got got, give gave given, write wrote written, speak spoke spoken, drink drank drunk, meet met met, "
    "drive drove driven, sleep slept slept, teach taught taught, think thought thought, find found found, tell told told, "
    "say said said, feel felt felt, leave left left, know knew known, begin began begun, run ran run, swim swam swum, "
    "sing sang sung, sit sat sat, wear wore worn, win won won, lose lost lost, bring brought brought, keep kept kept, "
    "send sent sent, spend spent spent, pay paid paid, fall fell fallen, forget forgot forgotten, become became become, "
    "read read read, break broke broken, catch caught caught, choose chose chosen, fly flew flown, grow grew grown, hear "
    "heard heard, "
    "hold held held, learn learned learned, sell sold sold, wake woke woken, understand understood understood"
)
_REGULAR_TEXT = (
    "like love want need play work live visit watch walk talk help ask call cook clean study start finish open close listen "
    "look stay travel try use wait wash arrive agree enjoy hate happen move learn practise stop join order miss"
)
IRREGULAR = {first: (past, third) for first, past, third in (row.split() for row in _IRREGULAR_TEXT.split(", "))}
BASES = (*IRREGULAR, *(verb for verb in _REGULAR_TEXT.split() if verb not in IRREGULAR))
_DOUBLED = frozenset({"stop", "get", "run", "swim", "sit", "win", "begin", "forget"})
STATES = frozenset({"have", "know", "like", "love", "want", "need", "understand", "hate", "agree"})  # not said in the -ing form


def past(base: str) -> str:
    """“go” → “went”."""
    if base in IRREGULAR:
        return IRREGULAR[base][0]
    return re.sub(r"(?<=[^aeiou])y$", "i", base.removesuffix("e") if not base.endswith("ee") else base[:-1]) + (
        "ped" if base == "stop" else "ed"
    )


def third(base: str) -> str:
    """“go” → “goes”."""
    if base == "have":
        return "has"
    if re.search(r"(?:[sxo]|ch|sh)$", base):
        return base + "es"
    return base[:-1] + "ies" if re.search(r"[^aeiou]y$", base) else base + "s"


def ing(base: str) -> str:
    """“go” → “going”."""
    if base in _DOUBLED:
        return base + base[-1] + "ing"
    return (base[:-1] if base.endswith("e") and not base.endswith("ee") else base) + "ing"


BY_THIRD = {third(base): base for base in BASES}
BY_PAST = {past(base): base for base in BASES}
