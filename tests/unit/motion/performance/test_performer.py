"""What a face does beside speaking: held within limits, driven by sound and words, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import get_args

import numpy as np
import pytest

from talking_head.audio.mel import log_mel
from talking_head.errors import ConfigError
from talking_head.loop.cues import silent
from talking_head.motion.measures import brow_height, lip_gap
from talking_head.motion.performance import mood, performer
from talking_head.motion.performance.expressions import NAMES, shapes
from talking_head.motion.performance.words import sense
from talking_head.types import FPS, FRAME_TICKS, LANDMARKS, Activity, ClauseCue, Cue, Manner, MoodName, Motion, Phoneme
from tests.unit.motion.performance.streams import LIVELY, play, talk


def degrees(motion: Motion) -> np.ndarray:
    return np.degrees(motion.pose[:, :3])


def test_a_lively_head_moves_as_much_as_people_do() -> None:
    motion, _, _ = play(talk(60), [1, 2, 3, 4])
    pitch, yaw, roll = degrees(motion).reshape(4, -1, 3).std(1).mean(0)
    assert 1.8 < pitch < 6.5
    assert 1.3 < yaw < 7
    assert 1 < roll < 5


def test_no_head_rests_through_a_short_answer() -> None:
    streams = 64
    motion, _, _ = play(talk(11), list(range(streams)))
    answers = degrees(motion).reshape(streams, -1, 3)[:, FPS:]
    still = answers.std(1) < np.array([1.8, 1.3, 1.0])  # pitch, yaw, roll of calm lively people
    assert (still.sum(1) >= 2).sum() <= 1
    assert still.any(1).mean() < 0.15


def test_stillness_is_still_but_blinks() -> None:
    motion, lids, gaze = play(talk(40), [1], Manner(expressiveness=0.0))
    assert np.abs(np.diff(motion.pose, axis=0)).max() < 1e-6
    assert gaze[..., 0].std() < 1e-6
    assert lids.max() > 0.7


@pytest.mark.parametrize("speaks", [True, False])
def test_blinks_come_as_often_as_in_people(speaks: bool) -> None:
    pcm = talk(120) if speaks else np.zeros(120 * 48_000, np.float32)
    _, lids, _ = play(pcm, [1, 2, 3])
    blinks = (np.diff((lids > 0.5).astype(int), axis=1) == 1).sum() / 3 / 2
    assert 10 <= blinks <= 35


def test_batched_streams_equal_single_ones_and_seeds_differ() -> None:
    pcm = talk(6)
    together, lids, _ = play(pcm, [4, 5])
    alone, own, _ = play(pcm, [5])
    np.testing.assert_allclose(together.pose[len(alone.pose) :], alone.pose, atol=1e-5)
    np.testing.assert_allclose(lids[1], own[0], atol=1e-5)
    assert np.abs(together.pose[: len(alone.pose)] - alone.pose).max() > 0.01


def test_a_stressed_syllable_makes_the_head_come_down() -> None:
    t = np.arange(4 * 48_000) / 48_000
    soft = (0.02 * sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20)) * (t > 0.5)).astype(np.float32)
    loud = soft * (1 + 9 * np.hanning(14_000).max() * ((t > 2) & (t < 2.3)).astype(np.float32))
    seeds = list(range(60))
    struck, even = (degrees(play(sound, seeds)[0])[:, 0].reshape(60, -1) for sound in (loud, soft))
    before, after = slice(2 * FPS - 2, 2 * FPS), slice(2 * FPS + 4, 2 * FPS + 14)
    fall = [(pitch[:, after].max(1) - pitch[:, before].mean(1)).mean() for pitch in (struck, even)]
    assert fall[0] > fall[1] + 0.7


@pytest.mark.parametrize("name", get_args(MoodName))
def test_no_mood_keeps_the_mouth_from_closing(name: MoodName) -> None:
    motion, _, _ = play(np.zeros(48_000 * 5, np.float32), [1], Manner(mood=name))
    assert np.abs(lip_gap(motion.offsets)).max() < 0.004


def rest(name: MoodName) -> np.ndarray:
    """Mean face of a mood at rest f32[478, 3], moving as little as possible."""
    motion, lids, _ = play(np.zeros(48_000 * 8, np.float32), [1, 2], Manner(mood=name, expressiveness=0.0))
    return motion.offsets[lids.reshape(-1) == 0].mean(0)


def test_moods_show_where_faces_show_them() -> None:
    faces = {name: rest(name) for name in get_args(MoodName)}
    corner = {name: -face[[61, 291], 1].mean() for name, face in faces.items()}  # up is positive
    inner = {name: -face[[107, 336], 1].mean() for name, face in faces.items()}
    assert corner["happy"] > corner["friendly"] > corner["neutral"] > corner["serious"]
    assert corner["neutral"] > corner["sympathetic"] + 0.005
    assert inner["sympathetic"] > inner["neutral"] + 0.005
    assert inner["serious"] < inner["neutral"] - 0.005
    assert brow_height(faces["excited"]) > brow_height(faces["friendly"]) + 0.003


def test_a_mood_of_a_turn_comes_and_goes_without_a_jump() -> None:
    frames = 150
    cues: list[Cue | None] = [Cue((), mood="happy" if 25 <= t < 75 else "") for t in range(frames)]
    motion, _, _ = play(np.zeros(frames * FRAME_TICKS, np.float32), [1], Manner(mood="neutral", expressiveness=0.0), cues)
    corner = -motion.offsets[:, [61, 291], 1].mean(1)
    assert corner[70] > corner[20] + 0.01
    assert abs(corner[149] - corner[20]) < 0.002
    assert np.abs(np.diff(corner)).max() < 0.006  # 0.9 pixels where the eyes are 150 apart


def clauses(text: str, seconds: float, before: float = 1.0) -> list[Cue | None]:
    ticks, lead = round(seconds * 48_000), round(before * FPS)
    said = [ClauseCue(0, text, t * FRAME_TICKS, ticks) for t in range(round(seconds * FPS))]
    return [*[Cue(())] * lead, *[Cue(None, clause, "", "speaking") for clause in said], *[Cue(())] * lead]


def test_brows_rise_at_a_question() -> None:
    asked, told = clauses("Are you ready to begin?", 2.0), clauses("You are ready to begin.", 2.0)
    silence, seeds = np.zeros(len(asked) * FRAME_TICKS, np.float32), list(range(20))
    heights = [brow_height(play(silence, seeds, cues=cues)[0].offsets).reshape(20, -1).mean(0) for cues in (asked, told)]
    ends = 3 * FPS
    assert (heights[0] - heights[1])[ends - 8 : ends + 4].max() > 0.006


def test_a_listeners_brows_rise_at_what_is_asked_and_at_no_other_end_of_a_turn() -> None:
    def heard(asked: bool) -> np.ndarray:
        cues: list[Cue | None] = [Cue((), activity="listening")] * 50
        cues += [Cue((), activity="thinking", asked=asked and t == 0) for t in range(50)]
        motion, _, _ = play(np.zeros(100 * FRAME_TICKS, np.float32), list(range(24)), cues=cues)
        heights = brow_height(motion.offsets).reshape(24, -1)
        return np.asarray(heights[:, 50:70] - heights[:, 40:50].mean(1, keepdims=True)).mean(0)

    question, other = heard(True), heard(False)
    assert question.max() > 0.006
    assert np.abs(other).max() < 0.003


def test_a_listener_nods_where_the_visitor_pauses_and_keeps_the_eyes_on_them() -> None:
    def heard(activity: Activity, paused: Collection[int] = ()) -> tuple[np.ndarray, np.ndarray]:
        cues: list[Cue | None] = [Cue((), activity="idle")] * 10
        cues += [Cue((), activity=activity, paused=t in paused) for t in range(10, 510)]
        motion, _, gaze = play(np.zeros(510 * FRAME_TICKS, np.float32), list(range(12)), cues=cues)
        away = 100 * gaze[:, 60:, 0] - performer.COUNTER_X * degrees(motion)[:, 1].reshape(12, -1)[:, 60:]
        return degrees(motion)[:, 0].reshape(12, -1), away

    def nods(pitch: np.ndarray) -> np.ndarray:
        return np.diff((pitch - np.median(pitch, axis=1, keepdims=True) > 1.2).astype(int), axis=1) == 1

    pitch, away = heard("listening")
    assert nods(pitch).sum(1).mean() < 3  # in twenty seconds, in which nobody says anything that they could nod to
    paused = range(60, 510, 75)
    nodded = nods(heard("listening", paused)[0])
    assert 2 <= nodded.sum(1).mean() <= 6
    after = np.isin(np.arange(nodded.shape[1]), [t + late for t in paused for late in range(30)])
    assert nodded[:, after].sum() > 0.6 * nodded.sum()  # 0.35 of the time
    assert np.abs(away).max() < np.abs(heard("thinking")[1]).max()


def test_words_are_understood() -> None:
    assert sense("Are you ready?").question
    assert sense("准备好了吗？").question
    assert sense("Hello, and welcome.").greeting
    assert sense("你好，欢迎。").greeting
    assert sense("First a cup, then a plate, and a spoon.").listing
    assert sense("It is really important!").emphasis > sense("It is a cup.").emphasis
    assert sense("No, we cannot do that.").denial


def test_moods_are_mixed_in_steps_that_nobody_sees() -> None:
    now = mood.numbers("serious")
    steps = 0
    while not mood.reached(now, "happy"):
        before, now = now, mood.toward(now, "happy")
        assert np.abs(now - before).max() < 0.15
        steps += 1
    assert 0.5 < steps / FPS < 4


def test_shapes_are_seven_faces() -> None:
    assert shapes().shape == (len(NAMES), LANDMARKS * 3)
    gaps = lip_gap(shapes().reshape(-1, LANDMARKS, 3))
    assert np.abs(gaps).max() < 1e-5


@pytest.mark.parametrize("wrong", [{"mood": "furious"}, {"expressiveness": 2.1}, {"articulation": float("nan")}])
def test_a_manner_that_there_is_none_of_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        Manner(**wrong)  # type: ignore[arg-type]


def test_lips_stay_parted_between_phrases_and_close_when_nothing_follows() -> None:
    pcm = np.concatenate([talk(8), np.zeros(5 * 48_000, np.float32)])  # phrases end at 2.0, 4.6, 7.2 s, the last at 8
    mel, blocks = log_mel(pcm), pcm.reshape(-1, 1, FRAME_TICKS)
    states = [performer.start(np.random.default_rng(seed), LIVELY) for seed in (1, 2, 3)]
    parted = np.stack(
        [performer.step(states, np.stack([m] * 3), np.concatenate([b] * 3)).parted for m, b in zip(mel, blocks, strict=True)]
    )
    assert (parted[: 2 * FPS] == 0).all()
    assert (parted[int(2.5 * FPS)] > 0.02).all()
    assert (parted[12 * FPS :] == 0).all()
    assert np.abs(np.diff(parted, axis=0)).max() < 0.03


def parted(pcm: np.ndarray, activity: Callable[[int], Activity], clauses: Sequence[ClauseCue] = ()) -> np.ndarray:
    """How far the lips are parted where nobody speaks, f32[T], of a face that does ``activity(frame)`` and says ``clauses``,
    one a frame."""
    state = performer.start(np.random.default_rng(1), LIVELY)
    blocks = pcm.reshape(-1, 1, FRAME_TICKS)
    said = [*clauses, *[None] * (len(blocks) - len(clauses))]
    cues = [Cue((), clause, activity=activity(t)) for t, clause in enumerate(said)]
    made = [performer.step([state], m[None], b, [c]) for m, b, c in zip(log_mel(pcm), blocks, cues, strict=True)]
    return np.concatenate([each.parted for each in made])


@pytest.mark.parametrize("over", [51, 60])  # before the end of the phrase can be heard, and after
def test_lips_settle_after_the_last_word(over: int) -> None:
    pcm = np.concatenate([talk(2), np.zeros(3 * 48_000, np.float32)])
    line = parted(pcm, lambda t: "speaking" if t < over else "listening")
    assert line[56] > 0.01
    assert line[80:] == pytest.approx(0, abs=1e-6)  # by and by: who says nothing any more shuts their mouth


def test_lips_that_have_said_all_do_not_part_again() -> None:
    pcm, ticks = np.concatenate([talk(2), np.zeros(3 * 48_000, np.float32)]), round(2.4 * 48_000)
    said = [ClauseCue(0, "That is all.", t * FRAME_TICKS, ticks, last) for last in (True, False) for t in range(60)]
    last, more = (parted(pcm, lambda t: "speaking" if t < 60 else "idle", clauses) for clauses in (said[:60], said[60:]))
    widest = int(last.argmax())
    assert widest <= 2 * FPS + 7  # soon after the last sound, and from then on less and less
    assert (np.diff(last[widest:]) <= 0).all()
    assert last[68:] == pytest.approx(0, abs=0.01)
    assert more[64:68].min() > 0.03  # where more may come they wait for it


def test_lips_shut_sooner_after_a_last_sound_that_is_known() -> None:
    # The end of a phrase is heard 160 ms late; whose sounds are known need not wait for it.
    pcm, ticks = np.concatenate([talk(2), np.zeros(3 * 48_000, np.float32)]), round(2.4 * 48_000)

    def shut(last: bool, known: bool, frames: int = 60) -> int:
        """The frame from which on lips are shut of a face that says ``frames``."""
        state = performer.start(np.random.default_rng(1), LIVELY)
        sounding = (Phoneme("a", 0, FRAME_TICKS),)
        cues = [
            Cue(sounding if known and t < 47 else (), ClauseCue(0, "All.", t * FRAME_TICKS, ticks, last), activity="speaking")
            for t in range(frames)
        ]
        cues += [silent()] * (125 - frames)
        blocks = pcm.reshape(-1, 1, FRAME_TICKS)
        made = [performer.step([state], m[None], b, [c]).parted for m, b, c in zip(log_mel(pcm), blocks, cues, strict=True)]
        return int(np.flatnonzero(np.concatenate(made) > 0.02)[-1]) + 1

    assert shut(True, True) <= shut(True, False) - 3
    assert (
        shut(True, True, 49) <= shut(True, True) + 1
    )  # nor do they part again where a voice ends without a silence of its own
    assert shut(False, True) > shut(True, False)  # more may come


def test_lips_part_for_an_answer_that_is_being_thought_of_and_not_for_ever() -> None:
    line = parted(np.zeros(6 * 48_000, np.float32), lambda t: "listening" if t < 25 else "thinking")
    assert (line[:25] == 0).all()
    assert line[40] > 0.02
    assert line[-1] == pytest.approx(0, abs=1e-6)
    assert np.abs(np.diff(line)).max() < 0.02


def test_brows_of_a_friendly_face_are_not_stern_and_those_of_a_serious_one_are_alive() -> None:
    # A photo's brows slant to the nose, and lips that talk let go of the smile above which that looked kind.
    def slant(name: MoodName) -> float:
        """How far the inner ends of the brows are higher than the outer ones, beyond a neutral face's."""
        weights = mood.numbers(name)[: len(NAMES)] - mood.numbers("neutral")[: len(NAMES)]
        offsets = (weights @ shapes()).reshape(LANDMARKS, 3)
        return float(offsets[[46, 276], 1].mean() - offsets[[55, 285], 1].mean())

    assert slant("friendly") > 0.002
    assert slant("serious") < 0

    def spread(name: MoodName) -> float:
        motion, _, _ = play(talk(12), list(range(12)), Manner(name))
        return float(brow_height(motion.offsets).reshape(12, -1).std(1).mean())

    assert spread("serious") > spread("neutral")  # half a minute of one and the same face before


def test_some_brows_are_busier_than_others_and_none_are_dead() -> None:
    motion, _, _ = play(talk(20), list(range(24)))
    spreads = 100 * brow_height(motion.offsets).reshape(24, -1).std(1)
    assert np.percentile(spreads, 90) > 2 * np.percentile(spreads, 10)  # of ten lively people 5.4
    assert spreads.min() > 0.2
    assert spreads.max() < 2.5
