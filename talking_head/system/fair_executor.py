"""Fair executors for the models that work clause by clause: reply, speech, recognition.

An executor is one worker thread for one model on one device. Whoever has had the least of its time goes next (start-time fair
queueing, Goyal et al. 1996), so a session that asks for a hundred clauses delays its neighbours by one clause, not by a
hundred, and one with long clauses gets no more than one with short ones. Cut the work into short jobs: one clause of a reply,
one sentence of speech.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from talking_head.errors import BackendError, CapacityError
from talking_head.system.scheduling import be_nice

log = logging.getLogger(__name__)

T = TypeVar("T")
_Job = tuple[Callable[[], Any], "Future[Any]"]


class FairExecutor:
    """``nice``: added to the worker's priority number on Linux, so that the loop's thread goes first when cores are short;
    threads that a job starts inherit it, so load the model inside the executor. ``limit``: most waiting jobs of one session.
    ``hang_s``: a job that runs longer is given up (its future fails with BackendError) and a new worker takes over.
    """

    def __init__(self, name: str, *, nice: int = 5, limit: int = 8, hang_s: float = 30.0) -> None:
        self.name = name
        self._nice, self._limit, self._hang_s = nice, limit, hang_s
        self._queues: OrderedDict[Hashable, deque[_Job]] = OrderedDict()
        self._changed = threading.Condition()
        self._running: tuple[float, Hashable, Future[Any]] | None = None
        self._spent: dict[Hashable, float] = {}  # a session's share of the executor's time, as a point of ``_virtual``
        self._virtual = 0.0
        self._worker: threading.Thread | None = None
        self._closed = False
        self._ended = False
        self._alarm = threading.Event()  # for who watches: the executor has ended, or gives up sooner
        self._hire()
        threading.Thread(target=self._watch, name=f"{name}-watch", daemon=True).start()

    def submit(self, session: Hashable, job: Callable[[], T]) -> Future[T]:
        """Queue ``job`` for ``session``; from asyncio: ``await asyncio.wrap_future(executor.submit(...))``.

        Cancelling the future takes a waiting job out of the queue. Raises CapacityError when ``limit``
        of its jobs wait already.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise BackendError(f"The server closes: its {self.name} models take no more.")
            queue = self._queues.setdefault(session, deque())
            if len(queue) >= self._limit:
                queue = deque((j, f) for j, f in queue if not f.cancelled())
                self._queues[session] = queue
            if len(queue) >= self._limit:
                raise CapacityError(f"This session already has {self._limit} jobs waiting for {self.name}.", retry_after_s=1)
            queue.append((job, future))
            self._changed.notify()
        return future

    @property
    def depth(self) -> int:
        """Jobs that wait."""
        with self._changed:
            return sum(map(len, self._queues.values()))

    @property
    def hang_s(self) -> float:
        """Seconds after which a job is given up; what runs is measured by a new figure at once."""
        return self._hang_s

    @hang_s.setter
    def hang_s(self, seconds: float) -> None:
        self._hang_s = seconds
        self._alarm.set()

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits: another one would not begin at once."""
        return self._running is not None or self.depth > 0

    def close(self) -> None:
        """Cancel what waits and let the threads end."""
        with self._changed:
            self._closed = True
            waiting = [future for queue in self._queues.values() for _, future in queue]
            self._queues.clear()
            self._changed.notify_all()
        for future in waiting:
            future.cancel()

    def _hire(self) -> None:
        self._worker = threading.Thread(target=self._work, name=self.name, daemon=True)
        self._worker.start()

    def _work(self) -> None:
        be_nice(self._nice)
        me = threading.current_thread()
        while (taken := self._next(me)) is not None:
            job, future = taken
            result, error = None, None
            try:
                result = job()
            except BaseException as caught:
                error = caught
            with self._changed:
                if self._worker is not me:
                    return  # given up: the future has failed already, a new worker is at it
                self._charge()
                self._running = None
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        if self._worker is me:
            self._ended = True
            self._alarm.set()

    def _next(self, me: threading.Thread) -> _Job | None:
        """The next job of the next session in turn."""
        with self._changed:
            while True:
                while self._queues:
                    session = min(self._queues, key=self._start)  # of equals the one that waits longest
                    queue = self._queues[session]
                    if not queue:
                        del self._queues[session]
                        continue
                    job, future = queue.popleft()
                    self._queues.move_to_end(session)
                    if not queue:
                        del self._queues[session]
                    if future.set_running_or_notify_cancel():
                        self._virtual = self._start(session)
                        self._running = (time.monotonic(), session, future)
                        return job, future
                if self._closed or self._worker is not me:
                    return None
                self._changed.wait()

    def _start(self, session: Hashable) -> float:
        """Where the session's next job begins: nobody saves up time by asking for nothing."""
        return max(self._virtual, self._spent.get(session, 0.0))

    def _charge(self) -> None:
        """What runs has ended: its session has had so much of the executor."""
        assert self._running is not None
        since, session, _ = self._running
        # In hundredths: jobs that take no time worth mentioning take turns.
        self._spent[session] = self._virtual + round(time.monotonic() - since, 2)
        self._spent = {each: at for each, at in self._spent.items() if at > self._virtual}

    def _watch(self) -> None:
        """Give up a job that hangs and put a new worker in the place of its thread.

        Nobody wakes this thread for a job: one that begins while it sleeps is not due before it wakes by itself.
        """
        rest = self._hang_s
        while True:
            self._alarm.wait(rest)
            self._alarm.clear()
            if self._ended:
                return
            with self._changed:
                if self._running is None:
                    rest = self._hang_s
                    continue
                since, _, future = self._running
                rest = since + self._hang_s - time.monotonic()
                if rest > 0:
                    continue
                rest = self._hang_s
                self._charge()
                self._running = None
                self._hire()
            # Not whose: the name of a visitor's face opens it.
            log.error("a %s job hung for %.0f s and was given up", self.name, self._hang_s)
            future.set_exception(BackendError(f"The {self.name} stage stopped responding."))
