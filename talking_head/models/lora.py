"""Add a LoRA adapter to a model's weights, with NumPy: ``W + B·A·alpha/r``, in peft's two files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from talking_head.errors import WeightsError
from talking_head.types import F32

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
_PREFIX = "base_model.model."
_PLAIN = ("use_dora", "use_rslora", "fan_in_fan_out", "rank_pattern", "alpha_pattern", "modules_to_save", "lora_bias")


def merge(weights: dict[str, F32], folder: Path) -> None:
    """Add the adapter in ``folder`` to ``weights`` (f32 by their names in Hugging Face's layout), in place.

    WeightsError when it is no plain LoRA, or when it was trained for another model.
    """
    config, parts = _read(folder)
    scale = np.float32(config["lora_alpha"] / config["r"])
    for name, down in parts.items():
        if not name.endswith(".lora_A.weight"):
            continue
        stem = name.removesuffix(".lora_A.weight")
        target = f"{stem.removeprefix(_PREFIX)}.weight"
        up = parts.get(f"{stem}.lora_B.weight")
        if up is None or target not in weights or weights[target].shape != (up.shape[0], down.shape[1]):
            raise WeightsError(f"The adapter in {folder} does not fit this model: {target} is another size there, or missing.")
        weights[target] = weights[target] + scale * (up.astype(np.float32) @ down.astype(np.float32))


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        parts = load_file(folder / WEIGHTS)
        unknown = [key for key in _PLAIN if config.get(key)]
        if config.get("peft_type") != "LORA" or unknown or not config["r"] > 0:
            raise WeightsError(f"The adapter in {folder} is no plain LoRA ({', '.join(unknown) or config.get('peft_type')}).")
        if not all(name.endswith((".lora_A.weight", ".lora_B.weight")) for name in parts):
            raise WeightsError(f"The adapter in {folder} holds more than the matrices of a LoRA.")
    except (OSError, ValueError, LookupError, TypeError, SafetensorError) as error:
        raise WeightsError(f"{folder} holds no adapter that can be read: {error}") from error
    return config, parts
