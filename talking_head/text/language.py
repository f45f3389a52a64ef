"""What a language is to the rest of the program: everything that changes with it, behind one type.

A language is a module beside this one that holds a :class:`Language`, a line in :data:`_MODULES`, voices that speak it
(``speech/voices.toml``) and page texts.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from talking_head.errors import ConfigError

_MODULES = {"en": "talking_head.text.english.normaliser:ENGLISH", "zh": "talking_head.text.mandarin.normaliser:MANDARIN"}


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said in place of what cannot be read aloud, and to people. ``{}`` is filled in.

    ``code``, ``table``: whole sentences. ``inline_code``, ``formula``: words inside a sentence. ``cannot_read``: part ``{}`` of
    a text was not read. ``other_voice``: what to do where a voice of language ``{}`` could read it. ``nothing``: there is
    nothing that can be spoken.
    ``sample``: what a voice says of itself.
    """

    code: str
    table: str
    inline_code: str
    formula: str
    cannot_read: str
    other_voice: str
    nothing: str
    sample: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language: ``code`` (ISO 639-1), its English ``name`` and what it calls itself.

    ``caption(raw)`` and ``normalise(raw)`` turn a clause without tags into what is shown, and into words that a voice reads (""
    if there are none); both keep control characters (``controls.py``). ``reads(character)``: whether a letter belongs to its
    writing. ``boundary(text, index)``: where ``text``, the beginning of clause ``index``, may be cut now that its last
    character is known, or None. ``ended(words, cut_short)``: the clause's words with a mark at their end. ``say_as(kind,
    format, content)``: SSML's say-as. ``formula(tex)``: a formula in words. ``models`` of the manifest, beside the default
    ones, that speak and hear it; ``recognizer``: the one among them that hears it ("": the default one),
    ``recognizer_prompt``: a sentence that shows it how the language is written.
    """

    code: str
    name: str
    native: str
    sentences: Sentences
    caption: Callable[[str], str]
    normalise: Callable[[str], str]
    reads: Callable[[str], bool]
    boundary: Callable[[str, int], int | None]
    ended: Callable[[str, bool], str]
    say_as: Callable[[str, str, str], str]
    formula: Callable[[str], str]
    models: tuple[str, ...] = ()
    recognizer: str = ""
    recognizer_prompt: str = ""


def codes() -> list[str]:
    """Codes of all languages, English first."""
    return list(_MODULES)


def get(code: str) -> Language:
    """The language of ``code`` ("en", "en-US"). Raises ConfigError for one that is not there."""
    target = _MODULES.get(code.lower().replace("_", "-").partition("-")[0])
    if target is None:
        raise ConfigError(f"There is no language “{code}”. Known ones: {', '.join(_MODULES)}.")
    module, _, name = target.partition(":")
    language: Language = getattr(importlib.import_module(module), name)
    return language
