"""What goes into the loop and what comes out, once every 40 ms and slot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talking_head.types import F32, FRAME_TICKS, U8, Cue

NO_TURN = -1

SILENCE: F32 = np.zeros(FRAME_TICKS, np.float32)
SILENCE.setflags(write=False)


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """The sound of one frame, as a session hands it in.

    ``pcm`` f32[1920] mono −1..1 at 48 kHz. ``turn``: the turn that it is spoken for, ``NO_TURN`` for silence between turns.
    ``mark``: whatever the session wants back when this block is heard (for example its place in the reply's text). ``cue``:
    what the motion model may know of this frame beside its sound; None: nothing.
    """

    pcm: F32 = field(default_factory=lambda: SILENCE, repr=False)
    turn: int = NO_TURN
    mark: Any = None
    cue: Cue | None = None

    def __post_init__(self) -> None:
        if self.pcm.shape != (FRAME_TICKS,):
            raise ValueError(f"a block holds {FRAME_TICKS} samples, not an array of shape {self.pcm.shape}")


IDLE = AudioChunk(cue=Cue(()))


@dataclass(frozen=True, slots=True)
class MediaFrame:
    """Sound and picture of the same 40 ms, ready to be shown at ``due``.

    ``tick``: number of the frame since the slot was taken; a gap means that the loop jumped (show the last picture and
    silence). ``pcm`` f32[1920]; ``frame`` planar I420 u8[H * 3 // 2, W]; ``turn`` and ``mark`` come from the block whose
    sound this is. ``due``: seconds of the loop's clock. ``late``: it was finished after ``due``. ``fresh``: False where the
    picture repeats the one before, because the loop is short of time.
    """

    tick: int
    pcm: F32 = field(repr=False)
    frame: U8 = field(repr=False)
    turn: int
    mark: Any
    due: float
    late: bool = False
    fresh: bool = True
