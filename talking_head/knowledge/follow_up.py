"""Questions that hang on the one before: “And the Glacier tent?”, “How long does it take?” → questions that stand alone.

A look-up sees one text. What it needs of the chat is put into it: a piece of a sentence takes its place in the question
before, a pronoun is replaced by what that question was about (rewriting by rule, as in Elgohary, Peskov and Boyd-Graber 2019,
“Can You Unpack That?”). What comes out is searched for and never shown: it may be clumsy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from talking_head.knowledge.chunks import words_of_meaning
from talking_head.text.again import asks_again
from talking_head.text.english.stems import stem

BACK = 3  # messages before this one that are looked at
MAX_CHARS = 160  # of a question that hangs on another, and of that
_MOST = 7  # words of a piece of a sentence
_LEAD = re.compile(
    r"^(?:(?:and|or|but|so|ok(?:ay)?|then|well|oh|also|thanks|thank you|great|good|fine|i see|"
    r"even|(?:what|how) about|what of)\b[ ,.!]*)+",
    re.I,
)
_HOW = (  # in which manner the same is wanted
    r"(?:again|once more|one more time|for me|to me|please|another way|"
    r"(?:a bit |a little |much |more |less )*(?:simpl[ery]+|short(?:er)?|brief(?:ly|er)?|eas(?:y|ier|ily)|clear(?:er|ly)|"
    r"plain(?:er|ly)?|slow(?:er|ly)|different(?:ly)?|complicated|detail(?:ed)?)|"
    r"(?:in|with) (?:a |an )?(?:much |more )?(?:simple|simpler|short|shorter|other|plain|easy|easier|fewer|different|few|one)\b"
    r"(?: (?:words?|way|english|terms|language|sentences?))?)"
)
_AGAIN = re.compile(  # the same once more: its passage holds the example, and is the reason to be sure
    r"(?:(?:ok|and|but|so|please|sorry|yes|thanks|hm+)[ ,]+)*(?:(?:can|could|would|will)(?: you)? |(?:i )?(?:need|want) )?"
    r"(?:you )?(?:please )?(?:"
    r"(?:(?:give|show|tell) (?:me )?(?:an|another|one|some) |for |an |another |in )?(?:examples?|short)|"
    rf"(?:say|explain|put|repeat|word|describe|tell me)(?: that| it| this)?(?: to me)?(?:,? {_HOW})+|explain (?:that|it|this)|"
    rf"tell me more(?: about (?:it|that|this))?|(?:even |much |a bit )?(?:simpler|shorter|easier),? please|"
    r"(?:are you|you are|you're) (?:really |quite |very )?(?:sure|certain)(?: (?:about|of) (?:that|it|this))?|"
    r"(?:is|was) that (?:really )?(?:true|so|right|correct)|what (?:do you|does that|does it) mean(?: by that)?|"
    r"i (?:do not|don't|did not|didn't) (?:get|understand|follow)(?: (?:that|it|this|you))?"
    r")(?:,? please)?\W*",
    re.I,
)
_EXERCISE = re.compile(r"\b(?:exercises?|practi[cs]e|test|quiz)\b.*\b(?:on|about|for|with) (?:that|it|this)\b", re.I)
_BRIEFLY = re.compile(r"\b(?:simpl\w+|short\w*|brief\w*|eas(?:y|ier|ily)|plain\w*|fewer|few|one|understand|get|mean)\b", re.I)
_WHY = re.compile(r"(?:why|how come|what for)(?: (?:not|so|is that|that|though|then))*", re.I)
_CHINESE = re.compile(r"^(?:那么?|还有)?[，,\s]*(?P<what>[^，。？?]{1,12}?)呢[？?]?$")
_WH = (
    r"(?:(?:for|since|until|till|from|by|at) )?(?:how(?: (?:much|many|long|often|far|soon|big|heavy|old|tall|high|large))?|"
    r"when|where|why|what time|who|which)"
)
_BARE = re.compile(rf"{_WH}(?: (?:exactly|then|roughly|about|not|ones?))?", re.I)
_ASKS_FOR = re.compile(rf"{_WH} [a-z]+(?: [a-z]+)?", re.I)
_WITHIN = re.compile(
    r"^(?:for|on|in|at|to|from|by|with|without|if|after|before|during|as|under|over|when(?! (?:is|are|do|does|did|can|could|"
    r"will|would|may|must|should)\b))\b",
    re.I,
)
_VERB = re.compile(  # what a piece of a sentence does not have
    r"\b(?:is|are|was|were|am|do|does|did|can|could|will|would|may|might|must|should|shall|has|have|had|need|want|tell|show|"
    r"explain|describe|give|let|please|help|cost|costs|take|takes|mean|means|work|works)\b|\b\w+'(?:s|re|m|ve|ll|d)\b",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:get|go|come|park|eat|stay|sleep|buy|drive|walk|from|over|up|down|in|shop|wait|work) (?P<there>there)\b", re.I
)
_PRONOUN = re.compile(
    r"\b(?:it|they|them|its|their|"
    r"(?:this|that|these|those)(?= ?(?:[?.,!]|$)| (?:is|are|was|one|ones|costs?|takes?|works?|in|on|at|for|with|without|"
    r"inside|be|do|"
    r"outside|by|to|from|too|as|come|comes|then|if|when|again|back|myself)\b)(?: ones?\b)?|"
    r"(?:my|our|your) own(?= ?(?:[?.,!]|$))|"
    r"(?:the )?(?:(?:other|first|second|same|cheaper|smaller|larger|bigger) )?one(?= ?(?:[?.,!]|$)|"
    r" (?:for|with|in|to|from|back)\b))(?!\w)",
    re.I,
)
_NOBODYS = re.compile(  # “is it possible to”, “it is raining”
    r"\b(?:is|was|would|will|does|can) it (?:be |take |cost )?(?:\w+ ){0,2}?(?:to|that|if)\b|\bis it \w+ing\b|"
    r"\b(?:does|do|will|would) it matter\b|\bthat(?=\W*$)(?<=is that)|^(?:how|what) (?:is|was) (?:it|that)\W*$",
    re.I,
)
_SUBJECT = re.compile(r"\b(?:is|are|was|were|does|do|did|can|could|will|would|has|have) (it|they)\b", re.I)
_ASKING_WORDS = (
    "cost costs price prices pay fee weigh weighs weight heavy big large tall high old hot cold open opens close closes "
    "closed "
    "take takes last lasts long time times hours work works kind sort available need needs know mean means use uses used "
    "possible allowed sell offer have tell explain describe show difference between form say pronounce make please free less "
    "more cheap cheaper expensive first best better come comes fit fits hold holds stand stands allow help find where there "
    "also really exactly then question thanks hello"
)
_ASKING = frozenset(_ASKING_WORDS.split())
_CIVIL = frozenset(("hello", "hi", "hey", "thanks", "thank", "ok", "okay", "please", "yes", "no", "bye", "great", "good"))
_DETERMINED = r"(?:the|an?|your|my|our|this|that|any|some|these|those)"


def standing_alone(message: str, before: Sequence[str]) -> list[str]:
    """``message`` as questions that stand alone, the likeliest first; none where it is one already.

    ``before``: what the visitor said before, oldest first. Chinese is understood where it asks “…呢？”.
    """
    asked = [told for told in before[-BACK:] if len(told) <= MAX_CHARS and set(words_of_meaning(told)) - _CIVIL]
    if not asked or len(message) > MAX_CHARS:
        return []
    earlier = asked[-1]
    if (now := _SUBJECT.search(message)) and (then := _SUBJECT.search(earlier)) and now[1].lower() == then[1].lower():
        return standing_alone(message, asked[:-1])  # “Does it work offline?”, “Is it free?”: both are of the same thing
    if further := standing_alone(earlier, asked[:-1]):
        earlier = further[0]
    if chinese := _CHINESE.match(message.strip()):
        return [f"{earlier.rstrip('？?。')}，{chinese['what']}？"]
    if _AGAIN.fullmatch(message.strip()) or asks_again(message) or exercises(message):
        return [earlier]
    text = " ".join(message.replace("’", "'").split()).rstrip(" ?!.")
    rest = _LEAD.sub("", text)
    led, words = rest != text, rest.split()
    if _BARE.fullmatch(rest):
        return [f"{_capital(rest)} {_about(earlier)}?"]
    piece = 0 < len(words) <= _MOST and (not _VERB.search(rest) or rest.lower().startswith(("if ", "when ")))
    if piece and (led or _WITHIN.match(rest)):
        return _in_place(rest, earlier.rstrip(" ?!."))
    # “it” is what the question before was about; where that hung on another one, it may be what was new in it
    new = _about(asked[-1]) if len(_content(asked[-1])) > 1 else ""
    wholes = list(dict.fromkeys([*_without_pronoun(text, _about(earlier)), *_without_pronoun(text, new)]))
    if not wholes and words and len(words) <= _MOST and not _content(rest) and not _NOBODYS.search(text):
        return [f"{_capital(rest)} {_about(earlier)}?"]  # “how many are there?” names nothing
    return wholes


def stays(message: str) -> bool:
    """Whether ``message``, which hangs on another one, brings no question of its own: it speaks of what was spoken of."""
    return not _VERB.search(message) or not _content(message) or _PRONOUN.search(message) is not None


def exercises(message: str) -> bool:
    """Whether ``message`` wants to practise what was spoken of: “Can you give me an exercise on that?”."""
    return _EXERCISE.search(message) is not None


def briefly(message: str) -> bool:
    """Whether ``message`` asks for the same once more and in simpler or fewer words."""
    return _AGAIN.fullmatch(message.strip()) is not None and _BRIEFLY.search(message) is not None


def only_why(message: str) -> bool:
    """Whether ``message`` asks for nothing but the reason of what was said."""
    return _WHY.fullmatch(_LEAD.sub("", message).strip(" ?!.")) is not None


def _in_place(piece: str, earlier: str) -> list[str]:
    """``earlier`` with ``piece`` where it belongs."""
    if _ASKS_FOR.fullmatch(piece):
        return [f"{_capital(piece)} {_about(earlier)}?", f"{_capital(piece)}?"]
    if _WITHIN.match(piece):
        preposition = piece.split()[0].lower()
        at = earlier.lower().rfind(f" {preposition} ")
        return [f"{earlier[:at] if at > 0 else earlier} {piece}?"]
    head = stem(piece.split()[-1].lower())
    tokens = list(re.finditer(r"[\w'-]+", earlier))
    own = [n for n, token in enumerate(tokens) if _content(token[0])]
    if not own:
        return []
    last = next((n for n in reversed(own) if stem(tokens[n][0].lower()) == head), own[-1])
    first = last
    while first - 1 in own and _opened(tokens, first - 1, own):
        first -= 1
    if first and re.fullmatch(_DETERMINED, tokens[first - 1][0], re.I):
        first -= 1
    replaced = f"{earlier[: tokens[first].start()]}{piece}{earlier[tokens[last].end() :]}?"
    return [" ".join(replaced.split()), f"{_capital(piece)}?"]


def _opened(tokens: Sequence[re.Match[str]], at: int, own: Sequence[int]) -> bool:
    """Whether the words up to ``at`` are one thing's: a determiner opens them, or a capital letter goes on."""
    if at and tokens[at][0][0].isupper():
        return True
    while at in own and at:
        at -= 1
    return re.fullmatch(_DETERMINED, tokens[at][0], re.I) is not None


def _without_pronoun(text: str, about: str) -> list[str]:
    if _NOBODYS.search(text):
        return []
    found = _PRONOUN.search(text) or _PLACE.search(text)
    if found is None or not about or any(_content(part) for part in re.split(r"[.!?,;:]", text[: found.start()])[:-1]):
        return []  # what it stands for was said in the message itself
    here, away = found.span("there") if found.re is _PLACE else found.span()
    pronoun = text[here:away].lower()
    own = f"{about}'s" if pronoun in ("its", "their") else f"at the {about}" if pronoun == "there" else about
    return [f"{text[:here]}{own}{text[away:]}?"]


def _about(question: str) -> str:
    """What ``question`` is about: its words of meaning without those that only ask."""
    return " ".join(_content(question)) or " ".join(words_of_meaning(question))


def _content(text: str) -> list[str]:
    return [word for word in words_of_meaning(text) if word not in _ASKING and not word.isdigit()]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
