"""Overload thins the picture, never the answer: where words or voice wait for a core, fewer pictures are made.

The picture is what takes most of a small machine, and twenty-five of them a second are the first thing that a conversation can
do without. Threads that draw, encode and send go before those that write and speak, so on a machine without enough cores
nothing would be left for an answer; with a picture every second, third or fifth tick there is.
"""

from __future__ import annotations

import os
from pathlib import Path

LEVELS = (1, 2, 3, 5)  # ticks that one picture is shown: 25, 12, 8 and 5 pictures a second
RAISE_S = 0.4  # at most one level up in this time
LOWER_S = 3.0  # nothing waited for so long: one level down
REMEMBER_S = 120.0  # a machine that was too slow a while ago is taken to be so still
PATIENCE_S = 0.3  # a wait that is shorter is no wait
STARVED, EASED = 0.6, 0.25  # threads that wait for a core, on average


class Thinning:
    """Decides how many ticks a picture is shown. Times are seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self._level = self._peak = 0
        self._changed = self._peaked = float("-inf")
        self._waited = float("-inf")
        self._was_waiting = False

    @property
    def ticks(self) -> int:
        """Ticks that one picture is shown."""
        return LEVELS[self._level]

    def update(self, now: float, wait_s: float, starved: float) -> int:
        """``wait_s``: how long somebody has waited for words or voice (0: nobody does); ``starved``: threads of ours that
        waited for a core since the last call, on average. Returns :attr:`ticks`; call it a few times a second.
        """
        waiting = wait_s > PATIENCE_S and starved > (EASED if self._level else STARVED)
        if waiting:
            self._waited = now
            if not self._was_waiting and now - self._peaked < REMEMBER_S:
                self._go(now, max(self._level, self._peak))
            elif starved > STARVED and now - self._changed >= RAISE_S:
                self._go(now, min(self._level + 1, len(LEVELS) - 1))
            if self._level >= self._peak or now - self._peaked >= REMEMBER_S:
                self._peak = self._level
            self._peaked = now
        elif self._level and now - max(self._waited, self._changed) >= LOWER_S:
            self._go(now, self._level - 1)
        self._was_waiting = waiting
        return self.ticks

    def _go(self, now: float, level: int) -> None:
        if level != self._level:
            self._level, self._changed = level, now


class RunQueue:
    """How many threads of this process and its children waited for a core, on average, between two calls (Linux; else 0)."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}
        self._at = 0.0

    def waiting(self, now: float) -> float:
        """Since the last call; 0 at the first, and after a gap of more than two seconds. ``now``: seconds of a clock."""
        found = {}
        for process in (os.getpid(), *_children()):
            for file in Path(f"/proc/{process}/task").glob("*/schedstat"):
                try:
                    found[str(file)] = int(file.read_text().split()[1])
                except (OSError, IndexError, ValueError):
                    continue  # it ended, or there is no such figure here
        elapsed = now - self._at
        known = [found[name] - self._before[name] for name in found.keys() & self._before.keys()]
        self._before, self._at = found, now
        return sum(known) / 1e9 / elapsed if 0 < elapsed <= 2 else 0.0


def _children() -> list[int]:
    found: list[int] = []
    for file in Path("/proc/self/task").glob("*/children"):
        try:
            found += map(int, file.read_text().split())
        except (OSError, ValueError):
            continue
    return found
