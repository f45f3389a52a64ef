"""What the benches compute from what they see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talking_head.bench import voice
from talking_head.bench.av_skew import ear_delay
from talking_head.bench.served import by_thread
from talking_head.config import Config
from talking_head.errors import BackendError, ConfigError
from talking_head.speech.voices import Voices

AUDIO_ORIGIN, VIDEO_ORIGIN = 2**32 - 100_000, 2**32 - 5_000  # both run over within the test


def seen(flashes_s: list[float]) -> dict[str, object]:
    """A browser that takes each 10 ms of sound out of its buffer 80 ms after its media time, and shows pictures at once."""
    at = np.arange(0, 10, 0.01)
    return {
        "played": [[int(AUDIO_ORIGIN + s * 48_000) % 2**32, s * 1000 + 80] for s in at],
        "flashes": [[s * 1000, int(VIDEO_ORIGIN + s * 90_000) % 2**32] for s in flashes_s],
        "audio_rtp_origin": AUDIO_ORIGIN,
        "video_rtp_origin": VIDEO_ORIGIN,
    }


def test_the_ears_delay_is_found_by_timestamps_over_their_wrap() -> None:
    flashes = [1.0, 1.6, 2.4, 3.2]
    heard = np.array(flashes) * 1000 + 80 + 55 + 6.5  # 55 ms from the buffer to the ear, and Opus' own delay
    assert ear_delay(seen(flashes), heard) == pytest.approx(55, abs=0.1)
    with pytest.raises(BackendError, match="beside"):
        ear_delay(seen(flashes), heard + 5000)


def test_threads_are_listed_by_what_they_took() -> None:
    assert list(by_thread({"loop": 2.0, "media": 5.0, "idle": 0.001}, 10).items()) == [("media", 0.5), ("loop", 0.2)]


def test_a_visitor_is_answered_in_the_language_that_they_speak() -> None:
    voices = Voices(Config())
    own = voice.talk(voices, "", 12)
    assert (own.language, own.voice, own.prompts[10:]) == ("en", "", own.prompts[:2])
    assert voice.talk(voices, "en", 12) == own
    with pytest.raises(ConfigError, match="no questions in “fr”"):
        voice.talk(voices, "fr", 1)


def test_mandarin_is_asked_by_one_voice_and_answered_by_another(models: Path) -> None:
    voices = Voices(Config())
    if not voices.find("kokoro-zf_xiaoxiao").here:
        pytest.skip("Mandarin's voices are not here: talking-head pull --language zh")
    spoken = voice.talk(voices, "zh", 2)
    assert spoken.language == voices.find(spoken.voice).language == spoken.asker.language == "zh"
    assert spoken.asker.name != spoken.voice


def test_questions_that_are_not_heard_end_with_their_sound() -> None:
    assert voice.patience(100.0, 9.0) == 18.0
    assert voice.patience(4.0, 9.0) == 4.0
    assert voice.patience(-1.0, 9.0) == 0.0
