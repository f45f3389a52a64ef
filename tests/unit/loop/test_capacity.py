"""Admission: the largest number of faces whose measured cost fits into a tick."""

from __future__ import annotations

from typing import Any

import pytest

from talking_head.loop import capacity
from talking_head.loop.capacity import Capacity, Cost, most_sessions


def costs(a: float, b: float) -> list[Cost]:
    return [Cost(n, a + b * n, a + b * n, a + b * n) for n in (1, 2, 4, 8, 16, 32, 64)]


def test_the_loops_thread_is_the_limit_where_media_is_free() -> None:
    assert most_sessions(costs(2, 7), beside_ms=0, cores=64) == 4  # 2 + 7 × 4 = 30 ms = 75 % of a tick


def test_the_cores_are_the_limit_where_media_is_dear() -> None:
    assert most_sessions(costs(1, 2), beside_ms=20, cores=2) == 3  # (2 + 20) × 3 + 1 = 67 of 68 ms
    assert most_sessions(costs(1, 2), beside_ms=20, cores=4) == 6


def test_one_face_is_always_let_in() -> None:
    assert most_sessions(costs(100, 100), beside_ms=50, cores=1) == 1
    assert most_sessions(costs(100, 100)[:1], beside_ms=50, cores=1) == 1


def test_says_what_it_measured() -> None:
    sentence = Capacity(3, tuple(costs(2, 7)), 5.0, 2.0, 2).sentence()
    assert sentence == "3 live faces (7.0 ms a face and frame, 5.0 of media, 2.0 of voice, 2 cores)"


def test_voices_are_counted() -> None:
    silent = Capacity(4, tuple(costs(2, 7)), 5.0, 0.0, 2)
    assert silent.with_voice(0.0).sessions == 4  # 30 ms of the loop; 30 + 4 × 5 = 50 of 68 ms of the cores
    speaking = silent.with_voice(10.0)
    assert (speaking.sessions, speaking.speech_ms) == (3, 10.0)  # 23 + 3 × 15 = 68


def test_a_batch_that_clearly_does_not_fit_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []

    def timed(*inputs: Any) -> Cost:
        batch = inputs[4]
        measured.append(batch)
        return Cost(batch, *[slope * batch] * 3)

    monkeypatch.setattr(capacity, "time_of", timed)
    found = {}
    for slope in (3.0, 8.0, 14.0, 40.0):
        measured.clear()
        some: Any = None
        found[slope] = (capacity.measure(some, some, some, avatar=0, media_ms=0, cores=64).sessions, list(measured))
    # 30 ms is the loop's share: 3 ms a face carry 10, 8 ms 3, 14 ms 2, and 40 ms the one that is always let in.
    assert found == {3.0: (10, [1, 2, 4, 8]), 8.0: (3, [1, 2, 4]), 14.0: (2, [1, 2]), 40.0: (1, [1])}
