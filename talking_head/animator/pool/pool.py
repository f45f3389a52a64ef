"""The animator in processes of its own, behind the same interface: pictures that never wait for the interpreter's lock.

A picture is some hundred short calls of OpenCV and NumPy, and each lets go of the lock and has to get it back from the threads
that are busy with packets, encoders and words. In processes of their own (``worker.py``) pictures cost what they cost alone,
and a machine with many cores makes several at once.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from talking_head.animator.pool.process import AnimatorProcess, Task
from talking_head.device import cores
from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.protocols import Animator
from talking_head.types import F32, U8

CORES_A_PROCESS = 4  # a second process only where it leaves cores to words, packets and encoders


@dataclass(eq=False, slots=True, weakref_slot=True)
class Avatar:
    """An avatar of :class:`AnimatorPool`, which its processes know by ``key``."""

    key: int


class AnimatorPool(Animator):
    """An animator: ``backend`` of ``registry.py`` with its ``options``, in ``processes`` (0: by the cores).

    The processes load from now on; after :meth:`wait`, ``runtime``, ``tier`` and ``problems`` are those of the backend.
    """

    def __init__(self, backend: str, options: dict[str, Any] | None = None, *, processes: int = 0) -> None:
        self.core_seconds: float = 0.0
        self._keys = itertools.count()
        count = processes or max(1, cores() // CORES_A_PROCESS)
        self._processes = [AnimatorProcess(backend, options or {}) for _ in range(count)]
        self._close = weakref.finalize(self, _close, self._processes)

    @property
    def processes(self) -> Sequence[AnimatorProcess]:
        """Those that draw, in the order in which they share a batch."""
        return self._processes

    def wait(self) -> None:
        """Return once every process is ready. Raises what building the backend raised, for example MissingModelError."""
        about = [process.ready() for process in self._processes]
        self.runtime, self.tier, self.problems = about[0]

    def prepare(self, portrait: Portrait) -> Avatar:
        """As the backend's ``prepare``, in every process; pictures go on meanwhile. Raises BackendError after a minute."""
        avatar = Avatar(next(self._keys))
        try:
            for process in self._processes:
                process.prepare(avatar.key, portrait)
        except TimeoutError as failure:
            raise BackendError("This machine is too busy to make this face. Try again in a moment.") from failure
        weakref.finalize(avatar, _forget, self._processes, avatar.key)
        return avatar

    def render(self, avatars: Sequence[Avatar], points: F32, tongue: F32 | None = None) -> list[U8]:
        """As the backend's ``render``; the processes share the batch."""
        if len(avatars) != len(points):
            raise BackendError(f"{len(avatars)} avatars cannot wear {len(points)} sets of landmarks.")
        count, keys = len(self._processes), [avatar.key for avatar in avatars]
        tasks = [
            (process, Task(keys[i::count], points[i::count], None if tongue is None else tongue[i::count]))
            for i, process in enumerate(self._processes)
            if i < len(avatars)
        ]
        frames: dict[int, U8] = {}
        failure: Exception | None = None
        with ExitStack() as locks:
            for process, task in tasks:
                locks.enter_context(process.pictures_lock)
                process.ask_pictures(task)
            for i, (process, task) in enumerate(tasks):  # every answer is fetched, whatever the others say
                try:
                    made, spent = process.pictures(task)
                except Exception as error:
                    failure = error
                    continue
                self.core_seconds += spent
                frames |= dict(zip(range(i, len(avatars), count), made, strict=True))
        if failure is not None:
            raise failure
        return [frames[i] for i in range(len(avatars))]

    def close(self) -> None:
        """End the processes; twice is fine."""
        self._close()


def _forget(processes: Sequence[AnimatorProcess], key: int) -> None:
    for process in processes:
        process.forget(key)


def _close(processes: Sequence[AnimatorProcess]) -> None:
    for process in processes:
        process.close()
