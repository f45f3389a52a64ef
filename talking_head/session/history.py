"""What was said so far, within a token budget, and never more of an answer than was heard."""

from __future__ import annotations

from collections.abc import Callable

from talking_head.types import Message

Snapshot = tuple[tuple[Message, int], ...]


class History:
    """The chat as the reply generator sees it.

    ``budget``: tokens for the messages together, the system prompt included; the oldest exchanges are forgotten first. After an
    answer a quarter is kept free, so that an ordinary question makes nothing be forgotten: what was read ahead stays true.
    """

    def __init__(self, system_prompt: str, budget: int, count_tokens: Callable[[str], int]) -> None:
        self._prompt = system_prompt
        self._system = Message("system", system_prompt)
        self._budget = budget
        self._count = count_tokens
        self._messages: list[tuple[Message, int]] = []
        self._system_cost = count_tokens(system_prompt)

    def about(self, visitor: str) -> None:
        """The system prompt ends with what is known of the visitor; "": nothing is."""
        system = f"{self._prompt} {visitor}".strip()
        if system != self._system.content:
            self._system, self._system_cost = Message("system", system), self._count(system)

    def user(self, text: str) -> None:
        """The person said ``text``. Two in a row (the first answer was never heard) become one message."""
        if self._messages and self._messages[-1][0].role == "user":
            text = f"{self._messages.pop()[0].content}\n{text}"
        self._append("user", text, self._budget)

    def asked(self, text: str) -> list[Message]:
        """:meth:`messages` as they would be if the person said ``text`` now."""
        mark = self.mark()
        self.user(text)
        messages = self.messages()
        self.back_to(mark)
        return messages

    def assistant(self, heard: str) -> None:
        """The presenter was heard saying ``heard``; empty if it was cut off before the first word."""
        if heard:
            if self._messages and self._messages[-1][0].role == "assistant":
                heard = f"{self._messages.pop()[0].content} {heard}"
            self._append("assistant", heard, self._budget * 3 // 4)

    def mark(self) -> Snapshot:
        """The chat of this moment, for :meth:`back_to`."""
        return tuple(self._messages)

    def back_to(self, mark: Snapshot) -> None:
        """Forget what was said since ``mark``: a question that could not be answered must not spoil the next ones."""
        self._messages = list(mark)

    def messages(self) -> list[Message]:
        """System prompt and the latest messages that fit the budget; the newest message is always among them."""
        return [self._system, *(message for message, _ in self._messages)]

    def _append(self, role: str, text: str, budget: int) -> None:
        self._messages.append((Message(role, text), self._count(text)))
        while len(self._messages) > 1 and self._system_cost + sum(cost for _, cost in self._messages) > budget:
            self._messages.pop(0)
        # A chat that begins with an answer confuses small models: forget the answer together with its question.
        while len(self._messages) > 1 and self._messages[0][0].role == "assistant":
            self._messages.pop(0)
