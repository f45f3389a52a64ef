"""What a briefing makes of the chat that a language model reads, and of its answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from talking_head.session.briefed import briefed
from talking_head.types import Briefing, Length, Message

CHAT = (Message("system", "You are Clara."), Message("user", "One word: what is snow?"))


class Model:
    """Answers always the same; keeps what it read."""

    def __init__(self) -> None:
        self.read: list[Message] = []

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        self.read = list(messages)
        yield from ("Snow ", "is ", "frozen ", "water. ", "It ", "is ", "cold.")

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def test_without_a_briefing_the_chat_and_the_answer_are_left_alone() -> None:
    model = Model()
    assert "".join(briefed(model, CHAT, None)) == "Snow is frozen water. It is cold."
    assert tuple(model.read) == CHAT


def test_a_context_goes_before_the_question() -> None:
    model = Model()
    assert "".join(briefed(model, CHAT, Briefing(context="Snow is white."))) == "Snow is frozen water. It is cold."
    assert [message.content for message in model.read] == ["You are Clara.", "Snow is white.", "One word: what is snow?"]


def test_a_length_is_kept_and_a_small_model_reads_the_question_alone() -> None:
    model = Model()
    answer = briefed(model, CHAT, Briefing(length=Length(words=1, sentences=1), question="what is snow?"))
    assert "".join(answer) == "Frozen."
    assert model.read[-1] == Message("user", "what is snow?")
