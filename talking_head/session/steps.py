"""Synchronous models from asyncio: one short step at a time on the model's executor, so that cancelling works between steps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator, Hashable
from typing import Any, TypeVar

from talking_head.errors import TalkingHeadError
from talking_head.system.fair_executor import FairExecutor

T = TypeVar("T")
_END: Any = object()


async def step(executor: FairExecutor, session: Hashable, job: Callable[[], T]) -> T:
    """Run ``job`` on the executor. Cancelling drops it if it still waits and abandons its result if it already runs."""
    return await asyncio.wrap_future(executor.submit(session, job))


async def iterate(
    executor: FairExecutor, session: Hashable, make: Callable[[], Generator[T, None, None]]
) -> AsyncGenerator[T, None]:
    """The items of ``make()``, each produced as one step. Closing stops between two items and closes the generator there."""
    iterator = await step(executor, session, make)
    try:
        while (item := await step(executor, session, lambda: next(iterator, _END))) is not _END:
            yield item
    finally:
        # The executor may be closed or full: the generator then goes with its last reference.
        with contextlib.suppress(TalkingHeadError):
            executor.submit(session, iterator.close)  # waits behind the step that may still be running
