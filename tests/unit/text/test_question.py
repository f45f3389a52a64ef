"""What is a question and what is none, with and without its mark."""

from __future__ import annotations

import pytest

from talking_head.text.question import is_question


@pytest.mark.parametrize(
    "message",
    [
        "Is the museum open today?",
        "You are open on Sunday?",
        "I am in a hurry. Where is the exit? Thanks.",
        "what time is it",
        "so how much does it cost",
        "Hello, can you help me.",
        "Where's the station",
        "I lost my key. Could you open the door for me",
        "Why not tomorrow",
        "which bus goes there",
        "你叫什么名字？",
        "你会说英语吗",
        "请问车站在哪里",
    ],
)
def test_it_asks(message: str) -> None:
    assert is_question(message)


@pytest.mark.parametrize(
    "message",
    [
        "I had a hard day.",
        "When I came home, it rained.",
        "What I mean is the other one.",
        "Tell me a story.",
        "Thank you very much.",
        "Do not wait for me.",
        "May all be well with you.",
        "Which means that we are done.",
        "How nice of you.",
        "My name is Will and I am new here.",
        "我今天很累。",
        "谢谢你。",
    ],
)
def test_it_does_not_ask(message: str) -> None:
    assert not is_question(message)
