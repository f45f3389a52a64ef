"""Recognition, voice activity, and the collector between a microphone and both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talking_head import registry
from talking_head.audio.pcm import resample
from talking_head.errors import AudioError, WeightsError
from talking_head.evaluate.speech import normalised, word_errors
from talking_head.listen.collector import Said, Started, UtteranceCollector
from talking_head.listen.vad import VAD_CHUNK, SileroVad, Voice
from talking_head.protocols import Recognizer

SENTENCES = ["The museum opens at nine.", "Could you repeat the question?"]


@pytest.fixture(scope="module")
def recognizer(models: Path) -> Recognizer:
    built: Recognizer = registry.build("listen", "whisper")
    return built


@pytest.fixture(scope="module")
def speech(models: Path) -> list[np.ndarray]:
    voice = registry.build("speech", "piper")
    return [np.concatenate([piece.pcm for piece in voice.synthesize(text)]) for text in SENTENCES]


def silence(seconds: float, seed: int = 0) -> np.ndarray:
    return (2e-4 * np.random.default_rng(seed).standard_normal(round(48_000 * seconds))).astype(np.float32)


def packets(pcm: np.ndarray, size: int = 960) -> list[np.ndarray]:
    return [pcm[i : i + size] for i in range(0, len(pcm), size)]


def test_recognizer_reads_speech_back_at_any_rate(recognizer: Recognizer, speech: list[np.ndarray]) -> None:
    assert isinstance(recognizer, Recognizer)
    for text, pcm in zip(SENTENCES, speech, strict=True):
        for rate in (16_000, 48_000):
            errors, words = word_errors(text, recognizer.transcribe(resample(pcm, 48_000, rate), rate))
            assert errors <= words // 4


def test_recognizer_imagines_nothing_in_digital_silence(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(np.zeros(48_000, np.float32), 48_000) == ""


@pytest.mark.parametrize("pcm", [np.zeros(0, np.float32), np.full(100, np.nan, np.float32), np.zeros((2, 9), np.float32)])
def test_recognizer_refuses(recognizer: Recognizer, pcm: np.ndarray) -> None:
    with pytest.raises(AudioError):
        recognizer.transcribe(pcm, 48_000)


def test_models_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="Whisper"):
        registry.build("listen", "whisper", model=tmp_path)
    with pytest.raises(WeightsError, match="Silero"):
        SileroVad(tmp_path)
    (tmp_path / "silero_vad.onnx").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        SileroVad(tmp_path)


def test_vad_marks_start_and_end(models: Path, speech: list[np.ndarray]) -> None:
    vad = SileroVad()
    track = resample(np.concatenate([silence(1.0), speech[0], silence(1.5, 1)]), 48_000, 16_000)
    events = [event for i in range(len(track) // VAD_CHUNK) if (event := vad.push(track[i * VAD_CHUNK : (i + 1) * VAD_CHUNK]))]
    assert [event.kind for event in events] == [Voice.START, Voice.END]
    assert events[0].sample / 16_000 == pytest.approx(1.0, abs=0.2)
    assert events[1].sample / 16_000 == pytest.approx(1.0 + len(speech[0]) / 48_000, abs=0.5)
    with pytest.raises(AudioError):
        vad.push(track[:100])
    with pytest.raises(AudioError):
        vad.push(np.full(VAD_CHUNK, np.nan, np.float32))


@pytest.mark.parametrize("size", [960, 1_777])
def test_collector_gives_each_utterance(models: Path, recognizer: Recognizer, speech: list[np.ndarray], size: int) -> None:
    collector = UtteranceCollector(SileroVad())
    track = np.concatenate([silence(0.7), speech[0], silence(1.2, 1), speech[1], silence(1.2, 2)])
    events: list[Any] = [event for packet in packets(track, size) for event in collector.push(packet)]
    assert [type(event) for event in events] == [Started, Said, Started, Said]
    assert events[0].second == pytest.approx(0.7, abs=0.2)
    for text, said in zip(SENTENCES, events[1::2], strict=True):
        errors, words = word_errors(text, recognizer.transcribe(said.pcm, 16_000))
        assert errors <= words // 4


def test_collector_in_noise_stays_silent_and_small(models: Path) -> None:
    collector = UtteranceCollector(SileroVad())
    hum = 0.02 * np.sin(2 * np.pi * 50 * np.arange(48_000 * 8) / 48_000)
    track = (hum + np.concatenate([silence(4.0), 40 * silence(4.0, 1)])).astype(np.float32)
    assert not [event for packet in packets(track) for event in collector.push(packet)]
    assert sum(map(len, collector._kept)) < 16_000


def test_collector_cuts_a_long_speaker_and_flushes(models: Path, speech: list[np.ndarray]) -> None:
    collector = UtteranceCollector(SileroVad(silence_s=3.0), longest_s=2.0)
    track = np.concatenate([*speech, *speech])
    events = [event for packet in packets(track) for event in collector.push(packet)] + collector.flush()
    said = [event for event in events if isinstance(event, Said)]
    assert len(said) >= 3
    assert all(len(event.pcm) <= 2.3 * 16_000 for event in said)
    assert sum(len(event.pcm) for event in said) > 0.9 * len(track) / 3
    assert collector.flush() == []
    for bad in (np.full(960, np.nan, np.float32), np.zeros((2, 960), np.float32), np.zeros(960, np.int16)):
        with pytest.raises(AudioError):
            collector.push(bad)


def test_word_errors() -> None:
    assert normalised("It's 25%, at 5:30!") == "it's twenty five percent at half past five"
    assert word_errors("one two three four", "one too three") == (2, 4)
    assert word_errors("one two", "") == (2, 2)
