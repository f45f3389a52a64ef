"""A blocking source made into short steps, so that it neither holds up a shared thread nor delays an interrupt.

A model that waits for its turn, or a server that thinks for ten seconds, must not keep the executor that all sessions share. So
the source runs elsewhere, on a thread of its own or as a task of one event loop, and whoever asks for its next item gets
``nothing`` after ``STEP_S`` without one.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import aclosing
from typing import Any, TypeVar

from talking_head.system.scheduling import be_nice

STEP_S = 0.04
AHEAD = 8  # items that may wait: a source that runs further ahead takes the cores that voice and picture need now

T = TypeVar("T")
_Item = tuple[T | None, BaseException | None]  # (None, None): the end


def on_a_thread(
    source: Callable[[], Iterator[T]], nothing: T, hurried: Callable[[], bool] = lambda: False, nice: int | None = None
) -> Generator[T, None, None]:
    """The items of ``source()`` in order, and ``nothing`` while there is none; it starts at the first ``next``.

    Closing the generator ends the source after its current item. An exception of the source is raised here. Once ``hurried()``
    is true where the source would wait for who listens, it runs to its end. ``nice``: of its thread, instead of that of the
    thread that asks; threads that compute for it keep theirs.
    """
    items: queue.Queue[_Item[T]] = queue.Queue(AHEAD)
    closed = threading.Event()

    def put(item: T | None, error: BaseException | None = None) -> None:
        while not closed.is_set():
            try:
                items.put((item, error), timeout=0.1)
                return
            except queue.Full:
                if hurried():
                    items.maxsize = 0  # no bound from here on

    def run() -> None:
        if nice is not None:
            be_nice(nice)
        try:
            iterator = source()
            try:
                for item in iterator:
                    if closed.is_set():
                        break
                    put(item)
            finally:
                if isinstance(iterator, Generator):
                    iterator.close()
            put(None)
        except BaseException as error:
            put(None, error)

    threading.Thread(target=run, name="blocking-source", daemon=True).start()
    try:
        yield from _steps(items, nothing)
    finally:
        closed.set()


def on_the_event_loop(source: Callable[[], AsyncGenerator[T, None]], nothing: T) -> Generator[T, None, None]:
    """As :func:`on_a_thread`, for a source that waits with asyncio: closing the generator cancels it at once, where it
    waits."""
    items: queue.Queue[_Item[T]] = queue.Queue()
    loop = _event_loop()
    room = asyncio.Semaphore(AHEAD)

    async def run() -> None:
        try:
            iterator = source()
            async with aclosing(iterator):
                async for item in iterator:
                    await room.acquire()
                    items.put((item, None))
            items.put((None, None))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            items.put((None, error))

    task = asyncio.run_coroutine_threadsafe(run(), loop)
    try:
        for item in _steps(items, nothing):
            yield item
            if item is not nothing:
                loop.call_soon_threadsafe(room.release)
    finally:
        task.cancel()


def start_on_the_event_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin ``work()`` on the loop of :func:`on_the_event_loop`; nobody waits for its end."""
    asyncio.run_coroutine_threadsafe(work(), _event_loop())


def _steps(items: queue.Queue[_Item[T]], nothing: T) -> Iterator[T]:
    while True:
        try:
            item, error = items.get(timeout=STEP_S)
        except queue.Empty:
            yield nothing
            continue
        if error is not None:
            raise error
        if item is None:
            return
        yield item


@functools.cache
def _event_loop() -> asyncio.AbstractEventLoop:
    """One loop, on a thread of its own, for all sources that wait for the network."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="network-sources", daemon=True).start()
    return loop
