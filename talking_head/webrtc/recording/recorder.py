"""A session's packets into a file, the very ones that are sent: nothing is encoded a second time.

The file is Matroska while it grows, so that all but the last second is there whatever happens; ``film/recording.py`` makes the
MP4 or WebM of it. It begins with a key frame. What was sent before that, is not in it.
"""

from __future__ import annotations

import io
import logging
import shutil
import struct
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from talking_head.types import FPS, TICKS_PER_SECOND
from talking_head.webrtc.encoder import OPUS_DELAY_S, VIDEO_RATE, Packet

log = logging.getLogger(__name__)

KEY_FRAME_S = 10.0  # a player can jump to places so far apart
KEEP_FREE = 300_000_000  # bytes of the disk that a recording leaves to others
_LOOK_BYTES = 2_000_000  # written between two looks at the disk
_OPTIONS = {"flush_packets": "1", "cluster_time_limit": "1000"}  # ms: so much is lost where the process is killed
_OPUS_DELAY = round(OPUS_DELAY_S * TICKS_PER_SECOND)
_VIDEO, _AUDIO = Fraction(1, VIDEO_RATE), Fraction(1, TICKS_PER_SECOND)


class Recorder:
    """Writes packets of ``codec`` ("H264", "VP8") and Opus into ``file``, for ``seconds`` and ``most`` bytes at most.

    ``key_frame()`` asks the encoder for one. ``ended(reason)`` is called once, from any thread, when it stops by itself:
    "time", "size", "disk" or "error". Packets may come from two threads.
    """

    def __init__(
        self,
        file: Path,
        codec: str,
        width: int,
        height: int,
        *,
        seconds: float,
        most: int,
        key_frame: Callable[[], None],
        ended: Callable[[str], None],
    ) -> None:
        self.file = file
        self._codec, self._size, self._seconds, self._most = codec, (width, height), seconds, most
        self._key_frame, self._ended = key_frame, ended
        self._lock = threading.Lock()
        self._container: Any = None
        self._video: Any = None
        self._audio: Any = None
        self._closed = False
        self._looked = 0
        self._next_key = 0.0
        self.began: float | None = None  # media time of its first picture, in seconds
        self.seconds, self.bytes = 0.0, 0

    def video(self, packet: Packet) -> None:
        """A picture that was encoded; it is copied."""
        with self._lock:
            if self._closed:
                return
            at = float((packet.pts or 0) * _VIDEO)
            if self.began is None and not packet.is_keyframe:
                return
            self._write(lambda: self._picture(bytes(packet), at, packet.is_keyframe))
            if at >= self._next_key:
                self._next_key = at + KEY_FRAME_S
                if not packet.is_keyframe:
                    self._key_frame()

    def audio(self, packet: Packet) -> None:
        """20 ms of sound that were encoded; they are copied."""
        with self._lock:
            at = float((packet.pts or 0) * _AUDIO)
            if self._closed or self.began is None or at < self.began:
                return
            self._write(lambda: self._sound(bytes(packet), at))

    def close(self) -> None:
        """Finish the file; calling twice is fine."""
        with self._lock:
            self._finish()

    # Inside, with the lock held

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
            if self.bytes - self._looked > _LOOK_BYTES:
                self._looked = self.bytes
                if shutil.disk_usage(self.file.parent).free < KEEP_FREE:
                    self._stop("disk")
        except (OSError, ValueError, av.error.FFmpegError) as error:  # it must not end what is sent
            log.warning("a recording cannot be written on: %s", error)
            self._stop("disk" if isinstance(error, OSError) else "error")
        if self.seconds >= self._seconds:
            self._stop("time")
        elif self.bytes >= self._most:
            self._stop("size")

    def _picture(self, data: bytes, at: float, key: bool) -> None:
        if self._container is None:
            if shutil.disk_usage(self.file.parent).free < KEEP_FREE:
                self._stop("disk")
                return
            self._open(data, at)
        assert self.began is not None
        self._mux(data, self._video, round((at - self.began) * VIDEO_RATE), _VIDEO, key=key)
        self.seconds = at - self.began + 1 / FPS

    def _sound(self, data: bytes, at: float) -> None:
        assert self.began is not None
        self._mux(data, self._audio, round((at - self.began) * TICKS_PER_SECOND) - _OPUS_DELAY, _AUDIO, key=True)
        self.seconds = max(self.seconds, at - self.began)

    def _mux(self, data: bytes, stream: Any, pts: int, base: Fraction, *, key: bool) -> None:
        copy: Any = av.Packet(data)  # the sender reads the other one's times
        copy.pts = copy.dts = pts
        copy.time_base, copy.is_keyframe, copy.stream = base, key, stream
        self._container.mux(copy)
        self.bytes += len(data)

    def _open(self, first: bytes, at: float) -> None:
        width, height = self._size
        raw, kind = (first, "h264") if self._codec == "H264" else (_ivf(first, width, height), "ivf")
        with av.open(io.BytesIO(raw), format=kind) as probe:  # reads the headers of the key frame, which the file begins with
            self._container = av.open(str(self.file), "w", format="matroska", options=_OPTIONS)
            self._video = self._container.add_stream_from_template(probe.streams.video[0], opaque=False)
        self._video.time_base = _VIDEO
        self._audio = self._container.add_stream("libopus", rate=TICKS_PER_SECOND, layout="mono")
        self._audio.time_base = _AUDIO
        self.began = at
        self._next_key = at + KEY_FRAME_S

    def _stop(self, reason: str) -> None:
        if not self._closed:
            self._finish()
            self._ended(reason)

    def _finish(self) -> None:
        self._closed = True
        container, self._container = self._container, None
        if container is None:
            return
        try:
            container.close()
        except (OSError, ValueError, av.error.FFmpegError) as error:
            log.warning("a recording was not finished in order: %s", error)


def _ivf(frame: bytes, width: int, height: int) -> bytes:
    """An IVF file with one frame of VP8."""
    head = b"DKIF" + struct.pack("<HHIHHIIII", 0, 32, int.from_bytes(b"VP80", "little"), width, height, FPS, 1, 1, 0)
    return head + struct.pack("<IQ", len(frame), 0) + frame
