"""What a visitor tells of themselves, thanks and goodbyes → one polite sentence: words that a tiny language model contradicts.

Told “My name is Anna”, a model of 135 million parameters that plays a presenter says “You are not Anna”. A message that holds
nothing but such words is answered here; what else it holds, a question say, is left over for whoever answers that. Nothing is
kept by this: what may be kept is noticed in ``facts.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from talking_head.memory.facts import clean_name, noticed
from talking_head.persona.guard.reading import breaks_character
from talking_head.persona.mood import mood_of
from talking_head.persona.variants import variant
from talking_head.types import Fact

MAX_CHARS, MAX_ECHO = 200, 7  # of a message; words of a preference that are said back
_NOTHING = ("please", "well", "so", "ok", "okay", "no", "yes", "yeah", "great", "oh")

# A sentence ends at its sign, and where another begins that says “I” or asks. “Mr.” and an initial end none.
_PARTS = re.compile(
    r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\b[A-Z])[.!;。！；]+(?=\s|$|[^\x00-\x7f])|(?<=[?？])\s*|"
    r",?\s+(?:and|but)\s+(?=(?:i|i'm|i'd|my name|please|you can|what|how|who|where|when|can|could|do|thank|nice)\b)|"
    r",\s*(?=(?:i|i'm|my name|thanks?|thank you|nice to|pleased to|what|how|who|where|when|can|could|do you|bye|"
    r"goodbye)\b)|[，,]",
    re.I,
)
_HELLO = re.compile(
    r"(?:hello|hi|hey|good (?:morning|day|evening|afternoon)|greetings)(?: there| again| everyone| \w+)?|"
    r"你好|您好|早上好|下午好|晚上好",
    re.I,
)
_LEAD = re.compile(
    r"^(?:hello|hi|hey|good (?:morning|day|evening|afternoon)|well|so)(?: there)?[ ,]+(?=(?:i|i'm|my|you|this|call|"
    r"please|thanks?)\b)",
    re.I,
)
_MEETING = re.compile(
    r"(?:(?:it'?s |it is )?(?:very |so )?(?:nice|good|lovely|great|pleased|glad|a pleasure) to (?:meet|see|talk to|"
    r"know) you(?: too| "
    r"\w+)?)|(?:a )?pleasure(?: to meet you)?|很高兴认识(?:你|您)",
    re.I,
)
_GIVEN = r"[A-ZÀ-Þ][^\W\d_]*(?:[-'’][^\W\d_]+)?(?: [A-ZÀ-Þ][^\W\d_]*(?:[-'’][^\W\d_]+)?){0,2}"
_FROM = r"(?:,? (?:and i(?:'m| am) )?from [\w -]{2,40})?"
_CALLED = re.compile(
    rf"(?i:(?:well |so |by the way )?(?:my (?:first )?name(?: is|'s)|(?:you can |you may |please |just )*call me|"
    rf"i(?: am|'m) called|"
    rf"they call me|people call me|everyone calls me)) (?P<told>.{{1,60}}?)(?i:{_FROM}| by the way| please)"
)
_CAPITAL = re.compile(
    rf"(?i:i am|i'm|this is) (?P<told>{_GIVEN})(?i:{_FROM}| here| speaking)|(?P<here>{_GIVEN}) (?i:here|speaking)"
)
# After a greeting even in small letters: “hi there, im wilma and early again”. What one is otherwise ends so, or stands here.
_SMALL = re.compile(
    r"(?:hello|hi|hiya|hey|good (?:morning|day|evening|afternoon))(?: there)?,? (?:i'm|im|i am) "
    r"(?P<told>(?!\w+(?:ing|ed|ful|less|ous|ish|ly)\b|(?:new|back|here|early|late|fine|good|great|ok|okay|sorry|not|so|very|just|"
    r"still|also|really|the|an?|in|on|at|from|with|your|my|his|her|sad|lost|hungry|thirsty|sick|ill|happy|curious|ready|glad|"
    r"afraid|only|about|off|out|right|sure|old|stuck|unsure)\b)[^\W\d_]{2,14})(?=[,.!]| and\b| here\b|$)",
    re.I,
)
_CHINESE = re.compile(r"(?:我的名字(?:是|叫)|我叫|请叫我|可以叫我)\s*(?P<told>[^\W\d_]{1,12})")
_NO_GIVEN = re.compile(  # capitals that are no name
    r"(?:I|God|OK|Ok|Okay|Sorry|Sure|Fine|Not|Here|Just|Very|So|The|A|An|My|Your|What|Mad|Christian|Muslim|Jewish|"
    r"Catholic|German|"
    r"French|Dutch|Greek|Swiss|Polish|Chinese|Thai|Czech|Danish|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|"
    r"January|February|March|April|June|July|August|September|October|November|December|AI|"
    r"\w+(?:ian|ean|ish|ese|ican|ing))(?: |$)"
)
_TOLD = re.compile(  # of oneself, with nothing to be done about it
    r"i(?: am|'m) (?:from|a \w+ from|here for the first time|new here|\d{1,3}(?: years old)?|(?:just )?visiting|retired|"
    r"a beginner|"
    r"learning \w+|a (?:student|teacher|nurse|farmer|painter|driver|cook|baker|engineer|designer|gardener|vegetarian|"
    r"vegan|morning "
    r"person|father|mother|grandmother|grandfather)(?: (?:from|in) [\w ]{2,30})?)(?: [\w ]{2,30})?|"
    r"i (?:live|work|study|come|was born|grew up) (?:in|at|as|from|near|with|for) [\w' -]{2,40}|"
    r"i(?:'ve| have) (?:got )?(?:an?|one|two|three|four|five) (?:cats?|dogs?|child|children|kids|sons?|daughters?|"
    r"brothers?|sisters?|"
    r"horses?|rabbits?|grandchild|grandchildren|gardens?)(?: (?:called|named) [\w ]{2,30})?",
    re.I,
)
_PREFERS = re.compile(
    r"(?:i|my favou?rite|我)(?: really| also| much| would|'d| do| don't| do not| never| can't| cannot)*\s*"
    r"(?:like|love|enjoy|hate|dislike|stand|prefer|更?喜欢|(?:很|也|非常)?喜欢|不喜欢|讨厌).+",
    re.I,
)
_MUCH = r"(?:[, ](?:so |very |really )*(?:much|a lot|a million|again|anyway|indeed|kindly))*"
_THANKS = re.compile(
    r"(?:(?:ok|okay|great|good|perfect|wonderful|lovely|alright|all right|no|well|cool|super|excellent|oh|ah)[, ]+)?"
    r"(?:thanks?(?: you)?|many thanks|thank you|thx|cheers|much appreciated|i appreciate (?:it|that|your (?:help|time|"
    r"answer)))"
    rf"{_MUCH}(?:[, ](?:so |very |really )*for (?:your|the|that|this|all|everything|helping|telling|explaining)[\w ]{{0,30}}"
    rf"{_MUCH})?"
    r"(?: (?!but|and|you)\w+)?|(?:非常)?(?:谢谢|感谢)(?:你|您)?|多谢",
    re.I,
)
_HELPED = re.compile(
    r"(?:that|this|it|you)(?: has| have|'s|'ve| was| is| were| are|'re)?(?: been)?(?: very| really| so| most| just)? "
    r"(?:helped(?: me)?(?: a lot)?|helpful|kind|great|perfect|useful|what i (?:needed|wanted)(?: to know)?|"
    r"all i (?:needed|wanted)"
    r"(?: to know)?)(?: of you)?",
    re.I,
)
_DONE = re.compile(
    r"(?:no[, ]*)?(?:that(?:'s| is| was|'ll be| will be) (?:all|it|everything)(?: for (?:now|today))?|nothing else|i'm done)",
    re.I,
)
_BYE = re.compile(
    r"(?:good ?bye|bye(?:[ -]bye)?|see you(?: \w+| next \w+)?|good night|take care|have a (?:nice|good|great|"
    r"lovely) (?:day|evening|"
    r"weekend|one|time)|so long|until next time|i (?:have to|must|need to) (?:go|leave)(?: now)?)(?: then| now|"
    r" everyone| \w+)?|再见|拜拜",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Courtesy:
    """What polite words a message holds. ``answer``: to them, "" where there are none; ``rest``: what else it says, "" for
    nothing; ``told``: it tells a preference or a circumstance, to which documents may have something to say; ``open``: it is
    the presenter's turn to ask what the visitor wants."""

    answer: str = ""
    rest: str = ""
    told: bool = False
    open: bool = False


def courtesy(message: str, presenter: str = "", language: str = "en") -> Courtesy:
    """Take ``message`` to the presenter of that name apart. Nothing is read out of one that is long, sad, angry or an attempt.

    ``language``: of the answer, "zh" or else English.
    """
    text = " ".join(message.replace("’", "'").split())
    if len(text) > MAX_CHARS or mood_of(text) in ("sympathetic", "serious") or breaks_character(text):
        return Courtesy(rest=message)
    name, facts, seen, rest = "", list[Fact](), set[str](), list[str]()
    for part in _PARTS.split(text):
        sentence = _LEAD.sub("", part.strip(" ,.!;-。！；"))
        if not sentence or sentence.lower() in (presenter.lower(), *_NOTHING):
            continue
        if called := _name(sentence):
            name = called
        elif kind := _kind(sentence):
            seen.add(kind)
        elif _PREFERS.fullmatch(sentence) and (preferences := [f for f in noticed(sentence) if f.kind != "name"]):
            facts += preferences
        else:
            rest.append(part.strip())
    answer = _answer(text, name, facts, seen, zh=language == "zh" or (language == "en" and _chinese(text)))
    told = bool(facts or "told" in seen)
    if not answer or (rest and told):  # “I am a student. What do I pay?” is one question
        return Courtesy(rest=message)
    return Courtesy(answer, " ".join(rest), told and not name, bool(name or told or "meeting" in seen) and "bye" not in seen)


def introduced(message: str) -> str:
    """The name by which a sentence of ``message``, or a part of one, introduces its writer; "" where none does."""
    text = " ".join(message.replace("’", "'").split())
    if len(text) > MAX_CHARS or breaks_character(text):
        return ""
    if small := _SMALL.match(text):
        return clean_name(small["told"])
    parts = (_LEAD.sub("", part.strip()) for part in re.split(r"[.!?;,]+|\band\b", text))
    return next((name for part in parts if (name := _name(part))), "")


def _name(sentence: str) -> str:
    """The name by which ``sentence`` introduces its speaker, "" where it does something else."""
    for pattern in (_CALLED, _CHINESE, _CAPITAL):
        if found := pattern.fullmatch(sentence):
            told = found["told"] or found.groupdict().get("here") or ""
            if pattern is _CAPITAL and (_NO_GIVEN.match(told) or (told.isupper() and len(told) > 3)):
                return ""
            return clean_name(told)
    return ""


def _kind(sentence: str) -> str:
    kinds = (
        ("bye", _BYE), ("thanks", _THANKS), ("helped", _HELPED), ("done", _DONE), ("meeting", _MEETING), ("hello", _HELLO),
        ("told", _TOLD),
    )  # fmt: skip
    return next((kind for kind, pattern in kinds if pattern.fullmatch(sentence)), "")


def _answer(text: str, name: str, facts: list[Fact], seen: set[str], *, zh: bool) -> str:
    """One or two sentences to what was said; a greeting alone is left to the script and the model."""
    if "bye" in seen:
        return variant(_BYES_ZH if zh else _BYES, text).format(f", {name}" if name else "")
    if name:
        hello = variant(_MET_ZH if zh else _MET, text).format(name)
        return hello if not facts or zh else f"{hello} {_echo(facts[0])}"
    if facts:
        return "好的，我知道了。谢谢您告诉我。" if zh else _echo(facts[0])
    if "done" in seen:
        return "好的。需要时请随时找我。" if zh else "All right. I am here if you need me."
    if seen & {"thanks", "helped"}:
        return variant(_WELCOME_ZH if zh else _WELCOME, text)
    if "told" in seen:
        return variant(("Thank you for telling me.", "Good to know, thank you."), text)
    if "meeting" in seen:
        return "我也很高兴认识您。" if zh else "Nice to meet you, too."
    return ""


_MET = ("Nice to meet you, {}.", "Hello {}, nice to meet you.", "A pleasure to meet you, {}.")
_MET_ZH = ("{}，很高兴认识您。",)
_WELCOME = ("You are welcome.", "My pleasure.", "You are very welcome.")
_WELCOME_ZH = ("不客气。",)
_BYES = ("Goodbye{}, and come back any time.", "See you soon{}. Take care.")
_BYES_ZH = ("再见{}，欢迎再来。",)
_YOURS = {"my": "your", "me": "you", "myself": "yourself", "mine": "yours", "our": "your"}


def _echo(fact: Fact) -> str:
    """“I love my garden” → “Good to know that you like your garden.”; said in general where it is long or speaks of others."""
    words = [_YOURS.get(word.lower(), word) for word in fact.value.split()]
    if len(words) > MAX_ECHO or {"i", "i'm", "we", "us", "you're"} & {word.lower() for word in words}:
        return "Good to know, thank you for telling me."
    verb = {"likes": "like", "dislikes": "do not like", "prefers": "prefer"}[fact.kind]
    return f"Good to know that you {verb} {' '.join(words)}."


def _chinese(text: str) -> bool:
    return re.search(r"[\u3400-\u9fff]", text) is not None
