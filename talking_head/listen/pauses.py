"""Cutting long sound where it is quiet."""

from __future__ import annotations

import numpy as np

from talking_head.types import F32, VOICE_RATE

_BLOCK = VOICE_RATE // 50
_CALM = 10  # blocks: the cut lies in the middle of the calmest 0.2 s


def cut_at_pauses(sound: F32, longest_s: float) -> list[F32]:
    """``sound`` f32[n] at 16 kHz in pieces of at most ``longest_s`` (1 s and more), each cut in the calmest 0.2 s of its last
    third."""
    pieces: list[F32] = []
    longest = round(longest_s * VOICE_RATE)
    while len(sound) > longest:
        first = longest * 2 // 3
        count = (longest - first) // _BLOCK
        energy = np.square(sound[first : first + count * _BLOCK]).reshape(count, _BLOCK).sum(1)
        calm = np.convolve(energy, np.ones(_CALM, np.float32), "valid")
        place = first + (int(calm.argmin()) + _CALM // 2) * _BLOCK
        pieces.append(sound[:place])
        sound = sound[place:]
    return [*pieces, sound]
