"""A microphone's sound that waits to be listened to, and beside it what the presenter said at the same samples.

The two clocks are tied together where they meet: the echo of a word is looked for behind the sample at which it went out.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

import numpy as np

from talking_head.listen.echo import CHUNK
from talking_head.types import F32, VOICE_RATE

MOST_WAITING_S = 2.0  # of sound that is not listened to yet; what is older is dropped
DRY_S = 0.3  # no packet for so long while somebody speaks: what comes is silence
ADRIFT_S = 0.25  # the two clocks are tied anew when they are so far apart
_MOST_PLAYED = 50  # pieces of the presenter's sound that wait, two seconds of it


class IncomingSound:
    """Mono sound at 16 kHz between a microphone's packets and who listens. On one event loop."""

    def __init__(self) -> None:
        self._sound: deque[F32] = deque()
        self._waiting = 0  # samples in it
        self._enough = CHUNK  # of them, for the ear to hear something new
        self._received = 0  # samples that were listened to or wait for it
        self._last_packet = 0.0
        self._anchor: int | None = None  # the microphone's sample at media time 0
        self._played: deque[tuple[F32, int]] = deque(maxlen=_MOST_PLAYED)
        self._arrived = asyncio.Event()

    def push(self, pcm: F32) -> None:
        """A packet of the microphone, f32[n]."""
        now = time.monotonic()
        if now - self._last_packet > DRY_S:
            self._anchor = None  # it was off: its samples do not count that time
        self._last_packet = now
        self._put(pcm)

    def fall_silent(self) -> None:
        """No packet came for DRY_S: that was silence."""
        self._put(np.zeros(round(DRY_S * VOICE_RATE), np.float32))

    def played(self, pcm: F32, at_ms: float) -> None:
        """The presenter's sound that goes out now, f32[n], at this media time."""
        media = round(at_ms * VOICE_RATE / 1000)
        if self._anchor is None or abs(self._anchor + media - self._received) > ADRIFT_S * VOICE_RATE:
            self._anchor = self._received - media
        self._played.append((pcm, self._anchor + media))

    def wake(self) -> None:
        """Who waits in :meth:`arrived` goes on, whatever there is."""
        self._arrived.set()

    async def arrived(self) -> bool:
        """Wait until there is enough to listen to; False: nothing came for DRY_S."""
        try:
            async with asyncio.timeout(DRY_S):
                await self._arrived.wait()
        except TimeoutError:
            return False
        self._arrived.clear()
        return True

    def taken(self, missing: int) -> tuple[F32, list[tuple[F32, int]]]:
        """All that waits, f32[n], and what the presenter said with the sample at which it went out. ``missing``: samples that
        the listener lacks to its next chunk."""
        sound = np.concatenate(self._sound) if self._sound else np.zeros(0, np.float32)
        self._sound.clear()
        self._waiting = 0
        self._enough = (missing - len(sound) - 1) % CHUNK + 1  # for one more chunk, behind these
        played = list(self._played)
        self._played.clear()
        return sound, played

    def _put(self, pcm: F32) -> None:
        self._sound.append(pcm)
        self._waiting += len(pcm)
        self._received += len(pcm)
        while self._waiting > MOST_WAITING_S * VOICE_RATE:
            lost = len(self._sound.popleft())
            self._waiting -= lost
            self._received -= lost
            self._anchor = None
        if self._waiting >= self._enough:
            self._arrived.set()
