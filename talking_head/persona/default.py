"""The default persona: who a presenter is that has no ``persona.md``, such as a face made of an uploaded photo.

It says what is true of every such face: that it is an AI, who set it up, that it is not the person in its picture. Only a valid
record of consent that names who is shown makes it a digital double of somebody.
"""

from __future__ import annotations

import re

from talking_head.persona.persona import MAX_NAME, NAMELESS, Facts, Persona

_DOUBLE = "the digital double of {}"
_MAX_PERSON = MAX_NAME - len(_DOUBLE)
_WORD = re.compile(r"[^\W\d_]{3,16}")
_NAME_PART = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]*)*")
_OF_A_PICTURE = "photo picture image img portrait face avatar guest test selfie user person presenter demo default own"
_NO_PERSON = (
    "me myself i you yourself he she they the a an my his her our nobody somebody someone none unknown depicts shown owner "
    "self person people photo picture portrait face image stock model synthetic generated made ai artificial anonymous agreed "
    "consent yes no not"
)


def default(
    title: str = "",
    name: str = "",
    *,
    double_of: str = "",
    made_up: bool = False,
    language: str = "en",
    tools: tuple[str, ...] = (),
) -> Persona:
    """The persona of a face called ``title``, or by its folder's ``name`` where that is a word, else without a name.

    ``double_of``: the person whom a valid record of consent names, "" for none; ``made_up``: that record says that the face
    depicts nobody; ``language``: of its voice, two letters (else English); ``tools``: names of those that it may use.
    """
    called = title.strip()[:MAX_NAME] or (
        name.title() if _WORD.fullmatch(name) and name.lower() not in _OF_A_PICTURE.split() else ""
    )
    if double_of and called in ("", double_of, double_of.split()[0]):
        called = _DOUBLE.format(double_of)
    facts = Facts(
        name=called or NAMELESS,
        deflection="" if called else "I am an AI that speaks with this face, and I stay one. What can I do for you?",
        language=language if re.fullmatch("[a-z]{2}", language) else "en",
        tools=tools,
        double_of=double_of,
        made_up=made_up,
    )
    return Persona(facts)


def person_named(shown: str) -> str:
    """The name in the words of a record on who is shown; "" where they are anything but a name (“me”, “the owner's son”)."""
    parts = shown.split()
    if not 1 <= len(parts) <= 5 or len(shown) > _MAX_PERSON or any(part.lower() in _NO_PERSON.split() for part in parts):
        return ""
    named = all(_NAME_PART.fullmatch(part) for part in parts) and not any(part[0].islower() for part in (parts[0], parts[-1]))
    return " ".join(parts) if named else ""
