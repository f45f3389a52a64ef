"""Name → class, for every stage. A backend is imported only when it is chosen.

Outside packages register a backend through an entry point of the group ``talking_head.<stage>``::

    [project.entry-points."talking_head.speech"]
    mine = "my_package:MySynthesizer"
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from talking_head import protocols
from talking_head.errors import MissingExtraError, UnknownPartError
from talking_head.extras import extra_command, extra_of

if TYPE_CHECKING:  # processes that draw build parts as well, and need no pydantic for it
    from talking_head.config import Config

_BUILTIN: dict[str, dict[str, str]] = {
    "reply": {
        "auto": "talking_head.reply.auto:AutoReply",
        "openvino": "talking_head.reply.openvino.reply:OpenVINOReply",
        "ctranslate2": "talking_head.reply.ctranslate2:CTranslate2Reply",
        "transformers": "talking_head.reply.transformers:TransformersReply",
        "openai": "talking_head.reply.openai:OpenAIReply",
    },
    "speech": {
        "hibari": "talking_head.speech.hibari:HibariSynthesizer",
        "kokoro": "talking_head.speech.kokoro:KokoroSynthesizer",
        "piper": "talking_head.speech.piper:PiperSynthesizer",
        "coqui": "talking_head.speech.coqui:CoquiSynthesizer",
        "openai": "talking_head.speech.openai:OpenAISynthesizer",
    },
    "listen": {
        "whisper": "talking_head.listen.whisper:WhisperRecognizer",
        "openai": "talking_head.listen.openai:OpenAIRecognizer",
    },
    "landmarks": {
        "mediapipe": "talking_head.face.landmarks.mediapipe:MediaPipeLandmarker",
        "fan": "talking_head.face.landmarks.fan:FanLandmarker",
    },
    "motion": {
        "baseline": "talking_head.motion.baseline:BaselineMotion",
        "trained": "talking_head.motion.trained:TrainedMotion",
    },
    "animator": {
        "warp": "talking_head.animator.warp.animator:WarpAnimator",
        "gan": "talking_head.animator.gan:GanAnimator",
        "device": "talking_head.animator.cuda.gan:DeviceGanAnimator",
        "pool": "talking_head.animator.pool.pool:AnimatorPool",
    },
}

_WRAPPERS = {("animator", "pool")}

# What stands beside the recogniser and cannot be chosen.
_BESIDE = {
    "voice": ("talking_head.listen.vad", "SileroVad"),
    "end_of_turn": ("talking_head.listen.smart_turn", "SmartTurn"),
}


_PROTOCOLS: dict[str, type[Any]] = {
    "reply": protocols.ReplyGenerator,
    "speech": protocols.Synthesizer,
    "listen": protocols.Recognizer,
    "landmarks": protocols.Landmarker,
    "motion": protocols.MotionModel,
    "animator": protocols.Animator,
}


STAGES = tuple(_BUILTIN)


def builtin(stage: str) -> list[str]:
    """Names of the backends of ``stage`` that this package brings."""
    return list(_BUILTIN[stage])


def known(stage: str) -> list[str]:
    """Names that may stand for ``stage`` in the configuration, built-in first."""
    return [*chosen(stage), *sorted(e.name for e in entry_points(group=f"talking_head.{stage}"))]


def chosen(stage: str) -> list[str]:
    """:func:`builtin` without those that no configuration names: :func:`live` puts them around another one."""
    return [name for name in builtin(stage) if (stage, name) not in _WRAPPERS]


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
            built = cls(**options)
    except TypeError as error:
        raise UnknownPartError(f"The {stage} backend “{name}” does not take these options: {error}") from error
    _check(stage, name, built)
    return built


def configured(config: Config, stage: str) -> Any:
    """The backend of ``stage`` that ``config`` names, with its options and what ``[device]`` says. Errors as :func:`build`.

    For speech "auto" ask ``speech/voices.py``: the voice is the presenter's.
    """
    return build(stage, getattr(config, stage).backend, **options(config, stage))


def live(config: Config, stage: str) -> Any:
    """As :func:`configured`, but an animator that draws on the CPU gets ``[animator] processes`` of its own, and what stands
    beside the recogniser is the one there is."""
    if stage in _BESIDE:
        module, name = _BESIDE[stage]
        return getattr(importlib.import_module(module), name)()
    if stage != "animator" or config.animator.processes < 0:
        return configured(config, stage)
    backend = config.animator.backend
    animator = load(stage, backend)
    _check(stage, backend, animator, ("draws_on_cpu",))
    if not animator.draws_on_cpu:
        return configured(config, stage)
    return build(stage, "pool", backend=backend, options=options(config, stage), processes=config.animator.processes)


def options(config: Config, stage: str) -> dict[str, Any]:
    """``[<stage>.options]``, and of ``[device]`` what the backend's constructor takes and the options leave open."""
    section = getattr(config, stage)
    takes = inspect.signature(load(stage, section.backend)).parameters
    device = {"device": config.device.name, "precision": config.device.precision, "threads": config.device.threads}
    return {**{name: value for name, value in device.items() if name in takes}, **section.options}


def _check(stage: str, name: str, built: Any, members: tuple[str, ...] = ()) -> None:
    protocol = _PROTOCOLS[stage]
    members = members or tuple(n for n in (*vars(protocol), *protocol.__annotations__) if not n.startswith("_"))
    missing = sorted(member for member in set(members) if not hasattr(built, member))
    if missing:
        raise UnknownPartError(
            f"The {stage} backend “{name}” lacks {', '.join(missing)}, which talking_head.protocols.{protocol.__name__} "
            "promises; a class that takes it as its base inherits the defaults."
        )


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
