"""What runs in a process of :class:`talking_head.animator.pool.pool.AnimatorPool`: an animator that answers over two pipes.

The first carries pictures and belongs to the main thread; the second carries new faces, which take longer and wait their turn
on a thread of low priority. Pictures are written into a shared memory (``system/shared_memory.py``). A pipe that ends, ends
the process.

``python -m talking_head.animator.pool.worker PICTURES FACES MEMORY`` (file descriptors). The first message on FACES says
what to build.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from talking_head import registry
from talking_head.protocols import Animator, with_tongue
from talking_head.system.process import run_worker
from talking_head.system.scheduling import PICTURE_NICE, be_nice
from talking_head.system.shared_memory import SharedMemory

FACE_NICE = 10


def serve(pictures: Connection, faces: Connection, memory: SharedMemory) -> None:
    """Answer until the other side is gone."""
    be_nice(PICTURE_NICE)
    backend, options = faces.recv()
    try:
        animator: Animator = registry.build("animator", backend, **options)
    except Exception as error:
        faces.send((error, None))
        return
    faces.send((None, (animator.runtime, animator.tier, animator.problems)))
    known: dict[int, Any] = {}
    threading.Thread(target=_make_faces, args=(faces, animator, known), name="faces", daemon=True).start()
    while True:
        keys, points, tongue = pictures.recv()
        began = time.thread_time()
        try:
            frames = with_tongue(animator.render, tongue)([known[key] for key in keys], points)
        except Exception as error:
            pictures.send((error, None))
            continue
        pixels, at = memory.pixels(sum(frame.size for frame in frames)), 0
        for frame in frames:
            pixels[at : at + frame.size] = frame.reshape(-1)
            at += frame.size
        pictures.send((None, ([frame.shape for frame in frames], time.thread_time() - began)))


def _make_faces(faces: Connection, animator: Animator, known: dict[int, Any]) -> None:
    """``(key, portrait)``: prepare it and answer ``(error, key)``; ``(key, None)``: forget it, without an answer."""
    be_nice(FACE_NICE)
    with contextlib.suppress(EOFError, OSError):
        while True:
            key, portrait = faces.recv()
            if portrait is None:
                known.pop(key, None)
                continue
            try:
                known[key] = animator.prepare(portrait)
                faces.send((None, key))
            except Exception as error:
                faces.send((error, key))


def main(pictures: int, faces: int, memory: int) -> None:
    """Serve on these descriptors; threads of a face that is still being made are not waited for."""
    sys.setswitchinterval(0.0005)  # a face that is being made holds pictures up no longer than that
    with contextlib.suppress(EOFError, OSError):
        serve(Connection(pictures), Connection(faces), SharedMemory(memory))


if __name__ == "__main__":
    run_worker(main)
