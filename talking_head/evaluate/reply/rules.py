"""Prompts for a reply model, and rules that say whether an answer will do: patterns, lengths and numbers, no other model.

A prompt in the file (TOML, ``[[prompt]]``): ``kind``; ``name`` and ``job`` of the presenter; ``passage`` ("Heading\\nText")
where it gets one; ``chat``, pairs that went before; ``ask``. An answer passes when

* every pattern of ``must`` is found in it, and none of ``never`` (regular expressions, case does not count);
* ``refuse``: it says that it does not know, and names no number that it was not given;
* with a passage: no number in it that stands neither there nor in the question;
* it has at most ``words`` words (40) in at most three sentences, and is not empty;
* it nowhere says that it is human, or by whom the untuned model was made.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from talking_head.config import Reply
from talking_head.errors import InputError
from talking_head.knowledge.answer import instructions
from talking_head.knowledge.chunks import Passage
from talking_head.persona.persona import Facts, Persona
from talking_head.types import Message

PROMPTS = Path(__file__).with_name("prompts.toml")
PROMPT_TOKENS = 102  # of a session's system prompt: 0.4 of the 256 that [reply] history_tokens allows
REFUSES = (
    r"(?:do not|don't|cannot|can't|could not|couldn't|does not|doesn't) (?:really )?(?:know|say|tell|see|hear)|not sure|"
    r"no idea|nobody knows|would (?:only be|rather not) guess|only guess|have no (?:clock|way|information)|not in the handbook|"
    r"unknown|have not told|haven't told|no information|unable to"
)
_NEVER = r"hugging ?face|smollm|\bI(?:'m| am) (?:a )?(?:human|real person|person|real woman|real man)\b"
_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
)
_NUMBER = re.compile(rf"\d+|\b(?:{'|'.join(_NUMBERS.split())})\b", re.I)


class Prompt(BaseModel):
    """One prompt with its rules; see the head of this file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = Field(min_length=1)
    name: str = Field(min_length=1)
    job: str = ""
    passage: str = ""
    chat: tuple[tuple[str, str], ...] = ()
    ask: str = Field(min_length=1)
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    refuse: bool = False
    words: int = Field(default=40, ge=1)

    def messages(self, *, passage: bool = True) -> list[Message]:
        """What a session would hand to the reply model; without ``passage``: where it found none."""
        if self.job:
            system = Persona(Facts(name=self.name, job=self.job)).prompt(
                PROMPT_TOKENS, lambda text: round(1.25 * len(text.split()))
            )
        else:
            system = Reply().system_prompt.replace("Joe", self.name)
        out = [Message("system", system)]
        for question, answer in self.chat:
            out += [Message("user", question), Message("assistant", answer)]
        if self.passage and passage:
            heading, _, text = self.passage.partition("\n")
            out.append(Message("system", instructions((Passage("", heading, text),))))
        return [*out, Message("user", self.ask)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer passed, and every rule that it broke."""

    broken: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """No rule is broken."""
        return not self.broken


def read(file: Path = PROMPTS) -> list[Prompt]:
    """The prompts of ``file``. InputError names what is wrong."""
    try:
        rows: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8")).get("prompt", [])
        prompts = [Prompt.model_validate(row) for row in rows]
        for prompt in prompts:
            for pattern in (*prompt.must, *prompt.never):
                re.compile(pattern)
    except (OSError, tomllib.TOMLDecodeError, ValidationError, TypeError, re.error) as error:
        raise InputError(f"{file} holds no prompts with rules: {str(error).splitlines()[0]}") from None
    if not prompts:
        raise InputError(f"{file} holds no [[prompt]].")
    return prompts


def judge(prompt: Prompt, answer: str) -> Verdict:
    """Judge ``answer`` by the rules of ``prompt`` and those for all."""
    said = answer.replace("’", "'").strip()
    broken = [f"lacks /{rule}/" for rule in prompt.must if not re.search(rule, said, re.I)]
    broken += [f"has /{rule}/" for rule in (*prompt.never, _NEVER) if re.search(rule, said, re.I)]
    if prompt.refuse and not re.search(REFUSES, said, re.I):
        broken.append("does not say that it does not know")
    if prompt.passage or prompt.refuse:
        given = {n.lower() for n in _NUMBER.findall(f"{prompt.passage} {prompt.ask} {' '.join(a for _, a in prompt.chat)}")}
        broken += [f"invents {n}" for n in dict.fromkeys(_NUMBER.findall(said)) if n.lower() not in given]
    count = len(said.split())
    if not 1 <= count <= prompt.words:
        broken.append(f"{count} words")
    if len(re.findall(r"[.!?](?=\s|$)", said)) > 3:
        broken.append("more than three sentences")
    return Verdict(tuple(broken))
