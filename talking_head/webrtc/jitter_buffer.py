"""Frames between the inference loop and the pacer: as few as possible, and none too few.

Speech is never dropped for being late: it waits, and the picture and the sound that belongs to it wait together. The delay that
this builds up is taken back in silences, where leaving a frame out costs nothing; but not at once. A machine that was late a
moment ago will be late again, and what is left in hand until then hides it: up to ``KEPT_FRAMES`` for ``KEEP_S``.
"""

from __future__ import annotations

import threading
from collections import deque

from talking_head.loop import TICK_S, MediaFrame

KEPT_FRAMES = 2
KEEP_S = 8.0


class JitterBuffer:
    """Filled by the inference loop's thread, emptied by the event loop.

    ``max_beats``: beyond this the oldest go whatever they hold (the loop ran after a stall of ours).
    """

    def __init__(self, max_frames: int = 12) -> None:
        self._frames: deque[MediaFrame] = deque()
        self._lock = threading.Lock()
        self._max = max_frames
        self._keep_until = 0.0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._frames)

    def push(self, media_frame: MediaFrame) -> None:
        """A frame arrived. Any thread."""
        with self._lock:
            self._frames.append(media_frame)
            if len(self._frames) > self._max:
                self._frames.popleft()
                self.dropped += 1

    def pop(self, now: float, slack_s: float = 0.0) -> MediaFrame | None:
        """The frame to show at ``now`` (monotonic clock); None if the loop is late. ``slack_s``: how long every frame is held
        back.

        A silent frame is left out where the head is over its time by more than a frame and the next one is here already, and
        by more than ``KEPT_FRAMES`` if the loop was late not long ago.
        """
        with self._lock:
            if not self._frames:
                self._keep_until = now + KEEP_S
                return None
            kept = KEPT_FRAMES if now < self._keep_until else 1
            while len(self._frames) > 1:
                head = self._frames[0]
                if now - head.due - slack_s <= kept * TICK_S or head.mark is not None or head.pcm.any():
                    break
                self._frames.popleft()
                self.dropped += 1
            return self._frames.popleft()

    def head_due(self) -> float | None:
        """When the next frame wants to be shown, seconds of the monotonic clock."""
        with self._lock:
            return self._frames[0].due if self._frames else None
