"""How fast one session may send: a bucket of tokens."""

from __future__ import annotations

import time


class Bucket:
    """Tokens that come back at ``per_s`` a second, up to ``most``: for the messages of one session."""

    def __init__(self, per_s: float, most: float) -> None:
        self._per_s, self._most = per_s, most
        self._left, self._at = most, time.monotonic()

    def take(self) -> bool:
        """Take one; False if there is none."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def wait_s(self) -> int:
        """Whole seconds until there is one."""
        return max(1, round((1 - self._left) / self._per_s))
