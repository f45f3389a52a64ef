"""A message → the plain words that the clauses are read from: digits, whole units, clocks, no politeness.

“Excuse me, what would six tickets come to at eleven pounds fifty each?” becomes “what would 6 tickets come to at 11.50 pounds
each”. Sentences are parted by `` | ``; a time of day is one word, ``@`` with its minutes since midnight, and ``?`` where
morning or afternoon is not said (``@580?``).
"""

from __future__ import annotations

import re
import unicodedata

from talking_head.tools.arithmetic import digits

MAX_CHARS = 240

_WHERE = re.compile(
    r" (?:in|on|at) (?:the|my|our|a|his|her) [a-z]+(?= |$)|^(?:in|on|at) (?:the|my|our|a|his|her) [a-z]+ (?:, )?"
)
_SORT = r"(?:red|blue|green|yellow|black|white|brown|orange|purple|pink|grey|big|small|large|little|old|new|ripe)"
_KIN = (
    r"(?:wife|husband|partner|girlfriend|boyfriend|mum|mom|dad|mother|father|sisters?|brothers?|sons?|daughters?|friends?|parents"
    r"|kids?|child|children|baby)"
)

_POLITE = re.compile(
    r"^(?:(?:good (?:morning|evening|afternoon|day)"
    r"|hello|hi|hey|okay|ok|so|and|well|please|then|suppose|if|say|imagine|when|excuse me|sorry|quick question|now"
    r"|let us say)\b[\s,|]*"
    r"|(?:can|could|would|will) you (?:please |quickly )?(?:help me )?(?:tell me|calculate|work out|say|add up|figure out)?"
    r"[\s,|]*(?=what|how|when|which|split|divide|share|the |if |\d)"
    r"|(?:tell me|do you know|i want to know|i would like to know|i wonder"
    r"|you know|any idea|help me work out|work out|calculate)[\s,|]*)"
)
_CLOSING = re.compile(
    r"[\s,|]*(?:\b(?:please|thanks|thank you|for me|do you know|would you|could you|can you|roughly|exactly|"
    r"(?:real |very |really |rather )?(?:quick(?:ly)?|fast)|asap|off the top of your head)\b)$"
)
_LONG_FORMS = (
    (r"\b(\w+)'ve got\b", r"\1 have"),
    (r"\b(i|we|you|they)'ve\b", r"\1 have"),
    (r"\bi'm\b", "i am"),
    (r"\b(you|we|they|there|what|how)'re\b", r"\1 are"),
    (r"\b(i|we|you|they|he|she|it)'ll\b", r"\1 will"),
    (r"\b(i|we|you|they|he|she|it)'d\b", r"\1 would"),
    (r"\b(he|she|it|that|there|what|how|when|where|who|which)'s\b(?= (?:got|been)\b)", r"\1 has"),
    (r"\b(he|she|it|that|there|what|how|when|where|who|which)'s\b", r"\1 is"),
    (r"\b(when|how (?:long|much|far|old|big|heavy))'s\b", r"\1 is"),
    (
        r"\b([a-z]+)'s (?=\d|twice\b|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:years|times)\b)",
        r"\1 is ",
    ),
    (r"\blet's\b", "let us"),
    (r"\b(have|has|had) ((?:i|we|you|they|he|she|it|[a-z]+) )?got\b(?! (?:on|off|lost)\b)", r"\1 \2"),
    (r"\b(?:a|per) piece\b|\bapiece\b|\bper item\b", "each"),
    (r"\beach one\b", "each"),
    (r"\bone of them\b", "each of them"),
    (r"\b(shared|split|divided|dealt|handed) (?:out|up)\b", "shared"),
    (r"\ba couple of\b", "two"),
    (r"(?<!how )\b(?:still|already|just|only|simply|also)\b", ""),
    (r"\b(?:as many|as much) (\w+ )?again\b", "again"),
)
_FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_MONEY = {"€": "euros", "$": "dollars", "£": "pounds"}
_SHORT = {
    "km/h": "kilometres per hour", "kph": "kilometres per hour", "kmh": "kilometres per hour", "mph": "miles per hour",
    "km": "kilometres", "cm": "centimetres", "mm": "millimetres", "kg": "kilograms", "g": "grams", "ml": "millilitres",
    "cl": "centilitres", "l": "litres", "m": "metres", "min": "minutes", "mins": "minutes", "hr": "hours", "hrs": "hours",
    "h": "hours", "sec": "seconds", "secs": "seconds", "oz": "ounces", "p": "pence", "quid": "pounds", "bucks": "dollars",
    "eur": "euros", "usd": "dollars", "gbp": "pounds",
}  # fmt: skip


def plain(message: str) -> str:
    """The plain words of ``message``; "" for one that is too long, or has too long a number, to be a sum."""
    if len(message) > MAX_CHARS or re.search(r"\d{13}", message):
        return ""
    text = " ".join(unicodedata.normalize("NFKC", message).lower().replace("’", "'").split())
    for short, long in _LONG_FORMS:
        text = re.sub(short, long, text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"[.?!;:]+(?=\s|$)|\s[–—-]\s", " | ", text).replace(",", " , ")
    text = re.sub(r"\b(a|p)\.m\b\.?", r"\1m", text)
    text = _people(_sorts(_quantities(_clocks(_fractions(text)))))
    text = re.sub(r"\bmeter", "metre", re.sub(r"(?<=[a-z])meter(?=s?\b)", "metre", text)).replace("liter", "litre")
    text = re.sub(r" ?\|[ |]*", " | ", " ".join(text.split())).strip(" |,")
    while (shorter := _CLOSING.sub("", _POLITE.sub("", text, count=1)).strip(" |,")) != text:
        text = shorter
    return text


def without_places(text: str) -> str:
    """``text`` without where things are (“the coach”, “at the table”), "" where that may be what tells them apart: the question
    says where, too, or two places are told."""
    told, _, question = text.rpartition(" | ")
    if (
        not told
        or len(_WHERE.findall(told)) != 1
        or re.search(r"\b(?:in|on|at|from|into|with) (?!total\b|all\b)[a-z]", question)
    ):
        return ""
    return f"{_WHERE.sub('', told)} | {question}"


def _fractions(text: str) -> str:
    names = "|".join(_FRACTIONS)
    text = re.sub(r"\bhalf a dozen\b", "6", text)
    text = re.sub(r"(?<!in )\b(?:a|1|one) dozen\b(?! (?:times|of them))", "12", text)
    text = re.sub(r"\b(an?|one) (hour|minute|day|week|month|year|mile|kilo|litre) and a half\b", r"1.5 \2s", text)
    text = re.sub(r"\bhalf an? (hour|minute|day|year|mile|kilo|litre)\b", r"0.5 \1s", text)
    text = re.sub(r"\b(?:three quarters|3/4) of an hour\b", "45 minutes", text)
    text = re.sub(r"\b(?:a )?quarter of an hour\b", "15 minutes", text)
    text = re.sub(r"\bhalf(?: of)? (?=the |my |our |them|of|an? bill|\d)", "1/2 of ", text).replace("of of", "of")
    text = re.sub(
        r"\b(hundred|thousand|million)\b", lambda m: m[1], re.sub(r"\ba (?=(?:hundred|thousand|million)\b)", "one ", text)
    )
    text = digits(text)
    text = re.sub(r"\b(\d+)((?: [a-z]+)?) and a half\b", lambda m: f"{m[1]}.5{m[2]}", " ".join(text.split()))
    text = re.sub(rf"\b(\d+) ({names})s\b(?= of\b)", lambda m: f"{m[1]}/{_FRACTIONS[m[2]]}", text)
    text = re.sub(
        rf"\b(?:a|1) ({names})\b(?= (?:of|off|less|more|cheaper|are|is|were|was|have)\b| \||$| ,)",
        lambda m: f"1/{_FRACTIONS[m[1]]}",
        text,
    )
    text = re.sub(r"\b([1-9])/([248]) of an? (litre|liter|kilo|mile|pound|metre|meter)\b",
                  lambda m: f"{int(m[1]) / int(m[2]):g} {m[3]}s", text)  # fmt: skip
    text = re.sub(r"\b(\d+) dozen\b", lambda m: str(12 * int(m[1])), text)
    return re.sub(
        r"\b(each|every|which|the|any|large|small|this|that|last|next|no|new|old|other|big|bigger|smaller|cheap|cheaper|red|"
        r"blue|green|black|white) 1\b",
        r"\1 one",
        text,
    )


def _clocks(text: str) -> str:
    def clock(hour: int, minute: int, half: str) -> str:
        if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
            return "@@"  # no time: nothing is read from it
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return f"@{(hour * 60 + minute) % 1440}{'' if half or hour > 12 or hour == 0 else '?'}"

    half = r"(?: ?(?P<half>am|pm)\b| in the (?P<part>morning|afternoon|evening))?"

    def side(m: re.Match[str]) -> str:
        return m["half"] or {"morning": "am", "afternoon": "pm", "evening": "pm", None: ""}[m["part"]]

    text = re.sub(r"\b(?:at )?(noon|midday|midnight)\b", lambda m: "at @0" if m[1] == "midnight" else "at @720", text)
    parts = {"half": 30, "quarter": 15, "a quarter": 15, "1/4": 15}
    spoken = (
        rf"\b(?P<by>half|a quarter|1/4|quarter|\d+)(?: minutes)? (?P<way>past|to) (?P<hour>\d{{1,2}})\b(?! ?[a-z@]*\d){half}"
    )

    def said(m: re.Match[str]) -> str:
        by = parts[m["by"]] if m["by"] in parts else int(m["by"])
        if m["way"] == "to" and by not in (5, 10, 15, 20, 25):
            return m[0]  # “from 3 to 9”
        whole = int(m["hour"]) - (m["way"] == "to")
        return clock(whole or 12, 60 - by if m["way"] == "to" else by, side(m)) if 0 < by < 60 else m[0]

    text = re.sub(spoken, said, text)
    text = re.sub(
        rf"\b(?P<h>\d{{1,2}})[:.](?P<m>\d\d)(?= ?(?:am|pm)|\b(?<=:\d\d)|(?= o'clock)){half}",
        lambda m: clock(int(m["h"]), int(m["m"]), side(m)),
        text,
    )
    text = re.sub(rf"\b(?P<h>\d{{1,2}}) o'clock\b{half}", lambda m: clock(int(m["h"]), 0, side(m)), text)
    text = re.sub(r"\b(?P<h>\d{1,2}) ?(?P<half>am|pm)\b", lambda m: clock(int(m["h"]), 0, m["half"]), text)
    return re.sub(
        r"(?<=\bthere |\b home |\b back )(at|by) (\d{1,2})(?= [|,]| and|$)", lambda m: f"{m[1]} {clock(int(m[2]), 0, '')}", text
    )


def _quantities(text: str) -> str:
    text = re.sub(r"([€$£]) ?(\d+(?:\.\d+)?)", r"\2 \1", text)
    text = re.sub(r"(?<=\d) ?([€$£])", lambda m: f" {_MONEY[m[1]]}", text)
    text = re.sub(r"(?<=\d) ?(?:%|per ?cent\b)", " percent", text)
    text = re.sub(r"(?<=\d) ?(km/h|[a-z]+)\b", _unit, text)
    cents = r"(?:,? (?:and )?(\d\d?) (?:cents?|pence)\b| (\d\d)(?=$| [|,]| each| per | an? ))"  # “3 euros and 2 of …” is none
    text = re.sub(
        rf"\b(\d+) (euros?|dollars?|pounds?|francs?){cents}", lambda m: f"{m[1]}.{int(m[3] or m[4]):02d} {m[2]}", text
    )
    return re.sub(
        r"\b(\d+(?:\.\d+)?) hours? (?:and )?(\d+) minutes?\b", lambda m: f"{60 * float(m[1]) + int(m[2]):g} minutes", text
    )


def _sorts(text: str) -> str:
    """“5 red , 3 blue and 4 green balls” → “5 balls , 3 balls and 4 balls”."""
    listed = rf"(?:\b\d+ {_SORT} (?:, (?:and )?|and )){{1,4}}"
    return re.sub(
        rf"({listed})(\d+) {_SORT} ([a-z]+s)\b",
        lambda m: re.sub(rf"(\d+) {_SORT}", rf"\1 {m[3]}", m[1]) + f"{m[2]} {m[3]}",
        text,
    )


def _people(text: str) -> str:
    """“there is me , my wife and our 2 kids” → “there are 4 people”."""

    def counted(m: re.Match[str]) -> str:
        others = re.findall(r"(?:my|our) (?:(\d+) )?[a-z]+", m[1])
        return f"there are {1 + sum(int(many or 1) for many in others)} people"

    text = re.sub(r"\b(?:me|myself) and my (\d{1,2}) [a-z]+s\b", lambda m: f"{1 + int(m[1])} people", text)
    kin = rf"(?: ,)?(?: and)? (?:my|our) (?:\d{{1,2}} )?{_KIN}\b"
    return re.sub(rf"\b(?:there (?:is|are)|it is|we are) me((?:{kin}){{1,5}})", counted, text)


def _unit(match: re.Match[str]) -> str:
    short, apart = match[1], match[0].startswith(" ")
    return match[0] if apart and len(short) == 1 else f" {_SHORT.get(short, short)}"  # “50p”, but “5 m” may be anything
