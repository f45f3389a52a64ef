"""One process that animates (``worker.py``), seen from the process that wants pictures."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from talking_head.errors import BackendError
from talking_head.face.portrait import Portrait
from talking_head.system.process import WorkerProcess
from talking_head.system.shared_memory import SharedMemory
from talking_head.types import F32, U8

log = logging.getLogger(__name__)

_LOAD_S, _PREPARE_S, _RENDER_S = 120.0, 60.0, 8.0  # after so long without an answer, it hangs
About = tuple[str, str, Sequence[str]]
_GONE = (EOFError, OSError, TimeoutError)


class Task(NamedTuple):
    """Pictures to draw: of the avatars with these ``keys``, by ``points`` and ``tongue`` as in ``Animator.render``."""

    keys: Sequence[int]
    points: F32
    tongue: F32 | None


class AnimatorProcess:
    """Starts at once and loads; :meth:`ready` waits for it. Its two pipes have a lock each: pictures and faces do not wait
    for one another."""

    def __init__(self, backend: str, options: dict[str, Any]) -> None:
        self._build = (backend, options)
        self._faces: dict[int, Portrait] = {}
        self._about: About | None = None
        self._unworn: deque[int] = deque()
        self.pictures_lock, self.faces_lock = threading.Lock(), threading.Lock()
        self._memory = SharedMemory()
        self._start()

    def _start(self) -> None:
        self._process = WorkerProcess("talking_head.animator.pool.worker", 2, [self._memory.descriptor])
        self._pictures, self._face = (Connection(ours.detach()) for ours in self._process.sockets)
        self._face.send(self._build)

    @property
    def pid(self) -> int:
        """Of the process; another one after it was replaced."""
        return self._process.pid

    @property
    def faces(self) -> int:
        """How many avatars the process has."""
        return len(self._faces)

    def ready(self) -> About:
        """``runtime``, ``tier`` and ``problems`` of its animator, once it is built.

        Raises what building it raised; BackendError if it ended.
        """
        with self.faces_lock:
            if self._about is None:
                try:
                    self._about = _answer(self._face, _LOAD_S)
                except _GONE as failure:
                    raise BackendError(
                        "The process that draws the picture ended while it was loading. Is there enough memory? "
                        "With animator.processes = -1 the server draws by itself."
                    ) from failure
            return self._about

    def prepare(self, key: int, portrait: Portrait) -> None:
        """Make an avatar. Raises what ``prepare`` raised; TimeoutError after a minute, and the avatar is forgotten."""
        self.ready()
        with self.faces_lock:
            while self._unworn:
                unworn = self._unworn.popleft()
                if self._faces.pop(unworn, None) is not None:
                    self._face.send((unworn, None))
            self._face.send((key, portrait))
            self._made(key)
            self._faces[key] = portrait

    def _made(self, key: int) -> None:
        """Wait for the answer about ``key``. Late answers about avatars that were given up come before it."""
        until = time.monotonic() + _PREPARE_S
        while self._face.poll(max(until - time.monotonic(), 0)):
            error, answered = self._face.recv()
            if answered != key:
                continue
            if error is not None:
                raise error
            return
        self._face.send((key, None))  # once it is made after all
        raise TimeoutError

    def forget(self, key: int) -> None:
        """Let an avatar go, with the next one that is made: the garbage collector calls this in the middle of anything, also of
        a message, so it must neither wait nor send."""
        self._unworn.append(key)

    def ask_pictures(self, task: Task) -> None:
        """Ask for pictures; hold ``pictures_lock`` until they are answered."""
        with contextlib.suppress(OSError):  # it is gone, which the answer will find
            self._pictures.send(task)

    def pictures(self, task: Task) -> tuple[list[U8], float]:
        """The pictures that were asked for, and the processor time in seconds that they took.

        A process that died or hangs is replaced, with all its avatars, and asked again: seconds, but nobody loses their face.
        Raises what ``render`` raised.
        """
        try:
            shapes, spent = _answer(self._pictures, _RENDER_S)
        except _GONE as failure:
            log.warning("the process that animates is replaced: %s", type(failure).__name__)
            self._replace()
            self.ask_pictures(task)
            try:
                shapes, spent = _answer(self._pictures, _RENDER_S)
            except _GONE as again:
                raise BackendError("The process that draws the picture does not answer.") from again
        sizes = [rows * columns for rows, columns in shapes]
        pixels, out, at = self._memory.pixels(sum(sizes)), [], 0
        for shape, size in zip(shapes, sizes, strict=True):
            out.append(pixels[at : at + size].reshape(shape).copy())
            at += size
        return out, spent

    def _replace(self) -> None:
        with self.faces_lock:
            for key in list(self._unworn):
                self._faces.pop(key, None)
            faces = dict(self._faces)
            self._stop()
            self._about = None
            self._start()
        try:
            for key, portrait in faces.items():
                self.prepare(key, portrait)
        except _GONE as failure:
            raise BackendError("The process that draws the picture cannot be started again.") from failure

    def _stop(self) -> None:
        self._process.stop()
        self._pictures.close()
        self._face.close()

    def close(self) -> None:
        """End the process."""
        self._stop()
        self._memory.close()


def _answer(connection: Connection, patience_s: float) -> Any:
    """The next answer. Raises the error that it carries, TimeoutError, and EOFError or OSError of a process that is gone."""
    if not connection.poll(patience_s):
        raise TimeoutError
    error, result = connection.recv()
    if error is not None:
        raise error
    return result
