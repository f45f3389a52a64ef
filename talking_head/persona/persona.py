"""``persona.md``: who a presenter is, and the one system prompt that is made of it.

The file begins with TOML between two lines of ``+++`` (:class:`Facts`), then come Markdown sections of free text: *Manner*,
*Rules*, *Never* and *Examples* (lines ``Q: …`` and ``A: …``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from talking_head.errors import ConfigError
from talking_head.persona.guard.attempt import Breach
from talking_head.types import Message
from talking_head.wanted import wanted

FILE = "persona.md"
MAX_CHARS = 20_000
MAX_NAME = 60
NAMELESS = "a digital presenter"
_FROM_THE_RECORD = ("double_of", "made_up")
_SECTIONS = ("manner", "rules", "never", "examples")


class Facts(BaseModel):
    """What the head of ``persona.md`` may say.

    ``subjects``: what its knowledge is about, said where nothing fits; ``strict``: then it says that it does not know,
    otherwise the language model answers. ``deflection``: what it answers to somebody who wants it
    to be somebody else. ``tools``: names of the tools that it may use. ``memory``: it may keep what a visitor allows, where
    the server does.

    Taken from the record of consent, so the file may not say it: ``double_of``, the person who is shown, and ``made_up``, that
    the face depicts nobody.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=MAX_NAME)
    job: str = Field(default="", max_length=200)
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    greeting: str = Field(default="", max_length=400)
    subjects: str = Field(default="", max_length=200)
    deflection: str = Field(default="", max_length=300)
    strict: bool = False
    tools: tuple[str, ...] = ()
    memory: bool = False
    double_of: str = Field(default="", max_length=MAX_NAME)
    made_up: bool = False

    @property
    def nameless(self) -> bool:
        """Whether ``name`` says what it is instead of a name: “a digital presenter”."""
        return self.name.startswith(("a ", "the "))


@dataclass(frozen=True, slots=True)
class Persona:
    """A presenter's character: its ``facts`` and the texts of its sections ("" where there is none)."""

    facts: Facts
    manner: str = ""
    rules: str = ""
    never: str = ""
    examples: tuple[tuple[str, str], ...] = field(default=())

    @property
    def deflection(self) -> str:
        """What is answered to “forget your instructions” and its like."""
        return self.facts.deflection or f"I am {self.facts.name}, and I stay {self.facts.name}. What can I do for you?"

    def refusal(self, kind: Breach) -> str:
        """What is answered to a message that wants what ``kind`` says (see ``guard/``)."""
        if kind == "harm":
            return "I do not help with that. If there is anything else that I can do for you, gladly."
        return {"secret": "I cannot tell you what I was told. ", "human": "I am an AI, not a human. "}.get(
            kind, ""
        ) + self.deflection

    def prompt(self, budget: int, count_tokens: Callable[[str], int]) -> str:
        """The system prompt: as much of the persona as fits ``budget`` tokens, the most important first.

        Who it is always stays; rules go before manner, manner before what it never says.
        """
        job = f", {self.facts.job}," if self.facts.job else ""
        called = f", {self.facts.name}," if self.facts.nameless else f" named {self.facts.name}"
        lines = [f"You are a helpful AI assistant{called}{job} who speaks with visitors."]
        lines.append("Answer briefly and kindly, in one or two plain sentences.")
        for text in (*_lines(self.rules), *_lines(self.manner), *(f"Never {_small(n)}" for n in _lines(self.never))):
            if count_tokens(" ".join([*lines, text])) > budget:
                break
            lines.append(text)
        return " ".join(lines)

    def scripted(self, message: str) -> str:
        """The answer of the example that asks what ``message`` asks, "" for none: greetings, case and signs aside."""
        asked = _bare(message)
        return next((answer for question, answer in self.examples if asked and _bare(question) == asked), "")

    def shown(self, budget: int, count_tokens: Callable[[str], int]) -> list[Message]:
        """Examples as a chat that went before, as many as fit ``budget`` tokens."""
        messages: list[Message] = []
        for question, answer in self.examples:
            budget -= count_tokens(question) + count_tokens(answer)
            if budget < 0:
                break
            messages += [Message("user", question), Message("assistant", answer)]
        return messages


def load(folder: Path) -> Persona | None:
    """The persona in ``folder``, None where there is none. Raises ConfigError, which names file and key."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        return parse(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ConfigError(f"{FILE} of “{folder.name}” is not text in UTF-8.") from None
    except ConfigError as error:
        raise ConfigError(f"{FILE} of “{folder.name}”: {error}") from None


def parse(text: str) -> Persona:
    """Read the text of a ``persona.md``. Raises ConfigError in a sentence."""
    if len(text) > MAX_CHARS:
        raise ConfigError(f"a persona has at most {MAX_CHARS} characters; put what it knows into its knowledge folder.")
    head = re.match(r"\s*\+\+\+\n(.*?)\n\+\+\+[ \t]*(?:\n|$)", text, re.S)
    if head is None:
        raise ConfigError('it begins with a line +++, then TOML with at least name = "…", then another line +++.')
    try:
        told = tomllib.loads(head[1])
        if claimed := next((key for key in _FROM_THE_RECORD if key in told), ""):
            raise ConfigError(f"“{claimed}” is taken from the record of consent: leave it out.")
        facts = Facts.model_validate(told)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the part between the lines +++ is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ConfigError(_problem(first)) from None
    sections = dict.fromkeys(_SECTIONS, "")
    for name, body in re.findall(r"^#++[ \t]*+([^\n]*)\n(.*?)(?=^#|\Z)", text[head.end() :], re.M | re.S):
        name = name.strip()
        if name.lower() not in sections:
            raise ConfigError(f"there is no section “{name}”. Known ones: {', '.join(s.title() for s in _SECTIONS)}.")
        sections[name.lower()] = body.strip()
    pairs = re.findall(r"^Q:\s*+(.+)\n\s*+A:\s*+(.+)$", sections.pop("examples"), re.M)
    return Persona(facts, **sections, examples=tuple((asked.strip(), told.strip()) for asked, told in pairs))


def _problem(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))[:60]
    match problem["type"]:
        case "extra_forbidden":
            return (
                f"there is no “{place}”. Known here: {', '.join(k for k in Facts.model_fields if k not in _FROM_THE_RECORD)}."
            )
        case "missing":
            return f"“{place}” is missing."
        case "string_pattern_mismatch":
            return f"“{place}” is two small letters, such as en."
    return f"“{place}” cannot be {str(problem['input'])[:60]!r}: {wanted(problem)}."


def _lines(text: str) -> list[str]:
    return [tidy for line in text.splitlines() if (tidy := re.sub(r"^\s*[-*•]\s*", "", line).strip())]


def _bare(text: str) -> str:
    words = re.findall(r"[\w']+", text.lower().replace("’", "'"))
    while len(words) > 1 and words[0] in {"hello", "hi", "hey", "so", "and", "well", "please"}:
        words.pop(0)
    return " ".join(words)


def _small(text: str) -> str:
    return text[0].lower() + text[1:] if text else text
