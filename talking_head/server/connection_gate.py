"""Connections are opened one after the other, at most one a frame.

Answering an offer and the handshakes after it are some 10 ms of work for the event loop, on which everybody's packets wait. One
visitor a frame is not noticed; a crowd at once would be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from talking_head.errors import CapacityError
from talking_head.loop import TICK_S


class ConnectionGate:
    """``pause_s``: between one visitor and the next; ``room``: how many may wait before others are told to come back.

    ``name`` and ``depth`` are for ``/metrics``.
    """

    name = "connections"

    def __init__(self, pause_s: float = TICK_S, room: int = 50) -> None:
        self._pause_s, self._room = pause_s, room
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._open_at = 0.0

    @property
    def depth(self) -> int:
        """How many wait."""
        return self._waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn and keep others waiting while inside. Raises CapacityError when too many wait."""
        if self._waiting >= self._room:
            raise CapacityError("Too many visitors arrive at once. Try again in a few seconds.", retry_after_s=3)
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1
        try:
            await asyncio.sleep(max(0.0, self._open_at - time.monotonic()))
            yield
        finally:
            self._open_at = time.monotonic() + self._pause_s
            self._lock.release()
