"""Lips of people left out: each is judged by a mouth that never saw it, beside sound that was cut late, on made-up people."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from talking_head.cli.main import app
from talking_head.errors import InputError
from talking_head.evaluate.motion.lips import Take, beside_sound, evaluate_lips, lag_of, lines, moved, with_words
from talking_head.film.words import Reader
from talking_head.loop.cues import OVER
from talking_head.motion.baseline import BaselineMotion
from talking_head.protocols import MotionModel
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.types import FRAME_TICKS, Cue, Transcript
from tests.unit.train.motion.test_run import FRAMES, made_up_clip


def people(*names: str) -> list[PreparedClip]:
    return [dataclasses.replace(made_up_clip(n), name=f"set/{name}", person=name[:-1]) for n, name in enumerate(names)]


def judged(clips: list[PreparedClip], wanted: list[str], taught: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    model = BaselineMotion()

    def teach(person: str, others: list[tuple[PreparedClip, str]]) -> dict[str, MotionModel]:
        taught[person] = [(clip.name, use) for clip, use in others]
        return {"": model}

    return evaluate_lips([Take(clip, "train") for clip in clips], teach, wanted=wanted, as_they_are={"": model})


def test_whom_is_judged_no_training_saw() -> None:
    taught: dict[str, list[tuple[str, str]]] = {}
    figures = judged(people("ann1", "ann2", "bert1", "carl1"), ["ann2", "bert"], taught)
    assert set(taught) == {"ann", "bert"}
    assert dict(taught["ann"]) == {"set/ann1": "unseen", "set/ann2": "unseen", "set/bert1": "train", "set/carl1": "train"}
    found = figures["left_out"]
    assert found["people"]["ann"]["clips"] == 1  # ann1 was not asked for, and has not trained either
    each = [found["people"][name]["ears"]["gap"] for name in ("ann", "bert")]
    assert found["mean"]["ears"]["gap"] == pytest.approx(np.mean(each), abs=1e-3)
    assert found["mean"]["ears"]["gap"] > 0.6  # these people open their mouths with the loudness, as the baseline does
    assert found["mean"]["shuffled ears"]["gap"] < 0.4
    assert found["mean"]["loudness"]["gap"] > 0.8
    assert any("mean of people" in line for line in lines(figures))


def test_a_mouth_that_knows_nothing_is_found_out() -> None:
    class Still(BaselineMotion):
        def step(self, *given, **more):  # type: ignore[no-untyped-def]
            motion = super().step(*given, **more)
            return dataclasses.replace(motion, offsets=np.zeros_like(motion.offsets))

    takes = [Take(clip, "train") for clip in people("ann1", "bert1")]
    mean = evaluate_lips(takes, lambda *_: {"": Still()}, as_they_are={})["left_out"]["mean"]
    assert mean["ears"]["gap"] == 0
    assert mean["ears"]["gap x loudness"] == 0


def test_held_out_clips_are_judged_with_the_weights_as_they_are() -> None:
    clips = people("ann1", "bert1")
    said = [Cue()] * (FRAMES - 10) + [OVER] * 10
    takes = [Take(clips[0], "known"), Take(clips[1], "unseen", cues=said)]
    figures = evaluate_lips(takes, lambda *_: pytest.fail("taught"), as_they_are={"": BaselineMotion()})
    assert "left_out" not in figures
    assert figures["known"]["clips"] == figures["unseen"]["clips"] == 1
    assert figures["known"]["ears"]["shut"] > 0.5
    assert (figures["known"]["understood"], figures["unseen"]["understood"]) == (0, 1)
    assert "words" in figures["unseen"]
    assert "words" not in figures["known"]


def test_nobody_to_judge_or_to_learn_from_is_said() -> None:
    with pytest.raises(InputError, match="No clip here is anybody's who could be left out: nobody"):
        judged(people("ann1", "bert1"), ["nobody"], {})
    with pytest.raises(InputError, match="one person here"):
        judged(people("ann1", "ann2"), [], {})


def test_lips_that_come_late_are_moved_to_their_sound() -> None:
    clip = made_up_clip(1)
    late = dataclasses.replace(clip, points=np.roll(clip.points, 5, axis=0), words=((20, 30, "bin"),))
    now, then, held = (
        beside_sound(BaselineMotion(), [(each, use)])[0].lag
        for each, use in ((clip, "train"), (late, "train"), (late, "known"))
    )
    assert then - now == pytest.approx(5, abs=0.1)
    assert held == 0  # what only tests is judged as it is
    aligned = moved(late, 5)
    np.testing.assert_array_equal(aligned.points, clip.points[: FRAMES - 5])
    np.testing.assert_array_equal(aligned.pcm, clip.pcm[: (FRAMES - 5) * FRAME_TICKS])
    early = moved(late, -3.25)
    np.testing.assert_array_equal(early.pcm[: 10 * FRAME_TICKS], clip.pcm[3 * FRAME_TICKS + 480 :][: 10 * FRAME_TICKS])
    assert early.words == ((17, 27, "bin"),)
    assert len(early.points) == len(early.mel) == len(early.pcm) // FRAME_TICKS == FRAMES - 3


def test_a_lag_lies_between_frames_and_a_short_clip_has_none() -> None:
    wave = np.sin(np.arange(100) / 3).astype(np.float32) * np.sin(np.arange(100) / 7).astype(np.float32)
    between = (0.4 * wave[1:] + 0.6 * wave[:-1])[:90]  # 0.6 of a frame after wave[1:]
    assert lag_of(wave[1:91], between) == pytest.approx(0.6, abs=0.12)
    assert lag_of(wave[:30], wave[4:34]) == 0


def test_words_are_looked_for_only_where_they_are_judged() -> None:
    asked = []

    def recognize(pcm: np.ndarray) -> Transcript:
        asked.append(len(pcm))
        return Transcript("", 0.0)

    clips = people("ann1", "bert1", "carl1")
    takes = [Take(clip, use) for clip, use in zip(clips, ("train", "train", "unseen"), strict=True)]
    found = with_words(takes, Reader(recognize, lambda span: [], lambda pcm, sounds: None), ["bert"])
    assert len(asked) == 2
    assert [take.cues for take in found] == [None, None, None]


def test_the_command_trains_without_each_and_ends_with_json(tmp_path: Path) -> None:
    for clip in people("ann1", "bert1", "carl1"):
        clipfile.save(clip, tmp_path / "set" / f"{clip.name.rpartition('/')[2]}.safetensors")
    given = ["evaluate", "lips", "--data", str(tmp_path / "set"), "--leave-out", "ann", "--steps", "3", "--no-words", "--json"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.strip().splitlines()[-1])
    assert set(figures["left_out"]["people"]) == {"ann"}
    assert set(figures["left_out"]["people"]["ann"]) >= {"ears", "loudness", "clips", "seconds", "lags"}
    assert "words" not in figures["left_out"]["mean"]
