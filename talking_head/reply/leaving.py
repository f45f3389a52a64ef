"""How a program ends while a model writes: its answers first.

A thread inside CTranslate2 or OpenVINO comes back to Python after each token. Once the interpreter ends it cannot, and the
process is killed (“terminate called without an active exception”), whatever else the program did.
"""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE_S = 3.0  # for what cannot be stopped: a chat that is read ahead
_SETTLES_S = 0.02  # a thread that has nothing to do any more still lets go of what it called

_answers: set[threading.Event] = set()
_models: weakref.WeakKeyDictionary[Any, Callable[[Any], bool]] = weakref.WeakKeyDictionary()


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


def ends_before_us(model: Any, busy: Callable[[Any], bool]) -> None:
    """Have the end of this program wait until ``model`` is no longer ``busy``; ``busy`` must not hold it."""
    _models[model] = busy


@atexit.register
def leave() -> None:
    """End all answers, and wait for the threads that write them."""
    for over in list(_answers):
        over.set()
    latest, calm = time.monotonic() + PATIENCE_S, 0
    while _models and calm < 2 and time.monotonic() < latest:  # once may be between two steps of a thread's work
        calm = 0 if any(busy(model) for model, busy in list(_models.items())) else calm + 1
        time.sleep(_SETTLES_S)
