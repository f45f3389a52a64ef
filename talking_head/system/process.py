"""Worker processes: the same Python and the same package, with sockets to talk over and memory to share.

The parent holds a :class:`WorkerProcess`, the process itself enters through :func:`run_worker`; who dies or hangs is started
anew by the parent, which knows what the process had.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


class WorkerProcess:
    """``python -m module DESCRIPTORS``: the other ends of ``sockets`` (this side's, one for each of ``count``), then
    ``shared``.

    Starts at once. The folder in which this process found the package comes first in the child's path, so that it runs the same
    code.
    """

    def __init__(self, module: str, count: int, shared: Sequence[int]) -> None:
        pairs = [socket.socketpair() for _ in range(count)]
        self.sockets = [ours for ours, _ in pairs]
        descriptors = [*(theirs.fileno() for _, theirs in pairs), *shared]
        home = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        for _, theirs in pairs:
            theirs.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._child.pid

    def kill(self) -> None:
        """End the process, however it feels; returns at once."""
        self._child.kill()

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        self._child.kill()
        self._child.wait()


def run_worker(serve: Callable[..., None]) -> None:
    """The main function of a worker: ``serve(*descriptors)``, then the end, without waiting for threads that are still busy."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then hangs up
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    serve(*map(int, sys.argv[1:]))
    os._exit(0)
