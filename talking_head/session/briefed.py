"""A language model's answer to a chat, as the presenter's briefing wants it: with a context, at a length."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from talking_head.protocols import KnowsDoubt, ReplyGenerator
from talking_head.text.brevity.limited import limited
from talking_head.text.english.told import has_told
from talking_head.types import Briefing, Message

SURE = 0.56  # mean probability of a sentence's tokens from which a small model is believed: see docs/LOG.md
# What a small model says to a question when it has nothing to say: comfort that nobody needs, the question once more.
_EVADES = re.compile(r"I am (?:very |so )?sorry (?:that|to hear|for|it|this)\b|I said:|I am here if you\b", re.I)
_WANTS_MORE = re.compile(r"\b(?:how|what|who|whose|when|where|why|which)\b", re.I)
_WILLING = re.compile(r"(?:of course|sure|certainly|gladly|yes)[.!]", re.I)


def briefed(reply: ReplyGenerator, messages: Sequence[Message], briefing: Briefing | None) -> Generator[str, None, None]:
    """The pieces of ``reply``'s answer to ``messages``, whose last one is the visitor's; "" while there is nothing yet."""
    if briefing is None:
        return reply.stream(messages)
    *before, asked = messages
    if briefing.untold and not has_told(message.content for message in before if message.role == "user"):
        return (piece for piece in (briefing.untold,))
    question = briefing.question or asked.content
    if briefing.context:
        before.append(Message("system", briefing.context))
    read = [*before, Message("user", question)]
    if not briefing.doubted or not isinstance(reply, KnowsDoubt):
        pieces = reply.stream(read)
        return pieces if briefing.length is None else limited(pieces, briefing.length, question)
    pieces = _to_the_question(reply.assured(read, SURE), question)
    return _or(briefing.doubted, pieces if briefing.length is None else limited(pieces, briefing.length, question))


def _to_the_question(sentences: Generator[str, None, None], question: str) -> Generator[str, None, None]:
    """``sentences`` (a piece is one, or its beginning, or what follows it; "" between them) up to the first that says nothing
    to ``question``. “Of course.” waits for what follows it where more than a yes is asked."""
    held, wants_more = "", _WANTS_MORE.search(question) is not None
    try:
        for sentence in sentences:
            if _EVADES.match(sentence.strip()):
                return
            if wants_more and _WILLING.fullmatch(sentence.strip()):
                held += sentence
                continue
            yield held + sentence if sentence.strip() else sentence
            held = "" if sentence.strip() else held
    finally:
        sentences.close()


def _or(doubted: str, pieces: Generator[str, None, None]) -> Generator[str, None, None]:
    """``pieces``, or ``doubted`` where they hold no word."""
    said = False
    try:
        for piece in pieces:
            said = said or bool(piece.strip())
            yield piece
    finally:
        pieces.close()
    if not said:
        yield doubted
