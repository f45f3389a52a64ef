"""Name → class, for every stage. A backend is imported only when it is chosen.

Outside packages register a backend through an entry point of the group ``talking_head.<stage>``::

    [project.entry-points."talking_head.speech"]
    mine = "my_package:MySynthesizer"
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

from talking_head.errors import MissingExtraError, UnknownPartError
from talking_head.extras import extra_command, extra_of

_BUILTIN: dict[str, dict[str, str]] = {
    "reply": {
        "ctranslate2": "talking_head.reply.ctranslate2:CTranslate2Reply",
        "transformers": "talking_head.reply.transformers:TransformersReply",
        "openai": "talking_head.reply.openai:OpenAIReply",
    },
    "speech": {
        "piper": "talking_head.speech.piper:PiperSynthesizer",
        "coqui": "talking_head.speech.coqui:CoquiSynthesizer",
        "openai": "talking_head.speech.openai:OpenAISynthesizer",
    },
    "listen": {
        "whisper": "talking_head.listen.whisper:WhisperRecognizer",
        "openai": "talking_head.listen.openai:OpenAIRecognizer",
    },
    "landmarks": {
        "mediapipe": "talking_head.face.mediapipe:MediaPipeLandmarker",
        "fan": "talking_head.face.fan:FanLandmarker",
    },
    "motion": {
        "baseline": "talking_head.motion.baseline:BaselineMotion",
        "trained": "talking_head.motion.trained:TrainedMotion",
    },
    "animator": {
        "warp": "talking_head.animator.warp.animator:WarpAnimator",
        "gan": "talking_head.animator.gan:GanAnimator",
        "device": "talking_head.animator.cuda.gan:DeviceGanAnimator",
        "apart": "talking_head.animator.pool.pool:AnimatorPool",
    },
}


def known(stage: str) -> list[str]:
    """Names that may stand for ``stage`` in the configuration, built-in first."""
    return [*_BUILTIN[stage], *sorted(e.name for e in entry_points(group=f"talking_head.{stage}"))]


def load(stage: str, name: str) -> type[Any]:
    """Import the class registered as ``name``.

    Raises UnknownPartError (lists the known names) and MissingExtraError (says what to install).
    """
    target = _BUILTIN[stage].get(name)
    with _extras_named(stage, name):
        if target is not None:
            module, _, attribute = target.partition(":")
            cls: type[Any] = getattr(importlib.import_module(module), attribute)
            return cls
        for entry in entry_points(group=f"talking_head.{stage}"):
            if entry.name == name:
                loaded: type[Any] = entry.load()
                return loaded
    raise UnknownPartError(f"There is no {stage} backend “{name}”. Known ones: {', '.join(known(stage))}.")


def build(stage: str, name: str, **options: Any) -> Any:
    """Load and construct a backend; ``options`` are its keyword arguments from the configuration."""
    cls = load(stage, name)
    try:
        with _extras_named(stage, name):  # most backends import what they need when they are made
            return cls(**options)
    except TypeError as error:
        raise UnknownPartError(f"The {stage} backend “{name}” does not take these options: {error}") from error


@contextlib.contextmanager
def _extras_named(stage: str, name: str) -> Iterator[None]:
    """A package of an extra that is not installed becomes the sentence that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        extra = extra_of(error)
        if extra is None:
            raise
        raise MissingExtraError(
            f"The {stage} backend “{name}” needs {error.name}. Install it with: {extra_command(extra)}"
        ) from error
