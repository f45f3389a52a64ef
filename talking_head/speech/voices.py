"""Voices by name, and the synthesisers that speak them: made at their first use, a few kept at a time.

Which voice speaks: the one that a session asks for, else the one that the configuration forces on all (``speech.backend``),
else the presenter's (``avatar.toml``), else ``speech.voice``.
"""

from __future__ import annotations

import logging
import threading
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from talking_head import registry
from talking_head.audio.recital import recite
from talking_head.config import Config
from talking_head.errors import ConfigError, WeightsError
from talking_head.models import manifest
from talking_head.protocols import Synthesizer
from talking_head.text import language as languages
from talking_head.text.clauses import check, split
from talking_head.types import F32, PLAIN, Delivery, Utterance

log = logging.getLogger(__name__)

CONFIGURED = "configured"  # the voice that speech.backend and speech.options make


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that can be chosen by ``name``; the fields are those of ``voices.toml``. ``consent``: who speaks and agreed to
    what, in words, for a voice of one's own."""

    name: str
    backend: str
    title: str = ""
    gender: str = ""
    language: str = "en"
    options: Mapping[str, Any] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    heavy: bool = False
    consent: str = ""

    @property
    def file(self) -> Path | None:
        """The file that a voice of one's own was given by (a model, or a clip to clone); None for all others."""
        for value in () if self.models else self.options.values():
            path = Path(value).expanduser() if isinstance(value, str) and value else None
            if path is not None and path.is_dir():
                path = next(iter(sorted(path.glob("*.onnx")) or sorted(path.glob("*.pth"))), path)
            if path is not None and path.is_file():
                return path
        return None

    def check(self) -> None:
        """Raises MissingModelError, which says the command, where its models are not on this machine."""
        for model in self.models:
            manifest.path(model)

    @property
    def here(self) -> bool:
        """Whether its models are on this machine."""
        try:
            self.check()
        except WeightsError:
            return False
        return True


@cache
def catalogue() -> dict[str, Voice]:
    """The voices that come with the program."""
    data = tomllib.loads((resources.files(__package__) / "voices.toml").read_text("utf-8"))
    return {name: _voice(name, entry) for name, entry in data.items()}


class Voices:
    """The voices of one process. ``build(config, stage)`` makes synthesisers; ``speech.loaded`` of them are kept,
    the one that was not used for longest goes first. May be used from any thread.
    """

    def __init__(self, config: Config, build: Callable[[Config, str], Any] = registry.configured) -> None:
        self._config, self._build = config, build
        self._speech = speech = config.speech
        self._known = dict(catalogue())
        for name, own in speech.voices.items():
            self._known[name] = Voice(
                name,
                own.backend,
                own.title or name,
                own.gender,
                own.language,
                dict(own.options),
                heavy=own.heavy,
                consent=own.consent,
            )
        if speech.backend != "auto":
            self._known[CONFIGURED] = Voice(
                CONFIGURED,
                speech.backend,
                "as configured",
                language=speech.language,
                options=dict(speech.options),
                consent=speech.consent,
            )
        self._loaded: OrderedDict[str, Synthesizer] = OrderedDict()
        self._lock, self._building = threading.Lock(), threading.Lock()

    def all(self) -> list[Voice]:
        """Every voice that may be chosen."""
        return list(self._known.values())

    def find(self, name: str) -> Voice:
        """The voice called ``name``. Raises ConfigError, which lists the known ones."""
        for voice in self._known.values():
            if name == voice.name or name in voice.aliases:
                return voice
        raise ConfigError(f"There is no voice “{name[:60]}”. Known ones: {', '.join(self._known)}.")

    def has(self, name: str) -> bool:
        """Whether there is a voice called ``name``."""
        return any(name == voice.name or name in voice.aliases for voice in self._known.values())

    def choose(self, wanted: str = "", presenter: str = "") -> Voice:
        """The voice that speaks: ``wanted`` by a session, ``presenter``'s own, or the default.

        Raises ConfigError for a wanted voice that is not known. A presenter's voice that is not known, or whose models are not
        here, gives way to the default.
        """
        if wanted:
            return self.find(wanted)
        if CONFIGURED in self._known:
            return self._known[CONFIGURED]
        if presenter:
            try:
                voice = self.find(presenter)
            except ConfigError as error:
                log.warning("%s The presenter speaks with the default voice.", error)
            else:
                if voice.here:
                    return voice
                log.warning("The voice “%s” is not on this machine: talking-head pull %s", voice.name, " ".join(voice.models))
        return self.find(self._speech.voice)

    def synthesizer(self, voice: Voice, speed: float = 1.0) -> Synthesizer:
        """What speaks with ``voice``, ``speed`` times as fast as by itself; loaded at its first word, where that is spoken."""
        return _Lazily(self, voice, speed * self._speech.speed)

    def load(self, voice: Voice) -> Synthesizer:
        """The synthesiser of ``voice``. Raises what its backend raises, such as MissingModelError."""
        with self._lock:
            if voice.name in self._loaded:
                self._loaded.move_to_end(voice.name)
                return self._loaded[voice.name]
        with self._building:  # one after the other; voices that are there speak on meanwhile
            made = self._loaded.get(voice.name)
            if made is None:
                speech = self._speech.model_copy(update={"backend": voice.backend, "options": dict(voice.options)})
                made = self._build(self._config.model_copy(update={"speech": speech}), "speech")
            with self._lock:
                self._loaded[voice.name] = made
                while len(self._loaded) > self._speech.loaded:
                    self._loaded.popitem(last=False)
            return made


def sample(voices: Voices, voice: Voice, text: str = "") -> F32:
    """A sentence or two in ``voice``, f32[n] at 48 kHz. Raises TextError, and what the voice's backend raises."""
    spoken = languages.get(voice.language)
    spans = split(check(text or spoken.sentences.sample, 300), 0, spoken)
    speaker = voices.synthesizer(voice)
    return np.concatenate([utterance.pcm for span in spans for utterance in recite(speaker, span)])


class _Lazily:
    """A voice of the bank as a synthesiser."""

    def __init__(self, voices: Voices, voice: Voice, speed: float) -> None:
        self._voices, self._voice, self._speed = voices, voice, speed

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """As any synthesiser's."""
        if self._speed != 1.0:
            delivery = replace(delivery, rate=delivery.rate * self._speed)
        voice = self._voices.load(self._voice)
        # A backend of another package may know no delivery.
        yield from voice.synthesize(text) if delivery == PLAIN else voice.synthesize(text, delivery)


def _voice(name: str, entry: Mapping[str, Any]) -> Voice:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Voice(name, **values)
