"""Frames that nobody sees, made up for: inertialisation, as between two clips of a game (Bollo, GDC 2018).

Where a voice begins the loop moves a face several frames in one tick (``loop.py``), and the next picture would be that far away
from the last: a head that jumps. What the head is ahead by is taken off and given back over :data:`FRAMES` frames, so that it
goes on as it went; the face, whose lips must be with the sound, goes a part of the way in one frame and the rest in the next.
"""

from __future__ import annotations

import numpy as np

from talking_head.curves import smoothstep
from talking_head.types import F32, Motion

FRAMES = 10  # with six the head still shifts by up to 0.022 eye distances a frame, with ten by 0.018 (nothing left out: 0.016)
SHARE = 0.6  # of the way to the new face in its first frame: so lips move as fast as they do where nothing is left out


class Inertia:
    """Of one stream. Tell it every frame of motion, f32 of T = 1, in order: :meth:`unseen` or :meth:`shown`."""

    def __init__(self) -> None:
        self._last: Motion | None = None  # that was shown
        self._unseen: Motion | None = None  # since then
        self._ahead: F32 | None = None  # by what the head was ahead, f32[1, 6]
        self._since = 0  # frames

    def unseen(self, motion: Motion) -> None:
        """``motion`` is of a frame that is left out."""
        self._unseen = motion

    def shown(self, motion: Motion) -> Motion:
        """What is shown in the place of ``motion``: the same, unless frames were left out not long ago."""
        offsets, pose, tongue, talking = motion.offsets, motion.pose, motion.tongue, motion.talking
        if self._unseen is not None and self._last is not None:
            self._ahead, self._since = self._unseen.pose - self._last.pose, 0
            offsets = _between(self._last.offsets, offsets)
            tongue = _between(self._last.tongue, tongue)
            talking = _between(self._last.talking, talking)
        self._unseen = None
        if self._ahead is not None:
            pose = pose - self._ahead * np.float32(smoothstep(1 - self._since / FRAMES))
            self._since += 1
            if self._since == FRAMES:
                self._ahead = None
            motion = Motion(offsets, pose, tongue, talking)
        self._last = motion
        return motion


def _between(last: F32, new: F32) -> F32:
    between: F32 = last + np.float32(SHARE) * (new - last)
    return between
