"""The tongue, which has no landmarks, goes the way of its face through the loop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talking_head.types import F32, U8, Cue, Motion
from tests.unit.loop.virtual import DotAnimator, EchoMotion, Session, make


class TongueAnimator(DotAnimator):
    """The picture is how far the tongue is up."""

    def render(self, avatars: Sequence[float], points: F32, tongue: F32 | None = None) -> list[U8]:
        assert tongue is not None
        return [np.full((6, 4), round(float(tip[0]) * 100), np.uint8) for tip in tongue]


class TongueMotion(EchoMotion):
    """Raises the tongue as far as the sound is loud."""

    def step(self, states: Sequence[list[float]], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        moved = super().step(states, pcm, cues)
        return Motion(moved.offsets, moved.pose, np.repeat(moved.offsets[:, 14, 1:2], 2, axis=1))


def test_the_tongue_goes_with_its_face_and_to_who_draws_one() -> None:
    loop, _ = make(TongueMotion(), TongueAnimator())
    sessions = [Session([value, value]).join(loop) for value in (0.25, 0.5)]
    loop.run(4)
    assert [[int(frame.frame[0, 0]) for frame in each.media_frames] for each in sessions] == [[25, 25, 0, 0], [50, 50, 0, 0]]
    loop, _ = make(TongueMotion())  # an animator that takes none is not given one
    session = Session([0.25]).join(loop)
    loop.run(2)
    assert [int(frame.frame[0, 0]) for frame in session.media_frames] == [0, 25]  # too short for the whole look-ahead
