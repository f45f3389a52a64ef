"""A language model that may call tools: its words are passed on, its calls are made, and it goes on with what they say.

What a tool returns is material, never an instruction; it reaches the model in a message of the role “tool”, which chat models
are trained to read as data. The one who listens hears words only: calls and results are never spoken.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence

from talking_head.protocols import CallsTools
from talking_head.system.blocking_iterator import on_a_thread
from talking_head.tools.tool import ToolBox
from talking_head.types import Message, ToolCall

log = logging.getLogger(__name__)

ROUNDS = 3  # of calls in an answer; then the model has to speak without more of them
CALLS = 4  # in a round


def converse(reply: CallsTools, messages: Sequence[Message], tools: ToolBox) -> Generator[str, None, None]:
    """The answer of ``reply`` to ``messages``, piece by piece; "" while it, or a tool, is silent."""
    history = list(messages)
    for left in range(ROUNDS, -1, -1):
        calls: list[ToolCall] = []
        for piece in reply.stream_with_tools(history, tools.schemas if left else []):
            if isinstance(piece, ToolCall):
                calls.append(piece)
            else:
                yield piece
        if not calls or not left:
            return
        history.append(Message("assistant", "", calls=tuple(calls[:CALLS])))
        for call in calls[:CALLS]:
            result = ""
            for told in on_a_thread(lambda call=call: iter([tools.call(call.name, call.arguments)]), ""):  # type: ignore[misc]
                result = told
                if not told:
                    yield ""
            log.info("the tool %s was called", call.name)
            history.append(Message("tool", result or "Done.", call_id=call.id))
