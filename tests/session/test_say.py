"""``talking-head say`` with the default models: a film that a recogniser understands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import av
import pytest

SENTENCE = "The museum opens at nine, and the last visitors leave at five."


@pytest.mark.models
def test_say_writes_a_film_that_says_it(tmp_path: Path) -> None:
    from talking_head import registry
    from talking_head.audio.pcm import read_audio

    file = tmp_path / "film.mp4"
    command = [sys.executable, "-m", "talking_head.cli.main", "say", SENTENCE, "-o", str(file), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert {"video_s", "audio_s", "frames", "fps", "width", "height", "realtime_factor"} <= set(figures)
    with av.open(str(file)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.average_rate) == (512, 512, 25)
        assert video.frames == figures["frames"]
        picture_s = float(video.duration * video.time_base)
        sound_s = float(audio.duration * audio.time_base)
        assert abs(picture_s - sound_s) <= 0.04
        assert picture_s == pytest.approx(figures["video_s"], abs=0.04)
    heard = registry.build("listen", "whisper").transcribe(read_audio(file, 16_000), 16_000)
    words = {word.strip(".,").lower() for word in heard.split()}
    assert {"museum", "opens", "last", "visitors", "leave"} <= words


def test_neither_text_nor_sound_is_a_sentence() -> None:
    command = [sys.executable, "-m", "talking_head.cli.main", "say"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 2
    assert "--audio" in ended.stderr
    assert "Traceback" not in ended.stderr
