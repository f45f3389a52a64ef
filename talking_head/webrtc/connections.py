"""Where connections are made: in this process, or in media processes when there are more than one interpreter can carry.

Packets, encryption and encoders take most of an interpreter beyond some :data:`PROCESS_LINES` to 40 sessions, by the processor
(docs/BENCHMARKS.md), however many cores there are.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from talking_head.device import cores
from talking_head.errors import BackendError, CapacityError
from talking_head.system.scheduling import MEDIA_NICE, be_nice
from talking_head.system.thread_names import name_thread
from talking_head.webrtc.connection import DirectConnection
from talking_head.webrtc.media_process.remote import MediaProcess
from talking_head.webrtc.peer_connection import ConnectionOwner, ConnectionSettings, PeerConnection

PROCESS_LINES = 16
READY_S = 20.0


def media_processes(wanted: int, capacity: int) -> int:
    """How many media processes: ``wanted`` of the configuration (−1: none, 0: by the capacity), for ``capacity`` sessions."""
    if wanted:
        return max(0, wanted)
    return 0 if capacity <= PROCESS_LINES else -(-capacity // PROCESS_LINES)


def media_threads(count: int) -> ThreadPoolExecutor:
    """Threads for encoders."""
    return ThreadPoolExecutor(count, "media", _media_thread)


def _media_thread() -> None:
    name_thread("media")
    be_nice(MEDIA_NICE)


class ConnectionFactory:
    """Makes connections with ``settings``, in ``processes`` of their own (0: here). ``lag`` hears, each second and process, by
    how many seconds its event loop was late at worst.

    Processes start loading now; run :meth:`watch` as a task.
    """

    def __init__(
        self, settings: ConnectionSettings, processes: int = 0, *, lag: Callable[[float], None] = lambda _: None
    ) -> None:
        self._settings = settings
        self._executor = media_threads(max(2, cores() - 2))
        self.processes = [MediaProcess(settings, lag) for _ in range(processes)]

    async def ready(self) -> None:
        """Wait until a connection can be made. Raises CapacityError if that takes long."""
        patience = time.monotonic() + READY_S
        while self.processes and not any(process.ready for process in self.processes):
            if time.monotonic() > patience:
                raise CapacityError("What sends sound and picture is being started. Please try again in a few seconds.")
            await asyncio.sleep(0.05)

    def connect(self, owner: ConnectionOwner, width: int, height: int) -> PeerConnection:
        """A connection for a picture of that size; await :meth:`ready` first. Raises BackendError while no process is there."""
        if not self.processes:
            return DirectConnection(owner, width, height, self._settings, self._executor)
        ready = [process for process in self.processes if process.ready]
        if not ready:
            raise BackendError("What sends sound and picture has just stopped. Please try again in a few seconds.")
        return min(ready, key=lambda process: process.open_connections).connect(owner, width, height)

    async def watch(self) -> None:
        """Keep the processes alive; until cancelled."""
        await asyncio.gather(*(process.watch() for process in self.processes))

    def close(self) -> None:
        """End the processes and the threads."""
        for process in self.processes:
            process.close()
        self._executor.shutdown(wait=False, cancel_futures=True)
