"""A film of a recording knows where its last word has been said, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from talking_head.audio.ending import frames_said
from talking_head.loop.cues import OVER
from talking_head.loop.offline import render
from talking_head.motion.measures import lip_gap
from talking_head.motion.trained import TrainedMotion
from talking_head.types import F32, FRAME_TICKS, Cue, Motion
from tests.unit.loop.virtual import DotAnimator, EchoMotion, portrait

ROOM = 0.004  # 28 dB below a voice of 0.1


def phrase(rng: np.random.Generator, *frames: int, room: float = ROOM) -> F32:
    """``frames`` of voice, room, voice, room …, f32[n]."""
    levels = np.repeat([0.1 if at % 2 == 0 else room for at in range(len(frames))], np.array(frames) * FRAME_TICKS)
    return np.asarray(levels * rng.standard_normal(len(levels)), np.float32)


@pytest.mark.parametrize(("frames", "said"), [((20, 10, 20, 30), 50), ((20, 10, 20), 50), ((3100, 40), 3100)])
def test_a_sound_ends_with_its_voice_and_not_with_the_room(frames: tuple[int, ...], said: int) -> None:
    assert frames_said(phrase(np.random.default_rng(1), *frames)) == said


def test_a_loud_room_is_no_voice() -> None:
    """20 dB below the voice: lips waited for a next word as long as the recording went on."""
    assert frames_said(phrase(np.random.default_rng(3), 20, 10, 20, 30, room=0.01)) == 50


def test_silence_says_nothing() -> None:
    assert frames_said(np.zeros(5 * FRAME_TICKS, np.float32)) == 0
    assert frames_said(np.zeros(5, np.float32)) == 0


@dataclass
class Told(EchoMotion):
    """Keeps the cues that it is given."""

    cues: list[Cue | None] = field(default_factory=list)

    def step(self, states: Sequence[list[float]], pcm: F32, cues: Sequence[Cue | None] | None = None) -> Motion:
        assert cues is not None
        self.cues += cues
        return super().step(states, pcm, cues)


def test_a_recording_is_told_to_be_over_behind_its_last_word() -> None:
    told = Told()
    pcm = phrase(np.random.default_rng(2), 8, 4, 8, 10)
    assert len(list(render(told, DotAnimator(), portrait(), pcm, tail_s=0.0))) == 30
    assert told.cues == [None] * 20 + [OVER] * 12  # two frames of look-ahead
    told = Told()
    list(render(told, DotAnimator(), portrait(), pcm, cues=[Cue()] * 30, tail_s=0.0))
    assert OVER not in told.cues[30:]


@pytest.mark.models
def test_lips_of_a_recording_settle_after_its_last_word_and_wait_between_phrases(models: object) -> None:
    from tests.unit.motion.performance.streams import talk

    model = TrainedMotion()
    pcm = np.concatenate([talk(6.6), np.zeros(2 * 48_000, np.float32)])  # phrases end at 2, 4.6 and 6.6 s
    gap = {}
    for end in (len(pcm) // FRAME_TICKS, frames_said(pcm)):
        state, gaps = model.open(seed=1), []
        for t, block in enumerate(pcm.reshape(-1, 1, FRAME_TICKS)):
            gaps.append(float(lip_gap(model.step([state], block, [OVER if t >= end else None]).offsets)[0]))
        gap[end] = np.array(gaps[model.lookahead :])
    more, last = gap.values()
    np.testing.assert_array_equal(more[:160], last[:160])
    assert more[165:175].min() > 0.02  # parted, for a next phrase may come
    assert last[180:].max() < 0.012
