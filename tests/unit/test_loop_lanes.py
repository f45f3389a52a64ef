"""Fair lanes: turns between sessions, limits, and jobs that fail or hang."""

from __future__ import annotations

import threading

import pytest

from talking_head.errors import BackendError, CapacityError
from talking_head.loop import Lane


@pytest.fixture
def lane() -> Lane:
    return Lane("test", limit=100, hang_s=60)


def test_sessions_take_turns(lane: Lane) -> None:
    order: list[str] = []
    gate = threading.Event()
    first = lane.submit("x", gate.wait)
    futures = [lane.submit("a", lambda i=i: order.append(f"a{i}")) for i in range(5)]
    futures += [lane.submit("b", lambda i=i: order.append(f"b{i}")) for i in range(2)]
    futures += [lane.submit("c", lambda: order.append("c0"))]
    gate.set()
    for future in [first, *futures]:
        future.result(timeout=10)
    assert order == ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"]


def test_a_failing_job_fails_its_own_future_only(lane: Lane) -> None:
    bad = lane.submit("a", lambda: 1 / 0)
    good = lane.submit("b", lambda: 42)
    assert good.result(timeout=10) == 42
    assert isinstance(bad.exception(timeout=10), ZeroDivisionError)


def test_a_hanging_job_is_given_up_and_the_others_go_on() -> None:
    lane = Lane("test", hang_s=0.2)
    release = threading.Event()
    hung = lane.submit("a", lambda: release.wait(60))
    other = lane.submit("b", lambda: "served")
    assert other.result(timeout=10) == "served"
    assert isinstance(hung.exception(timeout=10), BackendError)
    release.set()
    assert lane.submit("a", lambda: "again").result(timeout=10) == "again"


def test_a_session_has_a_limit_and_cancelling_makes_room() -> None:
    lane = Lane("test", limit=2)
    gate = threading.Event()
    started = threading.Event()
    running = lane.submit("a", lambda: (started.set(), gate.wait()))
    assert started.wait(10)
    waiting = [lane.submit("a", lambda: None) for _ in range(2)]
    with pytest.raises(CapacityError):
        lane.submit("a", lambda: None)
    lane.submit("b", lambda: None)
    waiting[0].cancel()
    replacement = lane.submit("a", lambda: "fits")
    lane.cancel("a")
    assert replacement.cancelled()
    assert lane.depth == 1
    gate.set()
    running.result(timeout=10)


def test_a_closed_lane_takes_nothing(lane: Lane) -> None:
    lane.close()
    with pytest.raises(BackendError):
        lane.submit("a", lambda: None)
