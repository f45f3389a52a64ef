"""The rows that judge a face beside lively speakers, on faces whose movement is known."""

from __future__ import annotations

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from talking_head.cli.main import app
from talking_head.errors import InputError
from talking_head.evaluate.performance import rows as performance
from talking_head.evaluate.performance.films import Watched
from talking_head.evaluate.performance.judge import judge_model, tell_apart
from talking_head.evaluate.performance.rows import BANDS, follow, outside, rows
from talking_head.evaluate.performance.two_sample import Sample, separability, speeds, windows
from talking_head.face.space import rotation_from_vector, template
from talking_head.motion.baseline import BaselineMotion
from talking_head.train.corpus.tracks import person_of
from tests.paths import ROOT

AVATARS = ROOT / "avatars"
FRAMES = 20 * 25
T = np.arange(FRAMES) / 25


def face(*, turn: np.ndarray | None = None, gaze: np.ndarray | None = None, lids: np.ndarray | None = None) -> np.ndarray:
    """The template in pixels, 150 between the eyes: ``turn`` f64[T, 3] pitch, yaw, roll in degrees, ``gaze`` f64[T] of the
    irises to the right, ``lids`` f64[T] 0..1 down."""
    points = np.repeat(template()[None].astype(np.float64), FRAMES, axis=0)
    if gaze is not None:
        points[:, 468:, 0] += gaze[:, None]
    if lids is not None:
        for upper, lower in ((159, 145), (386, 374)):
            points[:, upper] += lids[:, None] * (points[:, lower] - points[:, upper])
    if turn is not None:
        points = np.stack([p @ rotation_from_vector(np.radians(r)).T for p, r in zip(points, turn, strict=True)])
    return (150 * points + [256, 230, 0]).astype(np.float32)


def swing(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """Sines of three frequencies with these standard deviations, in degrees; f64[T, 3] as pitch, yaw, roll."""
    waves = np.stack([np.sin(2 * np.pi * hz * T) for hz in (0.7, 0.3, 0.45)], axis=1)
    return waves * np.sqrt(2) * [pitch, yaw, roll]


def test_a_photograph_is_outside_wherever_a_head_should_move() -> None:
    figures = rows(follow(face()))
    assert {"yaw std", "pitch std", "roll std", "head speed deg/s", "blinks a minute", "brow std"} <= set(outside(figures))


def test_angles_are_told_apart_and_measured() -> None:
    figures = rows(follow(face(turn=swing(yaw=3.0, pitch=2.5, roll=1.5))))
    assert figures["yaw std"] == pytest.approx(3.0, abs=0.15)
    assert figures["pitch std"] == pytest.approx(2.5, abs=0.15)
    assert figures["roll std"] == pytest.approx(1.5, abs=0.15)
    assert not {"yaw std", "pitch std", "roll std"} & set(outside(figures))


def test_signs_are_those_of_the_bands() -> None:
    turn = np.tile([4.0, 0.0, 0.0], (FRAMES, 1))
    turn[: FRAMES // 2] = 0
    track = follow(face(turn=turn))
    assert track.turn[-50:, 1].mean() > track.turn[:50, 1].mean() + 3  # a nod down is positive
    yaw = swing(yaw=3.0)
    held = rows(follow(face(turn=yaw, gaze=0.002 * yaw[:, 1])))  # the face turns to the picture's left, the irises to its right
    lost = rows(follow(face(turn=yaw, gaze=-0.002 * yaw[:, 1])))
    assert held["gaze x yaw"] > 0.9
    assert lost["gaze x yaw"] < -0.9


def test_a_slow_head_has_a_slow_share_and_a_trembling_one_has_none() -> None:
    slow = performance.slow_share(np.stack([3 * np.sin(2 * np.pi * 0.4 * T)] * 3, axis=1))
    quick = performance.slow_share(np.stack([3 * np.sin(2 * np.pi * 3.0 * T)] * 3, axis=1))
    assert slow > 0.9
    assert quick < 0.05


def test_blinks_are_counted_but_not_closed_eyes() -> None:
    lids = np.zeros(FRAMES)
    for start in range(20, FRAMES - 60, 60):
        lids[start : start + 5] = (0.5, 1, 1, 0.7, 0.3)
    lids[-40:] = 1  # asleep
    figures = rows(follow(face(lids=lids)))
    assert figures["blinks a minute"] == pytest.approx(60 * len(range(20, FRAMES - 60, 60)) / 20, abs=0.1)


def test_a_flapping_mouth_follows_the_loudness() -> None:
    rng = np.random.default_rng(1)
    loud = np.convolve(rng.random(FRAMES), np.ones(8) / 8, "same")
    points = face()
    points[:, [14, 17, 152], 1] += (30 * (loud - loud.min()))[:, None].astype(np.float32)
    pcm = (np.repeat(loud, 640) * np.sin(np.arange(FRAMES * 640) * 0.3)).astype(np.float32)
    figures = rows(follow(points), pcm)
    assert figures["gap x loudness"] > 0.8
    assert "gap x loudness" in outside(figures)
    assert figures["jaw per gap"] == pytest.approx(1.0, abs=0.05)
    assert "gap x loudness" not in rows(follow(points))  # nothing was heard


def test_shoulders_are_judged_where_they_were_seen() -> None:
    seen = np.stack([0.02 * np.sin(T), np.zeros(FRAMES)], axis=1)
    assert rows(follow(face()), shoulders=seen)["shoulders std"] == pytest.approx(100 * seen[:, 0].std(), abs=0.01)
    assert "shoulders std" not in rows(follow(face()), shoulders=np.full((FRAMES, 2), np.nan))


def test_bands_are_ordered_and_named() -> None:
    assert len(BANDS) == 20
    assert all(band.low < band.high and band.fault for band in BANDS.values())


def test_a_track_of_a_second_is_refused() -> None:
    with pytest.raises(InputError, match="too short"):
        follow(face()[:25])


def people(count: int, hz: float, seed: int) -> list[Sample]:
    """Heads that swing at ``hz`` with their own sizes and phases."""
    out = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        turn = rng.uniform(0.7, 1.5) * np.stack(
            [rng.uniform(1, 3) * np.sin(2 * np.pi * rng.uniform(0.8, 1.2) * hz * T + rng.uniform(0, 6)) for _ in range(3)],
            axis=1,
        )
        turn += np.cumsum(rng.standard_normal((FRAMES, 3)), axis=0) * 0.02
        out.append(Sample(str(number), windows(follow(face(turn=turn)))))
    return out


def test_the_same_kind_of_people_cannot_be_told_apart() -> None:
    assert 0.3 < separability(people(6, 0.6, 1), people(6, 0.6, 2)) < 0.7


def test_another_kind_of_people_is_found_out() -> None:
    assert separability(people(6, 0.6, 1), people(6, 1.6, 2)) > 0.9


def test_two_people_are_not_enough() -> None:
    with pytest.raises(InputError, match="three people"):
        separability(people(2, 0.6, 1), people(4, 0.6, 2))


def wanderer(name: str, size: float, seed: int, frames: int = FRAMES) -> Watched:
    """Somebody whose head wanders, ``size`` degrees far."""
    steps = np.random.default_rng(seed).standard_normal((FRAMES + 24, 3)).cumsum(axis=0)
    steps = np.stack([np.convolve(column, np.ones(25) / 25, "valid") for column in steps.T], axis=1)
    return Watched(name, follow(face(turn=size * (steps - steps.mean(0)) / steps.std(0))[:frames]))


def test_how_surely_a_real_person_is_told_from_the_others_is_said_beside() -> None:
    ours = [wanderer("", 2.0, seed) for seed in range(20, 23)]
    others = [wanderer(f"person{n}", 2.0, n, 200) for n in range(5)]  # too short to be cut in pieces
    alike = tell_apart(ours, [*others, wanderer("somebody", 2.0, 9)])["one real, turning"]
    unlike = tell_apart(ours, [*others, wanderer("somebody", 8.0, 9)])["one real, turning"]
    assert alike < 0.85
    assert unlike > 0.95
    assert "one real, turning" not in tell_apart(ours, others)


def test_speeds_are_a_second() -> None:
    turn = np.zeros((FRAMES, 3))
    turn[:, 1] = 5 * T
    assert speeds(follow(face(turn=turn[:, [0, 1, 2]])))[50:-50, 0].mean() == pytest.approx(5, abs=0.1)


def still_film(path: Path, frames: int = 60) -> Path:
    """The portrait of a presenter, as a film in which it is slowly carried to the right and back."""
    picture = cv2.imread(str(AVATARS / "clara" / "portrait.png"))
    picture = cv2.resize(picture, (384, 384))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 384, 384, "yuv420p"
        for t in range(frames):
            shift = np.array([[1, 0, 8 * np.sin(t / 6)], [0, 1, 0]])
            moved = cv2.warpAffine(picture, shift, (384, 384), borderMode=cv2.BORDER_REPLICATE)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(moved, format="bgr24")))
        out.mux(stream.encode())
    return path


@pytest.mark.models
def test_a_film_is_judged_and_told_from_real_tracks(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    for number in range(3):
        turn = (1 + number) * swing(yaw=2, pitch=2, roll=1)
        np.savez(real / f"person{chr(97 + number)}_01.npz", landmarks=face(turn=turn), fps=25.0)
    films = [str(still_film(tmp_path / f"film{n}.mp4")) for n in range(3)]
    done = CliRunner().invoke(app, ["evaluate", "performance", *films, "--real", str(real), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[-1])
    first = found["films"]["film0"]
    assert first["head shift std"] == pytest.approx(100 * 8 * 0.7 / 110, rel=0.25)  # the eyes are 110 pixels apart
    assert first["shoulders std"] == pytest.approx(first["head shift std"], rel=0.25)
    assert {"yaw std", "blinks a minute"} <= set(first["outside"])
    assert found["two_sample"]["all"] > 0.9


@pytest.mark.models
def test_a_film_without_a_face_says_so(tmp_path: Path) -> None:
    path = tmp_path / "nobody.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 128, "yuv420p"
        for _ in range(60):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((128, 128, 3), 90, np.uint8), format="bgr24")))
        out.mux(stream.encode())
    done = CliRunner().invoke(app, ["evaluate", "performance", str(path)])
    assert done.exit_code != 0
    assert "a face was found in 0 of 60 frames" in str(done.exception or done.output)


def test_a_model_is_judged_on_its_own_motion() -> None:
    rng = np.random.default_rng(0)
    found = judge_model(BaselineMotion(), [(0.05 * rng.standard_normal(48_000 * 12)).astype(np.float32)], seeds=(1,))
    assert {"yaw std", "gaze x yaw", "width std"} <= set(found)
    assert found["outside"] == outside({row: value for row, value in found.items() if row != "outside"})
    assert "yaw std" not in found["outside"]


def test_people_are_named_by_their_files() -> None:
    assert [person_of(Path(name)) for name in ("anna_01.npz", "bert.mp4", "carl-3.npz")] == ["anna", "bert", "carl"]
