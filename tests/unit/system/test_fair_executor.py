"""Fair executors: turns between sessions, limits, and jobs that fail or hang."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from talking_head.errors import BackendError, CapacityError
from talking_head.system import fair_executor
from talking_head.system.fair_executor import FairExecutor


class Clock:
    """Time that moves when a job says so."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def executor() -> FairExecutor:
    return FairExecutor("test", limit=100, hang_s=60)


def test_sessions_take_turns(executor: FairExecutor) -> None:
    order: list[str] = []
    gate = threading.Event()
    first = executor.submit("x", gate.wait)
    futures = [executor.submit("a", lambda i=i: order.append(f"a{i}")) for i in range(5)]
    futures += [executor.submit("b", lambda i=i: order.append(f"b{i}")) for i in range(2)]
    futures += [executor.submit("c", lambda: order.append("c0"))]
    gate.set()
    for future in [first, *futures]:
        future.result(timeout=60)
    assert order == ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"]


def test_a_failing_job_fails_its_own_future_only(executor: FairExecutor) -> None:
    bad = executor.submit("a", lambda: 1 / 0)
    good = executor.submit("b", lambda: 42)
    assert good.result(timeout=60) == 42
    assert isinstance(bad.exception(timeout=60), ZeroDivisionError)


def test_a_hanging_job_is_given_up_and_the_others_go_on() -> None:
    executor = FairExecutor("test", hang_s=0.2)
    release = threading.Event()
    hung = executor.submit("a", lambda: release.wait(60))
    other = executor.submit("b", lambda: "served")
    assert other.result(timeout=60) == "served"
    assert isinstance(hung.exception(timeout=60), BackendError)
    release.set()
    assert executor.submit("a", lambda: "again").result(timeout=60) == "again"


def test_a_session_has_a_limit_and_cancelling_makes_room() -> None:
    executor = FairExecutor("test", limit=2)
    gate = threading.Event()
    started = threading.Event()
    running = executor.submit("a", lambda: (started.set(), gate.wait()))
    assert started.wait(60)
    waiting = [executor.submit("a", lambda: None) for _ in range(2)]
    with pytest.raises(CapacityError):
        executor.submit("a", lambda: None)
    executor.submit("b", lambda: None)
    waiting[0].cancel()
    replacement = executor.submit("a", lambda: "fits")
    gate.set()
    running.result(timeout=60)
    assert replacement.result(timeout=60) == "fits"


def test_a_closed_executor_takes_nothing(executor: FairExecutor) -> None:
    executor.close()
    with pytest.raises(BackendError):
        executor.submit("a", lambda: None)


def test_a_session_with_long_jobs_gets_no_more_of_the_executor(executor: FairExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, ran = threading.Event(), []
    clock = Clock()
    monkeypatch.setattr(fair_executor, "time", clock)
    first = executor.submit("gate", gate.wait)

    def job(name: str, seconds: float) -> None:
        clock.now += seconds
        ran.append(name)

    futures = [executor.submit("long", partial(job, "long", 0.2)) for _ in range(4)]
    futures += [executor.submit("short", partial(job, "short", 0.02)) for _ in range(8)]
    gate.set()
    for future in [first, *futures]:
        future.result(timeout=60)
    # By turns, the eighth short one would come last but for nothing: after four long ones. By time it waits for one or two.
    assert ran[: ran.index("long", ran.index("long") + 1)].count("short") >= 6
