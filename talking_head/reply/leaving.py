"""How a program ends while CTranslate2 writes: its answers first.

CTranslate2's own threads call into Python after each token. Once the interpreter ends they cannot, and the process is killed
(“terminate called without an active exception”), whatever else the program did.
"""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE_S = 3.0  # for what cannot be stopped: a chat that is read ahead
_SETTLES_S = 0.02  # a thread that has nothing to do any more still lets go of what it called

_answers: set[threading.Event] = set()
_generators: weakref.WeakSet[Any] = weakref.WeakSet()


@contextmanager
def answer() -> Iterator[threading.Event]:
    """For an answer that is being written: an event that is set once nobody wants more of it."""
    over = threading.Event()
    _answers.add(over)
    try:
        yield over
    finally:
        over.set()
        _answers.discard(over)


def ends_before_us(generator: Any) -> None:
    """Have the end of this program wait for ``generator``, a ``ctranslate2.Generator``, to be done."""
    _generators.add(generator)


@atexit.register
def leave() -> None:
    """End all answers, and wait for the threads that write them."""
    for over in list(_answers):
        over.set()
    latest, waited = time.monotonic() + PATIENCE_S, False
    for generator in list(_generators):
        while (generator.num_active_batches or generator.num_queued_batches) and time.monotonic() < latest:
            time.sleep(0.01)
            waited = True
    if waited:
        time.sleep(_SETTLES_S)
