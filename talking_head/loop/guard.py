"""Calls into sessions, made from a side thread: one that hangs costs a thread, not the loop.

Python cannot stop a thread. So when a call takes longer than the loop's patience, its thread is left behind to finish
whenever it does, and a new thread carries on with the calls that were waiting behind it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from talking_head.system.scheduling import PICTURE_NICE, be_nice


@dataclass(slots=True)
class Call:
    """One guarded call and how it ended: ``value``, or ``error``, or still ``stalled``.

    ``returned``: called on the left-behind thread when a stalled call comes back after all; ``settled`` is set with it under
    ``lock``, because that may happen before the caller has even looked at ``stalled``.
    """

    run: Callable[[], Any]
    returned: Callable[[Call], None] | None = None
    value: Any = None
    error: Exception | None = None
    stalled: bool = False
    settled: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def perform(self) -> None:
        try:
            self.value = self.run()
        except Exception as error:
            self.error = error


@dataclass(slots=True)
class _Round:
    calls: Sequence[Call]
    owner: object
    at: int = 0
    begun: bool = False  # whether the call ``at`` was started
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: threading.Event = field(default_factory=threading.Event)


class Guard:
    """Runs rounds of calls, one after another, on a thread that can be replaced."""

    def __init__(self, patience_s: float = 0.04, name: str = "guard") -> None:
        self._patience_s = patience_s
        self._name = name
        self._worker = _Worker(name)

    def run(self, calls: Sequence[Call]) -> None:
        """Make every call; returns when all have ended or been found stalled. Fills in the calls' results."""
        if not calls:
            return
        current = _Round(calls, self._worker)
        self._worker.inbox.put(current)
        seen = -1
        while not current.done.wait(self._patience_s):
            with current.lock:
                # It moved on during the wait, or the thread has not even got the processor: patience starts anew.
                if not current.begun or current.at != seen or current.at >= len(calls):
                    seen = current.at
                    continue
                current.calls[current.at].stalled = True
                current.at += 1
                current.begun = False
                self._worker = _Worker(self._name)
                current.owner = self._worker
                self._worker.inbox.put(current)

    def close(self) -> None:
        """Let the thread end."""
        self._worker.inbox.put(None)


class _Worker:
    def __init__(self, name: str) -> None:
        self.inbox: SimpleQueue[_Round | None] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        be_nice(PICTURE_NICE)
        while (current := self.inbox.get()) is not None:
            if not self._carry_out(current):
                return
            del current  # else the last round keeps its sessions alive while nobody is there

    def _carry_out(self, current: _Round) -> bool:
        """Work through the round; False when this thread was replaced meanwhile and must end."""
        while True:
            with current.lock:
                if current.at >= len(current.calls):
                    current.done.set()
                    return True
                call = current.calls[current.at]
                current.begun = True
            call.perform()
            with current.lock:
                replaced = current.owner is not self
                if not replaced:
                    current.at += 1
                    current.begun = False
            if replaced:
                with call.lock:
                    if call.returned is not None:
                        call.returned(call)
                    call.settled = True
                return False
