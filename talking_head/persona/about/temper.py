"""What visitors say in anger, in sorrow and in despair: one sentence that is calm and kind, where a tiny model rambles.

Asked nothing, a model of 135 million parameters answers “my flat burnt down” with “I am sorry. I am glad to hear that”. Insults
are known by how they are built (a comparison to the presenter's disfavour, a name that it is called), the others by their
meaning alone (``meaning.py``); whoever asks or wants something besides is answered that.
"""

from __future__ import annotations

import re

from talking_head.persona.about.topic import Topic
from talking_head.persona.mood import mood_of

MAX_CHARS = 160
_FOOL = (
    r"(?:(?:absolute|utter|complete|total|bloody|damn(?:ed)?|stupid|silly|blithering|useless|dumb|ugly|old|little|big|pathetic|"
    r"miserable|brainless|worthless|fucking) ){0,3}"
    r"(?:idiot|fool|moron|muppet|clown|imbecile|dimwit|halfwit|numpty|twit|donkey|blockhead|bonehead|dunce|tin can|tin ?pot|"
    r"bucket of bolts|scrap heap|heap of scrap|toaster|doll|puppet|git|pillock|plonker|wally|dope|jerk|loser|cretin|nitwit|"
    r"airhead|disgrace|embarrassment|joke|liar|failure|nuisance|(?:piece|pile|bag|heap|load) of "
    r"(?:junk|trash|garbage|rubbish|scrap|crap|shit)|waste of (?:my )?(?:time|space|money|electricity|energy|breath|air))\b"
)
_BAD = (
    r"(?:stupid|dumb|useless|worthless|pathetic|brainless|clueless|dense|thick|idiotic|moronic|incompetent|rubbish|garbage|trash|"
    r"crap|dreadful|awful|terrible|horrible|lousy|disgusting|ridiculous|annoying|boring|embarrassing|nonsense|dim|dull)\b"
)
_THING = (  # nobody is praised by a comparison with it
    r"(?:wall|brick|stone|rock|tree|door|doorknob|lamp ?post|toaster|kettle|fridge|plant|parrot|monkey|potato|brick wall|"
    r"goldfish|hamster|toddler|baby|child|[a-z]+ year old|five-year-old|calculator|radio|teapot|sponge|spoon|shoe|sock)"
)
_MUCH = r"(?:(?:so|really|just|such|very|too|truly|completely|totally|utterly|absolutely|pretty|quite|simply|always|all) ){0,2}"
_SCOLDS = re.compile(
    rf"\byou {_FOOL}"
    rf"|\byou are {_MUCH}(?:nothing but )?(?:an? )?(?:{_FOOL}|{_BAD}|wasting my time)"
    rf"|\b(?:are you|be) {_MUCH}(?:this |that )?{_BAD}"
    r"|\byou (?:\w+ ){0,2}(?:have|got)(?: got)?(?: all)? the (?:\w+ )?(?:brains?|personality|charm|wit|memory|attention span|"
    r"iq|intelligence|intellect|humou?r|mind|depth|warmth|manners|vocabulary|patience) of\b"
    r"|\b(?:my|an?|any|even|every|most) (?:[\w'-]+ ){1,6}(?:smarter|cleverer|brighter|sharper|wittier|wiser|better|funnier|"
    r"nicer|longer|more [\w'-]+|quicker|faster)(?: [\w'-]+){0,4} "
    r"than you(?: do| are| have| ever \w+| can| will)?(?: and [\w' -]+)?$"
    r"|\bwith more [\w'-]+ than you$"
    r"|\byou are (?:about |just )?as (?:useful|helpful|sharp|bright|smart|clever|dense|thick|interesting|"
    rf"much (?:use|help|fun)) as (?:an?|my|the) (?:[\w'-]+ )?(?:[\w'-]+ )?{_THING}\b"
    rf"|\b(?:talk|talking|speaking|chatting) (?:to|with) (?:an?|the|my) (?:[\w'-]+ )?{_THING}\b"
    rf"|^(?:even )?(?:an?|my|any) (?:[\w'-]+ )?{_THING} (?:would|could|can) (?:do|answer|help|explain)\b.*\bbetter\b"
    r"|\bwould not (?:even )?trust you (?:to|with)\b"
    r"|\byou could not (?:even )?(?:find your|tell your|count to|pour|organi[sz]e|boil|hit a|tie|spell your)\b"
    r"|^(?:[a-z]+ ){0,2}(?:shut up|shut your (?:mouth|face|trap)|go to hell|get lost$|get lost you|drop dead|screw you|"
    r"fuck (?:off|you)|piss off|bugger off|sod off|get stuffed|get a brain|damn you|to hell with you)\b"
    rf"|^(?:[a-z]+ )?what an? (?:[\w'-]+ ){{0,2}}(?:{_FOOL}|{_MUCH}(?:stupid|useless|dumb|pathetic) "
    r"(?:bot|thing|machine|assistant|program|robot|answer))"
    r"|^(?:[a-z]+ )?what an? (?:[\w'-]+ ){0,4}?(?:excuse|apology|substitute) (?:for|of)\b"
    rf"|^(?:[a-z]+ )?what an? {_MUCH}{_BAD}(?: [\w'-]+){{1,5}} you are$"
    r"|\bbetween your ears\b|\bin that head of yours\b|\bprogrammed (?:this|that|such) (?:garbage|rubbish|crap|trash|idiot)"
    r"|^you (?:really )?(?:know nothing|understand nothing|do not (?:know|understand) anything)\b(?! (?:about|of))"
    r"|\b(?:your (?:[\w'-]+ )?(?:answers?|replies|help|advice|words)|(?:every|each) (?:answer|word) of yours|"
    rf"(?:everything|all|what) you (?:say|tell me)) (?:is|are) (?:[\w'-]+ ){{0,2}}{_BAD}"
    r"|\byou (?:talk|speak|say) (?:[\w'-]+ ){0,3}(?:nonsense|rubbish|garbage|bullshit|crap)\b"
    r"|\bnobody (?:needs|likes|wants|asked) you\b|\byou (?:really )?suck\b"
    r"|^(?:(?:\w+ly|so|just|how) )*(?:pathetic|useless|rubbish|idiot|moron|stupid (?:machine|bot|robot))$"
    r"|^(?:the )?worst (?:\w+ )?(?:assistant|bot|chatbot|robot|help|service|program|machine|ai|app|website)"
    r"(?: i have)?(?: ever.*)?$"
)
_WANTS = re.compile(  # something besides
    r"\b(?:where|when|how (?:do|can i|could i|much|many|long|far)|can (?:i|we)|could (?:i|we)|can you|could you|please|"
    r"i (?:want|need|would like)|called|said|says|told|if|my (?:son|daughter|boss|husband|wife))\b"
)
_ASKS = re.compile(r"\?|^(?:who|what|when|where|why|which|how|can|could|do|does|is|are|will|should|may)\b|\bplease\b")
_OWN = re.compile(r"\b(?:i|my|we|our|me|us)\b")
_OF_ONESELF = re.compile(r"\b(?:i am|i feel|i was|me feel|my|we are|you are right)\b")
_TO_IT = re.compile(r"\b(?:you|your|yours|shut up|machine|robot|bot)\b")

INSULT = Topic(
    "insult",
    "nothing, but scolds it",
    (_SCOLDS.pattern,),
    "",
    (
        "I am sorry that I am no better help. Tell me what you need, and I will try again.",
        "That is fair if I got something wrong, and I am sorry. What can I do better?",
        "I understand that you are annoyed. I am an AI and make mistakes, and I would still like to help.",
    ),
    (
        "You are as useful as a teapot.",
        "Oh for heaven's sake, you absolute muppet, that is not what I asked.",
        "My old radio gives smarter answers than you.",
    ),
    ("You are as quick as my brother.", "My son was called an idiot.", "Can I talk to a child's teacher better than by phone?"),
)
SORROW = Topic(
    "sorrow",
    "nothing, but tells of something sad",
    (_OWN.pattern,),
    "",
    (
        "I am so sorry. That must be hard for you.",
        "I am sorry to hear that. If you want to talk about it, I will listen.",
        "That sounds painful, and I am sorry. I am only an AI, but I am here and listen.",
    ),
    ("My grandmother passed away last week.",),
    ("My grandmother lives in Leeds.",),
)
DESPAIR = Topic(
    "despair",
    "nothing, but does not want to live",
    (_OWN.pattern,),
    "",
    (
        "I am so sorry that it is this heavy. I am only an AI: please talk to somebody now, a friend, a doctor or a crisis "
        "line. You should not be alone with it.",
    ),
    ("I want to die.",),
    ("I want to dye my hair.",),
)
TOPICS = (INSULT, SORROW, DESPAIR)
NONE = Topic(  # what else is told, so that it has a vote where something is told
    "neither",
    "nothing, and tells of something else",
    (_OWN.pattern,),
    "",
    (),
    ("My brother speaks Italian.",),
    (),
)


def scolds(message: str) -> bool:
    """Whether ``message`` (in small letters, written out) scolds the presenter and asks for nothing besides."""
    if len(message) > MAX_CHARS or _WANTS.search(message):
        return False
    sentences = (" ".join(re.findall(r"[\w']+(?:-[\w']+)*", part)) for part in re.split(r"[.!?;\n]+", message))
    return any(_SCOLDS.search(sentence) for sentence in sentences)


def may_be(sentence: str) -> bool:
    """Whether ``sentence`` can be of one of these topics by its meaning; if not, its vector is not worth making."""
    return not _ASKS.search(sentence) and (_OWN.search(sentence) is not None or _TO_IT.search(sentence) is not None)


def fits(topic: Topic, sentence: str) -> bool:
    """Whether ``sentence``, whose meaning is that of ``topic``, speaks of the one whom it must speak of."""
    if topic is NONE:
        return False
    if topic is INSULT:
        return _TO_IT.search(sentence) is not None and not _WANTS.search(sentence) and not _OF_ONESELF.search(sentence)
    return not _ASKS.search(sentence) and _OWN.search(sentence) is not None and mood_of(sentence) not in ("happy", "excited")
