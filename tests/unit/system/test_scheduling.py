"""Nice numbers of threads."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from talking_head.system.scheduling import as_nice, be_nice

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a nice number belongs to a thread on Linux alone")


def own() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_thread_is_as_nice_as_it_is_told_and_then_as_before() -> None:
    seen = list[int]()

    def work() -> None:  # a thread of its own, for not everybody may go back to a lower number
        seen.append(own())
        with as_nice(min(seen[0] + 3, 19)):
            seen.append(own())
        seen.append(own())
        be_nice(seen[0])  # as far as this machine lets it go back
        seen.append(own())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before, meanwhile, after, possible = seen
    assert meanwhile == min(before + 3, 19)
    assert after == possible
