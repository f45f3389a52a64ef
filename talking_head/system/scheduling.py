"""Who goes first when cores are short, on Linux, where a "nice" number belongs to a thread."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PICTURE_NICE = -10  # the loop and what it calls: a few ms that must not wait
EVENTS_NICE = -8  # the event loop: packets leave on time
BETWEEN_NICE = -7  # Python between computations that other threads do: who waits for a core keeps the interpreter's lock
MEDIA_NICE = -6  # the encoders


def be_nice(nice: int) -> None:
    """Set this thread's nice number; threads that it starts inherit it. Without the right to (below 0) nothing happens."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)


@contextmanager
def as_nice(nice: int) -> Iterator[None]:
    """This thread's nice number is ``nice`` meanwhile, as far as :func:`be_nice` can."""
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) if sys.platform == "linux" else 0
    be_nice(nice)
    try:
        yield
    finally:
        be_nice(before)


def be_idle() -> None:
    """Let this thread, and threads that it starts, have only what nobody else wants: SCHED_IDLE, see sched(7)."""
    be_nice(19)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
