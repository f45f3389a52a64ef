"""Read a language model in Hugging Face's layout (config.json, *.safetensors, tokenizer.json) with NumPy, without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize

from talking_head.errors import WeightsError
from talking_head.models.gguf import LanguageModel
from talking_head.types import F32

KINDS = ("llama", "qwen2")
_HEAD_KEYS = ("hidden_size", "num_hidden_layers", "num_attention_heads", "rms_norm_eps", "vocab_size")


def read(folder: Path) -> LanguageModel:
    """The model in ``folder``. WeightsError where it is no Llama or Qwen2, or a file is missing or damaged."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config.get("model_type") not in KINDS:
            raise WeightsError(f"{folder} is a “{config.get('model_type')}”; only {' and '.join(KINDS)} can be converted.")
        if config.get("use_sliding_window"):
            raise WeightsError(f"The model in {folder} looks at a sliding window, which cannot be converted.")
        missing = [key for key in _HEAD_KEYS if key not in config]
        if missing:
            raise WeightsError(f"config.json in {folder} does not say {', '.join(missing)}.")
        rope = config.get("rope_parameters") or {}
        config.setdefault("rope_theta", rope.get("rope_theta", 10_000.0))
        config.setdefault("num_key_value_heads", config["num_attention_heads"])
        weights: dict[str, F32] = {}
        for file in sorted(folder.glob("*.safetensors")):
            weights |= {name: _f32(part) for name, part in deserialize(file.read_bytes())}  # type: ignore[no-untyped-call]
        if config.get("tie_word_embeddings"):
            weights.pop("lm_head.weight", None)
        tokenizer = (folder / "tokenizer.json").read_text(encoding="utf-8")
        return LanguageModel(config, weights, tokenizer, *_words(folder, tokenizer, config["vocab_size"]), _template(folder))
    except (OSError, ValueError, LookupError, SafetensorError) as error:
        raise WeightsError(f"The model in {folder} cannot be read: {error}") from error


def _f32(part: dict[str, Any]) -> F32:
    kinds = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}
    if part["dtype"] not in kinds:
        raise WeightsError(f"A weight is {part['dtype']}; F32, F16 and BF16 can be read.")
    array = np.frombuffer(part["data"], kinds[part["dtype"]]).reshape(part["shape"])
    if part["dtype"] == "BF16":  # the upper half of an f32
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float32)


def _words(folder: Path, tokenizer: str, size: int) -> tuple[list[str], dict[str, str]]:
    """The vocabulary in the order of its numbers, and the special tokens by role."""
    from tokenizers import Tokenizer

    reader = Tokenizer.from_str(tokenizer)
    words = [reader.id_to_token(i) or f"<unused-{i}>" for i in range(size)]
    told = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    special = {}
    for role in ("bos", "eos", "unk", "pad"):
        token = told.get(f"{role}_token")
        if token:
            special[role] = str(token["content"] if isinstance(token, dict) else token)
    return words, special


def _template(folder: Path) -> str:
    own = folder / "chat_template.jinja"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    return str(json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8")).get("chat_template") or "")
