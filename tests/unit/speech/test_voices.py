"""Which voice speaks, and how many are kept."""

from __future__ import annotations

from typing import Any

import pytest

from talking_head.config import Config, OwnVoice, Speech
from talking_head.errors import ConfigError
from talking_head.face import avatars
from talking_head.speech.voices import CONFIGURED, Voices
from talking_head.types import Delivery


class Engine:
    def __init__(self, config: Config) -> None:
        self.name = f"{config.speech.backend} {config.speech.options}"
        self.heard: list[tuple[str, float]] = []

    def synthesize(self, text: str, delivery: Delivery = Delivery()) -> Any:  # noqa: B008  (frozen)
        self.heard.append((text, delivery.rate))
        yield from ()


def bank(**speech: Any) -> Voices:
    return Voices(Config(speech=Speech(**speech)), lambda config, stage: Engine(config))


@pytest.mark.models
def test_a_presenters_voice_speaks_unless_another_is_wanted() -> None:
    voices = bank()
    assert voices.choose("", "hibari-heart").name == "hibari-heart"
    assert voices.choose("", "en_US-joe-medium").name == "joe"
    assert voices.choose("joe", "hibari-heart").name == "joe"
    assert voices.choose("", "").name == "joe"
    assert voices.choose("", "somebody unknown").name == "joe"
    with pytest.raises(ConfigError, match=r"nobody.*hibari-heart"):
        voices.choose("nobody")


def test_a_configured_backend_speaks_for_everybody() -> None:
    voices = bank(backend="openai", options={"model": "x"}, language="zh")
    assert voices.choose("", "hibari-heart").name == CONFIGURED
    assert voices.choose("", "hibari-heart").language == "zh"


def test_voices_of_ones_own_are_chosen_by_name() -> None:
    own = OwnVoice(backend="openai", options={"voice": "af_sky"}, title="Anna", gender="woman")
    voices = bank(voices={"anna": own})
    anna = voices.choose("", "anna")
    assert (anna.backend, anna.options, anna.title) == ("openai", {"voice": "af_sky"}, "Anna")
    assert voices.load(anna).name == "openai {'voice': 'af_sky'}"  # type: ignore[attr-defined]


def test_few_voices_are_kept_and_each_is_made_at_its_first_word() -> None:
    own = {name: OwnVoice(backend=name) for name in ("a", "b", "c")}
    made: list[str] = []

    def build(config: Config, stage: str) -> Engine:
        made.append(config.speech.backend)
        return Engine(config)

    voices = Voices(Config(speech=Speech(voices=own, loaded=2)), build)
    speakers = {name: voices.synthesizer(voices.find(name)) for name in own}
    assert made == []
    for name in "abab":
        list(speakers[name].synthesize("Hello."))
    assert made == ["a", "b"]
    for name in "cb":
        list(speakers[name].synthesize("Hello."))
    assert made == ["a", "b", "c"]  # a went, b was used last
    list(speakers["a"].synthesize("Hello."))
    assert made == ["a", "b", "c", "a"]


def test_speed_multiplies() -> None:
    voices = bank(speed=1.2, voices={"a": OwnVoice(backend="a")})
    voice = voices.find("a")
    list(voices.synthesizer(voice, 0.5).synthesize("Hi.", Delivery(rate=2.0)))
    assert voices.load(voice).heard == [("Hi.", pytest.approx(1.2))]  # type: ignore[attr-defined]


def test_every_shipped_presenter_has_a_voice_that_is_known() -> None:
    voices = bank()
    for name in avatars.names():
        found = avatars.find(name)
        if found.shipped:
            assert voices.has(found.voice), name
