"""What is said in place of an answer that a small model is not sure of."""

from __future__ import annotations

import re

from talking_head.persona.identity import plain
from talking_head.persona.variants import variant

DOUBTED = (
    "I don't know that for sure, and I would rather not guess.",
    "I am not sure enough of that to tell you anything. I am a small AI, and I don't know everything.",
    "That I don't know, and I would rather say so than make something up.",
)
OF_ITSELF = (
    "As an AI I have no answer of my own to that. Is there something else that I can tell you?",
    "I am an AI, so there is nothing of mine that I could tell you there. What can I do for you?",
)
_ASKED_OF_IT = re.compile(
    r"\b(?:are|were|have|did) you\b(?! (?:got|sell|have|open|closed|sure|able|allowed|familiar|heard)\b)|"
    r"\b(?:do|will|would) you (?:\w+ly |even |ever )?(?:like|love|hate|enjoy|feel|want|get|remember|miss|believe|dream|hope|"
    r"prefer|know everything|go|live|look|sleep|work|mind|think about)\b|\bwhat do you do\b|\byou (?:look|seem|sound)\b|"
    r"\byour \w+$"
)


def doubt(question: str) -> str:
    """What is said to ``question``, always the same to the same; to one for the presenter itself, that it is an AI."""
    text = plain(question)
    return variant(OF_ITSELF if _ASKED_OF_IT.search(text.rstrip(" ?.!")) else DOUBTED, text)
