"""Frames on their way to a media process: a few bytes through a pipe, sound and picture in memory that both sides share.

The writer never waits: a frame that finds the pipe full is dropped, and the pacer over there fills the gap. Each connection
has a region of one sparse memory, a ring of :data:`SLOTS` slots; the reader copies a frame out as soon as it hears of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from talking_head.errors import BackendError
from talking_head.loop import SILENCE, MediaFrame
from talking_head.system.shared_memory import SharedMemory
from talking_head.types import F32, FRAME_TICKS, U8

SLOTS = 8
REGION = 1 << 26  # bytes of address space a connection; memory is taken only where something is written
_PIPE_BYTES = 1 << 20
_PCM_BYTES = FRAME_TICKS * 4
_HEAD = struct.Struct("=IiiBBd")  # connection, tick, turn, slot, flags, due
_SOUND, _PICTURE, _MARK, _LATE, _FRESH = 1, 2, 4, 8, 16


class Slots:
    """The ring of one connection: ``region`` of the memory ``descriptor``, for pictures u8[rows, columns]."""

    def __init__(self, descriptor: int, region: int, rows: int, columns: int) -> None:
        self._shape = rows, columns
        self._stride = -(-(_PCM_BYTES + rows * columns) // mmap.PAGESIZE) * mmap.PAGESIZE
        if self._stride * SLOTS > REGION:
            raise BackendError(f"A picture of {columns} × {rows * 2 // 3} pixels is too large for a media process.")
        end = (region + 1) * REGION
        if os.fstat(descriptor).st_size < end:
            os.ftruncate(descriptor, end)
        self._map = mmap.mmap(descriptor, self._stride * SLOTS, offset=region * REGION)

    def pcm(self, slot: int) -> F32:
        """f32[1920] of a slot, to read and to write."""
        return np.frombuffer(self._map, np.float32, FRAME_TICKS, slot * self._stride)

    def picture(self, slot: int) -> U8:
        """u8[rows, columns] of a slot, to read and to write."""
        rows, columns = self._shape
        return np.frombuffer(self._map, np.uint8, rows * columns, slot * self._stride + _PCM_BYTES).reshape(rows, columns)


class FrameWriter:
    """The server's end. ``ends``: descriptors of the pipe's other end and of the memory, for the process to inherit."""

    def __init__(self) -> None:
        self._memory = SharedMemory()
        reader, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # more than this user may have: the default then
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self.ends = reader, self._memory.descriptor
        self._regions: set[int] = set()
        self._closed = False
        self._lock = threading.Lock()  # a descriptor that is closed may be somebody else's a moment later

    def ring(self, rows: int, columns: int) -> FrameRing:
        """A region for a connection whose pictures are u8[rows, columns]; give it back with ``free``."""
        region = next(i for i in range(len(self._regions) + 1) if i not in self._regions)
        ring = FrameRing(self, region, Slots(self._memory.descriptor, region, rows, columns))
        self._regions.add(region)
        return ring

    def free(self, region: int) -> None:
        """A connection is over."""
        self._regions.discard(region)

    def write(self, head: bytes) -> bool:
        """Whether there was room in the pipe."""
        with self._lock:
            try:
                return not self._closed and os.write(self._pipe, head) == len(head)
            except OSError:  # full, or nobody reads any more
                return False

    def close(self) -> None:
        """The reader finds the end of the pipe."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._pipe)
                os.close(self.ends[0])
                self._memory.close()


class FrameRing:
    """Where the frames of one connection go; one thread at a time."""

    def __init__(self, writer: FrameWriter, region: int, slots: Slots) -> None:
        self.region = region
        self._writer, self._slots, self._next = writer, slots, 0
        self._last: U8 | None = None

    def write(self, connection: int, media_frame: MediaFrame) -> bool:
        """Pass ``media_frame`` on to ``connection`` (a number), its mark as a flag. False: the other side does not keep up."""
        slot, self._next = self._next, (self._next + 1) % SLOTS
        flags = _MARK * (media_frame.mark is not None) | _LATE * media_frame.late | _FRESH * media_frame.fresh
        if media_frame.pcm is not SILENCE:
            self._slots.pcm(slot)[:] = media_frame.pcm
            flags |= _SOUND
        if media_frame.frame is not self._last:  # an idle face repeats its picture
            np.copyto(self._slots.picture(slot), media_frame.frame)
            flags |= _PICTURE
        written = self._writer.write(_HEAD.pack(connection, media_frame.tick, media_frame.turn, slot, flags, media_frame.due))
        self._last = media_frame.frame if written else None
        return written


class FrameReader:
    """The media process's end; :meth:`run` belongs to a thread of its own. ``pipe``, ``memory``: descriptors."""

    def __init__(self, pipe: int, memory: int) -> None:
        self._pipe, self._memory = pipe, memory
        self._connections: dict[int, tuple[Slots, Callable[[MediaFrame], None]]] = {}
        self._blank: dict[int, MediaFrame] = {}  # the last frame of a connection, whose picture may be repeated

    def add(self, connection: int, region: int, rows: int, columns: int, deliver: Callable[[MediaFrame], None]) -> None:
        """Frames of ``connection`` go to ``deliver``, which must not wait; a mark is True or None."""
        self._connections[connection] = Slots(self._memory, region, rows, columns), deliver

    def remove(self, connection: int) -> None:
        """Frames that still come for ``connection`` are dropped."""
        self._connections.pop(connection, None)
        self._blank.pop(connection, None)

    def run(self) -> None:
        """Read until the writer is gone."""
        left = b""
        while data := os.read(self._pipe, _HEAD.size * 256):
            data = left + data
            whole = len(data) // _HEAD.size * _HEAD.size
            for head in _HEAD.iter_unpack(data[:whole]):
                self._take(*head)
            left = data[whole:]

    def _take(self, connection: int, tick: int, turn: int, slot: int, flags: int, due: float) -> None:
        known = self._connections.get(connection)
        if known is None:
            return
        slots, deliver = known
        before = self._blank.get(connection)
        if flags & _PICTURE:
            picture = slots.picture(slot).copy()
        elif before is not None:
            picture = before.frame
        else:  # the frame with the picture came before the connection was known here
            return
        pcm = slots.pcm(slot).copy() if flags & _SOUND else SILENCE
        mark = True if flags & _MARK else None
        media_frame = MediaFrame(tick, pcm, picture, turn, mark, due, bool(flags & _LATE), bool(flags & _FRESH))
        self._blank[connection] = replace(media_frame, pcm=SILENCE)
        deliver(media_frame)
