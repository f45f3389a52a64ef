"""A blocking source of text made into short steps.

A model that waits for its turn, or a server that thinks for ten seconds, must not hold up the lane that all sessions share, nor
keep an interrupt waiting. So the source runs on a thread of its own, and whoever asks for the next piece gets "" after
``BEAT_S`` without one: "nothing yet".
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator

BEAT_S = 0.04
AHEAD = 8  # pieces that may wait: a source that runs further ahead takes the cores that voice and picture need now


def pump(source: Callable[[], Iterator[str]], stop: Callable[[], None] = lambda: None) -> Iterator[str]:
    """The pieces of ``source()`` in order, and "" while there is none; the source starts at the first ``next``.

    Closing the iterator ends the source after its current piece and calls ``stop`` at once, which may wake it from a
    blocking call. An exception of the source is raised here.
    """
    pieces: queue.Queue[str | BaseException | None] = queue.Queue(AHEAD)
    closed = threading.Event()

    def put(piece: str | BaseException | None) -> None:
        while not closed.is_set():
            try:
                pieces.put(piece, timeout=0.1)
                return
            except queue.Full:
                continue

    def run() -> None:
        try:
            iterator = source()
            try:
                for piece in iterator:
                    if closed.is_set():
                        break
                    put(piece)
            finally:
                if isinstance(iterator, Generator):
                    iterator.close()
            put(None)
        except BaseException as error:
            put(error)

    threading.Thread(target=run, name="reply-source", daemon=True).start()
    ended = False
    try:
        while True:
            try:
                piece = pieces.get(timeout=BEAT_S)
            except queue.Empty:
                yield ""
                continue
            ended = piece is None or isinstance(piece, BaseException)
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        closed.set()
        if not ended:
            stop()
