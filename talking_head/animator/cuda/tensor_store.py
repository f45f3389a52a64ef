"""Avatars as tensors: what the warp precomputed for each portrait, stacked so that one batch can hold any mixture of them.

Windows and tooth layers differ in size from face to face; a bank pads them to common sizes by repeating their rim (that is also
how the CPU path reads beyond it). A bank holds portraits of one picture size. Torch and numpy alone: what goes in is the
plain arrays that :func:`talking_head.animator.cuda.pack.pack` makes, or a file of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talking_head.animator.cuda.arrays import Constants, FaceArrays, Host, built, flat

_ROUND = 32  # windows grow in steps of this many pixels, so that a new face seldom changes the common size


class TensorStore:
    """``constants``: arrays that are the same for every portrait (index rows, resampling matrices); the rest is per avatar.

    :meth:`add` gives a slot; :attr:`faces` holds everything as [slots, …]. ``version`` changes when tensors are replaced, so
    that graphs captured over the old ones are thrown away.
    """

    def __init__(self, constants: Constants[Host], height: int, width: int, device: torch.device) -> None:
        self.height, self.width, self.device = height, width, device
        on_device = {name: torch.from_numpy(np.array(array, order="C")).to(device) for name, _, array in flat(constants)}
        self.constants: Constants[Tensor] = built(Constants, on_device)
        self.rigid = np.asarray(constants.rigid, np.int64)  # on the host, for crop_matrices
        self.supersampling = 1  # of the crop: samples a pixel each way
        self.cubic = False  # whether the residual is enlarged so much that bilinear would show
        self.version = 0
        self._tensors: dict[str, Tensor] = {}
        self._faces: FaceArrays[Tensor] | None = None
        self._rims: dict[str, str | None] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._used: set[int] = set()
        self._slots = 0

    @property
    def faces(self) -> FaceArrays[Tensor]:
        """All faces, each array with a slot in front. There must be one."""
        assert self._faces is not None
        return self._faces

    def add(self, face: FaceArrays[Host]) -> int:
        """Upload one avatar and return its slot."""
        if face.refiner is not None:
            self._sample(float(np.asarray(face.refiner.crop_scale, np.float32)))
        arrays = {name: np.asarray(array) for name, _, array in flat(face)}
        self._rims = {name: rim for name, rim, _ in flat(face)}
        wanted = {name: self._padded_shape(name, array) for name, array in arrays.items()}
        shapes = {name: tuple(map(max, shape, self._shapes.get(name, shape))) for name, shape in wanted.items()}
        slot = next((s for s in range(self._slots) if s not in self._used), self._slots)
        if shapes != self._shapes or slot == self._slots:
            self._grow(arrays, shapes, max(self._slots, 1) if slot < self._slots else max(4, 2 * self._slots))
        self._used.add(slot)
        for name, array in arrays.items():
            padded = _pad(array, self._shapes[name], self._rims[name])
            self._tensors[name][slot].copy_(torch.from_numpy(np.array(padded, order="C")))
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

    @property
    def margin(self) -> tuple[int, int]:
        """Height and width of the largest window: by so much a canvas is wider than the picture."""
        sizes = [part.valid.shape[1:] for part in (self.faces.mouth, self.faces.left, self.faces.right)]
        return max(height for height, _ in sizes), max(width for _, width in sizes)

    def __len__(self) -> int:
        return len(self._used)

    def _padded_shape(self, name: str, array: Host) -> tuple[int, ...]:
        shape = np.shape(array)
        if self._rims[name] is None:
            return shape
        unit = 8 if name.endswith("_basis") else _ROUND  # grids are coarser than pixels
        return -(-shape[0] // unit) * unit, -(-shape[1] // unit) * unit, *shape[2:]

    def _grow(self, arrays: dict[str, Host], shapes: dict[str, tuple[int, ...]], slots: int) -> None:
        old, self._shapes, self._slots = self._tensors, shapes, slots
        self.version += 1
        self._tensors = {}
        for name, array in arrays.items():
            dtype = torch.from_numpy(array[..., None]).dtype
            fresh = torch.zeros((slots, *shapes[name]), dtype=dtype, device=self.device)
            for slot in self._used:
                before = old[name][slot].cpu().numpy()
                fresh[slot].copy_(torch.from_numpy(np.array(_pad(before, shapes[name], self._rims[name]), order="C")))
            self._tensors[name] = fresh
        self._faces = built(FaceArrays, self._tensors)


def _pad(array: Host, shape: tuple[int, ...], rim: str | None) -> Host:
    widths = [(0, want - have) for have, want in zip(array.shape, shape, strict=True)]
    if not any(after for _, after in widths):
        return array
    return np.pad(array, widths, mode="edge") if rim == "edge" else np.pad(array, widths)


def load(file: Path) -> tuple[Constants[Host], FaceArrays[Host], NDArray[np.float64] | None]:
    """Read ``(constants, face, rig)`` from a file of :func:`talking_head.animator.cuda.pack.save`."""
    parts: dict[str, dict[str, Host]] = {"constants": {}, "face": {}, "rig": {}}
    with np.load(file, allow_pickle=False) as arrays:
        for name in arrays.files:
            kind, _, key = name.partition("/")
            parts[kind][key] = arrays[name]
    rig = parts["rig"].get("")
    placed = None if rig is None else np.asarray(rig, np.float64)
    return built(Constants, parts["constants"]), built(FaceArrays, parts["face"]), placed
