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
    from talking_head.media_files.sound import read_audio

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


@pytest.mark.models
def test_say_takes_a_recording_as_it_is_and_frames_it(tmp_path: Path) -> None:
    """Wired in opposite phase and far too quiet: a film that is heard, upright, with the words beside it."""
    import numpy as np

    from talking_head import registry
    from talking_head.audio.pcm import loudness
    from talking_head.media_files.sound import read_audio
    from tests.unit.media_files.files import write_sound

    voice = registry.build("speech", "piper")
    pcm = np.concatenate([utterance.pcm for utterance in voice.synthesize("Please come in, and take a seat.")]) * 0.01
    sound = write_sound(tmp_path / "phone.wav", np.stack([pcm, -pcm]).astype(np.float32))
    file = tmp_path / "film.mp4"
    words = "Please come in, and take a seat."
    command = [sys.executable, "-m", "talking_head.cli.main", "say", words, "--audio", str(sound), "-o", str(file)]
    command += ["--framing", "9:16", "--size", "360", "--subtitles", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "cancel each other" in ended.stderr
    assert "LUFS" in ended.stderr
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert (figures["width"], figures["height"]) == (360, 640)
    assert loudness(read_audio(file)) == pytest.approx(-16, abs=1)
    assert "Please come in" in file.with_suffix(".srt").read_text(encoding="utf-8")


@pytest.mark.models
def test_a_recording_without_speech_says_so(tmp_path: Path) -> None:
    import numpy as np

    from talking_head.errors import AudioError
    from talking_head.listen.presence import check_speech
    from talking_head.media_files.sound import levelled
    from talking_head.types import TICKS_PER_SECOND

    time = np.arange(3 * TICKS_PER_SECOND) / TICKS_PER_SECOND
    noise = np.random.default_rng(0).standard_normal(len(time))
    for sound in (np.sin(440 * 2 * np.pi * time), noise, noise * (np.sin(2 * np.pi * time) > 0.9)):
        with pytest.raises(AudioError, match="No speech was heard"):
            check_speech(levelled(sound.astype(np.float32)))
