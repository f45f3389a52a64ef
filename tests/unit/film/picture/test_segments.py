"""Segments and what they are joined to: whole, in sync, in true colours, of every format."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.film.picture.segments import CODECS, SegmentWriter, join, segments
from talking_head.types import FRAME_TICKS, U8
from tests.unit.film.players import moov_first

GREY = np.full((96, 64), 128, np.uint8)


def _clear(picture: U8) -> U8:
    """``picture`` with an alpha plane: all of it is there."""
    return np.concatenate([picture, np.full((64, 64), 255, np.uint8)])


@pytest.mark.parametrize("kind", list(CODECS))
def test_sound_and_picture_are_equally_long_and_in_sync(tmp_path: Path, kind: str) -> None:
    codec = CODECS[kind]
    beep = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(FRAME_TICKS) / 48_000)).astype(np.float32)
    white = GREY.copy()
    white[:64] = 235
    sound = np.zeros(83 * FRAME_TICKS, np.float32)
    sound[50 * FRAME_TICKS : 51 * FRAME_TICKS] = beep
    with SegmentWriter(tmp_path / "pictures", 64, 64, codec) as writer:
        for number in range(83):
            picture = white if number == 50 else GREY
            writer.write(_clear(picture) if codec.alpha else picture)
    assert len(segments(tmp_path / "pictures")) == 4
    file = tmp_path / f"film.{codec.container}"
    assert join(tmp_path / "pictures", sound, file, codec, {"title": "test", "comment": ""}) == 84
    if codec.container != "webm":
        assert moov_first(file)
    with av.open(str(file)) as film:
        assert film.metadata["title"] == "test"
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.average_rate, video.start_time) == (25, 0)
        flash = beep_at = None
        picture_s = sound_s = 0.0
        for frame in film.decode(video, audio):
            if isinstance(frame, av.VideoFrame):
                picture_s = frame.time + 0.04
                if flash is None and frame.to_ndarray(format="gray").mean() > 180:
                    flash = frame.time
            else:
                pcm = frame.to_ndarray()[0].astype(float)
                pcm = pcm / 32768 if frame.format.name.startswith("s16") else pcm
                sound_s = frame.time + frame.samples / 48_000
                if beep_at is None and np.abs(pcm).max() > 0.1:
                    beep_at = frame.time + np.argmax(np.abs(pcm) > 0.1) / 48_000
    assert abs(picture_s - sound_s) <= 0.04
    assert flash == pytest.approx(51 * 0.04)
    assert beep_at == pytest.approx(flash, abs=0.005)


@pytest.mark.parametrize("kind", list(CODECS))
@pytest.mark.parametrize("frames", [1, 2, 5, 7, 26, 32])
def test_a_film_may_have_any_length(tmp_path: Path, kind: str, frames: int) -> None:
    codec = CODECS[kind]
    with SegmentWriter(tmp_path / "pictures", 64, 64, codec) as writer:
        for number in range(frames):
            picture = np.full_like(GREY, 100 + number)
            writer.write(_clear(picture) if codec.alpha else picture)
    file = tmp_path / f"film.{codec.container}"
    assert join(tmp_path / "pictures", np.zeros(frames * FRAME_TICKS, np.float32), file, codec, {}) == frames + 1
    with av.open(str(file)) as film:
        assert sum(1 for _ in film.decode(video=0)) == frames + 1


def test_a_new_writer_goes_on_after_the_last_whole_segment(tmp_path: Path) -> None:
    one = SegmentWriter(tmp_path, 64, 64, CODECS["mp4"])
    for _ in range(60):
        one.write(GREY)
    (tmp_path / ".begun.mkv").write_bytes(b"cut off")
    two = SegmentWriter(tmp_path, 64, 64, CODECS["mp4"])
    assert two.frames == 50
    (tmp_path / "0000025-25.mkv").unlink()  # what lies behind a gap does not count
    assert SegmentWriter(tmp_path, 64, 64, CODECS["mp4"]).frames == 25


def test_colours_are_said_and_come_back(tmp_path: Path) -> None:
    """A large film without a word on its colours is taken for BT.709 by players: skin would turn orange."""
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[:, :640], picture[:, 640:] = (224, 172, 140), (30, 90, 160)
    with SegmentWriter(tmp_path / "pictures", 1280, 720, CODECS["mp4"]) as writer:
        for _ in range(3):
            writer.write(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8))
    file = tmp_path / "film.mp4"
    join(tmp_path / "pictures", np.zeros(0, np.float32), file, CODECS["mp4"], {})
    with av.open(str(file)) as film:
        context = film.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (5, 1, 1)
        seen = next(iter(film.decode(video=0))).to_ndarray(format="rgb24")
    assert np.abs(seen[100:600, 100:500].astype(int) - picture[100:600, 100:500]).max() <= 4


def test_wrong_sizes_and_places_are_refused(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path / "pictures", 64, 64, CODECS["mp4"]) as writer:
        writer.write(GREY)
        with pytest.raises(ValueError, match="64×64"):
            writer.write(GREY[:10])
    with pytest.raises(InputError, match="was given up"):
        join(tmp_path / "pictures", np.zeros(1920, np.float32), tmp_path / "nowhere" / "film.mp4", CODECS["mp4"], {})
