"""Movement from a clip's own sound: each frame gets the movement of its own sound, whatever the model's look-ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from talking_head.evaluate.animator.predicted import offsets_of
from talking_head.types import F32, FRAME_TICKS, Cue, Motion


class Echo:
    """Moves everything by the first sample of the sound given ``lookahead`` steps before."""

    def __init__(self, lookahead: int) -> None:
        self.lookahead = lookahead

    def open(self, *, seed: int, manner: object = None) -> list[float]:
        return [0.0] * self.lookahead

    def step(self, states: Sequence[Any], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        states[0].append(float(pcm[0, 0]))
        level = states[0].pop(0)
        return Motion(np.full((1, 478, 3), level, np.float32), np.zeros((1, 6), np.float32))


@pytest.mark.parametrize("lookahead", [0, 3])
@pytest.mark.parametrize(("start", "end"), [(0, 10), (40, 60), (55, 60)])
def test_frames_keep_their_place(lookahead: int, start: int, end: int) -> None:
    pcm = np.repeat(np.arange(60, dtype=np.float32), FRAME_TICKS)
    found = offsets_of(Echo(lookahead), pcm, start, end)
    assert found.shape == (end - start, 478, 3)
    np.testing.assert_array_equal(found[:, 0, 0], np.arange(start, end))
