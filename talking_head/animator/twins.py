"""A twin: an avatar that was trained on its person's video and has its own net and teeth, in its folder under ``twin/``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from talking_head.animator.interior import RigidInterior
from talking_head.animator.mouth_layers import OwnInterior
from talking_head.animator.refine_weights import FILE
from talking_head.errors import TalkingHeadError, WeightsError
from talking_head.face import avatars

TEETH = "teeth.safetensors"


def twin_folder(name: str) -> Path | None:
    """Where the avatar ``name`` keeps its own weights, or None where it has none (or is no avatar, but a photo)."""
    try:
        folder = avatars.find(name).folder / "twin"
    except TalkingHeadError:
        return None
    return folder if (folder / FILE).is_file() else None


def save_teeth(teeth: RigidInterior, unit: float, folder: Path) -> None:
    """Keep rigid rows of teeth drawn for ``unit`` pixels a face unit."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        "upper": teeth._upper,
        "lower": teeth._lower,
        "light": np.asarray(teeth._light, np.float32),
        "unit": np.array([unit], np.float32),
    }
    save_file(arrays, folder / TEETH)


def load_teeth(folder: Path) -> OwnInterior | None:
    """The rows kept in ``folder``; None where there are none. Raises WeightsError for a damaged file."""
    path = folder / TEETH
    if not path.is_file():
        return None
    try:
        data = load_file(path)
        teeth = OwnInterior(float(data["unit"][0]), data["light"])
        if data["upper"].shape != teeth._upper.shape or data["lower"].shape != teeth._lower.shape:
            raise WeightsError(f"{path} does not fit this version; train the twin again.")
        teeth._upper, teeth._lower = data["upper"], data["lower"]
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(f"{path} cannot be read: {error}") from error
    return teeth
