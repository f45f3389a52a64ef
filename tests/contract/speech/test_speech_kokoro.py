"""What the kokoro backend promises beyond the suite. Its models are optional: where they are absent the tests say so."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head import registry
from talking_head.audio.pcm import PEAK_CEILING, loudness
from talking_head.errors import ConfigError, WeightsError
from talking_head.models import manifest
from talking_head.types import Delivery
from tests.contract.speech.voices import hiss


@pytest.fixture(scope="module", autouse=True)
def _pulled() -> None:
    try:
        manifest.path("kokoro-82m")
        manifest.path("kokoro-voices")
        manifest.path("hibari-en-us")
    except WeightsError as error:
        pytest.skip(str(error))


def test_kokoro_speaks_with_places_of_its_phonemes() -> None:
    voice = registry.build("speech", "kokoro", voice="am_michael")
    (piece,) = voice.synthesize("Pass the soap.")
    assert loudness(piece.pcm) == pytest.approx(-16, abs=1)
    assert np.abs(piece.pcm).max() <= PEAK_CEILING + 1e-4
    assert sum(phoneme.ticks for phoneme in piece.phonemes) == len(piece.pcm)
    high = hiss(piece)
    assert high["s"] > 3 * high["ˈæ"]
    (slow,) = voice.synthesize("Pass the soap.", Delivery(rate=0.7))
    assert len(slow.pcm) > 1.1 * len(piece.pcm)


def test_kokoro_speaks_mandarin() -> None:
    pytest.importorskip("jieba")
    voice = registry.build("speech", "kokoro", voice="zf_xiaoxiao")
    (piece,) = voice.synthesize("你好。")
    assert [phoneme.symbol for phoneme in piece.phonemes if phoneme.symbol != " "] == ["n", "i", "x", "a", "u"]


def test_unknown_kokoro_voices_are_named() -> None:
    with pytest.raises(ConfigError, match="af_bella"):
        registry.build("speech", "kokoro", voice="af_nobody")
    with pytest.raises(ConfigError):
        registry.build("speech", "kokoro", voice="../x")
