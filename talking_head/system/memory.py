"""Memory of this process: how much it holds, and giving back what it no longer needs."""

from __future__ import annotations

import contextlib
import ctypes
import sys

# glibc keeps freed memory in an arena a core and thread; two are enough for models that hardly allocate while they run, and
# what a burst took in one is found again by the next.
ARENAS = 2
_M_ARENA_MAX, _M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -8, -1, -3
_MMAP_BYTES = 1 << 20


def few_arenas() -> None:
    """Keep the allocator to :data:`ARENAS`, and large blocks out of them; before threads are started. Nothing where it is not
    glibc.
    """
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_M_ARENA_MAX, ARENAS)
        libc.mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, 8 * _MMAP_BYTES)


def give_back() -> None:
    """Return freed memory to the system, after something large."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    with contextlib.suppress(OSError):
        libc = ctypes.CDLL("libc.so.6")
        if hasattr(libc, "malloc_trim") and hasattr(libc, "mallopt"):
            return libc
    return None
