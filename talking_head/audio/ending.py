"""Where a recording's last word has been said: what comes after it is room, breath and the click of a switch."""

from __future__ import annotations

import numpy as np

from talking_head.types import F32, FRAME_TICKS

# A voice ends at most 22 dB below its loud frames, and not softer than this share of the way, in dB, from its room to them:
# 25 dB of room and breath went on for 0.8 s behind the last word of 200 clips of GRID (median), and do so for 0.02 since.
_BELOW_DB = (22.0, 12.0)
_ABOVE_ROOM = 0.4
_ROOM, _LOUD = 8, 95  # percentiles of the frames' levels
_AT_ONCE = 1_500  # frames, a minute: long sounds lie in files


def frames_said(pcm: F32) -> int:
    """Frames of 40 ms of ``pcm`` f32[n] at 48 kHz up to the last one that is as loud as its voice; 0 for silence."""
    power = [
        np.square(pcm[start : start + _AT_ONCE * FRAME_TICKS][: _whole(len(pcm) - start)]).reshape(-1, FRAME_TICKS).mean(axis=1)
        for start in range(0, _whole(len(pcm)), _AT_ONCE * FRAME_TICKS)
    ]
    level = np.concatenate(power or [np.zeros(0)])
    if not level.any():
        return 0
    level = 10 * np.log10(np.maximum(level, np.finfo(np.float32).tiny))
    room, loudest = np.percentile(level, [_ROOM, _LOUD])
    least, most = loudest - np.array(_BELOW_DB)
    loud = np.flatnonzero(level > np.clip(room + _ABOVE_ROOM * (loudest - room), least, most))
    return int(loud[-1]) + 1


def _whole(samples: int) -> int:
    return samples // FRAME_TICKS * FRAME_TICKS
