"""Recognisers by language, made at their first word: what ``[listen]`` says is the one of its own language, the others come
with their language (``Language.recognizer``) or from ``[listen.languages.CODE]``.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import Any

from talking_head import registry
from talking_head.config import Config
from talking_head.errors import WeightsError
from talking_head.models import manifest
from talking_head.protocols import Recognizer
from talking_head.text import language as languages
from talking_head.text.language import Language
from talking_head.types import F32, Transcript

DEFAULT = "en"  # the language of the recogniser that ``[listen.options]`` makes, unless they name another


class Recognizers:
    """The recognisers of one process. ``build(config, stage)`` makes them. May be used from any thread."""

    def __init__(self, config: Config, build: Callable[[Config, str], Any] = registry.configured) -> None:
        self._config, self._build, self._listen = config, build, config.listen
        self._made: dict[str, Recognizer] = {}
        self._lock = threading.Lock()

    def of(self, language: Language) -> _Lazily:
        """What hears ``language``; loaded at its first word, where that is heard."""
        return _Lazily(self, language)

    def check(self, language: Language) -> None:
        """Raises MissingModelError, which says the command, where what hears ``language`` is not on this machine."""
        if self._of_its_own(language) and language.recognizer and "model" not in self._own(language):
            manifest.path(language.recognizer)

    def hears(self, language: Language) -> bool:
        """Whether :meth:`check` passes."""
        try:
            self.check(language)
        except WeightsError:
            return False
        return True

    def detector(self, language: Language) -> _Lazily | None:
        """One that tells which language is spoken, for where the recogniser of ``language`` knows that one only; None where
        there is none on this machine. Loaded at its first use, or by its ``load()``."""
        others = [languages.get(code) for code in languages.codes() if code != language.code]
        return next((self.of(other) for other in others if self._of_its_own(other) and self.hears(other)), None)

    def load(self, language: Language) -> Recognizer:
        """The recogniser of ``language``. Raises what its backend raises, such as MissingModelError."""
        if (made := self._made.get(language.code)) is not None:
            return made  # it hears on while another one is made
        with self._lock:
            if language.code not in self._made:
                options = self._options(language)
                section = self._listen.model_copy(update={"options": options})
                self._made[language.code] = self._build(self._config.model_copy(update={"listen": section}), "listen")
            return self._made[language.code]

    def _own(self, language: Language) -> dict[str, Any]:
        return self._listen.languages.get(language.code, {})

    def _of_its_own(self, language: Language) -> bool:
        """Whether another model than that of ``[listen.options]`` hears it."""
        return self._listen.backend == "whisper" and language.code != self._listen.options.get("language", DEFAULT)

    def _options(self, language: Language) -> dict[str, Any]:
        options = dict(self._listen.options)
        if self._of_its_own(language):
            if language.recognizer_prompt:
                options["prompt"] = language.recognizer_prompt
            options.pop("model", None)
            if language.recognizer:
                options["model"] = language.recognizer
        if "language" in inspect.signature(registry.load("listen", self._listen.backend)).parameters:
            options["language"] = language.code
        return options | self._own(language)


class _Lazily:
    """A language of the recognisers as one."""

    def __init__(self, recognizers: Recognizers, language: Language) -> None:
        self._recognizers, self._language = recognizers, language

    def load(self) -> None:
        """Make it, where it is not made yet. Raises what :meth:`Recognizers.load` raises."""
        self._recognizers.load(self._language)

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        """See :class:`talking_head.protocols.Recognizer`."""
        return self.recognize(pcm, sample_rate).text

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        """See :class:`talking_head.protocols.Recognizer`."""
        return self._recognizers.load(self._language).recognize(pcm, sample_rate)
