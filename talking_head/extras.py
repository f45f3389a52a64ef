"""Optional packages: which extra of this project brings which of them, and the sentence that says so."""

from __future__ import annotations

# Module that is imported → extra of this package that brings it.
EXTRAS = {
    "torch": "torch",
    "transformers": "torch",
    "TTS": "coqui",
    "torchaudio": "coqui",
    "face_alignment": "fan",
    "jieba": "zh",
    "pypinyin": "zh",
    "nncf": "train",
    "onnx": "train",
    "skimage": "train",
    "jiwer": "train",
    "tqdm": "train",
}


def extra_of(error: ModuleNotFoundError) -> str | None:
    """The extra that brings the module which ``error`` misses; None where it is none of an extra."""
    return EXTRAS.get((error.name or "").partition(".")[0])


def extra_command(extra: str) -> str:
    """What to type to get ``extra``."""
    return f"pip install 'talking-head[{extra}]'"
