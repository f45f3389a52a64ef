"""A recogniser a language: which options each gets, and what is said where its models are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talking_head.config import Config
from talking_head.errors import MissingModelError
from talking_head.listen.recognizers import Recognizers
from talking_head.models import manifest
from talking_head.text import language
from tests.session.fakes import FakeRecognizer

SOUND = np.zeros(1600, np.float32)
EN, ZH = language.get("en"), language.get("zh")
ZH_OPTIONS = {"model": "whisper-base", "language": "zh", "prompt": ZH.recognizer_prompt}


class Built:
    """In the place of the registry: remembers the options that recognisers are made with."""

    def __init__(self, **listen: Any) -> None:
        self.options: list[dict[str, Any]] = []
        self.recognizers = Recognizers(Config.model_validate({"listen": listen}), self)

    def __call__(self, config: Config, stage: str) -> FakeRecognizer:
        assert stage == "listen"
        self.options.append(config.listen.options)
        return FakeRecognizer()


def test_each_language_has_a_recogniser_made_once_at_its_first_word() -> None:
    built = Built()
    english, mandarin = built.recognizers.of(EN), built.recognizers.of(ZH)
    assert built.options == []
    mandarin.load()
    assert built.options == [ZH_OPTIONS]
    for recognizer in (mandarin, english, mandarin):
        recognizer.transcribe(SOUND, 16_000)
    assert built.options == [ZH_OPTIONS, {"language": "en"}]


def test_options_are_of_the_language_that_they_name() -> None:
    built = Built(options={"model": "/my/whisper", "language": "zh", "beam": 5}, languages={"en": {"beam": 1}})
    for one in (ZH, EN):
        built.recognizers.load(one)
    assert built.options == [
        {"model": "/my/whisper", "language": "zh", "beam": 5},
        {"language": "en", "beam": 1},
    ]


def test_a_service_hears_all_languages_under_its_own_model() -> None:
    built = Built(backend="openai", options={"base_url": "http://x/v1", "model": "whisper-1"})
    assert built.recognizers.hears(ZH)
    built.recognizers.load(ZH)
    assert built.options == [{"base_url": "http://x/v1", "model": "whisper-1", "language": "zh"}]
    assert built.recognizers.detector(EN) is None


def test_a_language_whose_models_are_missing_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise MissingModelError(f"talking-head pull {name}")

    monkeypatch.setattr(manifest, "path", missing)
    recognizers = Built().recognizers
    with pytest.raises(MissingModelError, match="pull whisper-base"):
        recognizers.check(ZH)
    assert not recognizers.hears(ZH)
    assert recognizers.hears(EN)
    assert recognizers.detector(EN) is None
    assert Built(languages={"zh": {"model": "/my/whisper"}}).recognizers.hears(ZH)


def test_the_other_languages_recogniser_tells_which_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "path", lambda name: Path(name))
    built = Built()
    detector = built.recognizers.detector(EN)
    assert detector is not None
    detector.transcribe(SOUND, 16_000)
    assert built.options == [ZH_OPTIONS]
