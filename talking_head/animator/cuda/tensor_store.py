"""Avatars as tensors: what the warp precomputed for each portrait, stacked so that one batch can hold any mixture of them.

Windows and tooth layers differ in size from face to face; a bank pads them to common sizes by repeating their rim (that is also
how the CPU path reads beyond it). A bank holds portraits of one picture size. Torch and numpy alone: what goes in is the
dictionary of plain arrays that :func:`talking_head.animator.cuda.pack.pack` makes, or a file of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Arrays = Mapping[str, NDArray[np.generic]]

_ROUND = 32  # windows grow in steps of this many pixels, so that a new face seldom changes the common size

# Arrays that differ in size from face to face: name → how their rim is continued. Axes 0 and 1 are padded.
_PADDED = {
    "head.basis": "edge",  # [ny, nx, K]
    "mouth.upper.basis": "edge",
    "mouth.lower.basis": "edge",
    "lower.layer": "edge",  # [h, w, 3]
    "mouth.feather": "zero",  # [h, w]
    "mouth.valid": "zero",
    "left.valid": "zero",
    "right.valid": "zero",
    "left.ball": "edge",  # [h, w, 3]
    "right.ball": "edge",
    "left.lid": "edge",
    "right.lid": "edge",
    "teeth.upper": "zero",  # [h, w, 4]
    "teeth.lower": "zero",
}


class TensorStore:
    """``constants``: arrays that are the same for every portrait (index rows, resampling matrices); the rest is per avatar.

    :meth:`add` gives a slot; :attr:`tensors` holds everything as [slots, …]. ``version`` changes when tensors are replaced, so
    that graphs captured over the old ones are thrown away.
    """

    def __init__(self, constants: Arrays, height: int, width: int, device: torch.device) -> None:
        self.height, self.width, self.device = height, width, device
        self.constants = {name: torch.from_numpy(np.array(array, order="C")).to(device) for name, array in constants.items()}
        self.rigid = np.asarray(constants["rigid"], np.int64)  # on the host, for crop_matrices
        self.supersampling = 1  # of the crop: samples a pixel each way
        self.cubic = False  # whether the residual is enlarged so much that bilinear would show
        self.tensors: dict[str, Tensor] = {}
        self.version = 0
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._used: set[int] = set()
        self._slots = 0

    def add(self, avatar: Arrays) -> int:
        """Upload one avatar and return its slot."""
        self._sample(float(avatar.get("crop.scale", np.float32(1))))
        wanted = {name: self._padded_shape(name, array) for name, array in avatar.items()}
        shapes = {name: tuple(map(max, shape, self._shapes.get(name, shape))) for name, shape in wanted.items()}
        slot = next((s for s in range(self._slots) if s not in self._used), self._slots)
        if shapes != self._shapes or slot == self._slots:
            self._grow(avatar, shapes, max(self._slots, 1) if slot < self._slots else max(4, 2 * self._slots))
        self._used.add(slot)
        for name, array in avatar.items():
            padded = _pad(np.asarray(array), self._shapes[name], name)
            self.tensors[name][slot].copy_(torch.from_numpy(np.array(padded, order="C")))
        return slot

    def _sample(self, scale: float) -> None:
        """``scale``: crop pixels a frame pixel of a new avatar. The choices of ``gan.cut_out`` and ``gan.add_residual``."""
        factor = self.supersampling
        while scale * factor < 0.6 and factor < 8:
            factor *= 2
        cubic = self.cubic or 1 / scale >= 1.3
        if (factor, cubic) != (self.supersampling, self.cubic):
            self.supersampling, self.cubic = factor, cubic
            self.version += 1

    def remove(self, slot: int) -> None:
        """Free a slot."""
        self._used.discard(slot)

    def window(self, name: str) -> tuple[int, int]:
        """Common height and width of a window in pixels."""
        height, width = self._shapes[f"{name}.valid"]
        return height, width

    @property
    def margin(self) -> tuple[int, int]:
        """Height and width of the largest window: by so much a canvas is wider than the picture."""
        sizes = [self.window(name) for name in ("mouth", "left", "right")]
        return max(height for height, _ in sizes), max(width for _, width in sizes)

    def __len__(self) -> int:
        return len(self._used)

    @staticmethod
    def _padded_shape(name: str, array: NDArray[np.generic]) -> tuple[int, ...]:
        shape = np.shape(array)
        if name not in _PADDED:
            return shape
        unit = 8 if name.endswith(".basis") else _ROUND  # grids are coarser than pixels
        return -(-shape[0] // unit) * unit, -(-shape[1] // unit) * unit, *shape[2:]

    def _grow(self, avatar: Arrays, shapes: dict[str, tuple[int, ...]], slots: int) -> None:
        old, self._shapes, self._slots = self.tensors, shapes, slots
        self.version += 1
        self.tensors = {}
        for name, array in avatar.items():
            dtype = torch.from_numpy(np.asarray(array)[..., None]).dtype
            fresh = torch.zeros((slots, *shapes[name]), dtype=dtype, device=self.device)
            for slot in self._used:
                before = old[name][slot].cpu().numpy()
                fresh[slot].copy_(torch.from_numpy(np.array(_pad(before, shapes[name], name), order="C")))
            self.tensors[name] = fresh


def _pad(array: NDArray[np.generic], shape: tuple[int, ...], name: str) -> NDArray[np.generic]:
    widths = [(0, want - have) for have, want in zip(array.shape, shape, strict=True)]
    if not any(after for _, after in widths):
        return array
    return np.pad(array, widths, mode="edge") if _PADDED[name] == "edge" else np.pad(array, widths)


def load(file: Path) -> tuple[Arrays, Arrays]:
    """Read ``(constants, avatar)`` from a file of :func:`talking_head.animator.cuda.pack.save`."""
    parts: dict[str, dict[str, NDArray[np.generic]]] = {"constant": {}, "avatar": {}}
    with np.load(file) as arrays:
        for name in arrays.files:
            kind, _, key = name.partition("/")
            parts[kind][key] = arrays[name]
    return parts["constant"], parts["avatar"]
