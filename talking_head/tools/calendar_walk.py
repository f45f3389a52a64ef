"""A weekday or month, and steps from it: “we leave on Thursday, two days later we arrive: on which day?” → Saturday.

The message names one weekday (or one month). What it says of time is read from left to right and moves a finger over the
calendar: “tomorrow is Friday” says what today is, “two days later” moves on from where the finger is, “in two days” from
today, and “twelve days before the wedding” to the wedding where that is asked for. A wrong day is worse than none: every number
must have been such a step, and what is asked about must be what the last step led to, or nothing but “which day is that?”.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from talking_head.text.english.stems import stem
from talking_head.tools.dates import DAY, DAYS, MONTH, MONTHS

_NEAR = {
    "the day after tomorrow": 2, "the day before yesterday": -2, "tomorrow": 1, "yesterday": -1, "today": 0, "now": 0,
    "next month": 1, "last month": -1, "this month": 0, "it": 0,
}  # fmt: skip
_SOON = "|".join(near.replace(" ", r"\ ") for near in _NEAR if near != "it")
_NAME = rf"(?:{DAY}|{MONTH})"
_BE = r"(?:is|was|will be|would be)"
_COUNT = r"(?:\d+|an?|the|exactly a)"
_UNIT = r"(?:days?|weeks?|fortnights?|months?)"
_JUST = r"(?:right |directly |just |straight |immediately |exactly )?"
_TOKEN = re.compile(
    rf"""\b(?:
      (?P<near>{_SOON}|it(?=\ is)) (?:,?\ (?:it|we\ have))? (?:\ {_BE})? (?:\ an?)? \ (?P<anchor>{_NAME})
    | (?P<anchor2>{_NAME}) \ {_BE} \ (?P<near2>{_SOON})
    | (?P<n1>{_COUNT}) \ (?P<u1>{_UNIT}) \ {_JUST} (?P<side1>after|before|following|preceding|later\ than|earlier\ than|from|
        prior\ to) \ (?:an?\ |the\ |next\ |last\ |this\ )? (?P<name1>{_NAME})
    | (?P<n6>{_COUNT}) \ (?P<u6b>{_UNIT}) \ ago,? \ (?:it\ |we\ had\ |today\ |on\ )?(?:was\ )?(?:an?\ )?(?P<name6>{_NAME})
    | in \ (?P<n7>{_COUNT}) \ (?P<u7>{_UNIT}),? \ (?:it\ is\ |it\ will\ be\ |we\ have\ )(?:an?\ )?(?P<name7>{_NAME})
    | (?P<soon>{_SOON})
    | in \ (?P<n2>{_COUNT}) \ (?P<u2>{_UNIT})
    | (?P<n3>{_COUNT}) \ (?P<u3>{_UNIT}) \ (?P<side3>from\ now|from\ today|hence|ago)
    | (?P<verb>postponed|delayed|pushed\ back|put\ off|moved\ back|brought\ forward|moved\ forward|moved\ up) \ (?:by\ )?
        (?P<n4>{_COUNT}) \ (?P<u4>{_UNIT})
    | (?:for|stay|stays|staying) \ (?P<nights>\d+|an?|one) \ nights?
    | (?P<n8>{_COUNT}) \ (?P<u8>{_UNIT}) \ (?P<side8>before|after) \ (?:the|my|our|his|her|their) \ (?P<event>[a-z]+)
    | (?:takes?|took|needs?) \ (?:another\ )?(?P<n9>{_COUNT}) \ (?P<u9>{_UNIT})
    | after \ (?P<n10>{_COUNT}) \ (?P<u10>{_UNIT}) (?!\ (?:of|to)\b)
    | (?P<n5>{_COUNT}) \ (?P<u5>{_UNIT}) \ (?:too\ )? (?P<side5>afterwards?|after|later|late|before|earlier|early) (?!\ than)
    | the \ (?P<side6>next|following|previous|preceding) \ (?P<u6>day|month)
    | (?P<name>{_NAME})
    )\b""",
    re.X,
)
_BACK = re.compile(r"before|preceding|previous|earl|ago|prior|forward|up$")
# “who can say what day …” has gone before; these are asides that stand anywhere.
_ASIDE = re.compile(r"\b(?:(?:can|could|would|will) you (?:please )?(?:tell me|say)|do you know|you (?:said|told me))\b")
_ASKS = re.compile(
    r"\b(?:(?:on |in )?(?:what|which) (?:week)?(?:day|month)\b(?: of the (?:week|year))?|when\b|which one\b|on which\b|"
    r"what(?= (?:is|was|will|would) (?:it|that|today|tomorrow|yesterday|now|the (?:day|month)|(?:an?|the|\d+)\b)))"
)
_OPEN = re.compile(r"\b(?:every|each|or|not|until|till|between|except|weekends?|how|why|who|where)\b|n't\b")
_SHORT_FORMS = (  # said without a unit, or the question last
    (re.compile(r"\bhalf a year\b"), "6 months"),
    (re.compile(r"^(?:name|give me|tell me) the (month|day) (?:that|which) (?:is|comes|lies) "), r"which \1 is "),
    (
        re.compile(rf"\b(which|what) (?:week)?(month|day)((?: [a-z]+){{0,2}}?) (\d{{1,3}}) (after|before) (?={_NAME}\b)"),
        r"\1 \2\3 \4 \2s \5 ",
    ),
    (
        re.compile(rf"^({_COUNT} {_UNIT} (?:after|before|from) {_NAME}) (?:is|are|makes?) (?:what|which)(?: month| day)?$"),
        r"what is \1",
    ),
)
_FILLER_WORDS = (
    "it is was will would be been that this then so and the a an does do did i we he she they me us them my our his her their "
    "its to on in at of for if when what which day month weekday week year now exactly please get gets here have has had by "
    "finally actually mean thing one today come comes fall falls again same"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_LEAVING = " leave depart check out"  # what follows the last night
_ARRIVING = " arrive here there delivered ready"  # what follows when it has taken its time
_CLAUSE = re.compile(r",|;|\b(?:and|but|so|if|then)\b")


@dataclass(slots=True)
class _Finger:
    """Where the walk stands: the place of today in the row and of the finger, each None while nothing has said it."""

    row: list[str]
    today: int | None = None
    at: int | None = None
    named: int | None = None
    moved: bool = False
    end: tuple[int, int] = (0, 0)  # of the last step, in the text

    def step(self, base: int | None, by: int, span: tuple[int, int]) -> bool:
        """Move to ``by`` from ``base``; False where that is not known."""
        if base is None:
            return False
        self.at, self.moved, self.end = base + by, True, span
        return True


def answer(text: str) -> str:
    """The day or month that ``text`` (see ``dates.words``) leads to, as a sentence; "" where it leads nowhere for sure."""
    text = _ASIDE.sub("", text)
    for short, long in _SHORT_FORMS:
        text = short.sub(long, text)
    names = re.findall(rf"\b{_NAME}\b", text)
    asks = list(_ASKS.finditer(text))
    if len(names) != 1 or not asks or _OPEN.search(_ASKS.sub("", text)):
        return ""
    finger = _Finger(DAYS if names[0].capitalize() in DAYS else MONTHS)
    asked = asks[-1]
    clause = _CLAUSE.split(text[asked.end() :])[0]
    if re.search(r"\d", _TOKEN.sub("", text)) or not all(_follow(finger, m, clause) for m in _TOKEN.finditer(text)):
        return ""
    if not finger.moved and finger.today is not None and re.search(r"\bit\b", clause):
        finger.step(finger.today, 0, asked.span())
    if not finger.moved or finger.at is None or finger.named is None or not _is_asked(clause, text, finger.end, asked.end()):
        return ""
    found, name = finger.row[finger.at % len(finger.row)], finger.row[finger.named]
    away = finger.at - finger.named
    if not away:
        return f"{found}."
    if finger.today is None and finger.row is DAYS and away % 7 == 0:
        return ""  # “what day is a week from Tuesday?” asks for a date
    unit = ("day" if finger.row is DAYS else "month") + "s" * (abs(away) != 1)
    count = "the" if abs(away) == 1 else f"{abs(away)}"
    return f"{found}: that is {count} {unit} {'after' if away > 0 else 'before'} {name}."


def _follow(finger: _Finger, m: re.Match[str], asked: str) -> bool:
    """Move ``finger`` as the words of ``m`` say; False where they cannot be followed. ``asked``: the clause of the question."""
    if named := m["anchor"] or m["anchor2"] or m["name"] or m["name1"]:
        finger.named = finger.at = finger.row.index(named.capitalize())
    if near := m["near"] or m["near2"]:
        if ("month" in near) != (finger.row is MONTHS) and near != "it":
            return False
        finger.today = finger.named if finger.named is None else finger.named - _NEAR[near]
        return True
    if m["name"]:
        return True
    if m["soon"]:
        if m["soon"] == "now" or (m["soon"] == "today" and finger.at == finger.today):
            # “it is Friday today”, “school starts in June now”: told, and no step, unless the finger has to go there.
            return finger.today is None or finger.at == finger.today or finger.step(finger.today, 0, m.span())
        return finger.step(finger.today, _NEAR[m["soon"]], m.span())
    if m["nights"]:
        return finger.row is DAYS and finger.step(finger.at, _number(m["nights"]), m.span())
    if before := m["n6"] or m["n7"]:  # “three days ago it was Sunday” says what today is
        size = _number(before) * _unit(m["u6b"] or m["u7"], finger)
        finger.named = finger.at = finger.row.index((m["name6"] or m["name7"]).capitalize())
        finger.today = finger.named + (size if m["n6"] else -size)
        return bool(size)
    if m["event"]:
        return _from_event(finger, m, asked)
    if m["side6"]:
        return _unit(m["u6"], finger) == 1 and finger.step(finger.at, -1 if _BACK.search(m["side6"]) else 1, m.span())
    if m["n10"]:
        size = _number(m["n10"]) * _unit(m["u10"], finger)
        return bool(size) and finger.step(finger.at, size, m.span())
    which = next(n for n in "123459" if m[f"n{n}"])
    size = _number(m[f"n{which}"]) * _unit(m[f"u{which}"], finger)
    side = m["verb"] if which == "4" else "" if which in "29" else m[f"side{which}"]
    return bool(size) and finger.step(
        finger.today if which in "23" else finger.at, -size if _BACK.search(side) else size, m.span()
    )


def _from_event(finger: _Finger, m: re.Match[str], asked: str) -> bool:
    """“… on a Sunday, twelve days before the wedding”: from the finger to the event where that is asked for, else from it."""
    size = _number(m["n8"]) * _unit(m["u8"], finger) * (-1 if m["side8"] == "before" else 1)
    if not size:
        return False
    if re.search(rf"\b{m['event']}\b", asked):
        return finger.step(finger.at, -size, m.span())
    told = re.search(rf"\b{m['event']}\b", m.string[: m.start()])
    return told is not None and finger.step(finger.at, size, m.span())


def _is_asked(clause: str, text: str, step: tuple[int, int], at: int) -> bool:
    """Whether ``clause``, which stands ``at`` a place after “which day”, asks for what the last step tells of.

    It does where it brings no word that is not told there."""
    asked = {stem(word) for word in re.findall(r"[a-z']+", _TOKEN.sub("", clause)) if word not in _FILLER}
    begin = max((m.end() for m in _CLAUSE.finditer(text, 0, step[0])), default=0)
    end = next((m.start() for m in _CLAUSE.finditer(text, step[1])), len(text))
    told = "" if begin <= at <= end else text[begin:end]  # the question itself tells nothing
    return asked <= {stem(word) for word in re.findall(r"[a-z']+", told + _follows(told))}


def _follows(told: str) -> str:
    """What may be asked of the end of what is ``told``."""
    return _LEAVING if "night" in told else _ARRIVING if re.search(r"\b(?:takes?|took|needs?) ", told) else ""


def _unit(unit: str, finger: _Finger) -> int:
    """Steps of the row that ``unit`` takes, 0 where it does not fit."""
    if finger.row is MONTHS:
        return 1 if unit.startswith("month") else 0
    return {"d": 1, "w": 7, "f": 14, "m": 0}[unit[0]]


def _number(count: str) -> int:
    return int(count) if count.isdigit() else 1
