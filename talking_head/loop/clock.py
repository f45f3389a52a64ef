"""The loop's clock, as an object so that tests can run in virtual time."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """A clock that never goes back."""

    def now(self) -> float:
        """Seconds."""
        ...

    def wait_until(self, when: float, wake: threading.Event) -> None:
        """Return at ``when``, or earlier if ``wake`` is set; at once if it has passed."""
        ...


class MonotonicClock:
    """``time.monotonic``, the clock that asyncio uses too, so that ``MediaFrame.due`` can be compared with ``loop.time()``."""

    def now(self) -> float:
        """Seconds of ``time.monotonic``."""
        return time.monotonic()

    def wait_until(self, when: float, wake: threading.Event) -> None:
        """Sleep."""
        rest = when - time.monotonic()
        if rest > 0:
            wake.wait(rest)
