"""A manifest and a model of one's own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from talking_head.models import lora

DATA = bytes(range(256)) * 400
SHA = hashlib.sha256(DATA).hexdigest()


def silent(what: str, done: int, total: int) -> None:
    """No progress bar."""


def own_manifest(cache: Path, text: str) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "manifest.toml").write_text("format = 1\n" + text)


def entry(name: str, source: str, file: str = "m.onnx", more: str = "", sha: str = SHA) -> str:
    return (
        f'[[model]]\nname = "{name}"\ntitle = "A test"\nlicence = "MIT"\nsource = {source}\n{more}\n'
        f'[[model.file]]\nname = "{file}"\nmember = "pkg/{file}"\nbytes = {len(DATA)}\nsha256 = "{sha}"\n'
    )


ADAPTED = "model.layers.0.self_attn.q_proj"  # what an adapter is for, unless said


def write_adapter(
    folder: Path, *, target: str = ADAPTED, rows: int = 6, columns: int = 4, **config: object
) -> tuple[np.ndarray, np.ndarray]:
    """An adapter of rank 2 for one weight."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    down, up = rng.normal(size=(2, columns)).astype(np.float16), rng.normal(size=(rows, 2)).astype(np.float16)
    stem = f"base_model.model.{target}"
    save_file({f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up}, folder / lora.WEIGHTS)
    (folder / lora.CONFIG).write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 6, **config}))
    return down, up
