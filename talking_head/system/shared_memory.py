"""Memory that two processes share, for pictures: written by one, read by the other, never copied through a pipe."""

from __future__ import annotations

import mmap
import os
import sys
import tempfile

import numpy as np

from talking_head.types import U8


class SharedMemory:
    """``descriptor``: of what another process shares; None makes a new one. It has no name and goes with its users."""

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = _anonymous() if descriptor is None else descriptor
        self._map: mmap.mmap | None = None

    def pixels(self, size: int) -> U8:
        """The first ``size`` bytes, u8[size], both to read and to write. A smaller one grows."""
        if self._map is None or len(self._map) < size:
            if os.fstat(self.descriptor).st_size < size:
                os.ftruncate(self.descriptor, size)
            self._map = mmap.mmap(self.descriptor, os.fstat(self.descriptor).st_size)
        return np.frombuffer(self._map, np.uint8, size)

    def close(self) -> None:
        """Give up this process's descriptor; arrays that are still used stay valid."""
        os.close(self.descriptor)


def _anonymous() -> int:
    if sys.platform == "linux":
        return os.memfd_create("pictures")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
