"""What is known of the end of a message is not asked for twice."""

from __future__ import annotations

import pytest

from talking_head.errors import BackendError
from talking_head.session.endings import Endings


def test_the_same_words_are_read_once_whatever_marks_a_recogniser_sets() -> None:
    asked = list[str]()

    def ends(text: str) -> float:
        asked.append(text)
        return len(asked) / 10

    endings = Endings(ends)
    assert not endings.knows("Why is the sky")
    assert endings("Why is the sky") == 0.1
    assert endings.knows("Why is the sky?")
    assert endings("Why is the sky?") == endings("Why is the sky...") == 0.1
    assert not endings.knows("Why is the sky blue?")
    assert endings("Why is the sky blue?") == 0.2
    assert not endings.knows("Why is the sky")  # the last words alone
    assert asked == ["Why is the sky", "Why is the sky blue?"]


def test_what_could_not_be_read_is_asked_again() -> None:
    failures = [BackendError("The reply model failed.")]

    def ends(_: str) -> float:
        if failures:
            raise failures.pop()
        return 0.7

    endings = Endings(ends)
    with pytest.raises(BackendError):
        endings("Hello")
    assert not endings.knows("Hello")
    assert endings("Hello") == 0.7
