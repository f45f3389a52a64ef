"""What the OpenAI-style speech backend promises beyond the suite: requests, second tries, failures in sentences."""

from __future__ import annotations

import pytest

from talking_head import registry
from talking_head.errors import BackendError, ConfigError
from tests.contract.speech.voices import Server, spoken


def test_openai_request_and_key(speech_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "k-123")
    voice = registry.build(
        "speech", "openai", base_url=speech_server.url, model="kokoro", voice="sky", key_env="MY_KEY", format="pcm"
    )
    assert spoken(voice, "Hello there.")
    path, key, body = speech_server.requests[0]
    assert (path, key) == ("/v1/audio/speech", "Bearer k-123")
    assert body == {"model": "kokoro", "voice": "sky", "response_format": "pcm", "speed": 1.0, "input": "Hello there."}


@pytest.mark.parametrize("failing", ["429", "500", "drop"])
def test_openai_tries_again(speech_server: Server, failing: str) -> None:
    speech_server.failing, speech_server.failures = failing, 1
    assert spoken(registry.build("speech", "openai", base_url=speech_server.url, model="m"), "Hello.")
    assert len(speech_server.requests) == 2


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("401", "refused the key"),
        ("404", "no such luck"),
        ("429", "429"),
        ("500", "try again later"),
        ("html", "not a 16-bit WAV"),
        ("drop", "broke off"),
        ("stall", "silent for"),
    ],
)
def test_openai_failures_are_sentences(speech_server: Server, mode: str, says: str) -> None:
    speech_server.mode = mode
    voice = registry.build("speech", "openai", base_url=speech_server.url, model="m", retries=0, stall_s=0.3)
    with pytest.raises(BackendError, match=says):
        spoken(voice, "Hello.")


def test_openai_nobody_there_and_bad_options() -> None:
    voice = registry.build("speech", "openai", base_url="http://127.0.0.1:9/v1", model="m", retries=0)
    with pytest.raises(BackendError, match="cannot be reached"):
        spoken(voice, "Hello.")
    for options in ({}, {"base_url": "ftp://x", "model": "m"}, {"base_url": "http://x/v1", "model": "m", "format": "mp3"}):
        with pytest.raises(ConfigError, match="speech"):
            registry.build("speech", "openai", **options)


def test_openai_closing_cuts_the_line_while_the_server_is_silent(speech_server: Server) -> None:
    speech_server.mode = "stall"
    stream = registry.build("speech", "openai", base_url=speech_server.url, model="m", stall_s=60).synthesize("Hello.")
    assert len(next(stream).pcm) == 0
    assert speech_server.stalled.wait(5)
    stream.close()
    assert speech_server.cut.wait(5)
