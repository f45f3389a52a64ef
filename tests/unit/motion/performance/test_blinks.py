"""A blink's course is that of people."""

from __future__ import annotations

import numpy as np

from talking_head.motion.performance import blinks, mood, prosody, style
from talking_head.motion.performance.scene import Scene
from talking_head.motion.performance.words import NOTHING

# Shares of the way down in 150 blinks of ten lively speakers, two frames before the lowest to seven after it.
PEOPLE = np.array([0.17, 0.71, 1, 0.78, 0.52, 0.35, 0.20, 0.13, 0.07, 0.04])


def test_lids_fall_at_once_and_rise_ever_more_slowly() -> None:
    rng = np.random.default_rng(4)
    scene = Scene(rng, prosody.SILENCE, NOTHING, mood.mixture(mood.numbers("neutral")), style.draw(rng), activity="speaking")
    state = blinks.start(rng)
    lids = np.array([blinks.step(state, scene, False) for _ in range(12_000)])
    lowest = [i for i in range(2, len(lids) - 8) if lids[i] > 0.6 and lids[i] >= lids[i - 1] and lids[i] > lids[i + 1]]
    course = np.mean([lids[i - 2 : i + 8] / lids[i] for i in lowest], axis=0)
    assert len(lowest) > 100
    np.testing.assert_allclose(course[1:], PEOPLE[1:], atol=0.13)
    assert course[0] < 0.5
    assert abs(course.sum() - PEOPLE.sum()) < 0.4
