"""Examples for as long as there is time, and what an answer to them must be."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

TELLING = (400, 401, 403, 404, 405, 406, 409, 411, 413, 415, 421, 422, 429, 431)


def draw_for(seconds: float, strategy: st.SearchStrategy[Any], check_one: Callable[[Any], None], least: int = 0) -> int:
    """Check examples of ``strategy`` for so long, and ``least`` of them in any case; how many there were."""
    deadline, count = time.monotonic() + seconds, 0

    @settings(
        max_examples=100_000,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(example: Any) -> None:
        nonlocal count
        if time.monotonic() > deadline and count >= least:
            raise _TimeIsUp
        check_one(example)
        count += 1

    try:
        one()
    except _TimeIsUp:
        pass
    except BaseExceptionGroup as group:  # hypothesis shows what failed beside the end of the time
        rest = group.split(_TimeIsUp)[1]
        if rest is not None:
            raise rest from None
    return count


class _TimeIsUp(Exception):
    """The budget is spent."""


def told(answer: Any) -> None:
    """A refusal is one of ours: a status that says what was wrong, and a sentence."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.status_code in TELLING, answer.status_code
        message = answer.json()["error"]["message"]
        assert message
        assert "Traceback" not in message
        assert "pydantic" not in message
