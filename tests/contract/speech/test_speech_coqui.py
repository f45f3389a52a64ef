"""What the Coqui backend promises beyond the suite: it explains itself, and streams."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talking_head import registry
from talking_head.audio.pcm import loudness, write_wav
from talking_head.errors import ConfigError, MissingExtraError, WeightsError
from talking_head.evaluate.speech.joins import measure_joins
from tests.contract.speech.voices import babble


def test_coqui_explains_itself(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"needs speech\.options\.model"):
        registry.build("speech", "coqui")
    with pytest.raises(ConfigError, match="clip"):
        registry.build("speech", "coqui", model="x", clone=tmp_path / "absent.wav")
    if importlib.util.find_spec("TTS") is None:
        with pytest.raises(MissingExtraError, match=r"pip install 'talking-head\[coqui\]'"):
            registry.build("speech", "coqui", model="x")
        return
    with pytest.raises(WeightsError, match="no Coqui checkpoint"):
        registry.build("speech", "coqui", model=tmp_path / "absent.pth")
    (tmp_path / "model.pth").write_bytes(b"no checkpoint")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(WeightsError, match="cannot load"):
        registry.build("speech", "coqui", model=tmp_path / "model.pth")


def test_coqui_streams_chunks_without_seams(coqui: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XTTS's weights may not be shipped: its interface, with a voice of ours, proves how its chunks are joined."""
    import torch

    whole = babble(4.0, coqui.sample_rate)
    asked: list[Any] = []

    class Net:
        def get_conditioning_latents(self, audio_path: list[str]) -> tuple[str, str]:
            asked.append(audio_path)
            return "latents", "speaker"

        def inference_stream(self, text: str, language: str, latents: str, speaker: str) -> Iterator[Any]:
            asked.append((text, language, latents, speaker))
            yield from torch.from_numpy(whole).split(7_000)

    write_wav(tmp_path / "clip.wav", babble(2.0), 24_000)
    import TTS.tts.models.xtts  # noqa: F401

    for name, value in {
        "_net": Net(),
        "_stream": True,
        "_clone": str(tmp_path / "clip.wav"),
        "_latents": None,
        "_language": "en",
    }.items():
        monkeypatch.setattr(coqui, name, value)
    pieces = [piece.pcm for piece in coqui.synthesize("Hello there.")]
    assert asked == [[str(tmp_path / "clip.wav")], ("Hello there.", "en", "latents", "speaker")]
    assert len(pieces) >= 10
    assert loudness(np.concatenate(pieces)) == pytest.approx(-16, abs=1)
    joins = measure_joins(pieces)
    assert joins.jump <= 1.5 * joins.typical
    assert joins.click_db < 0
