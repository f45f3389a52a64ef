"""Frames between the inference loop and the pacer: as few as possible, and none too few.

Speech is never dropped for being late: it waits, and the picture and the sound that belongs to it wait together. The delay that
this builds up is taken back in silences, where leaving a frame out costs nothing; but not at once. A machine that was late a
moment ago will be late again, and what is left in hand until then hides it: up to ``KEPT_FRAMES`` for ``KEEP_S``.

A voice that begins is what somebody waits for: it takes the place of the silence before it as soon as it is drawn, if all
frames of late were so early that the next ones will still be there in time.
"""

from __future__ import annotations

import threading
from collections import deque

from talking_head.loop import TICK_S, MediaFrame

KEPT_FRAMES = 2
KEEP_S = 8.0
WATCHED_FRAMES = 125  # five seconds: a thinking machine is slower than an idle one, and both lie in it
SPARE_S = 0.008  # by which frames are expected to be later than any of these was
NEARLY_S = 0.01  # half a tick of the pacer: what is due within it is due


class JitterBuffer:
    """Filled by the inference loop's thread, emptied by the event loop.

    ``max_frames``: beyond this the oldest go whatever they hold (the loop ran after a stall of ours).
    """

    def __init__(self, max_frames: int = 12) -> None:
        self._frames: deque[MediaFrame] = deque()
        self._lock = threading.Lock()
        self._max = max_frames
        self._keep_until = 0.0
        # Seconds after they were due; below 0: before. Not of a turn's first, which took many steps of motion (loop.py).
        self._behind: deque[float] = deque(maxlen=WATCHED_FRAMES)
        self._turn = 0  # of the frame that arrived last
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._frames)

    def push(self, media_frame: MediaFrame, now: float) -> None:
        """A frame arrived at ``now``, of the clock that it is due by. Any thread."""
        with self._lock:
            if media_frame.turn <= 0 or media_frame.turn == self._turn:
                self._behind.append(now - media_frame.due)
            self._turn = media_frame.turn
            self._frames.append(media_frame)
            if len(self._frames) > self._max:
                self._frames.popleft()
                self.dropped += 1

    def pop(self, now: float, slack_s: float = 0.0) -> MediaFrame | None:
        """The frame to show at ``now`` (monotonic clock); None if the loop is late. ``slack_s``: how long every frame is held
        back.

        A silent frame is left out where the head is over its time by more than a frame and the next one is here already, and
        by more than ``KEPT_FRAMES`` if the loop was late not long ago; and before a voice that may begin.
        """
        with self._lock:
            if not self._frames:
                self._keep_until = now + KEEP_S
                return None
            kept = KEPT_FRAMES if now < self._keep_until else 1
            while len(self._frames) > 1:
                head = self._frames[0]
                over = now - head.due - slack_s > kept * TICK_S
                if head.mark is not None or head.pcm.any() or not (over or self._voice_may_begin(1, now, slack_s)):
                    break
                self._frames.popleft()
                self.dropped += 1
            return self._frames.popleft()

    def voice_may_begin(self, now: float, slack_s: float) -> bool:
        """Whether the next frame is a turn's and can be shown at ``now``, with the ones after it in time; ``slack_s`` as for
        :meth:`pop`."""
        with self._lock:
            return self._voice_may_begin(0, now, slack_s)

    def _voice_may_begin(self, place: int, now: float, slack_s: float) -> bool:
        """The same of the frame at ``place``; what is before it is silent, and the lock is held."""
        if len(self._frames) <= place or self._frames[place].turn <= 0 or now < self._keep_until:
            return False
        needed = slack_s - NEARLY_S
        if len(self._behind) == WATCHED_FRAMES:
            needed = min(needed, max(self._behind) + SPARE_S)
        return now >= self._frames[place].due + needed

    def head_due(self) -> float | None:
        """When the next frame wants to be shown, seconds of the monotonic clock."""
        with self._lock:
            return self._frames[0].due if self._frames else None
