"""The system prompt of a session: who the presenter is, in the words that the reply model reads."""

from __future__ import annotations

from collections.abc import Callable

from talking_head.config import Reply
from talking_head.persona.persona import Persona
from talking_head.text.language import Language

SHARE = 0.4  # of the token budget; the rest is the chat


def system_prompt(persona: Persona | None, reply: Reply, language: Language, count_tokens: Callable[[str], int]) -> str:
    """As much of ``persona`` as fits its share of the budget, else what the owner wrote for all faces; ``language``: of the
    voice that speaks."""
    prompt = reply.system_prompt if persona is None else persona.prompt(round(SHARE * reply.history_tokens), count_tokens)
    return prompt if language.code == "en" else f"{prompt} Answer in {language.name}."
