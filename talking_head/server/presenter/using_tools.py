"""A reply generator that calls the tools of one presenter, in the place of the one that only talks."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from talking_head.protocols import CallsTools
from talking_head.tools.conversation import converse
from talking_head.tools.tool import ToolBox
from talking_head.types import Message


class ToolUsingReply:
    """``reply`` with ``tools``; implements ``protocols.ReplyGenerator``."""

    def __init__(self, reply: CallsTools, tools: ToolBox) -> None:
        self._reply, self._tools = reply, tools

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The answer in words; "" while the model or a tool is silent: the face thinks meanwhile."""
        return converse(self._reply, messages, self._tools)

    def count_tokens(self, text: str) -> int:
        """See ReplyGenerator."""
        return self._reply.count_tokens(text)
