"""Questions for the presenter itself: its name, whether it is human, its work, its body and private life → one true sentence.

A small language model invents a birthday and a breakfast. A message is such a question when it speaks of the presenter (a
pattern of the topic) and holds no word beyond the topic's and the small words of English: “do you have children?” is one, “do
you have children's shoes?” goes on to the documents and the model. Several sentences may stand side by side as long as each is
such a question, a greeting or an introduction.
"""

from __future__ import annotations

import re
import unicodedata

from talking_head.persona.about import itself, life, pastime, senses
from talking_head.persona.about.topic import BEING, OWN_NAME, Topic
from talking_head.persona.persona import NAMELESS, Facts
from talking_head.persona.variants import variant

MAX_CHARS, MAX_WORDS = 160, 24
# The first that is asked counts. Whether it hears comes before what it cannot perceive, and leisure, which is wide, last.
TOPICS: tuple[Topic, ...] = (*itself.TOPICS, *pastime.TOPICS, *life.TOPICS[:-1], *senses.TOPICS, life.TOPICS[-1])
_NAME = next(topic for topic in TOPICS if topic.name == "the name")

_SMALL_WORDS = (
    "a an the you your yours yourself u ur i am me my mine myself we us it its this that these those there what who whom "
    "whose which where when why how and or but if whether not no yes yeah so too also either than then really actually "
    "truly honestly just only even ever still always sometimes usually often much many any some something anything somehow "
    "is are be been being was were do does did done have has had having can could will would shall should may might must of "
    "to for with from in on at by about as like into tell say know ask asking asked wonder wondering curious guess think "
    "mean want please sorry thanks thank hello hi hey dear question let real all day now today tonight again right exactly "
    "kind sort type thing things own more bit little quick good nice well okay ok sir madam way supposed possibly perhaps "
    "maybe actual true truth honest first one get got need at least because never both other others else same while s d m "
    "re ve ll t by "
)
_SMALL = frozenset(_SMALL_WORDS.split())
_CONTRACTED = (
    (re.compile(r"\b(can|won|shan)'?t\b"), r"\1 not"),
    (re.compile(r"\b(is|are|was|were|do|does|did|have|has|had|would|could|should|might)n'?t\b"), r"\1 not"),
    (re.compile(r"\bain't\b"), "are not"),
    (re.compile(r"\b(what|who|where|how|when|that|it|there|he|she|name|here)'s\b"), r"\1 is"),
    (re.compile(r"\b(you|we|they)'re\b"), r"\1 are"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"\b(i|you|we|who)'ve\b"), r"\1 have"),
    (re.compile(r"\b(i|you|we|who|what|it)'d\b"), r"\1 would"),
    (re.compile(r"\b(i|you|we|who|what|it)'ll\b"), r"\1 will"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"\bd'(?:you|ya)\b"), "do you"),
    (re.compile(r"\b(?:ya|u|y'all)\b"), "you"),
    (re.compile(r"\bur\b"), "your"),
    (re.compile(r"\ba\.i\.?(?=\W|$)"), "ai"),
)
_INTRODUCTION = re.compile(
    r"^(?:(?:hello|hi|hey|good (?:morning|day|evening|afternoon)|well|so)[ ,]*)?(?:i am|my name is|they call me|call me|this "
    r"is)"
    r" [a-z'-]+(?: [a-z'-]+)?(?: from [a-z]+)?(?:,? and|,| -)? (?=(?:who|what|how|and|you|your|may|do|tell)\b)"
)
_INTRODUCED = re.compile(
    r"(?:(?:hello|hi|hey|good (?:morning|day|evening|afternoon))(?: there)?[ ,]*)?"
    r"(?:i am|my name is|they call me|call me) [a-z'-]+(?: [a-z'-]+)?"
)
_FLUFF = re.compile(
    r"(?:or |and |oh )?(?:are|do|did|can|have) you(?: not)?|"
    r"(?:hello|hi|hey|good (?:morning|day|evening|afternoon))(?: there| everyone| again)?|(?:nice to (?:meet|see) you(?: "
    r"too)?|(?:very )?pleased to meet you|"
    r"thanks?|"
    r"thank you|please|okay|ok|well|sorry|excuse me|wait|one (?:more )?question|quick question|(?:i have )?a (?:quick |short "
    r")?question|"
    r"(?:honestly|truly|really|seriously|frankly)(?: now| though| please)?|"
    r"(?:i am )?just curious|(?:i was )?(?:just )?wondering|tell me(?: honestly| the truth)?|be honest|honestly|seriously|"
    r"really|wow|hm+|oh|so|"
    r"(?:just )?out of curiosity|by the way|you (?:look|sound|seem) (?:so |very |really |quite )?(?:natural|nice|lovely|"
    r"familiar)|"
    r"(?:my|our|the) [a-z]+ (?:wants to know|asked me|will ask(?: me)?|would like to know|needs to know|asks(?: me)?) "
    r"who(?:m|se)? [a-z ]{2,60}|"
    r"may i ask(?: you)?(?: something| a question)?|can i ask you (?:something|a question)|don't lie|i want the truth|just a "
    r"question)"
)
_LEAD = re.compile(  # what people say before they ask
    r"^(?:before (?:we|i) (?:start|begin|go on|continue|order|ask)(?: anything)?|first of all|for a start|"
    r"to begin with|one thing|if i may ask|if you do not mind(?: me asking)?|may i ask|just so (?:that )?(?:i|we) know|"
    r"so that (?:i|we) know|out of interest)"
    r"(?:[ ,-]+|$)"
)
_GUESSED = re.compile(  # “It's Joanna, right?”, of somebody who remembers half
    r"^(?:\W*(?:[Ss]o|[Aa]nd|[Oo]h|[Hh]i|[Hh]ello|[Hh]ey|[Ss]orry|[Ww]ait)\b[ ,]*){0,2}"
    r"(?:[Ii]t's|[Ii]t is|[Ii]t was|[Yy]ou're|[Yy]ou are|[Yy]ou must be|[Yy]ou were|[Yy]our name (?:is|was)|[Yy]our name's|"
    r"[Tt]hat's|[Ww]as it|[Ii]s it) "
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Christmas|Easter|English|OK|AI\b)[A-Z][a-z]{1,15}"
    r"(?:,? (?:right|correct|yes|no|wasn't it|isn't it|aren't you|weren't you|is that right|am I right|is it|was it|innit|or)"
    r"(?: not| something)?)? ?\?$"
)
_CALLED = re.compile(  # “You're called Logan, if I remember well?”
    r"^(?:[Ss]o |[Aa]nd |[Oo]h,? |[Ww]ait,? )?(?:[Yy]ou(?:'re| are)|[Yy]our name (?:is|was)|[Yy]our name's|[Yy]ou must be)"
    r"(?: called| named)? (?!AI\b|I\b)[A-Z][a-z]{1,15}(?:,? (?:if|I|or|as|unless|from|no|not|am|is|isn't|aren't|wasn't|they|"
    r"somebody|someone|the)\b[\w' ]{0,40})?(?: ?\?|(?:, right|, yes|, no)\W*)$"
)
_OR_ELSE = re.compile(
    r",? or (?:is|are|am|do|does) (?:it|this|that|you|i|there|everything|all)\b.*$|,? or (?:just|all|only|not)\b.*$"
)
_AND_YOU = re.compile(r"(?:and |so )?(?:you|yours|(?:what|how) (?:about|is) (?:you|yours)|what is yours|you are|who are you)")
# Whoever wants to talk with a person of the house, or talks of somebody else, is not asking about the presenter.
_ELSEWHERE = re.compile(
    r"^how (?:do|can|would|should|could) (?:i|you|we|one) (?:say|write|spell|pronounce|translate)\b(?! your name)|"
    r"\b(?:can|could|may|let|want|need|like|get|put|how do|rather)(?: you| i| me| us| we| to| please| not| just)* (?:talk|"
    r"speak|chat|write|call|see)\b"
    r"(?! about yourself)(?=.{0,16}\b(?:human|person|someone|somebody|man|woman|people|one|else)\b)|"
    r"\b(?:person|human|man|woman|someone|somebody|anyone|anybody|people)\b.{0,12}\b(?:i|we|who|that) (?:can|could|may|"
    r"should)\b|"
    r"\b(?:person|human|man|woman|someone|somebody|anyone|anybody|people) (?:to|for) (?:talk|speak|chat|help|ask|me|us)\b|"
    r"\b(?:do|are|will|can|did) you (?:now |also |ever |still )?record(?:ing)?\b|"
    r"^you are (?:just |only |nothing but |merely |not even |such )|^what an? |\bdo you (?:have|know|need|want|like) (?:a |"
    r"any |some )?(?:other )?"
    r"(?:humans?|persons?|people|man|men|woman|women|someone|somebody)\b"
)
_OF_THE_HOUSE = re.compile(  # with documents, what is had, sold and offered stands in them, and “you” may be anybody
    r"\b(?:do|have|will|did) you (?:also |still |guys )?(?:have|got|sell|offer|stock|serve|carry|accept|take|make|know|need|"
    r"do)\b|"
    r"\bcan (?:you|i|we|one) (?:eat|drink|smoke|sleep|swim|run|walk|play|dance|shower|see|smell|taste|die|get)\b|\bwhat do "
    r"you (?:offer|know)\b|"
    r"^where are you$|\bwhere (?:can|do|may) (?:i|we)\b|\bhow long have you (?:been here|existed)\b"
)
_UNMISTAKABLE = re.compile(
    r"\bdo you (?:really |actually )?(?:have|need|know) (?:got )?(?:to )?(?:a |an |any |your )?(?:own )?(?:name|body|soul|"
    r"heart|feelings?|emotions?|"
    r"mother|father|parents?|mum|mom|dad|wife|husband|girlfriend|boyfriend|partner|siblings?|brothers?(?: or sisters?)?|"
    r"sisters?(?: or brothers?)?|family|children|kids|consciousness|private life|sleep|eat|drink|breathe|die)$|"
    r"\bwhat do you do(?: for a living| here| exactly| all day| in your (?:free|spare) time| for fun)?$|"
    r"\bdo you (?:make mistakes|"
    r"take naps)|"
    r"\bcan you see me\b|\bwhat do you do on the weekend$"
)


def answer(message: str, facts: Facts, *, handbook: bool = False) -> str:
    """The sentence for a question about the presenter of ``facts``; "" for any other message.

    ``handbook``: it has documents, which know better what is had, sold and offered.
    """
    topic = topic_of(message, facts, handbook=handbook)
    return "" if topic is None else said(topic, message, facts)


def said(topic: Topic, message: str, facts: Facts) -> str:
    """What the presenter of ``facts`` says to ``message`` on ``topic``: one of its answers, always the same for a message."""
    return _filled(variant(topic.says, plain(message)), facts)


def topic_of(message: str, facts: Facts, *, handbook: bool = False) -> Topic | None:
    """What ``message`` asks the presenter of ``facts`` about itself; None for any other message."""
    if len(message) > MAX_CHARS or facts.language != "en":
        return None
    if any(named.match(message.strip().replace("’", "'")) for named in (_GUESSED, _CALLED)):
        return _NAME
    introduced = False
    topic: Topic | None = None
    for part in re.split(r"[.!?;:\n]+|, (?=are you|who|what)", plain(message)):
        sentence = _LEAD.sub("", part.strip(" ,-")).strip(" ,-")
        if not sentence or _FLUFF.fullmatch(sentence) or sentence == facts.name.lower():
            continue
        if (
            _INTRODUCED.fullmatch(sentence)
            and not re.search(rf"\b{BEING}\b", sentence)
            and _about(sentence, facts, introduced, handbook) is None  # “I am bored” is no name
        ):
            introduced = True
            continue
        shorter = _INTRODUCTION.sub("", sentence)
        introduced = introduced or shorter != sentence
        found = _about(shorter, facts, introduced, handbook)
        if (
            found is None
            and (first := _OR_ELSE.sub("", shorter)) != shorter
            and not for_somebody_else(shorter, handbook=handbook)
        ):
            found = _about(first, facts, introduced, handbook)
        if found is None:
            return None
        topic = topic or found
    return topic


def plain(message: str) -> str:
    """``message`` in small letters, without quotes and brackets, “you're” and its like written out."""
    text = unicodedata.normalize("NFKC", message).replace("’", "'").lower()
    text = " ".join(re.sub(r"[\"“”()…*]", " ", text).split())
    for pattern, long in _CONTRACTED:
        text = pattern.sub(long, text)
    return text.replace(" wo not", " will not")


def _about(sentence: str, facts: Facts, introduced: bool, handbook: bool) -> Topic | None:
    """The topic that ``sentence`` asks about; None where it holds anything else."""
    own = re.escape(facts.name.lower())
    by_name = " ".join(re.findall(r"\w+", re.sub(rf"\b{own}\b", OWN_NAME, sentence)))
    sentence = re.sub(rf"[ ,]*\b{own}$", "", sentence).strip(" ,")
    words = re.findall(r"[\w']+", sentence.replace("-", " "))
    if not words or len(words) > MAX_WORDS:
        return None
    if introduced and _AND_YOU.fullmatch(sentence):
        return _NAME
    sentence = " ".join(words)
    if for_somebody_else(sentence, handbook=handbook):
        return None
    held = set(words) - _SMALL - {facts.name.lower()}
    by_name_held = set(by_name.split()) - _SMALL - {OWN_NAME}
    return next((t for t in TOPICS if t.is_asked(sentence, held) or t.is_asked(by_name, by_name_held)), None)


def for_somebody_else(sentence: str, *, handbook: bool) -> bool:
    """Whether ``sentence`` (plain words) asks for a person of the house or, with a ``handbook``, for what the house has."""
    if _ELSEWHERE.search(sentence):
        return True
    return handbook and _OF_THE_HOUSE.search(sentence) is not None and not _UNMISTAKABLE.search(sentence)


def _filled(text: str, facts: Facts) -> str:
    name, job = facts.name, facts.job.strip().rstrip(".")
    if facts.nameless:
        who, clause = name, ""
    elif job.startswith(("who ", "that ", "which ")):
        who, clause = f"{name}, an AI {job}", f" {job}"
    elif job:
        who, clause = f"{name}, {job}", f", {job}"
    else:
        who, clause = f"{name}, a digital {f'double of {facts.double_of}' if facts.double_of else 'presenter'}", ""
    if facts.double_of:
        face = f"I am a digital double of {facts.double_of}, not {facts.double_of} in person."
    else:
        face = "My face depicts nobody." if facts.made_up else "I am not the person in the picture, whoever that is."
    called = "I have no name of my own." if name == NAMELESS else f"{'I am' if facts.nameless else 'My name is'} {name}."
    offer = "What can I do for you?"
    ask = f"Ask me about {facts.subjects}." if facts.subjects else "What would you like to know?"
    return text.format(name=name, called=called, who=who, job=clause, face=face, help=offer, ask=ask)
