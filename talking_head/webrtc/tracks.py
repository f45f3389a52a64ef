"""The two tracks of a peer. They never pace themselves: the pacer fills them, aiortc's senders empty them.

Encoding happens on the media threads, so neither the pacer nor the event loop waits for it; what is put goes straight there and
comes back to the event loop once, as a packet. What is put before a sender reads for the first time (the connection is still
being made) is forgotten: sent late it would only teach the browser's jitter buffer to be slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from talking_head.types import F32, U8
from talking_head.webrtc.encoder import OpusEncoder, Packet, VideoEncoder

KEY_FRAME_INTERVAL_S = 0.5

_Job = Callable[[], "Packet | None"]


class EncodedTrack(MediaStreamTrack):
    """A track whose packets are made on ``executor``, one after the other; of more than ``depth`` that wait the oldest go."""

    def __init__(self, executor: Executor, depth: int) -> None:
        super().__init__()
        self._executor, self._depth = executor, depth
        self._event_loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._jobs: deque[_Job] = deque()
        self._working = False
        self._ready: deque[Packet | Exception] = deque()
        self._arrived = asyncio.Event()
        self._read = False
        self.tap: Callable[[Packet], None] | None = None  # who gets every packet as well, on a media thread

    def _put(self, job: _Job) -> None:
        # A sender that is stuck gets nothing more: a packet that is made may not be left out, the next ones build on it.
        if not self._read or self.readyState != "live" or len(self._ready) >= self._depth:
            return
        with self._lock:
            if len(self._jobs) >= self._depth:
                self._jobs.popleft()
            self._jobs.append(job)
            if self._working:
                return
            self._working = True
        self._executor.submit(self._work)

    def _work(self) -> None:
        """Make packets until none is asked for; on a media thread."""
        while True:
            with self._lock:
                if not self._jobs:
                    self._working = False
                    return
                job = self._jobs.popleft()
            made: Packet | Exception | None
            try:
                made = job()
                if made is not None and (tap := self.tap) is not None:
                    tap(made)
            except Exception as error:
                made = error
            if made is not None:
                with contextlib.suppress(RuntimeError):  # the event loop is closed: so is the session
                    self._event_loop.call_soon_threadsafe(self._take, made)

    def _take(self, made: Packet | Exception) -> None:
        self._ready.append(made)
        self._arrived.set()

    def stop(self) -> None:
        """End the track and wake its reader."""
        super().stop()
        with self._lock:
            self._jobs.clear()
        self._arrived.set()

    async def recv(self) -> Packet:
        """The next packet. Raises MediaStreamError when the track has ended, and what the encoder raised."""
        self._read = True
        while not self._ready and self.readyState == "live":
            self._arrived.clear()
            await self._arrived.wait()
        if self.readyState != "live":
            raise MediaStreamError
        made = self._ready.popleft()
        if isinstance(made, Exception):
            raise made
        return made


class AudioOut(EncodedTrack):
    """Mono sound, 20 ms at a time."""

    kind = "audio"

    def __init__(self, encoder: OpusEncoder, executor: Executor) -> None:
        super().__init__(executor, depth=10)
        self._encoder = encoder
        self.mark: Callable[[F32], F32] = lambda pcm: pcm  # what is done to the sound at last

    def put(self, pcm: F32, pts: int) -> None:
        """``pcm`` f32[960]; ``pts`` in 1/48000 s."""
        self._put(lambda: self._encoder.encode(self.mark(pcm), pts))


class VideoOut(EncodedTrack):
    """Pictures, encoded when they are due."""

    kind = "video"

    def __init__(self, encoder: VideoEncoder, executor: Executor) -> None:
        super().__init__(executor, depth=3)
        self.encoder = encoder
        self.mark: Callable[[U8], U8] = lambda picture: picture  # what is done to the picture at last
        self._key_frame = True
        self._last_key = 0.0

    def put(self, picture: U8, pts: int) -> None:
        """``picture``: planar I420 u8[H * 3 // 2, W]; ``pts`` in 1/90000 s."""
        self._put(lambda: self._encode(picture, pts))

    def want_key_frame(self) -> None:
        """The receiver lost a picture."""
        self._key_frame = True

    def _encode(self, picture: U8, pts: int) -> Packet | None:
        now = time.monotonic()
        key = self._key_frame and now - self._last_key > KEY_FRAME_INTERVAL_S
        if key:
            self._key_frame, self._last_key = False, now
        return self.encoder.encode(self.mark(picture), pts, key)
