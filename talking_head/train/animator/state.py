"""The file in which a training of the animator waits to go on: ``state.npz``, arrays and a JSON text, no pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import InputError, reason

FORMAT = "talking-head animator training 2"
STATE = "state.npz"


def write_state(path: Path, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Write ``arrays`` and what ``meta`` says of them; the file appears whole or not at all."""
    part = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, meta=np.array(json.dumps({"format": FORMAT} | meta)), **arrays)
    part.replace(path)


def read_state(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What a state says of itself, and its arrays. Raises InputError where ``path`` is something else."""
    try:
        with np.load(path, allow_pickle=False) as file:
            meta = json.loads(str(file["meta"])) if "meta" in file.files else {}
            if isinstance(meta, dict) and meta.get("format") == FORMAT:
                return meta, {key: file[key] for key in file.files if key != "meta"}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"The training state {path} cannot be read: {reason(error)}.") from error
    raise InputError(f"{path} is no training state of the animator.")
