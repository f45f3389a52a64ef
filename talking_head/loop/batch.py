"""One step of many seats: motion, placing, picture. A seat that fails is found and left out; its neighbours go on."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence

import numpy as np

from talking_head.errors import BackendError
from talking_head.loop.seat import Seat
from talking_head.media import F32, U8, Motion
from talking_head.stages import Animator, MotionModel

log = logging.getLogger(__name__)

_UPPER_LIP, _LOWER_LIP = 13, 14  # inner lip, midline
_SHUT = 0.008  # of the distance of the outer eye corners: about 0.7 mm

Fail = Callable[[Seat, Exception], None]


class Batch:
    """``max_batch``: most pictures in one call of the animator (an animator's own ``max_batch`` comes first).

    An animator may take the keyword ``shut`` (a sequence of B bools: the lips are closed in this frame), and may then leave
    out what only an open mouth needs.
    """

    def __init__(self, motion: MotionModel, animator: Animator, fail: Fail, max_batch: int = 64) -> None:
        self._motion, self._animator, self._fail = motion, animator, fail
        self._max_batch = int(getattr(animator, "max_batch", max_batch))
        self._takes_shut = "shut" in inspect.signature(animator.render).parameters

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

    def draw(self, seats: Sequence[Seat], motions: Sequence[Motion], points: F32) -> None:
        """Make the pictures of ``seats`` into ``seat.frame``; ``points`` f32[B, 478, 3] in pixels. Isolates as :meth:`move`."""
        shut = [lips_shut(motion) for motion in motions]
        for start in range(0, len(seats), self._max_batch):
            part = slice(start, start + self._max_batch)
            self._draw(seats[part], points[part], shut[part])

    def _draw(self, seats: Sequence[Seat], points: F32, shut: Sequence[bool]) -> None:
        try:
            frames = self._render(seats, points, shut)
        except Exception as error:
            if len(seats) == 1:
                self._fail(seats[0], error)
                return
            log.warning("an animator batch of %d failed (%s); trying one by one", len(seats), error)
            for i in range(len(seats)):
                self._draw(seats[i : i + 1], points[i : i + 1], shut[i : i + 1])
            return
        for seat, frame in zip(seats, frames, strict=True):
            seat.frame = frame

    def _render(self, seats: Sequence[Seat], points: F32, shut: Sequence[bool]) -> list[U8]:
        avatars = [seat.avatar for seat in seats]
        if self._takes_shut:
            return self._animator.render(avatars, points, shut=shut)  # type: ignore[call-arg]
        return self._animator.render(avatars, points)


def lips_shut(motion: Motion) -> bool:
    """Whether the lips touch in the (only) frame of ``motion``: offsets start from the closed mouth."""
    return bool(motion.offsets[0, _LOWER_LIP, 1] - motion.offsets[0, _UPPER_LIP, 1] < _SHUT)
