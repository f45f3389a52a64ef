"""Whether a recording holds speech at all: somebody who brings music or an empty room is told so."""

from __future__ import annotations

import numpy as np

from talking_head.audio.pcm import resample
from talking_head.errors import AudioError
from talking_head.listen.vad import VAD_CHUNK, VAD_RATE, SileroVad
from talking_head.types import F32, TICKS_PER_SECOND

_ENOUGH_S = 0.25
_SURE = 0.5


def check_speech(pcm: F32, sample_rate: int = TICKS_PER_SECOND, vad: SileroVad | None = None) -> None:
    """Raise AudioError if less than a quarter of a second of ``pcm`` f32[n], at an ordinary level, is speech.

    Stops at the first words: a recording of an hour costs no more than one of a minute.
    """
    vad = vad or SileroVad()
    vad.reset()
    step = sample_rate * 10  # resampled in pieces of ten seconds: the cuts are of no matter here
    heard = 0
    for start in range(0, len(pcm), step):
        piece = resample(pcm[start : start + step], sample_rate, VAD_RATE)
        for chunk in piece[: len(piece) // VAD_CHUNK * VAD_CHUNK].reshape(-1, VAD_CHUNK):
            heard += vad.probability(np.ascontiguousarray(chunk)) >= _SURE
            if heard * VAD_CHUNK >= _ENOUGH_S * VAD_RATE:
                return
    raise AudioError("No speech was heard in the recording. Use one in which somebody speaks, near to the microphone.")
