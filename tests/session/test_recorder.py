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
        from talking_head.stream.recorder import Recorder
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
