"""One face's place in the loop: its motion stream, its delay line and its way out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from talking_head.face.portrait import Portrait
from talking_head.loop.delay import DelayLine
from talking_head.loop.inertia import Inertia
from talking_head.loop.types import IDLE, AudioChunk, MediaFrame
from talking_head.types import U8, Manner

Source = Callable[[], "AudioChunk | None"]
Deliver = Callable[[MediaFrame], None]
Failed = Callable[[Exception], None]

_numbers = itertools.count()


class Slot:
    """Made by ``InferenceLoop.join`` and ``offline.render``; all but :meth:`cut`, :meth:`hurry` and :meth:`leave` belongs to
    them. ``wake``: the loop is told that a voice begins."""

    def __init__(
        self,
        avatar: Any,
        portrait: Portrait,
        source: Source,
        deliver: Deliver,
        *,
        lookahead: int,
        failed: Failed | None = None,
        seed: int = 0,
        manner: Manner | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.number = next(_numbers)
        self.avatar, self.portrait = avatar, portrait
        self.source, self.deliver, self.failed = source, deliver, failed
        self.seed, self.manner, self._wake = seed, manner, wake
        self.state: Any = None  # of the motion model, from its open()
        self.line = DelayLine(lookahead)
        self.inertia = Inertia()
        self.lookahead = lookahead
        self.first_tick: int | None = None
        self.frame: U8 | None = None  # the last picture
        self.stride = 1  # pictures are made every this many ticks
        self.quiet_ticks = 0  # since the last chunk with sound in it
        self.ended = False
        self.stalled_since: float | None = None
        self.stalled_ticks = 0
        self.carried: tuple[AudioChunk, int] | None = None  # came back from a stalled source, with its cut number
        self.frames = self.late_frames = 0

    def cut(self) -> None:
        """Barge-in: fade out at once and silence the sound that was taken from the source but not delivered. Any thread.

        Empty the session's own queue first; what the source gives after this call is heard again.
        """
        self.line.cut()

    def hurry(self) -> None:
        """A voice begins: the source has speech after a silence. It is taken at once, unless somebody else is heard, who would
        notice that the loop's grid moves. Any thread."""
        self._wake()

    def leave(self) -> None:
        """Give the slot up. Nothing is delivered after the current tick. Any thread; twice is fine."""
        self.ended = True

    @property
    def idle(self) -> bool:
        """No sound for a while: the face only breathes and blinks."""
        return self.quiet_ticks > self.lookahead + 8

    def due_for_picture(self, tick: int, idle_stride: int, thinned: int = 1) -> bool:
        """Whether this tick makes a new picture; slots with a stride take turns, so that the load is even. ``idle_stride``:
        ticks that a picture of an idle face is shown at the moment, ``thinned``: that every picture is.
        """
        stride = max(self.stride * (idle_stride if self.idle else 1), thinned)
        return self.frame is None or (tick + self.number) % stride == 0

    def took(self, chunk: AudioChunk) -> None:
        """Note whether the session is speaking."""
        self.quiet_ticks = 0 if chunk is not IDLE and chunk.pcm.any() else self.quiet_ticks + 1
