"""A language model's answer to a chat, as the presenter's briefing wants it: with a context, at a length."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence

from talking_head.protocols import HearsNews, KnowsDoubt, ReplyGenerator
from talking_head.text.brevity.limited import limited
from talking_head.types import Briefing, Message, MoodOrUnset, News, Tidings

SURE = 0.56  # mean probability of a sentence's tokens from which a small model is believed: see docs/LOG.md
# What a small model says to a question when it has nothing to say: comfort that nobody needs, the question once more.
_EVADES = re.compile(r"I am (?:very |so )?sorry (?:that|to hear|for|it|this)\b|I said:|I am here if you\b", re.I)
# A feeling that an answer begins with, which a small model may have at random: sorry for an engagement, glad of a burglary.
_SORRY = re.compile(
    r"\W*(?:oh,? )?(?:i am|i'm|that is|that's|it is|that sounds|that must be)? ?(?:an? |\w{1,12}ly |so |very |too )*"
    r"(?:sorry|(?:sad|bad|hard|tough|difficult|terrible|awful)\b)",
    re.I,
)
_GLAD = re.compile(
    r"\W*(?:oh,? )?(?:congratulations|well done|how (?:wonderful|lovely|nice|great)|good news|"
    r"(?:i am|i'm|that is|that's|that sounds|what|it is) ?(?:an? |so |very |really )*"
    r"(?:glad|happy|pleased|great|good|wonderful|lovely|nice|fun|exciting)|great\b|wonderful|lovely)",
    re.I,
)
# From which news are taken for good: to be glad of somebody's misfortune is the worst that can be said. For bad they are taken
# sooner, and so much more likely than good: see docs/LOG.md.
CERTAIN, LIKELY, MORE = 0.82, 0.5, 0.2
_FELT_BY = 5  # words that tell what an answer begins with
_WANTS_MORE = re.compile(r"\b(?:how|what|who|whose|when|where|why|which)\b", re.I)
_WILLING = re.compile(r"(?:of course|sure|certainly|gladly|yes)[.!]", re.I)


def briefed(
    reply: ReplyGenerator,
    messages: Sequence[Message],
    briefing: Briefing | None,
    felt: Callable[[MoodOrUnset], None] = lambda mood: None,
) -> Generator[str, None, None]:
    """The pieces of ``reply``'s answer to ``messages``, whose last one is the visitor's; "" while there is nothing yet.
    Before the first word ``felt`` is told in which mood news want to be answered."""
    if briefing is None:
        return reply.stream(messages)
    *before, asked = messages
    question = briefing.question or asked.content
    if briefing.context:
        before.append(Message("system", briefing.context))
    read = [*before, Message("user", question)]
    if briefing.tidings is not None and not isinstance(reply, HearsNews) and briefing.tidings.unheard:
        return (piece for piece in (briefing.tidings.unheard,))
    if briefing.tidings is not None and isinstance(reply, HearsNews):
        told = _to_news(reply.hearing(read), briefing.tidings, felt)
        return told if briefing.length is None else limited(told, briefing.length, question)
    if not briefing.doubted or not isinstance(reply, KnowsDoubt):
        pieces = reply.stream(read)
        return pieces if briefing.length is None else limited(pieces, briefing.length, question)
    pieces = _to_the_question(reply.assured(read, SURE), question)
    return _or(briefing.doubted, pieces if briefing.length is None else limited(pieces, briefing.length, question))


def _to_news(
    pieces: Generator[News | str, None, None], tidings: Tidings, felt: Callable[[MoodOrUnset], None]
) -> Generator[str, None, None]:
    """``pieces``, or what is said to news that are surely good, probably bad or near known sorrow; a feeling of the model's own
    is taken back, for where it does not know them it feels at random."""
    held, judged = "", False
    try:
        for piece in pieces:
            if isinstance(piece, News):
                if tidings.unheard and piece == News():
                    yield tidings.unheard
                    return
                if piece.good >= CERTAIN:
                    felt("excited" if tidings.good else "sympathetic")
                    yield tidings.good or tidings.unheard or tidings.either
                    return
                if tidings.unheard or piece.bad >= max(LIKELY, piece.good + MORE):
                    felt("sympathetic")
                    yield tidings.bad
                    return
                if tidings.noted:
                    yield tidings.noted
                    return
                continue
            held += piece
            if not piece or not (judged or len(held.split()) > _FELT_BY or re.search(r"[.!?]\s*$", held)):
                yield ""
                continue
            if not judged and _feels(held):
                yield tidings.either
                return
            judged = True
            yield held
            held = ""
        if held:
            yield tidings.either if not judged and _feels(held) else held
    finally:
        pieces.close()


def _feels(said: str) -> bool:
    """Whether what is ``said`` begins with a feeling."""
    return _SORRY.match(said) is not None or _GLAD.match(said) is not None


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
