"""How many visitors this machine carries, measured once everything is warm: faces that speak, with the voice at work beside
them as it will be, for two busy cores are often less than twice one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from talking_head import device
from talking_head.loop import TICK_S, capacity
from talking_head.types import FRAME_TICKS, TICKS_PER_SECOND, U8

if TYPE_CHECKING:
    from talking_head.server.container import AppContainer
from talking_head.server.presenter.faces import Face

log = logging.getLogger(__name__)

MediaCost = Callable[[Sequence[U8]], float]  # successive pictures (I420) → ms of core time to send one with its sound

_SENTENCE = "Good morning to all of you out there, and welcome to this little presentation."
_SENTENCES = 6  # at most: a voice elsewhere is paid by the word


def measure(container: AppContainer, face: Face, media_ms: MediaCost | None = None) -> capacity.Capacity:
    """What fits here and now; remembered for `doctor`."""
    done = threading.Event()
    voice = container.stages.speech_executor.submit("warm", lambda: _speak(container, done))
    where = device.resolve(container.config.device.name)
    try:
        first = capacity.measure(
            container.motion,
            container.animator,
            face.portrait,
            avatar=face.avatar,
            frames=5,
            most=capacity.PROCESS_SESSIONS if container.config.stream.processes < 0 else capacity.APART_SESSIONS,
            on_cpu=where == "cpu",
            media_ms=capacity.MEDIA_MS if media_ms is None else media_ms(_pictures(container, face)),
        )
    finally:
        done.set()
    found = first.with_voice(voice.result() * 1000 * TICK_S)
    device.save_capacity(where, found.sessions)
    log.info("capacity: %s", found.sentence())
    return found


def _speak(container: AppContainer, done: threading.Event) -> float:
    """Processor time of a second of speech, in seconds."""
    began, ticks = time.thread_time(), 0
    for _ in range(_SENTENCES):
        ticks += sum(len(speech.pcm) for speech in container.stages.speech.synthesize(_SENTENCE))
        if done.is_set():
            break
    return (time.thread_time() - began) / max(ticks / TICKS_PER_SECOND, 0.1)


def _pictures(container: AppContainer, face: Face) -> list[U8]:
    """A few frames of a face that speaks."""
    state, noise = container.motion.open(seed=0), np.random.default_rng(0)
    pictures: list[U8] = []
    for _ in range(8):
        pcm = (0.1 * noise.standard_normal((1, FRAME_TICKS))).astype(np.float32)
        pictures += container.animator.render([face.avatar], face.portrait.place(container.motion.step([state], pcm)))
    return pictures
