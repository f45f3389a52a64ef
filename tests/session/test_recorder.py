"""The MP4: whole, in sync, and readable after the writer was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import av
import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.film.recorder import Recorder
from talking_head.types import FRAME_TICKS

GREY = np.full((96, 64), 128, np.uint8)
SILENCE = np.zeros(FRAME_TICKS, np.float32)


def test_sound_and_picture_are_equally_long_and_in_sync(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    beep = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(FRAME_TICKS) / 48_000)).astype(np.float32)
    white = GREY.copy()
    white[:64] = 235
    with Recorder(file, 64, 64, title="test") as recorder:
        for number in range(83):
            lit = number == 50
            recorder.write(white if lit else GREY, beep if lit else SILENCE)
    with av.open(str(file)) as film:
        assert film.metadata["title"] == "test"
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.frames, video.average_rate, video.start_time) == (84, 25, 0)
        flash = beep_at = None
        picture_s = sound_s = 0.0
        for frame in film.decode(video, audio):
            if isinstance(frame, av.VideoFrame):
                picture_s = frame.time + 0.04
                if flash is None and frame.to_ndarray(format="gray").mean() > 180:
                    flash = frame.time
            else:
                pcm = frame.to_ndarray()[0]
                sound_s = frame.time + frame.samples / 48_000
                if beep_at is None and np.abs(pcm).max() > 0.1:
                    beep_at = frame.time + np.argmax(np.abs(pcm) > 0.1) / 48_000
    assert abs(picture_s - sound_s) <= 0.04
    assert flash is not None
    assert beep_at == pytest.approx(flash, abs=0.005)


def test_a_kill_costs_a_second_at_most(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    program = f"""
        import numpy as np
        from talking_head.film.recorder import Recorder
        noise = np.random.default_rng(0).integers(0, 255, (96, 64), np.uint8)
        recorder = Recorder({str(file)!r}, 64, 64)
        for number in range(130):
            recorder.write(np.roll(noise, number, 1), np.zeros(1920, np.float32))
        print("written", flush=True)
        import time; time.sleep(60)
    """
    writer = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline().strip() == b"written"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with av.open(str(file)) as film:
        pictures = sum(1 for _ in film.decode(video=0))
    with av.open(str(file)) as film:
        samples = sum(frame.samples for frame in film.decode(audio=0))
    assert pictures >= 130 - 25
    assert samples >= (130 - 25) * FRAME_TICKS - 1024


def test_wrong_sizes_and_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        Recorder(tmp_path / "nowhere" / "film.mp4", 64, 64)
    with Recorder(tmp_path / "film.mp4", 64, 64) as recorder:
        recorder.write(GREY, SILENCE)
        with pytest.raises(ValueError, match="64×64"):
            recorder.write(GREY[:10], SILENCE)
        with pytest.raises(ValueError, match="1920"):
            recorder.write(GREY, SILENCE[:100])


def test_colours_are_said_and_come_back(tmp_path: Path) -> None:
    """A large film without a word on its colours is taken for BT.709 by players: skin would turn orange."""
    from talking_head.animator.i420 import to_i420
    from talking_head.media_files.video import read_pictures

    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[:, :640], picture[:, 640:] = (224, 172, 140), (30, 90, 160)
    file = tmp_path / "film.mp4"
    with Recorder(file, 1280, 720) as recorder:
        for _ in range(3):
            recorder.write(to_i420(picture), SILENCE)
    with av.open(str(file)) as film:
        context = film.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (5, 1, 1)
    seen = next(iter(read_pictures(file)))
    assert np.abs(seen[100:600, 100:500].astype(int) - picture[100:600, 100:500]).max() <= 4


def test_captions_for_the_web() -> None:
    from talking_head.film.subtitles import Cue, vtt

    told = vtt([Cue(0.0, 1.25, "Yes, no, and <maybe>"), Cue(3661.5, 3662.0, "Later")])
    assert told.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nYes, no, and &lt;maybe&gt;\n")
    assert "01:01:01.500 --> 01:01:02.000\nLater" in told
