"""One step of many slots: motion, placing, picture. A slot that fails is found and left out; its neighbours go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np

from talking_head.errors import BackendError
from talking_head.loop.slot import Slot
from talking_head.protocols import Animator, MotionModel, with_tongue
from talking_head.types import F32, Cue, Motion

log = logging.getLogger(__name__)

Fail = Callable[[Slot, Exception], None]


class Batch:
    """``fail(slot, error)`` is called for a slot that cannot go on."""

    def __init__(self, motion: MotionModel, animator: Animator, fail: Fail) -> None:
        self._motion, self._animator, self._fail = motion, animator, fail

    def move(self, slots: Sequence[Slot], pcm: F32, cues: Sequence[Cue | None]) -> list[tuple[Slot, Motion]]:
        """Advance the motion of ``slots`` by one frame; ``pcm`` f32[B, 1920], ``cues`` one a slot. Slots that failed are
        missing in the result.

        If the batch raises, each is tried alone, so that only the culprit ends.
        """
        if not slots:
            return []
        try:
            motion = self._motion.step([slot.state for slot in slots], pcm, cues)
        except Exception as error:
            if len(slots) == 1:
                self._fail(slots[0], error)
                return []
            log.warning("a motion batch of %d failed (%s); trying one by one", len(slots), error)
            return [pair for i in range(len(slots)) for pair in self.move(slots[i : i + 1], pcm[i : i + 1], cues[i : i + 1])]
        moved = []
        for i, slot in enumerate(slots):
            one = motion[i : i + 1]
            if all(np.isfinite(part).all() for part in (one.offsets, one.pose, one.tongue, one.talking)):
                moved.append((slot, one))
            else:
                self._fail(slot, BackendError("The motion model returned numbers that are not finite."))
        return moved

    def draw(self, slots: Sequence[Slot], points: F32, tongue: F32) -> None:
        """Make the pictures of ``slots`` into ``slot.frame``; ``points`` f32[B, 478, 3] in pixels, ``tongue`` f32[B, 2].
        Isolates as :meth:`move`.
        """
        for start in range(0, len(slots), self._animator.max_batch):
            part = slice(start, start + self._animator.max_batch)
            self._draw(slots[part], points[part], tongue[part])

    def _draw(self, slots: Sequence[Slot], points: F32, tongue: F32) -> None:
        try:
            frames = with_tongue(self._animator.render, tongue)([slot.avatar for slot in slots], points)
        except Exception as error:
            if len(slots) == 1:
                self._fail(slots[0], error)
                return
            log.warning("an animator batch of %d failed (%s); trying one by one", len(slots), error)
            for i in range(len(slots)):
                self._draw(slots[i : i + 1], points[i : i + 1], tongue[i : i + 1])
            return
        for slot, frame in zip(slots, frames, strict=True):
            slot.frame = frame
