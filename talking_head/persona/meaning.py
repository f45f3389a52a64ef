"""What a message asks the presenter about itself, or in which temper it speaks, told by its meaning where no pattern knows.

``about/wordings.toml`` holds ways of asking by topic, and sentences that sound alike and go on. Each votes, the more the nearer
it is to the message (cosine of sentence vectors), and the message is about the topic with the majority of all votes, if one of
its sentences is near: nearest neighbours that may abstain (Nadaraya 1964, Watson 1964, with an exponential kernel). The vectors
also find passages, so a message costs one for both.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from safetensors import safe_open

from talking_head.persona.about import temper
from talking_head.persona.about.topic import BEING, TALKING, Topic
from talking_head.persona.identity import TOPICS, for_somebody_else, plain
from talking_head.persona.persona import Facts
from talking_head.types import F32

WORDINGS = Path(__file__).parent / "about" / "wordings.toml"
VECTORS = WORDINGS.with_suffix(".safetensors")  # of all sentences, written by scripts/embed_wordings.py
PASSED = "passed"
_TOLD = {topic.name for topic in (*temper.TOPICS, temper.NONE)}
_ALL = (*TOPICS, *temper.TOPICS, temper.NONE)
MAX_CHARS = 160
NEAR = 0.45  # cosine from which a message may be a question of a topic
SHARE = 0.5  # of all votes that its topic needs
_WIDTH = 0.05  # cosine by which a vote falls to its e-th part
_AHEAD = 0.1  # cosine by which a topic must be nearer than a passage of the presenter's documents
# Vectors hardly see who is spoken of (“How tall is it?”): without one of these a message is not about the presenter.
_ADDRESSED = re.compile(
    r"\b(?:you|your|yours|yourself)\b|\bwhom?\b.*\b(?:i|me|this|here|there|that|behind|speaking)\b|"
    rf"\b(?:is|was|does) (?:this|it|there|that|someone|somebody|anyone|anybody)\b.*\b{BEING}\b|"
    rf"\b(?:am i|do i|i am) (?:\w+ )?(?:{TALKING}|looking at|wearing|holding|thinking)"
)


class Asks(Protocol):
    """Messages → unit vectors f32[d]; ``name`` tells which model it is."""

    name: str

    def ask(self, question: str) -> F32:
        """The vector of ``question``; asked twice running, it is best remembered."""
        ...


class Meaning:
    """Topics by meaning, with the vectors of ``embedder``."""

    def __init__(self, embedder: Asks) -> None:
        self._ask = embedder.ask
        asked, _ = wordings()
        self._topics = {topic.name: topic for topic, _ in asked}
        self._names = np.array([topic.name for topic, _ in asked])
        self._told = np.isin(self._names, list(_TOLD))
        vectors = _vectors(embedder)
        self._asked, self._passed = vectors[: len(asked)], vectors[len(asked) :]

    def vector(self, text: str) -> F32:
        """The unit vector of ``text``."""
        return self._ask(text)

    def topic_of(self, message: str, facts: Facts, *, handbook: bool = False, nearest: float = 0.0) -> Topic | None:
        """What ``message`` asks the presenter of ``facts`` about itself; None for any other message.

        ``handbook``: see :func:`identity.answer`; ``nearest``: cosine of the passage of its documents that is nearest.
        """
        sentence = plain(message)
        if len(message) > MAX_CHARS or facts.language != "en" or for_somebody_else(sentence, handbook=handbook):
            return None
        addressed, told = _ADDRESSED.search(sentence) is not None, temper.may_be(sentence)
        if not addressed and not told:
            return None
        vector = self._ask(message)
        near = self._asked @ vector
        votes = np.exp(near / _WIDTH)
        if not told:
            votes[self._told] = 0.0
        by_topic = {name: float(votes[self._names == name].sum()) for name in self._topics}
        name = max(by_topic, key=by_topic.__getitem__)
        share = by_topic[name] / (votes.sum() + np.exp(self._passed @ vector / _WIDTH).sum())
        best = float(near[self._names == name].max())
        if share < SHARE or best < max(NEAR, nearest + _AHEAD):
            return None
        topic = self._topics[name]
        return topic if (temper.fits(topic, sentence) if topic.name in _TOLD else addressed) else None


@cache
def wordings() -> tuple[tuple[tuple[Topic, str], ...], tuple[str, ...]]:
    """Ways of asking, each with its topic, and sentences that go on: those of the file and the examples of the tables."""
    told = tomllib.loads(WORDINGS.read_text(encoding="utf-8"))
    asked = [(topic, text) for topic in _ALL for text in (*topic.asked, *told.get(topic.name, ()))]
    return tuple(asked), (*told[PASSED], *(text for topic in _ALL for text in topic.passed))


def fingerprint(embedder: str) -> str:
    """Of all sentences and the model ``embedder``: with another one their vectors are out of date."""
    asked, passed = wordings()
    told = json.dumps([embedder, [text for _, text in asked], passed])
    return hashlib.sha256(told.encode()).hexdigest()


def made(embedder: Asks) -> F32:
    """The vectors of all sentences, f32[n, d]: ways of asking first."""
    asked, passed = wordings()
    return np.stack([embedder.ask(text) for text in (*(text for _, text in asked), *passed)])


def _vectors(embedder: Asks) -> F32:
    """Those of the file where it was made of these sentences by this model, else made now: some seconds."""
    with safe_open(VECTORS, "numpy") as file:
        if (file.metadata() or {}).get("of") == fingerprint(embedder.name):
            return np.asarray(file.get_tensor("vectors"), np.float32)
    return made(embedder)
