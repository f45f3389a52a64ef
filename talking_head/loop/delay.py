"""The sound waits for its picture: a delay line as long as the motion model's look-ahead."""

from __future__ import annotations

from collections import deque

from talking_head.audio.pcm import fade_out
from talking_head.loop.types import IDLE, NO_TURN, AudioChunk

FADE_TICKS = 480  # 10 ms: short enough to feel immediate, long enough not to click


class DelayLine:
    """Chunks that were taken from a session and are not heard yet.

    A cut is only a number that goes up (safe from any thread): blocks that were taken under an older number come out silent,
    the first of them faded, and without turn or mark, because nobody heard them.
    """

    def __init__(self, frames: int) -> None:
        self._waiting: deque[tuple[AudioChunk, int]] = deque((IDLE, 0) for _ in range(frames))
        self._epoch = 0
        self._open = False  # the last chunk that came out was heard

    @property
    def epoch(self) -> int:
        """Read this before a chunk is taken from its session and give it to :meth:`push` with the chunk."""
        return self._epoch

    def cut(self) -> None:
        """Silence everything that is waiting."""
        self._epoch += 1

    def hurries(self, chunk: AudioChunk) -> bool:
        """Whether speech (``chunk``) waits behind silence that nobody would miss: then another chunk may be taken in this tick,
        and a voice that begins is heard sooner."""
        if not self._waiting or chunk.turn == NO_TURN:
            return False
        due, _ = self._waiting[0]
        return due.turn == NO_TURN and due.mark is None

    def push(self, chunk: AudioChunk, epoch: int) -> AudioChunk:
        """Put ``chunk`` in and get the chunk that is heard now."""
        self._waiting.append((chunk, epoch))
        due, taken = self._waiting.popleft()
        if taken == self._epoch:
            self._open = True
            return due
        faded = AudioChunk(fade_out(due.pcm, FADE_TICKS)) if self._open else IDLE
        self._open = False
        return faded
