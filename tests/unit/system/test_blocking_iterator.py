"""A blocking source in short steps: on a thread, and as a task of the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import AsyncGenerator, Iterator

import pytest

from talking_head.errors import BackendError
from talking_head.system.blocking_iterator import on_a_thread, on_the_event_loop


def test_a_thread_says_nothing_yet_and_passes_errors_on() -> None:
    gate = threading.Event()

    def source() -> Iterator[str]:
        yield "a"
        gate.wait(10)
        yield "b"
        raise BackendError("broken.")

    pieces = on_a_thread(source, "")
    assert next(p for p in pieces if p) == "a"
    assert next(pieces) == ""
    gate.set()
    assert next(p for p in pieces if p) == "b"
    with pytest.raises(BackendError):
        list(pieces)


def test_a_source_waits_for_who_listens_until_it_is_hurried() -> None:
    hurried, over = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        yield from range(1, 101)
        over.set()

    numbers = on_a_thread(source, 0, hurried.is_set)
    assert next(n for n in numbers if n) == 1
    assert not over.wait(0.3)
    hurried.set()
    assert over.wait(10)
    assert [n for n in numbers if n] == list(range(2, 101))


@pytest.mark.skipif(sys.platform != "linux", reason="a nice number belongs to a thread on Linux alone")
def test_a_source_is_as_nice_as_it_is_told_and_who_asks_stays_as_it_was() -> None:
    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before, wanted = own(), min(own() + 2, 19)
    assert [n for n in on_a_thread(lambda: iter([own()]), None) if n is not None] == [before]
    assert [n for n in on_a_thread(lambda: iter([own()]), None, nice=wanted) if n is not None] == [wanted]
    assert own() == before


def test_closing_ends_the_source_on_its_thread() -> None:
    closed = threading.Event()

    def source() -> Iterator[str]:
        try:
            while True:
                yield "x"
                time.sleep(0.001)
        finally:
            closed.set()

    pieces = on_a_thread(source, "")
    assert next(pieces) in {"", "x"}
    pieces.close()
    assert closed.wait(10)


def test_a_task_says_nothing_yet_keeps_the_order_and_passes_errors_on() -> None:
    gate = threading.Event()

    async def source() -> AsyncGenerator[int, None]:
        for number in range(1, 31):  # more than may wait
            yield number
        while not gate.is_set():
            await asyncio.sleep(0.001)
        raise BackendError("broken.")

    items = on_the_event_loop(source, 0)
    assert [next(i for i in items if i) for _ in range(30)] == list(range(1, 31))
    assert next(items) == 0
    gate.set()
    with pytest.raises(BackendError):
        list(items)


def test_a_task_ends_with_its_source() -> None:
    async def source() -> AsyncGenerator[str, None]:
        yield "only"

    assert [item for item in on_the_event_loop(source, "") if item] == ["only"]


def test_closing_cancels_a_task_where_it_waits() -> None:
    waiting, cancelled = threading.Event(), threading.Event()

    async def source() -> AsyncGenerator[str, None]:
        yield "first"
        try:
            waiting.set()
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    items = on_the_event_loop(source, "")
    assert next(i for i in items if i) == "first"
    assert waiting.wait(10)
    items.close()
    assert cancelled.wait(10)
