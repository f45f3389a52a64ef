"""Beats between the inference loop and the pacer: as few as possible, and none too few.

Speech is never dropped for being late: it waits, and the picture and the sound that belongs to it wait together. The delay that
this builds up is taken back in silences, where leaving a beat out costs nothing.
"""

from __future__ import annotations

from collections import deque

from talking_head.loop import TICK_S, Beat


class Reserve:
    """``max_beats``: beyond this the oldest go whatever they hold (the loop ran after a stall of ours)."""

    def __init__(self, max_beats: int = 12) -> None:
        self._beats: deque[Beat] = deque()
        self._max = max_beats
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._beats)

    def push(self, beat: Beat) -> None:
        """A beat arrived."""
        self._beats.append(beat)
        if len(self._beats) > self._max:
            self._beats.popleft()
            self.dropped += 1

    def pop(self, behind_s: float = 0.0) -> Beat | None:
        """The beat to show now; None if the loop is late. ``behind_s``: by how much the head is over its time.

        A whole beat behind, with the next one already here, a silent beat is left out.
        """
        while self._beats:
            beat = self._beats.popleft()
            if behind_s > TICK_S and self._beats and beat.mark is None and not beat.pcm.any():
                behind_s -= TICK_S
                self.dropped += 1
                continue
            return beat
        return None

    def head_due(self) -> float | None:
        """When the next beat wants to be shown, seconds of the monotonic clock."""
        return self._beats[0].due if self._beats else None
