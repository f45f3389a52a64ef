"""One step of many seats: motion, placing, picture. A seat that fails is found and left out; its neighbours go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np

from talking_head.errors import BackendError
from talking_head.loop.seat import Seat
from talking_head.media import F32, Motion
from talking_head.stages import Animator, MotionModel

log = logging.getLogger(__name__)

Fail = Callable[[Seat, Exception], None]


class Batch:
    """``max_batch``: most pictures in one call of the animator (an animator's own ``max_batch`` comes first)."""

    def __init__(self, motion: MotionModel, animator: Animator, fail: Fail, max_batch: int = 64) -> None:
        self._motion, self._animator, self._fail = motion, animator, fail
        self._max_batch = int(getattr(animator, "max_batch", max_batch))

    def move(self, seats: Sequence[Seat], pcm: F32) -> list[tuple[Seat, Motion]]:
        """Advance the motion of ``seats`` by one frame; ``pcm`` f32[B, 1920]. Seats that failed are missing in the result.

        If the batch raises, each is tried alone, so that only the culprit ends.
        """
        if not seats:
            return []
        try:
            motion = self._motion.step([seat.state for seat in seats], pcm)
        except Exception as error:
            if len(seats) == 1:
                self._fail(seats[0], error)
                return []
            log.warning("a motion batch of %d failed (%s); trying one by one", len(seats), error)
            return [pair for i in range(len(seats)) for pair in self.move(seats[i : i + 1], pcm[i : i + 1])]
        moved = []
        for i, seat in enumerate(seats):
            one = Motion(motion.offsets[i : i + 1], motion.pose[i : i + 1])
            if np.isfinite(one.offsets).all() and np.isfinite(one.pose).all():
                moved.append((seat, one))
            else:
                self._fail(seat, BackendError("The motion model returned numbers that are not finite."))
        return moved

    def draw(self, seats: Sequence[Seat], points: F32) -> None:
        """Make the pictures of ``seats`` into ``seat.frame``; ``points`` f32[B, 478, 3] in pixels. Isolates as :meth:`move`."""
        for start in range(0, len(seats), self._max_batch):
            part = slice(start, start + self._max_batch)
            self._draw(seats[part], points[part])

    def _draw(self, seats: Sequence[Seat], points: F32) -> None:
        try:
            frames = self._animator.render([seat.avatar for seat in seats], points)
        except Exception as error:
            if len(seats) == 1:
                self._fail(seats[0], error)
                return
            log.warning("an animator batch of %d failed (%s); trying one by one", len(seats), error)
            for i in range(len(seats)):
                self._draw(seats[i : i + 1], points[i : i + 1])
            return
        for seat, frame in zip(seats, frames, strict=True):
            seat.frame = frame
