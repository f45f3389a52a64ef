"""The two tracks of a peer. They never pace themselves: the pacer fills them, aiortc's senders empty them.

Encoding happens in ``recv()`` on the media threads, so neither the pacer nor the event loop waits for it. What is put before a
sender reads for the first time (the connection is still being made) is forgotten: sent late it would only teach the browser's
jitter buffer to be slow.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Executor

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from talking_head.media import F32, U8
from talking_head.stream.encoder import OpusEncoder, Packet, VideoEncoder

KEY_FRAME_INTERVAL_S = 0.5


class AudioOut(MediaStreamTrack):
    """Mono sound, 20 ms at a time."""

    kind = "audio"

    def __init__(self, encoder: OpusEncoder, executor: Executor) -> None:
        super().__init__()
        self._encoder, self._executor = encoder, executor
        self._queue: asyncio.Queue[tuple[F32, int] | None] = asyncio.Queue()
        self._read = False

    def put(self, pcm: F32, pts: int) -> None:
        """``pcm`` f32[960]; ``pts`` in 1/48000 s. A sender that is stuck loses the oldest sound."""
        if not self._read:
            return
        if self._queue.qsize() >= 10:
            self._queue.get_nowait()
        self._queue.put_nowait((pcm, pts))

    def stop(self) -> None:
        """End the track and wake its reader."""
        super().stop()
        self._queue.put_nowait(None)

    async def recv(self) -> Packet:
        """The next packet."""
        self._read = True
        while True:
            item = await self._queue.get()
            if item is None or self.readyState != "live":
                raise MediaStreamError
            packet = await asyncio.get_running_loop().run_in_executor(self._executor, self._encoder.encode, *item)
            if packet is not None:
                return packet


class VideoOut(MediaStreamTrack):
    """Pictures, encoded when they are due."""

    kind = "video"

    def __init__(self, encoder: VideoEncoder, executor: Executor) -> None:
        super().__init__()
        self.encoder = encoder
        self.encode_ms = 0.0  # running mean
        self._executor = executor
        self._queue: asyncio.Queue[tuple[U8, int] | None] = asyncio.Queue()
        self._read = False
        self._key_frame = True
        self._last_key = 0.0

    def put(self, picture: U8, pts: int) -> None:
        """``picture``: planar I420 u8[H * 3 // 2, W]; ``pts`` in 1/90000 s. A sender that is stuck loses the oldest picture."""
        if not self._read:
            return
        if self._queue.qsize() >= 3:
            self._queue.get_nowait()
        self._queue.put_nowait((picture, pts))

    def want_key_frame(self) -> None:
        """The receiver lost a picture."""
        self._key_frame = True

    def stop(self) -> None:
        """End the track and wake its reader."""
        super().stop()
        self._queue.put_nowait(None)

    async def recv(self) -> Packet:
        """The next packet."""
        self._read = True
        while True:
            item = await self._queue.get()
            if item is None or self.readyState != "live":
                raise MediaStreamError
            now = time.monotonic()
            key = self._key_frame and now - self._last_key > KEY_FRAME_INTERVAL_S
            if key:
                self._key_frame, self._last_key = False, now
            packet = await asyncio.get_running_loop().run_in_executor(self._executor, self.encoder.encode, *item, key)
            self.encode_ms += 0.05 * ((time.monotonic() - now) * 1000 - self.encode_ms)
            if packet is not None:
                return packet
