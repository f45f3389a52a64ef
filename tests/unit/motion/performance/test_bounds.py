"""What the animator holds: through conversations of any mood no head turns too far, and no point of the face jumps."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from talking_head.audio.mel import log_mel
from talking_head.evaluate.motion.life import EYES_PX, pixels
from talking_head.motion.performance import performer
from talking_head.motion.space import IRISES
from talking_head.types import FPS, FRAME_TICKS, Activity, ClauseCue, Cue, Manner, MoodName, Motion
from tests.unit.motion.performance.streams import talk

MOODS = get_args(MoodName)
SAID = (
    "Hello, and welcome to all of you!",
    "Are you really ready to begin?",
    "First a cup, then a plate, and a spoon.",
    "No, that is absolutely never the best, I am AMAZED!",
)
SECONDS = 40
WAITS: tuple[tuple[Activity, float], ...] = (("idle", 2.0), ("listening", 2.5), ("thinking", 1.0))


def conversation(first: int) -> list[Cue]:
    """Waiting, listening, thinking and three clauses, again and again, every turn in the next mood."""
    cues: list[Cue] = []
    turn, frames = first, round(2.6 * FPS)
    while len(cues) < SECONDS * FPS:
        for activity, seconds in WAITS:
            cues += [Cue((), activity=activity)] * round(seconds * FPS)
        for index in range(3):
            text = SAID[(turn + index) % len(SAID)]
            spoken = [ClauseCue(index, text, t * FRAME_TICKS, frames * FRAME_TICKS) for t in range(frames)]
            cues += [Cue(None, clause, MOODS[turn % len(MOODS)], "speaking") for clause in spoken]
        turn += 1
    return cues[: SECONDS * FPS]


@pytest.mark.parametrize("expressiveness", [1.0, 2.0])
def test_no_head_turns_too_far_and_no_point_jumps_in_conversations_of_every_mood(expressiveness: float) -> None:
    pcm = talk(SECONDS)
    mel, blocks = log_mel(pcm), pcm.reshape(-1, FRAME_TICKS)
    streams = [conversation(first) for first in range(len(MOODS))]
    states = [
        performer.start(np.random.default_rng(seed), Manner(mood, expressiveness)) for seed, mood in enumerate(MOODS, start=1)
    ]
    made = [
        performer.step(states, np.stack([mel[t]] * len(MOODS)), np.stack([blocks[t]] * len(MOODS)), [s[t] for s in streams])
        for t in range(SECONDS * FPS)
    ]
    pose = np.stack([each.pose for each in made], axis=1)
    offsets = np.stack([each.offsets for each in made], axis=1)  # lids of blinks are not in these
    pitch, yaw, roll = np.degrees(np.abs(pose[..., :3])).max((0, 1))
    assert pitch <= 10
    assert yaw <= 15
    assert roll <= 8
    for mood, head, face in zip(MOODS, pose, offsets, strict=True):
        points = pixels(Motion(face, head))[:, : IRISES.start, :2]
        assert np.linalg.norm(np.diff(points, axis=0), axis=-1).max() <= 3, mood
        alone = pixels(Motion(np.zeros_like(face), head))[:, : IRISES.start, :2]
        assert np.linalg.norm(np.diff(alone, axis=0), axis=-1).max() <= 2.82, mood  # 2.79 is what it is held to
    gaze = np.stack([each.gaze for each in made], axis=1) * EYES_PX
    assert np.linalg.norm(np.diff(gaze, axis=1), axis=-1).max() <= 3.5  # saccades
