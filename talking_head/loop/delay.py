"""The sound waits for its picture: a delay line as long as the motion model's look-ahead."""

from __future__ import annotations

from collections import deque

from talking_head.audio.pcm import fade_out
from talking_head.loop.types import IDLE, NO_TURN, AudioChunk

FADE_TICKS = 480  # 10 ms: short enough to feel immediate, long enough not to click


class DelayLine:
    """Blocks that were taken from a session and are not heard yet.

    A cut is only a number that goes up (safe from any thread): blocks that were taken under an older number come out silent,
    the first of them faded, and without turn or mark, because nobody heard them.
    """

    def __init__(self, frames: int) -> None:
        self._waiting: deque[tuple[AudioChunk, int]] = deque((IDLE, 0) for _ in range(frames))
        self._epoch = 0
        self._open = False  # the last block that came out was heard

    @property
    def epoch(self) -> int:
        """Read this before a block is taken from its session and give it to :meth:`push` with the block."""
        return self._epoch

    def cut(self) -> None:
        """Silence everything that is waiting."""
        self._epoch += 1

    def hurries(self, block: AudioChunk) -> bool:
        """Whether speech (``block``) waits behind silence that nobody would miss: then a second block may be taken in this
        tick, and a voice that begins is heard sooner."""
        if not self._waiting or block.turn == NO_TURN:
            return False
        due, _ = self._waiting[0]
        return due.turn == NO_TURN and due.mark is None

    def push(self, block: AudioChunk, epoch: int) -> AudioChunk:
        """Put ``block`` in and get the block that is heard now."""
        self._waiting.append((block, epoch))
        due, taken = self._waiting.popleft()
        if taken == self._epoch:
            self._open = True
            return due
        faded = AudioChunk(fade_out(due.pcm, FADE_TICKS)) if self._open else IDLE
        self._open = False
        return faded
