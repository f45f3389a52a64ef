"""“One word only”, “in two sentences”, “yes or no?”, “be brief”: the length that an English message asks for."""

from __future__ import annotations

import re

from talking_head.text.english.chat import spelled
from talking_head.types import Length

SHORT = Length(words=20, sentences=1)
FACT = Length(words=3, sentences=1, fact=True)
CHOICE = Length(words=1, sentences=1, choice=True)
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_NAMED = _NAMES.split()
_NUMBER = (
    r"(?:(?:the|an?(?= (?:one|two|three|\d)\b)) )?(?:a single|one single|single|a couple of|one or two|"
    r"(?:half )?an? dozen|half an?|an?|\d{1,3}|"
    rf"{'|'.join(_NAMED[1:])}|thirty|forty|fifty)"
)
_LESS = r"(?:less than|fewer than|under|below)"
_COUNTS = {"thirty": 30, "forty": 40, "fifty": 50, "dozen": 12, "half a dozen": 6}
_BOUND = (
    r"(?:just|only|exactly|precisely|simply|max(?:imum)?(?: of)?|at (?:the )?most|no(?:t)? (?:more|longer) than|up to|"
    r"(?:do not|don't|never) (?:go over|exceed|use more than|go beyond)|about|"
    rf"around|roughly|within|{_LESS})"
)
_CORE = (
    rf"(?P<before>(?:{_BOUND} )*)(?P<number>{_NUMBER})[ -](?:(?:short|simple|plain|brief|little|clear|quick|good) )?"
    r"(?P<unit>words?|sentences?|lines?)(?P<after>(?: or two)?"
    r"(?: or (?:less|fewer|so)| max(?:imum)?| at (?:the )?most| tops| only| long)*)"
)
_PLEASE = (
    r"(?:please|thanks|thank you|now|ok|okay|so|and|then|but|well|hi|hello|hey|sorry|"
    r"if (?:you (?:can|could|would|please|don't mind)|possible))"
)
_SAY = (
    r"(?:answer(?: me| this| that| it| the question)?|reply(?: to me)?|respond|say(?: it| that)?|tell(?: me| us)?|give"
    r"(?: me| us)?(?: it| that| this)?|put (?:it|that|this)|use|using|write|speak|explain(?: it| that| this)?|"
    r"describe(?: it| that)?|"
    r"i (?:only |just )?(?:want|need|would like|'d like)|i'd like|make (?:it|that)|"
    r"keep (?:it|that|your answer|the answer)(?: to)?|limit (?:it|that|"
    r"yourself|your answer) to|with|in|w|by|to|just|only|can you|could you|would you|will you|do|your answer|an answer|"
    r"the answer|as|of)"
)
# What stands before a length is taken in one way (*+): with two, “just just just …” would be tried in 2ⁿ.
_LEAD = rf"(?:(?:{_PLEASE}|{_SAY})[, ]+)*+"
_TAIL = (
    rf"(?:[ ,]+(?:{_PLEASE}|answers?|repl(?:y|ies)|response|only|max|is (?:enough|plenty|sufficient|all i need|fine)|"
    rf"will do|is fine|would do|suffices|tops|"
    r"that's all|no more|nothing else|nothing more|long|for me))*+"
)
_ALONE = re.compile(rf"{_LEAD}{_CORE}{_TAIL}")
_INSIDE = re.compile(
    rf"(?P<verb>\b(?:answer|reply|respond|say|tell (?:me|us)|explain|describe|define|summari[sz]e|sum up|put (?:it|that|this)|"
    rf"give (?:me|us) (?:it|that|this))(?: please)? )?\b(?:in|with|w|using|use|within) {_CORE}(?: please)?"
    r"|(?P<bare>\b(?:use|using) )" + _CORE.replace("?P<", "?P<b_")
)
_ASKS = re.compile(
    r"^(?:(?:so|and|but|ok|okay|well|hi|hello|hey|please|now|then|sorry)[ ,]+)*(?:wh(?:at|o|om|ose|y|ich|ere|en)\b|what's|"
    r"who's|"
    r"how\b|is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|has|have|isn't|aren't|don't|"
    r"doesn't|"
    r"tell|explain|describe|define|summari[sz]e|sum|say|give|name|put|introduce|answer|reply|respond|let me|talk|list|use|"
    r"in which|at what|to what|on what|for whom|colou?r of|i (?:want|need|would like) (?:you|to))\b"
)
_AUX = re.compile(
    r"(?:^|[,.:;!?-] *|\b(?:so|and|but|then|please|ok|okay|well|no|tell me) )(?:is|are|am|was|were|do|does|did|can|"
    r"could|will|would|should|shall|may|might|must|has|have|had|isn't|aren't|don't|doesn't|wasn't|can't|won't)\b"
)
_QUESTION = re.compile(r"wh(?:at|o|om|ose|y|ich|ere|en)\b|(?:what|who|where|how|when)'s\b|how\b|" + _AUX.pattern)
_OR = r"(?:yes or (?:a )?no|a yes or (?:a )?no|yes/no|yes / no|y/n|yes no|no or yes|true or false|just yes no)"
_CHOICE_ALONE = re.compile(
    rf"(?:(?:{_PLEASE}|{_SAY}|simply|simple|plain|straight|clear|a(?! yes))[, ]+)*+{_OR}{_TAIL}(?: question| answer)?{_TAIL}"
)
_CHOICE_EDGE = re.compile(rf"^(?:please )?{_OR} (?=\w)|(?<=\w) (?:just |simply |only )?{_OR}(?: please)?$")
_SAID = re.compile(r"\b(?:say|says|said|saying|answer|answered|reply|replied|voted|vote|mean|means|write|wrote) $")
_SHORT_ALONE = re.compile(
    rf"(?:{_PLEASE}[, ]+)*(?:(?:be|keep (?:it|this|that|your answer|the answer)|make (?:it|this|that)|stay) "
    r"(?:very |really |quite )?(?:short|brief|concise|quick|snappy|crisp|succinct)(?: and (?:sweet|simple|"
    r"to the point))?|briefly|very briefly|long story short|concisely|succinctly|"
    r"in (?:brief|short|a nutshell|a few words|few words)|(?:(?:give me|i (?:only |just )?(?:want|need)|i'd like|just|only) )*"
    r"(?:a |the )?(?:very )?(?:short|quick|brief|concise) (?:answer|version|reply|response|one)|tl;dr|tldr|"
    r"as (?:short|brief|briefly|concise) as (?:possible|you can)|no (?:long )?(?:answers?|essays?|"
    r"novels?|lectures?|speech(?:es)?|explanations?|details|waffle|waffling|rambling)(?: needed| necessary| required)?|"
    r"be quick(?: about it)?|"
    r"(?:skip|leave out|spare (?:me|us)) (?:all )?the (?:details|long version|explanations?|lecture|rest)|"
    rf"(?:just )?the short version|short and sweet|(?:a |an )?one[- ]liner|don't (?:go on|ramble|waffle|bore me)|"
    rf"(?:don't|do not) (?:write|give me|make it|tell me) (?:an? )?"
    rf"(?:(?:whole|long) )?(?:novel|essay|lecture|book|speech|life story)|"
    rf"(?:just|only) the answer){_TAIL}"
)
# Of a question it is a wish for a short answer; by itself it is a remark.
_HURRY = re.compile(
    rf"i'm (?:in a (?:hurry|rush)|busy|short of time)|i(?:'ve| have)(?: only)?(?: got)? (?:no time|not much time|little time|"
    rf"(?:only |just )?(?:(?:{'|'.join(_NAMED[1:])}|a few|\d{{1,2}}) seconds|an? (?:second|moment|minute))){_TAIL}"
)
_SHORT_EDGE = re.compile(
    r"^(?:please )?(?:briefly|tl;dr|tldr|in brief|in a nutshell) (?=\w)|"
    r"(?<=\w) (?:briefly|in brief|in a nutshell|in a few words|concisely|succinctly)$|"
    r"(?<=tell me )(?:concisely|briefly|succinctly|shortly) (?=\w)|(?<=explain )(?:concisely|briefly|succinctly) (?=\w)"
)
_FACTS = (
    r"(?:numbers?|price|(?:(?:first and )?last |first |sur)?name|date|year|time|figure|result|day|colou?r|amount|total|sum|"
    r"country|city|digits)"
)
_FACT_ALONE = re.compile(
    rf"(?:{_PLEASE}[, ]+)*(?:(?:(?:just|only|nothing but)(?: (?:give|tell|say)(?: me)?)?|i (?:only|just) (?:need|want))"
    rf" (?:(?:the|a|one) )?{_FACTS}|(?:the )?{_FACTS} (?:only|alone|will do|is enough)){_TAIL}"
)
_WORD_ALONE = re.compile(rf"(?:{_PLEASE}[, ]+)*(?:just|only|simply)(?: say)? (?:the|that) (?:one )?word{_TAIL}")
_OF_WORDS = re.compile(r"\b(?:words?|sentences?|syllables?|lines?|spell|spelled|rhymes?|grammar)\b")
_SEGMENT = re.compile(r"[.!?:;,\n]+(?=\s|$)|\s[-–—]+\s|[,:]")


def wished(message: str) -> tuple[Length, str] | None:
    """The length that ``message`` asks for, and the message without that; None where it asks for none."""
    text = " ".join(spelled(message.replace("’", "'")).split())
    parts: list[tuple[str, str]] = []
    at = 0
    for cut in _SEGMENT.finditer(text.replace("tl;dr", "tl_dr")):
        parts.append((text[at : cut.start()], cut[0]))
        at = cut.end()
    parts.append((text[at:], ""))
    length: Length | None = None
    left = []
    for part, sign in parts:
        bare = part.strip()
        found, rest = _of(bare)
        if length is not None and found is not None and rest:
            found, rest = None, bare  # the first wish counts
        if found is not None:
            length, bare = length or found, rest
        if re.search(r"\w", bare) and not (length is not None and _fluff(bare)):
            left.append((bare, sign))
    if length is None:
        return None
    rest = _joined(left)
    if not rest and all(_HURRY.fullmatch(part.strip().lower()) for part, _ in parts if part.strip()):
        return None
    if length != SHORT and not length.choice and _OF_WORDS.search(rest.lower()):
        return None
    if length.choice and rest and not _AUX.search(rest.lower()):
        return None
    if rest and not (_ASKS.search(rest.lower()) or "?" in rest or len(left) > 1 or len(left[0][0].split()) <= 8):
        return None
    return length, rest


def _of(part: str) -> tuple[Length | None, str]:
    """The length that one part of a message asks for, and what is left of the part."""
    low = part.lower()
    for pattern, length in (
        (_CHOICE_ALONE, CHOICE),
        (_SHORT_ALONE, SHORT),
        (_HURRY, SHORT),
        (_FACT_ALONE, FACT),
        (_WORD_ALONE, Length(words=1, sentences=1)),
    ):
        if pattern.fullmatch(low):
            return length, ""
    if alone := _ALONE.fullmatch(low):
        return _counted(alone["before"], alone["number"], alone["unit"], alone["after"]), ""
    if (edge := _CHOICE_EDGE.search(low)) and not _SAID.search(low[: edge.start() + 1]):
        return CHOICE, f"{part[: edge.start()]} {part[edge.end() :]}".strip()
    if edge := _SHORT_EDGE.search(low):
        return SHORT, f"{part[: edge.start()]} {part[edge.end() :]}".strip()
    return _inside(part)


def _inside(part: str) -> tuple[Length | None, str]:
    """“What is the sun in one word”, “in one word what is the sun”, “tell me in one sentence why …”."""
    low = part.lower()
    for match in _INSIDE.finditer(low):
        name = "b_" if match["bare"] else ""
        before, after = low[: match.start()].strip(), low[match.end() :].strip()
        opens = re.fullmatch(_LEAD, before + " ") is not None if before else True
        closes = re.fullmatch(_TAIL, " " + after) is not None if after else True
        if not (match["verb"] or opens or closes):
            continue
        if re.search(r"\b(?:is|are|was|were|be|been|words?|letters?|he|she|they|comes?|stands?|fit|fits)$", before):
            continue
        if before and not _ASKS.search(before) and not opens:
            continue
        verb = part[match.start("verb") : match.end("verb")] if match["verb"] else ""
        rest = " ".join(f"{part[: match.start()]} {verb if after else ''} {part[match.end() :]}".split())
        rest = re.sub(r"^(?:answer|reply|respond|say)(?: please)?(?: to (?:explain|say|tell me))? ?(?=\w)", "", rest)
        rest = re.sub(r"^to (?=(?:explain|say|tell|describe))", "", rest)
        if not before and not after and verb:
            rest = ""
        elif verb and not after:
            rest = " ".join(f"{part[: match.start()]} {verb}".split())
            rest = "" if _fluff(rest) else rest
        return _counted(match[name + "before"], match[name + "number"], match[name + "unit"], match[name + "after"]), rest
    return None, part


def _counted(before: str, number: str, unit: str, after: str) -> Length:
    number = re.sub(r"^(?:the|an?) (?=\w)", "", number)
    if number in ("a", "an", "single", "one single", "half a", "half an"):
        count = 1
    elif number.endswith("couple of") or number == "one or two":
        count = 2
    elif number.isdigit():
        count = int(number)
    else:
        count = _COUNTS.get(number) or _NAMED.index(number)
    if re.search(_LESS, before):
        count -= 1
    count = max(count, 2 if "or two" in after else 1)
    if unit.startswith("word"):
        return Length(words=count, sentences=1 if count < 12 else 0)
    return Length(sentences=count)


def _fluff(part: str) -> bool:
    return re.fullmatch(rf"(?:(?:{_PLEASE}|{_SAY})[ ,]*)*+", part.lower()) is not None


def _joined(parts: list[tuple[str, str]]) -> str:
    """The parts that are left as one message: the last one has the sign of a question's end where it asks."""
    out = "".join(f"{part}{sign.strip() or (' –' if sign else '')} " for part, sign in parts).strip(" ,:;–-—")
    return out + "?" if out and out[-1] not in ".!?" and _QUESTION.match(out.lower()) else out
