"""Landmark tracks that were measured elsewhere: brought to 25 frames a second, prepared as videos are, people told by names."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.face.space import Pose, template, to_image
from talking_head.motion.measures import lip_gap
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.prepare import prepare_folder, videos
from talking_head.train.corpus.tracks import even, read_track, sound_beside
from talking_head.types import F32, U8

FPS, SECONDS = 50.0, 2


def store(path: Path, *, sound: bool = True) -> np.ndarray:
    """Somebody whose mouth opens once a second; the gap of each frame."""
    gap = 0.05 * (1 - np.cos(2 * np.pi * np.arange(FPS * SECONDS) / FPS))
    faces = np.repeat(template()[None], len(gap), axis=0).copy()
    faces[:, [14, 87, 317], 1] += gap[:, None]
    pose = Pose(np.eye(3), 100.0, np.array([120.0, 90.0, 0.0]))
    points = np.stack([to_image(face.astype(np.float32), pose) for face in faces])
    points[10:12] = np.nan
    np.savez(path, landmarks=points.astype(np.float32), fps=FPS, size=[240, 180])
    if sound:
        hum = 6_000 * np.sin(2 * np.pi * 200 * np.arange(16_000 * SECONDS) / 16_000)
        with wave.open(str(path.with_suffix(".wav")), "wb") as out:
            out.setparams((1, 2, 16_000, 0, "NONE", ""))
            out.writeframes(hum.astype("<i2").tobytes())
    return gap


class Blind:
    """Where there is no picture there is nothing to look at."""

    def detect(self, image: U8) -> list[F32]:
        raise AssertionError


def test_a_track_with_its_sound_is_a_clip(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    gap = store(folder / "ann_01.npz")
    store(folder / "ann_02.npz", sound=False)
    (folder / "other.npz").write_bytes(b"nothing")
    index = prepare_folder(
        folder, tmp_path / "out", jobs=1, make_landmarker=Blind, tick=lambda *_: None, people="name", tracks=True
    )
    entries = index.entries
    assert {name: entry["kept"] for name, entry in entries.items()} == {
        "set/ann_01": True,
        "set/ann_02": False,
        "set/other": False,
    }
    assert {entries[name]["person"] for name in ("set/ann_01", "set/ann_02")} == {"set/ann"}
    clip = clipfile.load(tmp_path / "out" / "ann_01.safetensors")
    assert (clip.person, clip.width, clip.height) == ("set/ann", 240, 180)
    assert len(clip.points) == 25 * SECONDS
    made = lip_gap(clip.offsets())
    np.testing.assert_allclose(made[8:48] - made[25], gap[16:96:2] - gap[50], atol=0.004)
    assert np.abs(clip.pcm).max() > 0.05
    assert clip.valid.all()  # a face lost for a moment is interpolated


def test_a_video_goes_before_the_track_of_its_name(tmp_path: Path) -> None:
    store(tmp_path / "ann.npz")
    store(tmp_path / "bert.npz")
    (tmp_path / "ann.mp4").touch()
    assert [path.name for path in videos(tmp_path, tracks=True)] == ["ann.mp4", "bert.npz"]
    assert [path.name for path in videos(tmp_path)] == ["ann.mp4"]


def test_in_between_on_straight_lines() -> None:
    line = np.arange(7, dtype=np.float32)[:, None]
    np.testing.assert_allclose(even(line, 25.0), line)
    np.testing.assert_allclose(even(line, 30.0)[:, 0], [0, 1.2, 2.4, 3.6, 4.8, 6.0], atol=1e-5)


def test_what_is_no_track_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "short.npz", landmarks=np.zeros((5, 68, 3)), fps=25.0)
    with pytest.raises(InputError, match=r"short.npz is no track: its landmarks are \[5, 68, 3\]"):
        read_track(tmp_path / "short.npz")
    np.savez(tmp_path / "other.npz", points=np.zeros(3))
    with pytest.raises(InputError, match="needs `landmarks`"):
        read_track(tmp_path / "other.npz")
    assert sound_beside(tmp_path / "other.npz") is None
