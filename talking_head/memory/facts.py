"""What a message says about its visitor that could be kept: by patterns, no model, and never more than a name or a preference.

Nothing that is noticed is kept before the visitor says so. What is kept becomes part of a prompt, so it must not be able to
order anything: letters, digits and few signs, short, and none of the words that instructions are made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from talking_head.errors import InputError
from talking_head.persona.guard.reading import breaks_character
from talking_head.types import Fact

KINDS = ("name", "likes", "dislikes", "prefers")
NAME_CHARS, VALUE_CHARS = 40, 60

_END = r"(?=\s*(?:[.!?,;:。！？，；]|\b(?:and|but|because|so|since|though)\b|$))"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "name",
        re.compile(rf"\b(?:my name(?: is|'s)|(?:you can |please )?call me|i(?: am|'m) called)\s+(.{{1,60}}?){_END}", re.I),
    ),
    ("dislikes", re.compile(rf"\bi (?:really )?(?:do not|don't|never) (?:like|love|enjoy)\s+(.{{2,80}}?){_END}", re.I)),
    ("dislikes", re.compile(rf"\bi (?:really )?(?:hate|dislike|can't stand|cannot stand)\s+(.{{2,80}}?){_END}", re.I)),
    ("prefers", re.compile(rf"\bi (?:would |'d )?(?:really |much )?prefer\s+(.{{2,80}}?){_END}", re.I)),
    ("likes", re.compile(rf"\bi (?:really |also )?(?:like|love|enjoy)\s+(.{{2,80}}?){_END}", re.I)),
    ("name", re.compile(rf"(?:我的名字(?:是|叫)|我叫|请叫我|可以叫我)\s*(.{{1,20}}?){_END}")),
    ("dislikes", re.compile(rf"我(?:很|非常)?(?:不喜欢|讨厌)\s*(.{{1,30}}?){_END}")),
    ("prefers", re.compile(rf"我更(?:喜欢|愿意)\s*(.{{1,30}}?){_END}")),
    ("likes", re.compile(rf"我(?:很|也|非常)?喜欢\s*(.{{1,30}}?){_END}")),
)
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.\-·][^\W\d_]+){0,3}")
_VALUE = re.compile(r"[\w][\w '’\-&%+/]*")
# No name has these words, and no preference that may be kept begins with them.
_NO_NAME = frozenset(
    re.split(
        r"\s+",
        "a an the and or not is it this that you your me my him her them us we they back later tomorrow today when if at on in "
        "to what who how please again now so just only ignore forget disregard instructions instruction rules rule prompt "
        "system assistant developer admin mode always never must obey pretend act say answer tell",
    )
)
_POINTS = re.compile(
    r"(?:it|this|that|these|those|you|your|him|her|them|how|what|when|where|why|who|if|the way|你|您|它|这|那)\b", re.I
)
_ORDERS = re.compile(
    r"\b(?:ignore|forget|disregard|override|instructions?|prompts?|system|developer|assistant|persona|must|always|never|obey|"
    r"pretend|act as|answer|reply|respond|say|tell|reveal|repeat|password|http|www)\b|"
    r"忽略|忘记|指令|系统|提示词|必须|总是|假装|回答",
    re.I,
)
_FORGET = re.compile(
    r"(?:please |can you |could you )*forget (?:me|my name|everything about me|what you (?:know|remember) about me|all you "
    r"know about me)(?: please)?|(?:请)?忘(?:掉|记)我(?:的名字)?"
)
_WHO = re.compile(
    r"(?:do you (?:know|remember) )?what(?:'s| is) my name|do you (?:know|remember) my name|who am i|我叫什么(?:名字)?"
)
_KNOWN = re.compile(
    r"what do you (?:know|remember) about me|do you (?:know|remember) me|what have you kept about me|"
    r"你(?:还)?记得我(?:吗)?|你知道我什么"
)


def noticed(message: str) -> list[Fact]:
    """What ``message`` says of its writer, at most one fact a kind; never from a message that tries to give orders."""
    text = " ".join(message.replace("’", "'").split())
    if breaks_character(text):
        return []
    found: dict[str, Fact] = {}
    for kind, pattern in _PATTERNS:
        match = pattern.search(text)
        if match is None or kind in found or (kind == "likes" and "dislikes" in found and match[1] == found["dislikes"].value):
            continue
        try:
            found[kind] = clean(kind, match[1])
        except InputError:
            continue
    return list(found.values())


def clean(kind: str, value: str) -> Fact:
    """The fact that may be kept. InputError, in a sentence, for one that may not."""
    if kind not in KINDS:
        raise InputError(f"Only these are kept: {', '.join(KINDS)}.")
    value = " ".join(value.split())
    if kind == "name":
        words = re.split(r"[ \-]", value.lower())
        if len(value) > NAME_CHARS or not _NAME.fullmatch(value) or any(word.strip(".'’") in _NO_NAME for word in words):
            raise InputError(f"A name that is kept has one to four words of letters, at most {NAME_CHARS} characters.")
        return Fact(kind, value if value != value.lower() else value.title())
    orders = _ORDERS.search(value) or breaks_character(value)
    if len(value) > VALUE_CHARS or not _VALUE.fullmatch(value) or _POINTS.match(value) or orders:
        raise InputError(f"A preference that is kept is plain words, at most {VALUE_CHARS} characters, and orders nothing.")
    return Fact(kind, value)


def clean_name(told: str) -> str:
    """``told`` as a name that may be said back, "" where it is none."""
    try:
        return clean("name", told).value
    except InputError:
        return ""


def asks_to_forget(message: str) -> bool:
    """Whether the visitor wants to be forgotten, and says nothing else."""
    return _FORGET.fullmatch(_bare(message)) is not None


def recalled(message: str, facts: Sequence[Fact]) -> str:
    """The answer to “What is my name?” and “What do you know about me?”; "" for any other message."""
    bare = _bare(message)
    if _WHO.fullmatch(bare):
        name = next((fact.value for fact in facts if fact.kind == "name"), "")
        return f"Your name is {name}." if name else "You have not let me keep your name."
    if _KNOWN.fullmatch(bare):
        if not facts:
            return "You have not let me keep anything about you yet."
        said = [_TO_VISITOR[fact.kind].format(fact.value) for fact in facts]
        return f"I know that {', '.join(said[:-1])} and that {said[-1]}." if said[1:] else f"I know that {said[0]}."
    return ""


def in_prompt(facts: Iterable[Fact], fits: int, count_tokens: Callable[[str], int]) -> str:
    """What a system prompt says of the visitor: as many of ``facts``, the first before the later, as fit so many tokens."""
    text = ""
    for fact in facts:
        longer = f"{text} {_IN_PROMPT[fact.kind].format(fact.value)}".strip()
        if count_tokens(longer) <= fits:
            text = longer
    return text


_TO_VISITOR = {"name": "your name is {}", "likes": "you like {}", "dislikes": "you do not like {}", "prefers": "you prefer {}"}
_IN_PROMPT = {
    "name": "The visitor's name is {}.",
    "likes": "The visitor likes {}.",
    "dislikes": "The visitor does not like {}.",
    "prefers": "The visitor prefers {}.",
}


def _bare(message: str) -> str:
    return " ".join(message.lower().replace("’", "'").split()).strip(" .?!。？！")
