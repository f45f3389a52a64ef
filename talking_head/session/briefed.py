"""A language model's answer to a chat, as the presenter's briefing wants it: with a context, at a length."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from talking_head.protocols import ReplyGenerator
from talking_head.text.brevity.limited import limited
from talking_head.text.english.told import has_told
from talking_head.types import Briefing, Message


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
    pieces = reply.stream([*before, Message("user", question)])
    return pieces if briefing.length is None else limited(pieces, briefing.length, question)
