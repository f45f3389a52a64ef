"""The measures of `evaluate motion`, on clips and motions whose answer is known, and the command on a tiny dataset."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from talking_head.cli.main import app
from talking_head.evaluate.motion import life, report
from talking_head.evaluate.motion.phonemes import Spoken, phoneme_figures
from talking_head.evaluate.motion.summary import evaluate, lines
from talking_head.evaluate.motion.tracks import best_lag, compare, of_another, still, summarise, track, word_closures
from talking_head.motion.baseline import BaselineMotion
from talking_head.motion.measures import lip_gap
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.types import FRAME_TICKS, Motion, Phoneme
from tests.unit.train.motion.test_run import FRAMES, made_up_clip

LOWER = [14, 87, 317]


def opening(gap: np.ndarray) -> Motion:
    """A motion that opens the lips by ``gap`` f32[T]."""
    offsets = np.zeros((len(gap), 478, 3), np.float32)
    offsets[:, LOWER, 1] = gap[:, None]
    return Motion(offsets, np.zeros((len(gap), 6), np.float32))


def with_words(number: int) -> PreparedClip:
    clip = made_up_clip(number)
    return PreparedClip(
        clip.name,
        clip.person,
        240,
        240,
        clip.points,
        clip.valid,
        clip.pose,
        clip.neutral,
        clip.mel,
        clip.pcm,
        ((20, 30, "bin"),),
    )


def test_the_real_take_scores_full_marks_and_a_frozen_mouth_none() -> None:
    clips = [made_up_clip(i) for i in range(3)]
    real = summarise([track(c, c.offsets()) for c in clips])
    frozen = summarise([track(c, np.zeros_like(c.points)) for c in clips])
    half = summarise([track(c, 0.5 * c.offsets()) for c in clips])
    assert real["aperture_corr"] == pytest.approx(1)
    assert real["lmd_px"] == pytest.approx(0, abs=1e-3)
    assert real["articulation"] == pytest.approx(1)
    assert real["lag_frames"] == 0
    assert frozen["aperture_corr"] == 0
    assert frozen["articulation"] == 0
    assert frozen["lmd_px"] > 0.1
    assert half["articulation"] == pytest.approx(0.5, abs=0.01)
    assert half["aperture_corr"] == pytest.approx(1)


def test_lag_has_the_right_sign() -> None:
    clips = [made_up_clip(i) for i in range(3)]
    early = [track(c, np.roll(c.offsets(), -2, axis=0)) for c in clips]
    assert best_lag(early) == 2


def test_phonemes_count_where_they_are() -> None:
    frames = 60
    gap = np.full(frames, 0.08, np.float32)
    gap[:15] = gap[45:] = 0
    gap[30] = 0  # the lips meet for the first p only
    phonemes = tuple(
        Phoneme(symbol, at * FRAME_TICKS, FRAME_TICKS) for symbol, at in (("p", 30), ("p", 20), ("ˈɑː", 25), ("ˈɑː", 50))
    )
    spoken = Spoken("", np.zeros(frames * FRAME_TICKS, np.float32), phonemes)
    figures = phoneme_figures([opening(gap)], [spoken])
    assert figures["pbm_closed"] == 0.5
    assert figures["pbm"] == 2
    assert figures["vowels_open"] == 0.5
    assert figures["still_before_after"] == 1
    frozen = phoneme_figures(still([opening(gap)]), [spoken])
    assert frozen["pbm_closed"] == 1
    assert frozen["vowels_open"] == 0


def test_movement_of_another() -> None:
    a, b = opening(np.full(10, 0.1, np.float32)), opening(np.full(4, 0.2, np.float32))
    swapped = of_another([a, b])
    assert [len(m.offsets) for m in swapped] == [10, 4]
    assert lip_gap(swapped[0].offsets) == pytest.approx(np.full(10, 0.2), abs=1e-6)


def test_words_that_begin_with_meeting_lips() -> None:
    clip = with_words(1)
    shut, wide = track(clip, np.zeros_like(clip.points)), track(clip, opening(np.full(FRAMES, 0.1, np.float32)).offsets)
    assert word_closures([clip], [shut]) == (1.0, 1)
    assert word_closures([clip], [wide]) == (0.0, 1)
    assert word_closures([made_up_clip(1)], [wide])[1] == 0


def test_moving_lips_are_seen_to_move() -> None:
    gap = np.zeros(50, np.float32)
    gap[20:30] = 0.1
    assert life.moving(gap).mean() == pytest.approx(11 / 49)


def test_blinks_of_a_real_clip_are_counted() -> None:
    clip = made_up_clip(2)
    points = clip.points.copy()
    upper, lower = [159, 158, 160, 386, 385, 387], [145, 153, 144, 374, 380, 373]
    points[30:34, upper] = points[30:34, lower]
    assert life.real_blinks([clip])["blinks_per_min"] == 0
    figures = life.real_blinks([dataclasses.replace(clip, points=points)])
    assert figures["blinks_per_min"] == pytest.approx(60 * 25 / FRAMES)
    assert figures["blink_ms"] == 160


def test_of_one_clip_nothing_is_shuffled() -> None:
    assert set(compare([with_words(3)], {"baseline": BaselineMotion()})) == {"baseline", "real", "frozen"}


def test_every_way_stands_beside_every_figure(tmp_path: Path) -> None:
    clips = {"known": [with_words(i) for i in range(3)], "unseen": []}
    figures, tracks = evaluate(clips, {"baseline": BaselineMotion()})
    assert set(figures["table"]["known"]) == {"baseline", "real", "frozen", "shuffled"}
    assert set(figures["words"]) == {"baseline", "real", "frozen", "shuffled"}
    assert set(figures["known"]) >= {"aperture_corr", "lag_frames", "lmd_px", "articulation"}
    assert figures["unseen"] == {}
    assert set(figures["life"]) == {"baseline", "real"}
    assert "real" in figures["silence"]
    json.dumps(figures)
    assert any("baseline" in line for line in lines(figures))
    assert any(line.startswith("a step of 64 streams, baseline:") for line in lines(figures))
    report.plot_tracks(tracks, figures, tmp_path / "plot.png")
    assert cv2.imread(str(tmp_path / "plot.png")).shape[0] == 4 * 192  # three clips, none twice and no gap, and the spectrum


@pytest.mark.parametrize("with_video", [False, True])
def test_film_shows_both_faces_with_sound(tmp_path: Path, with_video: bool) -> None:
    clip, video = made_up_clip(1), tmp_path / "clip.mp4"
    if with_video:
        with av.open(str(video), "w") as out:
            stream = out.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = 240, 240, "yuv420p"
            for _ in range(FRAMES):
                out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((240, 240, 3), 200, np.uint8), format="rgb24")))
            out.mux(stream.encode())
    report.film(clip, BaselineMotion(), tmp_path / "film.mp4", video=video if with_video else None, size=128)
    with av.open(str(tmp_path / "film.mp4")) as film:
        frames = [f.to_ndarray(format="rgb24") for f in film.decode(video=0)]
    assert len(frames) == FRAMES
    assert frames[0].shape == (128 + 96, (3 if with_video else 2) * 128, 3)
    if with_video:
        assert abs(int(frames[9][64, 64].mean()) - 200) < 10
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(f.samples for f in film.decode(audio=0)) >= FRAMES * FRAME_TICKS


def test_the_command_ends_with_json(tmp_path: Path) -> None:
    for number in range(2):
        clipfile.save(made_up_clip(number), tmp_path / "strangers" / f"clip{number}.safetensors")
    (tmp_path / "strangers" / "index.json").write_text("{}")
    result = CliRunner().invoke(
        app,
        ["evaluate", "motion", "--data", str(tmp_path / "strangers"), "--backend", "baseline", "--sentences", "0", "--json"],
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.strip().splitlines()[-1])
    assert figures["unseen"]["clips"] == 2
    assert figures["known"] == {}
    assert set(figures["unseen"]) >= {"aperture_corr", "lag_frames", "lmd_px", "articulation"}
    assert figures["silence_moving"] <= 1
