"""Whether a passage tells what a question wants at all: a person to “who”, money to “what does it cost”, a number of them to
“how many”, a word on pensioners to “do pensioners pay less”.

A passage is near to every question about its subject, also to those that it does not answer: “How much did the railway cost?”
and “The track is 240 metres long”. The type of the expected answer (``facts_asked``) makes a sentence nearer; here its absence
rules a passage out. Each rule is narrow, for a question that is refused wrongly is worse than one that was not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from talking_head.knowledge.chunks import sentences, words_of_meaning
from talking_head.knowledge.facts_asked import MONTH, NUMBER, SPAN, WEEKDAY
from talking_head.text.english.stems import stem

_NUMBER = rf"(?:(?!an?\b){NUMBER}|\d[\d.,]{{0,20}}|dozens?|hundreds?|thousands?|several|no|none|both|single)"
_LEAD = r"(?:^|[,.;:!?] )(?:and |so |but |then |ok |okay |please |hi |hello |excuse me,? )*"
_ENGLISH = re.compile(r"\b(?:the|is|are|you|may|can|cannot|our|with|and|costs?)\b", re.I)
_MONEY = (
    r"\b(?:euros?|dollars?|pounds?|francs?|crowns?|cents?|pence|yuan|coins?|free|fees?|prices?|costs?|charged?|charges?|paid|"
    r"pays?|nothing(?! (?:of|is|else|that)\b)|included|donations?|discounts?|half|per cent|admission is)\b|[€$£¥%]"
)
_SPANS = (
    rf"\b{SPAN}\b|\b(?:overnight|at once|immediately|until|till|always|forever|for ever|ever|life|lifelong|from|evenings?|"
    r"mornings?|afternoons?|weekends?|sessions?|lessons?|pages|twice as long|(?:less|more|no) time)\b"
)

_METRES = r"(?:kilo|centi|milli)?met(?:re|er)s?|km|cm|mm|miles?|feet|foot|inch(?:es)?|yards?"
_DEGREES = r"\b(?:degrees?|cold|warm|hot|cool|chilly|freez\w+|heated|jacket)\b|°"

# How a question asks, what at least must stand in the passage. Every row has an example and a near miss in the tests.
_TYPES: list[tuple[str, str]] = [
    (
        rf"{_LEAD}how much (?:is|are|was|were|for|do i pay|do we pay|must i pay|to get in)\b(?! (?:left|missing|known|"
        rf"allowed|of)\b)"
        rf"|{_LEAD}how (?:much|expensive|dear|cheap)\b.*\b(?:costs?|pay|charged?|expensive|cheap)\b|{_LEAD}how expensive\b"
        rf"|{_LEAD}what (?:do|does|did|will|would) .*\bcost\b|{_LEAD}what(?:'s| is| are| was) the (?:\w+ )?(?:price|fee|"
        rf"cost|fare)\b",
        _MONEY,
    ),
    (
        rf"{_LEAD}(?:when|what year|which year|in (?:what|which) year) (?:was|were|did)\b",
        rf"\b(?:1\d|20)\d\d\b|\b(?:century|centuries|ago|since|yesterday|last|recently|{MONTH}|age|ages|war|in the \w+ties)\b",
    ),
    (
        rf"{_LEAD}(?:when (?:do|does|is|are|can|will|may|should|must)|(?:at )?what time|which days?|what days?)\b",
        rf"\d|\b(?:{NUMBER} o'clock|{WEEKDAY}|{MONTH}|noon|midday|midnight|dawn|dusk|sunrise|sunset|morning|mornings|"
        rf"evenings?|"
        r"afternoons?|nights?|days?|weeks?|months?|years?|weekends?|weekdays?|spring|summer|autumn|winter|holidays?|daily|"
        r"always|never|any time|every|each|once|when|whenever|as soon as|after|before|until|till|from|between|today|"
        r"hours?|for|if|"
        rf"tomorrow|at {NUMBER}|by {NUMBER}|open|opens|closed)\b",
    ),
    (
        rf"{_LEAD}how often\b",
        r"\b(?:every|each|once|twice|thrice|times|daily|weekly|monthly|yearly|always|never|hourly|\w+days)\b",
    ),
    (rf"{_LEAD}how long\b", rf"{_SPANS}|\b(?:{_METRES})\b"),
    (rf"{_LEAD}how (?:soon|quick|quickly)\b", rf"{_SPANS}|\b(?:at|by|{WEEKDAY}|{MONTH}|same day|next day|today)\b"),
    (
        rf"{_LEAD}how fast (?:do|does|did|can|is|are|will) (?!i\b|we\b|you\b).*\b(?:go|goes|run|drive|fly|swim|move|"
        rf"travel|ride)\b",
        r"\b(?:an|per|each|every) (?:hour|second|minute)\b|\b(?:km/h|kmh|mph|knots|speeds?|slow\w*|fast\w*|quick\w*)\b",
    ),
    (
        rf"{_LEAD}how (?:tall|high|wide|deep|broad)\b",
        rf"\b(?:{_METRES}|storeys?|stories|floors|as (?:tall|high|wide|deep) as)\b",
    ),
    (rf"{_LEAD}how far\b", rf"\b(?:{_METRES}|walk|away|near|next to|beside|opposite|behind|close to)\b|{_SPANS}"),
    (
        rf"{_LEAD}how heavy\b|{_LEAD}how much (?:do|does|did) .*\bweigh\b|{_LEAD}what (?:do|does|did) .*\bweigh\b",
        r"\b(?:kilos?|kilograms?|kg|grams?|g|tons?|tonnes?|pounds?|ounces?|weigh\w*|heavy|heavier|light|lighter|heaviest)\b",
    ),
    (rf"{_LEAD}how (?:hot|cold|warm)\b", _DEGREES),
    (
        rf"{_LEAD}how old\b",
        r"\b(?:1\d|20)\d\d\b|\b(?:years?|months?|weeks?|century|centuries|old|older|oldest|age|aged|ages|under|over|"
        r"young\w*)\b",
    ),
    (
        rf"{_LEAD}why \w",
        r"\b(?:because|since|so|as|due|reason|reasons|otherwise|therefore|thanks to|owing|that is why|which is why|hence|"
        r"or else|"
        r"makes?|made (?:it|them)|causes?|caused|lets?|prevents?|means|comes? from|stops?|too|not|in order|after|if|"
        r"to (?:protect|keep|save|avoid|prevent|let|make|stop|give|show|honour|hold|help|remember))\b|n't\b",
    ),
    (
        rf"{_LEAD}(?:which|what) (?:firm|company|brand|manufacturer|factory|workshop|make) (?:made|makes|built|builds|"
        r"produced|produces|supplied|supplies|delivers|delivered|installed)\b",
        r"\b(?:firms?|compan(?:y|ies)|brands?|manufactur\w+|factor(?:y|ies)|workshops?|made by|built by|ltd|inc|gmbh|"
        r"works|brothers|sons)\b|\b(?:by|from) (?-i:[A-Z])\w+",
    ),
    (
        rf"{_LEAD}(?:what|which) colou?rs?\b",
        r"\b(?:colou?r\w*|red|blue|green|yellow|black|white|brown|grey|gray|pink|purple|orange|gold\w*|silver|cream|beige|"
        r"violet|"
        r"turquoise|dark|pale|striped)\b",
    ),
    (
        rf"{_LEAD}(?:what|which) languages?\b",
        r"\b(?:languages?|english|french|german|spanish|italian|chinese|japanese|russian|dutch|polish|arabic|portuguese|"
        r"swedish|"
        r"latin|bilingual|subtitles?)\b",
    ),
    (
        rf"{_LEAD}what(?:'s| is| was) (?:the|your|his|her|their) [\w' ]*names?\b|{_LEAD}what (?:is|was|are|"
        rf"were) .*\b(?:called|named)\b",
        r"\b(?:called|named|names?)\b|(?<=[a-z,] )(?!I\b)[A-Z]\w+",
    ),
]
_COMPILED = [(re.compile(asks, re.I), re.compile(told, re.I)) for asks, told in _TYPES[:-1]]
_COMPILED.append((re.compile(_TYPES[-1][0], re.I), re.compile(_TYPES[-1][1])))  # a name is told by its capital

# Kinds of people and of needs, and what else speaks of them: one of either must stand there where a question is about a kind.
_KINDS = [
    (
        r"pensioners?|seniors?|retired|retirees?|elderly|oaps?",
        r"old people|(?:over|from|above) (?:6\d|7\d|sixty\w*|seventy)|reduced|concessions?",
    ),
    (
        r"students?|undergraduates?|apprentices?|pupils?",
        r"university|reduced|concessions?",
    ),
    (
        r"unemployed|jobless",
        r"out of work|reduced|concessions?",
    ),
    (
        r"child|children|kids?|bab(?:y|ies)|toddlers?|infants?",
        r"boys?|girls?|under (?:\d+|\w+)|famil(?:y|ies)|young\w*|adults?|grown-ups?|aged?|[\w-]+ years|sons?|daughters?|"
        r"school\w*|parents?",
    ),
    (
        r"dogs?|pupp(?:y|ies)|pets?|cats?",
        r"animals?|leads?|leash\w*",
    ),
    (
        r"vegetarians?|veggie|meat-?free",
        r"without meat|no meat|vegans?|plant-based|vegetables?|tofu",
    ),
    (
        r"vegans?|plant-based",
        r"animal products|no animal|from plants",
    ),
    (
        r"gluten(?:-free)?|coeliacs?|celiacs?",
        r"wheat|flour|rye|allerg\w+",
    ),
    (
        r"nuts?|peanuts?",
        r"almonds?|hazelnuts?|walnuts?|allerg\w+",
    ),
    (
        r"lactose(?:-free)?|dairy-free",
        r"dairy|milk|allerg\w+",
    ),
    (
        r"halal|kosher",
        r"pork",
    ),
    (
        r"wheelchairs?|disabled|walking frames?",
        r"disabilit\w+|step-?free|lifts?|elevators?|ramps?|stairs|steps|barrier\w*|accessible",
    ),
    (
        r"toilets?|loos?|wc|restrooms?|washrooms?",
        r"bathrooms?|ladies|gents",
    ),
    (
        r"waterproof|water-?resistant",
        r"watertight|rain\w*|keeps? (?:out )?water|wet|washable",
    ),
]
_NAMED = [(re.compile(rf"\b(?:{kind})\b", re.I), re.compile(rf"\b(?:{kind}|{also})\b", re.I)) for kind, also in _KINDS]
_ANYBODY = re.compile(r"\b(?:everyone|everybody|anyone|anybody|nobody|no one|all visitors|all guests|whoever)\b", re.I)
# About a kind asks who begins with it (“Do pensioners …”, “Is the cheese vegetarian”), or has it after for, bring, with my …
_ABOUT = re.compile(
    rf"{_LEAD}(?:(?:can|may|could) (?:i|we) (?:bring|take|come with)(?: along)? (?P<bring>.*)|"
    r"(?:is|are|was|were) (?:there|the|this|your|these|any|it)\b(?P<is>.*)|"
    r"(?:do|does|can|may|will|would|must|should|are|is) (?P<who>(?:[\w-]+ ){0,2}?[\w-]+) (?:\w+)|"
    r"(?:what|how) about (?P<about>.*)|where (?:is|are|can i find|do i find) (?P<where>.*)|"
    r"do (?:you|they) (?:have|offer|serve|sell|give) (?P<have>.*))",
    re.I,
)
_AUX = (
    r"is|are|was|were|do|does|did|has|have|had|can|could|may|must|should|will|would|fit|live|work|share|"
    r"belong|there|in|on|at|of|per|to"
)
_HOW_MANY = re.compile(
    rf"{_LEAD}(?:since |for |after |in |within )?how many (?:of (?:the|your|these|those) )?(?P<what>(?:[\w-]+ ){{0,2}}?)"
    rf"(?P<rest>(?:{_AUX})\b.*|$)",
    re.I,
)
_UNITS = re.compile(rf"^(?:{SPAN}|times|{_METRES}|degrees|euros?|dollars?|pounds?|litres?|kilos?|percent)$", re.I)
_PEOPLE = {
    "people",
    "persons",
    "visitors",
    "guests",
    "men",
    "women",
    "passengers",
    "players",
    "students",
    "members",
    "kids",
    "children",
    "friends",
    "adults",
    "participants",
    "pupils",
}
_PEOPLE_TOLD = (
    rf"\b(?:{'|'.join(sorted(_PEOPLE))}|seats?|places|crew|staff|team|heads|participants|berths|beds)\b|"
    rf"\bfor (?:up to |at most )?{NUMBER}\b(?! {SPAN}| [ap]\.?m| euros?| o'clock)"
)
_GENERIC = (
    rf"\b{_NUMBER} (?:\w+ )?(?:items|things|pieces|copies|turns|units|each)\b|\b(?:up to|at most|at least|"
    rf"groups of) {_NUMBER}\b"
)

_WHO = re.compile(
    rf"{_LEAD}who(?:'s| is| are| was| were)? (?!(?:pays?|can|may|must|should|will|would|could|shall|do|does|did|gets?|"
    rf"needs?|has|am|else)\b)(?P<rest>.*)",
    re.I,
)
_NAME = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lady|Lord|King|Queen|Prince|Princess|Count|Professor|Father|Sister|Brother|Saint|"
    r"St)\b\.? [A-Z]"
    r"|\b[A-Z][a-zà-ž'’-]+ (?:(?:van|von|de|da|di|del|der|la|le) )?[A-Z][a-zà-ž'’-]+"
    r"|\b(?:by|named|called|with|is|was|and|brothers?|sisters?) "
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|Sept|Oct|Nov|"
    r"Dec)[A-Z][a-zà-ž]+"
)
_ROLE = re.compile(
    r"\b(?:we|i|he|she|they|you|people|persons?|staff|team|crew|members?|club|keepers?|guides?|teachers?|trainers?|"
    r"instructors?|"
    r"volunteers?|doctors?|nurses?|gardeners?|conductors?|drivers?|cooks?|chefs?|bakers?|millers?|monks?|nuns?|farmers?|"
    r"fishermen|"
    r"sailors?|soldiers?|workers?|builders?|masons?|artists?|painters?|owners?|mayors?|kings?|queens?|brothers?|sisters?|"
    r"family|"
    r"families|students?|children|parents?|adults?|visitors?|guests?|men|man|women|woman|company|town|city|council|state|"
    r"somebody|someone|anyone|anybody|everyone|everybody|nobody|whoever|colleagues?|office|desk|school|university|\w+smiths?|"
    r"(?:an?|the|our|your) (?!(?:water|summer|winter|floor|door|tower|river|order|number|corner|centre|dinner|letter|"
    r"paper|other|"
    r"counter|weather|motor|mirror|harbour|cover|border|older|"
    r"younger|elder|bigger|larger|smaller|upper|lower|inner|outer|longer|shorter|former)\b)\w{2,}(?:er|or|ist|ian)s?)\b",
    re.I,
)
_SAME_DEED = [
    {"teach", "lead", "give", "run", "train", "instruct", "taught", "led", "guid", "hold"},
    {"build", "built", "made", "mak", "construct", "design", "found", "erect", "creat", "invent", "plan"},
    {"writ", "wrote", "written", "author", "compos"},
    {"paint", "drew", "draw", "made"},
    {"clean", "feed", "fed", "look", "car", "tend"},
    {"own", "belong", "run"},
]


def lacks(question: str, text: str) -> bool:
    """Whether ``text`` of a passage (English, without its heading) tells nothing of the type that ``question`` wants.

    False wherever the question's type is not understood, or either is not English.
    """
    question = " ".join(question.replace("’", "'").split())
    if not _ENGLISH.search(text):
        return False
    text = text.replace("’", "'")
    if any(asks.search(question) and not told.search(text) for asks, told in _COMPILED):
        return True
    checks: tuple[Callable[[str, str], bool], ...] = (_no_such_number, _nobody, _kind_unnamed)
    return any(check(question, text) for check in checks)


def _kind_unnamed(question: str, text: str) -> bool:
    """“Do pensioners get in cheaper?”, and nobody speaks of pensioners."""
    found = _ABOUT.search(question)
    if found is None or _ANYBODY.search(text):
        return False
    about = " ".join(part for part in found.groups() if part)
    return any(asks.search(about) and not told.search(text) for asks, told in _NAMED)


def _no_such_number(question: str, text: str) -> bool:
    """“How many people has the boat saved?”, and “a crew of 12” is the only number of people."""
    found = _HOW_MANY.search(question)
    words = [] if found is None else [word for word in found["what"].lower().split() if word not in ("i", "we", "you", "more")]
    if found is None or not words:
        return False
    what = words[-1]
    if _UNITS.match(what):
        return re.search(rf"\b{what.removesuffix('s')}s?\b|\b(?:once|twice|thrice)\b|{_SPANS}", text, re.I) is None
    noun = re.escape(what.removesuffix("s") if len(what) > 3 else what)
    near = rf"\b{_NUMBER}(?: [\w-]+){{0,3}} {noun}\w*\b|\b{noun}\w*(?: [\w-]+){{0,2}} {_NUMBER}\b"
    if re.search(near, text, re.I) or re.search(_GENERIC, text, re.I):
        return False
    if what not in _PEOPLE:
        return True
    # A number of people is told; of those who have done what is asked only where that stands beside it.
    done = re.match(r"(?:has|have|did|had)\b", found["rest"], re.I)
    deeds = {stem(word) for word in words_of_meaning(found["rest"])}
    for sentence in sentences(text):
        counted = re.search(_PEOPLE_TOLD, sentence, re.I) and re.search(rf"\b{_NUMBER}\b", sentence, re.I)
        if counted and (not done or deeds & {stem(word) for word in words_of_meaning(sentence)}):
            return False
    return True


def _nobody(question: str, text: str) -> bool:
    """“Who teaches the advanced dancers?”, and the only name is that of who teaches the beginners."""
    found = _WHO.search(question)
    if found is None or re.search(r"\bfor\W*$", found["rest"]):
        return False
    asked = {stem(word) for word in words_of_meaning(found["rest"])}
    if not asked:
        return False
    for deeds in _SAME_DEED:
        if asked & deeds:
            asked |= deeds
    parts = sentences(text)
    shared = [asked & {stem(word) for word in words_of_meaning(part)} for part in parts]
    roles = [bool(_ROLE.search(part)) for part in parts]
    names = [bool(_NAME.search(part)) for part in parts]
    own = [stem(word) for word in words_of_meaning(found["rest"])]
    done = next((deeds for deeds in _SAME_DEED if own[0] in deeds), {own[0]})
    alike = [len(some & set(own)) + bool(some & done and own[0] not in some) for some in shared]
    named = [at for at, some in enumerate(shared) if (names[at] or roles[at]) and some]
    if not named:
        return not any(names) or max(alike) >= 2
    # Somebody is told, but the sentence that is about what is asked names nobody.
    return max(alike) >= 2 and all(alike[at] < max(alike) for at in named)
