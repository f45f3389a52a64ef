"""Blinks come as unevenly as in people, and a blink's course is theirs."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.audio.mel import log_mel
from talking_head.evaluate.performance import rows
from talking_head.motion.performance import blinks, mood, performer, prosody, style
from talking_head.motion.performance.scene import Scene
from talking_head.motion.performance.words import NOTHING
from talking_head.types import FPS, FRAME_TICKS
from tests.unit.motion.performance.streams import LIVELY, talk

# Shares of the way down in 150 blinks of ten lively speakers, two frames before the lowest to seven after it.
PEOPLE = np.array([0.17, 0.71, 1, 0.78, 0.52, 0.35, 0.20, 0.13, 0.07, 0.04])
SECONDS = 100


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


@pytest.fixture(scope="module")
def spoken() -> tuple[np.ndarray, np.ndarray]:
    """Lids f32[B, frames] of talking streams, and where the phrases that all of them hear end, bool[frames]."""
    pcm, some = talk(SECONDS), 12
    mel, blocks = log_mel(pcm), pcm.reshape(-1, FRAME_TICKS)
    states = [performer.start(np.random.default_rng(20 + seed), LIVELY) for seed in range(some)]
    lids, ends = [], []
    for heard, block in zip(mel, blocks, strict=True):
        lids.append(performer.step(states, np.stack([heard] * some), np.stack([block] * some)).lids)
        ends.append(states[0].scene.heard.ends)
    return np.stack(lids, axis=1), np.array(ends)


def test_a_speaker_blinks_as_unevenly_as_people_do(spoken: tuple[np.ndarray, np.ndarray]) -> None:
    lids, ends = spoken
    down = np.diff((lids > 0.45).astype(int), axis=1, prepend=0)
    starts = [np.flatnonzero(line == 1) for line in down]
    waits = [np.diff(each) / FPS for each in starts]
    own = np.concatenate([each / each.mean() for each in waits])
    # 74 waits of lively speakers, of each one's mean: spread 0.56, median 0.82, a tenth over 1.7.
    assert 0.45 < own.std() < 0.75
    assert 0.75 < np.median(own) < 0.96
    assert 1.55 < np.percentile(own, 90) < 2.1
    assert 0.015 < (np.concatenate(waits) < 0.6).mean() < 0.08  # two in a row; people 0.035
    assert 15 < np.mean([rows.blinks(np.asarray(line, np.float64)) for line in lids]) * 60 / SECONDS < 30
    after = np.convolve(ends, np.ones(10))[: len(ends)] > 0
    assert np.mean([after[each].mean() for each in starts]) > 1.1 * after.mean()


def test_no_two_blinks_are_alike_and_some_do_not_shut_the_eye(spoken: tuple[np.ndarray, np.ndarray]) -> None:
    lids, _ = spoken
    edge = np.diff((lids > 0.05).astype(int), axis=1, prepend=0, append=0)
    spans = [zip(np.flatnonzero(e == 1), np.flatnonzero(e == -1), strict=True) for e in edge]
    lowest = np.array([line[a:b].max() for line, span in zip(lids, spans, strict=True) for a, b in span])
    assert 0.065 < lowest.std() < 0.12  # people 0.05 to 0.12
    assert 0.03 < (lowest < 0.7).mean() < 0.2
    assert lowest.min() > 0.45  # never so little that nobody would call it a blink
