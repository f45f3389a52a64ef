"""What a process holds: the one measure of memory that tests compare before and after."""

from __future__ import annotations

import gc

import psutil

from talking_head.system.memory import give_back


def held_bytes() -> int:
    """Memory of this process's own: nothing that is freed but kept by the allocator, and no pages of files, such as models,
    which come when they are first read, whoever reads them.
    """
    gc.collect()
    give_back()
    memory = psutil.Process().memory_info()
    return int(memory.rss - memory.shared)
