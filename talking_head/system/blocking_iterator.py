"""A blocking source made into short steps, so that a slow server neither holds up a shared lane nor delays an interrupt."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

T = TypeVar("T")
BEAT_S = 0.04


def in_background(source: Callable[[], Iterator[T]], nothing: T, stop: Callable[[], None] = lambda: None) -> Iterator[T]:
    """The items of ``source()``, made on a thread of its own; ``nothing`` whenever none came for ``BEAT_S``.

    Closing the iterator calls ``stop`` at once (to wake the source from a blocking call) and ends the source after its
    current item. An exception of the source is raised here.
    """
    items: queue.SimpleQueue[tuple[T | None, BaseException | None, bool]] = queue.SimpleQueue()
    closed = threading.Event()

    def run() -> None:
        try:
            iterator = source()
            for item in iterator:
                if closed.is_set():
                    break
                items.put((item, None, False))
            if isinstance(iterator, Generator):
                iterator.close()
            items.put((None, None, True))
        except BaseException as error:
            items.put((None, error, True))

    threading.Thread(target=run, name="background-source", daemon=True).start()
    try:
        while True:
            try:
                item, error, ended = items.get(timeout=BEAT_S)
            except queue.Empty:
                yield nothing
                continue
            if error is not None:
                raise error
            if ended:
                return
            yield item  # type: ignore[misc]  # an item that came without error and before the end is a T
    finally:
        closed.set()
        with contextlib.suppress(OSError):
            stop()
