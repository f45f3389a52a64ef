"""Movement as people make it: strokes from one posture to the next, with rests between, never noise through a filter.

A stroke is the quintic of least jerk (Flash & Hogan, "The coordination of arm movements", J. Neurosci. 1985) that starts with
whatever speed the channel has, so a new one may begin in the middle of another and position and speed stay continuous.
Measured on lively speakers the head does just this: turning points 1.5 (yaw, roll) to 2 (pitch) times a second, the longer the
farther, and speeds with far more rest and far more haste than a Gaussian process has (kurtosis 4 to 10).
"""

from __future__ import annotations

import numpy as np

from talking_head.types import F32, FPS

PEAK = 1.875  # speed of a stroke at its fastest, against its mean speed
# Rows of a stream's block f32[6, channels].
_FROM, _SPEED, _DELTA, _ELAPSED, _LENGTH, _REST = range(6)


class Strokes:
    """One stream's channels. ``block`` f32[6, C]; ``at`` and ``rate`` f32[C]: position and its change a frame, as of the last
    :func:`advance`."""

    __slots__ = ("at", "block", "rate")

    def __init__(self, start: F32) -> None:
        self.block = np.zeros((6, len(start)), np.float32)
        self.block[_FROM] = start
        self.block[_LENGTH] = 1
        self.block[_ELAPSED] = 1
        self.at = start.astype(np.float32)
        self.rate = np.zeros(len(start), np.float32)

    def go(self, channel: int, target: float, seconds: float, rest: float = 0.0) -> None:
        """Move ``channel`` to ``target`` within ``seconds`` from now, then stay there for ``rest`` seconds."""
        frames = max(2.0, seconds * FPS)
        here, speed = float(self.at[channel]), float(self.rate[channel])
        self.block[:, channel] = here, speed * frames, target - here, 0.0, frames, rest * FPS

    def wait(self, channel: int, rest: float) -> None:
        """Stay at the end of the last stroke for another ``rest`` seconds."""
        self.block[_REST, channel] += rest * FPS

    def target(self, channel: int) -> float:
        """Where ``channel`` is going."""
        return float(self.block[_FROM, channel] + self.block[_DELTA, channel])

    def moving(self, channel: int) -> bool:
        """Whether a stroke of ``channel`` is under way (a rest is not)."""
        return bool(self.block[_ELAPSED, channel] < self.block[_LENGTH, channel])


def advance(streams: list[Strokes]) -> tuple[F32, list[list[int]]]:
    """One frame of B streams: positions f32[B, C], and for each stream the channels that have come to the end of their
    rest."""
    block = np.stack([s.block for s in streams])
    elapsed, length = block[:, _ELAPSED], block[:, _LENGTH]
    elapsed += 1
    u = np.minimum(elapsed / length, 1)
    u2 = u * u
    u3 = u2 * u
    left = 1 - u
    reach = u3 * (10 - 15 * u + 6 * u2)
    coast = u * left * left * left * (1 + 3 * u)
    at = block[:, _FROM] + block[:, _SPEED] * coast + block[:, _DELTA] * reach
    rate = (block[:, _SPEED] * (1 - 18 * u2 + 32 * u3 - 15 * u2 * u2) + block[:, _DELTA] * 30 * (u * left) ** 2) / length
    done = elapsed >= length + block[:, _REST]
    ended: list[list[int]] = [[] for _ in streams]
    for row, channel in zip(*(index.tolist() for index in done.nonzero()), strict=True):
        ended[row].append(channel)
    for row, stream in enumerate(streams):
        stream.block[_ELAPSED] = elapsed[row]
        stream.at, stream.rate = at[row], rate[row]
    return at, ended
