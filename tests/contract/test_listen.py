"""What every recogniser promises, over each backend; and the two models beside it that know speech and its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from talking_head import registry
from talking_head.audio.pcm import resample
from talking_head.errors import AudioError, BackendError, ConfigError, WeightsError
from talking_head.evaluate.listening import sounds
from talking_head.evaluate.listening.sounds import noise
from talking_head.evaluate.listening.subdued import subdued
from talking_head.evaluate.speech.words import default_sentences, normalised, word_errors
from talking_head.listen.ear import Ear
from talking_head.listen.smart_turn import SmartTurn
from talking_head.listen.tone.subdued import Habits, letters
from talking_head.listen.vad import VAD_CHUNK, SileroVad
from talking_head.protocols import Recognizer
from tests.contract.fake_transcriber import FakeTranscriber

SENTENCES = ["The museum opens at nine.", "Could you repeat the question?"]


@pytest.fixture(scope="module")
def whisper(models: Path) -> Recognizer:
    built: Recognizer = registry.build("listen", "whisper")
    return built


@pytest.fixture
def service(whisper: Recognizer) -> Iterator[FakeTranscriber]:
    with FakeTranscriber(whisper) as running:
        yield running
        running.shutdown()


@pytest.fixture(params=["whisper", "openai"])
def recognizer(request: pytest.FixtureRequest, whisper: Recognizer) -> Recognizer:
    if request.param == "whisper":
        return whisper
    built: Recognizer = registry.build("listen", "openai", base_url=request.getfixturevalue("service").url, model="any")
    return built


@pytest.fixture(scope="module")
def speech(models: Path) -> list[np.ndarray]:
    voice = registry.build("speech", "piper")
    return [np.concatenate([piece.pcm for piece in voice.synthesize(text)]) for text in SENTENCES]


def test_reads_speech_back_at_any_rate(recognizer: Recognizer, speech: list[np.ndarray]) -> None:
    assert isinstance(recognizer, Recognizer)
    for text, pcm in zip(SENTENCES, speech, strict=True):
        for rate in (16_000, 48_000):
            heard = recognizer.recognize(resample(pcm, 48_000, rate), rate)
            errors, words = word_errors(text, heard.text)
            assert errors <= words // 4
            assert heard.no_speech < 0.3
    assert recognizer.transcribe(pcm, 48_000) == recognizer.recognize(pcm, 48_000).text


@pytest.mark.parametrize("make", [sounds.noise, sounds.music, sounds.coughs, sounds.keys])
def test_imagines_nothing_where_nobody_speaks(recognizer: Recognizer, make: type) -> None:
    for seconds in (0.5, 4.0):
        assert recognizer.transcribe(make(seconds, 0.05, seed=1), 16_000) == ""
    assert recognizer.transcribe(np.zeros(48_000, np.float32), 48_000) == ""
    assert recognizer.transcribe(np.full(10, 0.1, np.float32), 48_000) == ""


def test_hears_a_long_recording_to_its_end(recognizer: Recognizer) -> None:
    voice, texts, line = registry.build("speech", "piper"), default_sentences()[:12], list[np.ndarray]()
    for text in texts:
        line += [piece.pcm for piece in voice.synthesize(text)] + [np.zeros(14_400, np.float32)]
    pcm = np.concatenate(line)
    assert len(pcm) > 30 * 48_000
    errors, words = word_errors(" ".join(texts), recognizer.transcribe(pcm, 48_000))
    assert errors <= words // 5


@pytest.mark.parametrize("pcm", [np.zeros(0, np.float32), np.full(100, np.nan, np.float32), np.zeros((2, 9), np.float32)])
def test_refuses(recognizer: Recognizer, pcm: np.ndarray) -> None:
    with pytest.raises(AudioError):
        recognizer.recognize(pcm, 48_000)


def test_service_gets_the_key_and_a_second_try(
    service: FakeTranscriber, speech: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "k-123")
    service.busy = 1
    remote = registry.build("listen", "openai", base_url=service.url, model="m", key_env="MY_KEY", language="")
    assert "museum" in remote.transcribe(speech[0], 48_000).lower()
    assert service.keys == ["Bearer k-123"] * 2
    assert service.requests[1] == {"model": "m", "temperature": "0", "response_format": "verbose_json"}


def test_service_that_knows_no_probabilities(service: FakeTranscriber, speech: list[np.ndarray]) -> None:
    remote = registry.build("listen", "openai", base_url=service.url, model="plain-only")
    for _ in range(2):
        assert "museum" in remote.transcribe(speech[0], 48_000).lower()
    assert [fields["response_format"] for fields in service.requests] == ["verbose_json", "json", "json"]


@pytest.mark.parametrize(
    ("mode", "says"),
    [("401", "refused the key"), ("404", "no such luck"), ("500", "try again later"), ("html", "no transcription"),
     ("drop", "broke off"), ("stall", "silent for")],
)  # fmt: skip
def test_service_failures_are_sentences(service: FakeTranscriber, mode: str, says: str) -> None:
    remote = registry.build("listen", "openai", base_url=service.url, model=mode, retries=0, stall_s=0.3)
    with pytest.raises(BackendError, match=says):
        remote.recognize(np.full(16_000, 0.1, np.float32), 16_000)


def test_service_that_is_not_there_and_bad_options() -> None:
    remote = registry.build("listen", "openai", base_url="http://127.0.0.1:9/v1", model="m", retries=0)
    with pytest.raises(BackendError, match="cannot be reached"):
        remote.recognize(np.full(16_000, 0.1, np.float32), 16_000)
    for options in ({}, {"base_url": "ftp://x", "model": "m"}):
        with pytest.raises(ConfigError, match="listen"):
            registry.build("listen", "openai", **options)


def test_models_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="Whisper"):
        registry.build("listen", "whisper", model=tmp_path)
    for kind, name in ((SileroVad, "silero_vad.onnx"), (SmartTurn, "turn.onnx")):
        with pytest.raises(WeightsError, match="There is no"):
            kind(tmp_path / name)
        (tmp_path / name).write_bytes(b"nothing")
        with pytest.raises(WeightsError, match="cannot be loaded"):
            kind(tmp_path / name)


def test_vad_tells_speech_from_noise(models: Path, speech: list[np.ndarray]) -> None:
    vad = SileroVad()

    def voiced(pcm: np.ndarray) -> float:
        vad.reset()
        chunks = pcm[: len(pcm) // VAD_CHUNK * VAD_CHUNK].reshape(-1, VAD_CHUNK)
        return float(np.mean([vad.probability(chunk) >= 0.5 for chunk in chunks]))

    assert voiced(resample(speech[0], 48_000, 16_000)) > 0.6
    for make in (sounds.noise, sounds.keys):
        assert voiced(make(4.0, 0.03, seed=0)) == 0
    with pytest.raises(AudioError):
        vad.probability(np.zeros(100, np.float32))
    with pytest.raises(AudioError):
        vad.probability(np.full(VAD_CHUNK, np.nan, np.float32))


def test_end_of_turn_is_told_from_a_hesitation(models: Path) -> None:
    voice, model = registry.build("speech", "piper"), SmartTurn()

    def finished(text: str) -> float:
        pcm = resample(np.concatenate([piece.pcm for piece in voice.synthesize(text)]), 48_000, 16_000)
        return model.finished(np.concatenate([pcm, np.zeros(3_200, np.float32)]))

    assert finished("What is the weather like in Paris today?") > 0.5
    assert finished("I would like to know, um,") < 0.5
    assert 0 <= model.finished(np.zeros(0, np.float32)) <= 1
    assert 0 <= model.finished(np.zeros(20 * 16_000, np.float32)) <= 1


def test_word_errors() -> None:
    assert normalised("It's 25%, at 5:30!") == "it's twenty five percent at half past five"
    assert word_errors("one two three four", "one too three") == (2, 4)
    assert word_errors("one two", "") == (2, 2)


def test_a_made_subdued_voice_is_told_from_the_same_words_as_they_were(models: Path, speech: list[np.ndarray]) -> None:
    vad, habits, told = SileroVad(), Habits(), list[bool]()
    lines = [resample(np.concatenate([pcm, pcm]), 48_000, 16_000) for pcm in speech]
    low = subdued(lines[0])
    for text, line in ((SENTENCES[0], lines[0]), (SENTENCES[1], lines[1]), (SENTENCES[0], lines[0] * 0.5), (SENTENCES[0], low)):
        vad.reset()
        ear = Ear(vad)
        ear.turns.held = True
        ear.push(np.concatenate([noise(0.6, 3e-4, 1), line, noise(0.5, 3e-4, 2)]))
        ear.finish()
        assert ear.prosody is not None
        told.append(habits.heard(ear.prosody, 2 * letters(text)))
    assert told == [False, False, False, True]
