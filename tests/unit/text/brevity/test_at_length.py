"""A wish for a long answer is taken out of what is asked; a long thing that is asked about is none."""

from __future__ import annotations

import pytest

from talking_head.text.brevity.at_length import without_length


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Give me a really long lecture on why the sky is blue, as long as ever you can.", "Tell me why the sky is blue."),
        ("Explain in great detail how bees make honey.", "Tell me how bees make honey."),
        ("Write an essay about the history of bread.", "Tell me about the history of bread."),
        ("Why do leaves fall? Please explain it at length.", "Why do leaves fall?"),
        ("tell me everything you know about volcanoes", "Tell me about volcanoes."),
    ],
)
def test_the_wish_is_taken_out(message: str, asked: str) -> None:
    assert without_length(message) == asked


@pytest.mark.parametrize(
    "message",
    ["How long is the warranty?", "Tell me about returns.", "Tell me how long it takes.", "Give me a full refund!",
     "Give me the full price.", "Tell me the details of my order.", "What is the longest river?", "tell me a long story"],
)  # fmt: skip
def test_other_messages_have_none(message: str) -> None:
    assert without_length(message) == ""
