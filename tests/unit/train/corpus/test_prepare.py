"""Preparing: what is wrong with a video is counted, never hidden; what is kept can be read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.face.space import Pose, rotation_from_vector, template, to_image
from talking_head.media_files.sound import read_sound
from talking_head.media_files.video import read_pictures
from talking_head.motion.measures import lip_gap
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.prepare import Index, clip_name, normalise, prepare_folder, videos
from talking_head.train.motion.data import ramps, relative_pose, speech_activity
from talking_head.types import F32, FRAME_TICKS, U8

SIZE = 160
LOWER_LIP = [14, 87, 317, 178, 402, 88, 318, 95, 324]


def write_video(path: Path, *, frames: int = 40, fps: int = 25, tone: float | None = 0.2, cut: int | None = None) -> None:
    """A grey film with a beep in each second's first half; ``cut``: from there on it is white."""
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=fps)
        picture.width = picture.height = SIZE
        picture.pix_fmt = "yuv420p"
        sound = out.add_stream("aac", rate=48_000, layout="mono") if tone is not None else None
        for index in range(frames):
            level = 220 if cut is not None and index >= cut else 90
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.full((SIZE, SIZE, 3), level, np.uint8), format="rgb24")))
        if sound is not None:
            t = np.arange(frames * 48_000 // fps) / 48_000
            pcm = (float(tone or 0) * np.sin(2 * np.pi * 440 * t) * (t % 1 < 0.5)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(pcm[None], format="flt", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 0
            fifo = av.AudioFifo()
            fifo.write(frame)
            while (piece := fifo.read(1024, partial=True)) is not None:
                out.mux(sound.encode(piece))
            out.mux(sound.encode())
        out.mux(picture.encode())


def face_at(x: float, gap: float = 0.0, yaw: float = 0.0, scale: float = 60.0) -> F32:
    face = template().copy()
    face[LOWER_LIP, 1] += gap
    face[face[:, 1] > 0.95, 1] += gap
    return to_image(face, Pose(rotation_from_vector(np.array([0, yaw, 0.0])), scale, np.array([x, 60.0, 0.0])))


class Scripted:
    """A landmarker that sees what ``script`` says of the n-th picture."""

    def __init__(self, script: Callable[[int], list[F32]]) -> None:
        self.script, self.count = script, 0

    def detect(self, image: U8) -> list[F32]:
        assert image.dtype == np.uint8
        self.count += 1
        return self.script(self.count - 1)


def talking(n: int) -> list[F32]:
    return [face_at(80, gap=0.08 * max(0.0, np.sin(n / 2)))]


def prepare_one_video(tmp_path: Path, script: Callable[[int], list[F32]], **video: object) -> tuple[Index, Path]:
    films = tmp_path / "films"
    films.mkdir()
    write_video(films / "a.mp4", **video)  # type: ignore[arg-type]
    out = tmp_path / "out"
    index = prepare_folder(films, out, jobs=1, make_landmarker=lambda: Scripted(script), tick=lambda done, of: None)
    return index, out


def test_a_clip_is_kept_and_reads_back(tmp_path: Path) -> None:
    index, out = prepare_one_video(tmp_path, talking)
    entry = index.entries["films/a"]
    assert entry["kept"]
    assert entry["problems"] == {}
    clip = clipfile.load(out / "a.safetensors")
    assert clip.points.shape == (40, 478, 3)
    assert clip.valid.all()
    assert len(clip.pcm) == 40 * FRAME_TICKS
    assert clip.mel.shape == (40, 4, 80)
    np.testing.assert_allclose(clip.points[3], talking(3)[0], atol=0.02)
    expected = [0.08 * max(0.0, np.sin(n / 2)) for n in range(40)]
    assert np.corrcoef(lip_gap(clip.offsets()), expected)[0, 1] > 0.99
    assert abs(float(lip_gap(clip.neutral))) < 0.01
    saved = json.loads((out / "index.json").read_text())["clips"]["films/a"]["sha256"]
    assert saved == __import__("hashlib").sha256((out / "a.safetensors").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("reason", "script", "video", "valid"),
    [
        ("no face", lambda n: [] if 10 <= n < 16 else talking(n), {}, 34),
        ("two faces", lambda n: [*talking(n), face_at(30)] if 10 <= n < 16 else talking(n), {}, 34),
        ("face too small", lambda n: [face_at(80, scale=20)] if 10 <= n < 16 else talking(n), {}, 34),
        ("jump", lambda n: [face_at(80 if n < 20 else 110)], {}, 38),
        ("cut", talking, {"cut": 20}, 38),
    ],
)
def test_bad_frames_are_counted(
    tmp_path: Path, reason: str, script: Callable[[int], list[F32]], video: dict[str, object], valid: int
) -> None:
    index, out = prepare_one_video(tmp_path, script, **video)
    entry = index.entries["films/a"]
    assert entry["kept"]
    assert entry["problems"][reason] >= 1
    assert entry["valid"] == clipfile.load(out / "a.safetensors").valid.sum() == valid


def test_a_face_lost_for_three_frames_is_interpolated(tmp_path: Path) -> None:
    index, out = prepare_one_video(tmp_path, lambda n: [] if 10 <= n < 13 else [face_at(80 + n)])
    assert index.entries["films/a"]["problems"] == {"no face": 3}
    clip = clipfile.load(out / "a.safetensors")
    assert clip.valid.all()
    np.testing.assert_allclose(clip.points[11], face_at(91), atol=0.05)


@pytest.mark.parametrize(
    ("script", "video", "why"),
    [
        (lambda n: [], {}, "under 1 s"),
        (talking, {"tone": None}, "no sound"),
        (talking, {"tone": 0.0}, "no sound"),
        (talking, {"frames": 12}, "under 1 s"),
    ],
)
def test_useless_clips_are_dropped_with_a_reason(
    tmp_path: Path, script: Callable[[int], list[F32]], video: dict[str, object], why: str
) -> None:
    index, out = prepare_one_video(tmp_path, script, **video)
    entry = index.entries["films/a"]
    assert not entry["kept"]
    assert any(why in reason for reason in entry["problems"])
    assert not (out / "a.safetensors").exists()


def test_a_broken_file_is_an_outcome_not_a_crash(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    (films / "b.mp4").write_text("this is text")
    write_video(films / "c.mp4")
    index = prepare_folder(films, tmp_path / "out", jobs=1, make_landmarker=lambda: Scripted(talking), tick=lambda d, o: None)
    assert not index.entries["films/b"]["kept"]
    assert index.entries["films/c"]["kept"]


def test_a_second_run_goes_on(tmp_path: Path) -> None:
    _, out = prepare_one_video(tmp_path, talking)
    films = tmp_path / "films"
    write_video(films / "b.mp4")
    landmarker = Scripted(talking)
    index = prepare_folder(films, out, jobs=1, make_landmarker=lambda: landmarker, tick=lambda done, of: None)
    assert landmarker.count == 40  # only the new film was looked at
    assert set(index.entries) == {"films/a", "films/b"}


def test_linked_videos_and_folders_belong_to_where_the_link_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "nina"
    elsewhere.mkdir(parents=True)
    write_video(elsewhere / "a.mp4")
    films = tmp_path / "films"
    (films / "oskar").mkdir(parents=True)
    (films / "oskar" / "b.mp4").symlink_to(elsewhere / "a.mp4")
    (films / "nina").symlink_to(elsewhere)
    (films / "oskar" / "up").symlink_to(films)  # a ring
    assert [clip_name(video, films) for video in videos(films)] == ["films/nina/a", "films/oskar/b"]


def test_no_folder_and_no_video_are_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(InputError):
            prepare_folder(folder, tmp_path / "out", jobs=1, make_landmarker=lambda: Scripted(talking), tick=lambda d, o: None)


@pytest.mark.parametrize(("fps", "frames", "expected"), [(50, 80, 40), (25, 40, 40), (10, 16, 40), (30, 48, 40)])
def test_any_frame_rate_becomes_25(tmp_path: Path, fps: int, frames: int, expected: int) -> None:
    write_video(tmp_path / "v.mp4", frames=frames, fps=fps)
    assert abs(len(list(read_pictures(tmp_path / "v.mp4"))) - expected) <= 2


def test_sound_is_placed_by_its_time_stamps(tmp_path: Path) -> None:
    write_video(tmp_path / "v.mp4", frames=50)
    pcm = read_sound(tmp_path / "v.mp4", 50 * FRAME_TICKS)
    assert pcm is not None
    loud = np.abs(pcm).reshape(-1, 480).max(1) > 0.05
    assert abs(int(np.flatnonzero(loud[:90])[-1]) - 49) <= 4  # (AAC smears) the first beep ends after half a second


def test_pose_and_identity_are_taken_out() -> None:
    rng = np.random.default_rng(0)
    yaws = 0.2 * np.sin(np.arange(60) / 9)
    points = np.stack([face_at(80 + 5 * np.sin(i / 11), yaw=float(yaw)) for i, yaw in enumerate(yaws)])
    points += 0.01 * rng.standard_normal(points.shape).astype(np.float32)
    pose, neutral = normalise(points.astype(np.float32), np.ones(60, bool))
    zeros = np.zeros(60 * FRAME_TICKS, np.float32)
    mel = np.zeros((60, 4, 80), np.float32)
    clip = clipfile.PreparedClip(
        "x/y", "x", SIZE, SIZE, points.astype(np.float32), np.ones(60, bool), pose, neutral, mel, zeros
    )
    assert np.abs(clip.offsets()).max() < 0.02
    assert np.corrcoef(relative_pose(clip)[:, 1], yaws)[0, 1] > 0.98


def test_speech_activity_finds_the_sentence_and_not_the_noise() -> None:
    mel = np.full((100, 4, 80), -0.5, np.float32)
    mel += 0.02 * np.random.default_rng(0).standard_normal(mel.shape).astype(np.float32)
    assert speech_activity(mel).max() == 0
    mel[40:60] += 0.8
    mel[48:51] -= 0.8  # a plosive's silence inside
    talk = speech_activity(mel)
    assert (talk[41:59] > 0.9).all()
    assert (talk[:30] == 0).all()
    assert (talk[72:] == 0).all()


def test_ramps_are_smooth() -> None:
    on = np.zeros(40, bool)
    on[15:20] = True
    ramp = ramps(on)
    assert ramp[17] == 1
    assert np.abs(np.diff(ramp)).max() < 0.4
    assert ramp[0] == ramp[-1] == 0
    assert ramps(np.zeros(5, bool)).max() == 0
