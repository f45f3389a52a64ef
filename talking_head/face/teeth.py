"""A person's own teeth, kept: in the avatar's folder, or with a portrait that lives as long as the process.

The animator cuts them out of a picture that shows them (``animator/mouth/teeth_layers.py``) and draws them; here they are
plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from talking_head.errors import WeightsError
from talking_head.types import F32, U8

FILE = "teeth.safetensors"


@dataclass(frozen=True, slots=True)
class Teeth:
    """Both rows, premultiplied RGBA u8[h, w, 4], drawn for ``unit`` pixels a face unit in the portrait's ``light`` f32[3]."""

    upper: U8
    lower: U8
    light: F32
    unit: float


def save_teeth(teeth: Teeth, folder: Path) -> None:
    """Keep ``teeth`` in an avatar's ``folder``."""
    from safetensors.numpy import save_file  # rows alone, as training has them, do without

    arrays = {"upper": teeth.upper, "lower": teeth.lower, "light": teeth.light, "unit": np.array([teeth.unit], np.float32)}
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / FILE)


def load_teeth(folder: Path) -> Teeth | None:
    """The teeth kept in ``folder``; None where there are none. Raises WeightsError for a damaged file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / FILE
    if not path.is_file():
        return None
    try:
        data = load_file(path)
        teeth = Teeth(data["upper"], data["lower"], data["light"], float(data["unit"][0]))
    except (SafetensorError, OSError, KeyError, ValueError, IndexError) as error:
        raise WeightsError(f"{path} cannot be read ({error}). Delete it, or add the avatar again.") from error
    rows = all(row.dtype == np.uint8 and row.ndim == 3 and row.shape[2] == 4 for row in (teeth.upper, teeth.lower))
    if not rows or teeth.light.shape != (3,) or not np.isfinite(teeth.light).all() or not 8 <= teeth.unit <= 4096:
        raise WeightsError(f"{path} holds no teeth. Delete it, or add the avatar again.")
    return teeth
