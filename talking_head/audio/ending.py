"""Where a recording's last word has been said: what comes after it is room, breath and the click of a switch."""

from __future__ import annotations

import numpy as np

from talking_head.types import F32, FRAME_TICKS

_BELOW_DB = 22.0  # a voice is hardly softer than this below its loud frames; rooms are
_AT_ONCE = 1_500  # frames, a minute: long sounds lie in files


def frames_said(pcm: F32) -> int:
    """Frames of 40 ms of ``pcm`` f32[n] at 48 kHz up to the last one that is as loud as its voice; 0 for silence."""
    power = [
        np.square(pcm[start : start + _AT_ONCE * FRAME_TICKS][: _whole(len(pcm) - start)]).reshape(-1, FRAME_TICKS).mean(axis=1)
        for start in range(0, _whole(len(pcm)), _AT_ONCE * FRAME_TICKS)
    ]
    if not power:
        return 0
    level = np.concatenate(power)
    loud = np.flatnonzero(level > np.percentile(level, 95) * 10 ** (-_BELOW_DB / 10))
    return int(loud[-1]) + 1 if len(loud) else 0


def _whole(samples: int) -> int:
    return samples // FRAME_TICKS * FRAME_TICKS
