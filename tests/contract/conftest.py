"""Voices that the tests of speech share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from talking_head import registry
from talking_head.errors import MissingExtraError
from talking_head.protocols import Synthesizer
from talking_head.speech.coqui import import_coqui
from tests.contract.speech.voices import Server


@pytest.fixture
def speech_server() -> Iterator[Server]:
    with Server() as running:
        yield running
        running.shutdown()


@pytest.fixture(scope="module")
def piper(models: Path) -> Synthesizer:
    voice: Synthesizer = registry.build("speech", "piper")
    return voice


@pytest.fixture(scope="module")
def hibari(models: Path) -> Synthesizer:
    voice: Synthesizer = registry.build("speech", "hibari")
    return voice


@pytest.fixture(scope="module")
def coqui(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    """A small VITS with random weights, built from a config, saved, and loaded by path."""
    try:
        import_coqui()
    except MissingExtraError as error:
        pytest.skip(str(error))
    import torch
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    small = VitsArgs(
        hidden_channels=32,
        hidden_channels_ffn_text_encoder=64,
        num_heads_text_encoder=2,
        num_layers_text_encoder=2,
        num_layers_posterior_encoder=2,
        num_layers_flow=2,
        upsample_initial_channel_decoder=64,
        init_discriminator=False,
    )
    torch.manual_seed(0)
    net = Vits(VitsConfig(model_args=small, use_phonemes=False, text_cleaner="basic_cleaners"))
    with torch.no_grad():
        net.waveform_decoder.conv_post.weight *= 30  # random weights whisper
    folder = tmp_path_factory.mktemp("vits")
    torch.save({"model": net.state_dict()}, folder / "model.pth")
    net.config.save_json(str(folder / "config.json"))
    voice: Synthesizer = registry.build("speech", "coqui", model=folder / "model.pth")
    return voice
