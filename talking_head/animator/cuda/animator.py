"""The animator for many faces on one device: warp, refine, blend and I420 in one batch, from landmarks to bytes.

It draws what the CPU animator draws. Rendering needs torch and numpy alone, so that it can be measured on a bare machine; only
:meth:`DeviceAnimator.prepare`, which works on a portrait, brings in what the CPU animator needs.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talking_head.animator.cuda.arrays import Constants, FaceArrays, Host
from talking_head.animator.cuda.graphs import BUCKETS, Runner
from talking_head.animator.cuda.ops import to_i420
from talking_head.animator.cuda.refiner import crop_matrices
from talking_head.animator.cuda.streams import stream
from talking_head.animator.cuda.tensor_store import TensorStore
from talking_head.animator.cuda.warp import warp
from talking_head.errors import BackendError
from talking_head.types import F32, LANDMARKS, U8

if TYPE_CHECKING:
    from talking_head.face.portrait import Portrait


class Refine(Protocol):
    """What comes after the warp. Static shapes, no waiting for the device (see ``warp.py``)."""

    size: int  # of the crop, in pixels

    def __call__(self, bank: TensorStore, slots: Tensor, points: Tensor, matrix: Tensor, rgb: Tensor) -> Tensor:
        """``slots`` i64[B]; ``points`` f32[B, 478, 2] in pixels; ``matrix`` f32[B, 2, 3] frame → crop; ``rgb`` f32[B, 3, H, W]
        0..255 → the same, refined."""
        ...


@dataclass(frozen=True, slots=True, weakref_slot=True)
class DeviceAvatar:
    """A portrait on the device: ``slot`` of a ``bank``, freed with the last reference. ``rig`` places the crop, see
    ``refiner.crop_matrices``; None without a refining net."""

    bank: TensorStore
    slot: int
    rig: NDArray[np.float64] | None = None


class DeviceAnimator:
    """An ``Animator`` for batches. ``device``: "cpu", "cuda" or "cuda:N". ``refine``: see :class:`Refine` (None: warp only).

    ``graphs``: one CUDA graph a bucket; ``streams``: a stream of its own with high priority. Both mean nothing on a CPU.
    :meth:`prepare` may run on another thread than :meth:`render`.
    """

    max_batch = BUCKETS[-1]

    def __init__(self, *, device: str = "cpu", refine: Refine | None = None, graphs: bool = True, streams: bool = True) -> None:
        self.device = torch.device(device)
        self._refine = refine
        self._graphs = graphs
        self._stream: Any = stream("animator", str(self.device)) if streams and self.device.type == "cuda" else None
        self._lock = threading.Lock()
        self._banks: dict[tuple[int, int], TensorStore] = {}
        self._runners: dict[tuple[int, int], tuple[Runner, int]] = {}

    def prepare(self, portrait: Portrait) -> DeviceAvatar:
        """Precompute on the CPU and upload; about 0.2 s."""
        from talking_head.animator.cuda import pack
        from talking_head.animator.warp.animator import WarpAvatar

        avatar = WarpAvatar(portrait)
        return self.upload(pack.constants(avatar), pack.pack(avatar))

    def upload(
        self, constants: Constants[Host], face: FaceArrays[Host], rig: NDArray[np.float64] | None = None
    ) -> DeviceAvatar:
        """Take an avatar as plain arrays, see ``pack.py`` and ``tensor_store.load``; ``rig`` places a refining net's crop."""
        width, height = (int(side) for side in np.asarray(constants.size, np.int64))
        if height % 2 or width % 2:
            raise BackendError(f"The portrait's sides must be even, not {width}×{height}.")
        with self._lock, torch.inference_mode():
            bank = self._banks.get((height, width))
            if bank is None:
                bank = self._banks[height, width] = TensorStore(constants, height, width, self.device)
            avatar = DeviceAvatar(bank, bank.add(face), rig if self._refine is not None else None)
            if self.device.type == "cuda":
                torch.cuda.current_stream(self.device).synchronize()  # the loop reads it on another stream
        weakref.finalize(avatar, bank.remove, avatar.slot)
        return avatar

    def render(self, avatars: Sequence[DeviceAvatar], points: F32, tongue: F32 | None = None) -> list[U8]:
        """``points`` f32[B, 478, 3] in portrait pixels, ``tongue`` f32[B, 2] → B pictures I420 u8[H * 3 // 2, W].

        Raises BackendError on NaN.
        """
        tongue = np.zeros((len(avatars), 2), np.float32) if tongue is None else tongue
        if points.shape != (len(avatars), LANDMARKS, 3) or not np.isfinite(points).all():
            raise BackendError(f"{len(avatars)} avatars cannot wear landmarks of shape {points.shape}, or they are not finite.")
        frames: list[U8 | None] = [None] * len(avatars)
        with self._lock:
            for size, bank in self._banks.items():
                rows = [i for i, avatar in enumerate(avatars) if avatar.bank is bank]
                for start in range(0, len(rows), self.max_batch):
                    part = rows[start : start + self.max_batch]
                    drawn = self._draw(size, bank, [avatars[i] for i in part], points[part], tongue[part])
                    for i, picture in zip(part, drawn, strict=True):
                        frames[i] = picture
        done = [frame for frame in frames if frame is not None]
        if len(done) != len(avatars):
            raise BackendError("An avatar of another animator cannot be drawn.")
        return done

    def _draw(self, size: tuple[int, int], bank: TensorStore, avatars: Sequence[DeviceAvatar], points: F32, tongue: F32) -> U8:
        slots = np.array([avatar.slot for avatar in avatars], np.int64)
        matrices = np.zeros((len(avatars), 2, 3), np.float32)
        if self._refine is not None:
            rigs = np.stack([avatar.rig for avatar in avatars if avatar.rig is not None])
            matrices = crop_matrices(rigs, points, bank.rigid, self._refine.size)
        return self._runner(size, bank).run(slots, points[:, :, :2], matrices, tongue)

    def _runner(self, size: tuple[int, int], bank: TensorStore) -> Runner:
        runner, version = self._runners.get(size, (None, -1))
        if runner is None or version != bank.version:

            def step(slots: Tensor, points: Tensor, matrix: Tensor, tongue: Tensor) -> Tensor:
                rgb = warp(bank, slots, points, tongue)
                return to_i420(rgb if self._refine is None else self._refine(bank, slots, points, matrix, rgb))

            runner = Runner(step, self.device, graphs=self._graphs, stream=self._stream)
            self._runners[size] = runner, bank.version
        return runner
