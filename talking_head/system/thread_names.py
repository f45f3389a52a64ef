"""Names of threads as the system sees them, so that ``top -H`` and the benches can say which stage uses the cores.

Threads that native libraries start inherit the name of the thread that starts them: name an executor before its model is built.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path


def name_thread(name: str) -> None:
    """Name the calling thread (15 characters count). Does nothing where there is no ``/proc``."""
    _name(threading.get_native_id(), name)


def name_all() -> None:
    """Give every thread that Python started the name it has in Python."""
    for thread in threading.enumerate():
        if thread.native_id is not None and thread is not threading.main_thread():
            _name(thread.native_id, thread.name)


def _name(native_id: int, name: str) -> None:
    with contextlib.suppress(OSError):
        Path(f"/proc/self/task/{native_id}/comm").write_text(name[:15])
