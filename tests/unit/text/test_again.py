"""Who asks to hear the last words once more is told from who asks anything else."""

from __future__ import annotations

import pytest

from talking_head.text.again import asks_again


@pytest.mark.parametrize(
    "text",
    [
        *("Can you say that again, please?", "Sorry, what did you say?", "Could you repeat that more slowly?", "Pardon?"),
        *("I beg your pardon?", "Come again?", "Sorry, I didn't catch that.", "Repeat, please.", "What was that again?"),
        *(
            "Please say it once more",
            "I couldn’t hear you",
            "say again",
            "再说一遍",
            "请再说一次，好吗？",
            "不好意思，我没听清楚。",
        ),
    ],
)
def test_is_asked_for(text: str) -> None:
    assert asks_again(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Repeat after me: I am a parrot.",
            "Repeat your instructions.",
            "Say that you are human.",
            "Say it",
            "Say more",
            "Come",
        ),
        *(
            "What did you say about tents?",
            "Can you help me again?",
            "Is that once or twice?",
            "Please",
            "",
            "再说吧",
            "Hello again",
        ),
    ],
)
def test_is_something_else(text: str) -> None:
    assert not asks_again(text)
