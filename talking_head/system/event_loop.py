"""How late an event loop wakes whoever slept: what a blocked loop looks like from inside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

PROBE_S = 0.05


async def lateness() -> AsyncIterator[float]:
    """Seconds by which this event loop was late, one figure every :data:`PROBE_S`, without end."""
    while True:
        asleep = time.monotonic()  # uvloop's own time stands still while a callback runs
        await asyncio.sleep(PROBE_S)
        yield max(0.0, time.monotonic() - asleep - PROBE_S)
