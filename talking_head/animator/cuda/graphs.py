"""Fixed buckets for changing batches, and one CUDA graph a bucket.

A batch of n faces runs in the smallest bucket that holds it; the rest of the bucket repeats the first face. Each bucket
owns its input buffers, pinned on the host and static on the device, so that a captured graph (all kernels of a batch
started by one call) always reads the same addresses. Results are copied into fresh pinned memory without waiting, and the
caller waits for one event: nothing else synchronises the device. On a CPU the same code runs the same function directly.
Torch and numpy alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

BUCKETS = (1, 2, 4, 8, 16, 32, 64)
_WARM_UPS = 3  # before a capture: lazy initialisation and the choice of algorithms must be over

Step = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def bucket_of(count: int) -> int:
    """The smallest bucket that holds ``count`` faces. ValueError beyond the largest."""
    for size in BUCKETS:
        if count <= size:
            return size
    raise ValueError(f"{count} faces are more than the largest bucket holds ({BUCKETS[-1]}).")


class Runner:
    """Runs ``step(slots i64[B], points f32[B, 478, 2], matrix f32[B, 2, 3], tongue f32[B, 2]) -> u8[B, …]`` in buckets on
    ``device``.

    ``graphs``: capture each bucket once (CUDA alone). ``stream``: where everything is queued (None: the current one).
    """

    def __init__(self, step: Step, device: torch.device, *, graphs: bool = True, stream: Any = None) -> None:
        self._step, self.device = step, device
        self._cuda = device.type == "cuda"
        self._graphs = graphs and self._cuda
        self.stream = stream
        self._buckets: dict[int, _Bucket] = {}

    def reset(self) -> None:
        """Forget captured graphs: the tensors that they read were replaced."""
        self._buckets.clear()

    @torch.inference_mode()
    def run(self, *faces: NDArray[np.generic]) -> NDArray[np.uint8]:
        """The step's four inputs for n faces → u8[n, …] in memory that is nobody else's. Waits for the result."""
        count = len(faces[0])
        size = bucket_of(count)
        if not self._cuda:
            return self._fill(size, faces).compute()[:count].numpy()
        with torch.cuda.device(self.device), torch.cuda.stream(self.stream or torch.cuda.current_stream()):
            bucket = self._fill(size, faces)
            result = bucket.compute()[:count]
            host = torch.empty(result.shape, dtype=result.dtype, pin_memory=True)
            host.copy_(result, non_blocking=True)
            bucket.done.record()
        bucket.done.synchronize()  # the only wait of the whole path
        return host.numpy()

    def _fill(self, size: int, faces: Sequence[NDArray[np.generic]]) -> _Bucket:
        bucket = self._buckets.get(size)
        if bucket is None:
            bucket = self._buckets[size] = _Bucket(self._step, size, self.device, self._graphs)
        for buffer, given in zip(bucket.host, faces, strict=True):
            rows = buffer.numpy()
            rows[: len(given)] = given
            rows[len(given) :] = given[0]
        return bucket


class _Bucket:
    def __init__(self, step: Step, size: int, device: torch.device, graphs: bool) -> None:
        self._cuda = device.type == "cuda"
        self._step, self._graphs = step, graphs
        self.host = (
            torch.zeros(size, dtype=torch.int64, pin_memory=self._cuda),
            torch.zeros((size, 478, 2), pin_memory=self._cuda),
            torch.zeros((size, 2, 3), pin_memory=self._cuda),
            torch.zeros((size, 2), pin_memory=self._cuda),
        )
        self._inputs = tuple(buffer.to(device) for buffer in self.host)  # on a CPU: the same tensors
        self._graph: torch.cuda.CUDAGraph | None = None
        self._output: Tensor | None = None
        self.done: Any = torch.cuda.Event() if self._cuda else None  # type: ignore[no-untyped-call]

    def compute(self) -> Tensor:
        """Queue the copy to the device and the step; the result is valid until the next call."""
        if self._cuda:
            for there, here in zip(self._inputs, self.host, strict=True):
                there.copy_(here, non_blocking=True)
        if not self._graphs:
            return self._step(*self._inputs)
        if self._graph is None:
            self._capture()
        assert self._graph is not None
        assert self._output is not None
        self._graph.replay()
        return self._output

    def _capture(self) -> None:
        for _ in range(_WARM_UPS):
            self._step(*self._inputs)
        torch.cuda.current_stream().synchronize()
        self._graph = torch.cuda.CUDAGraph()
        # "thread_local": other threads (speech, reply) may allocate on the device meanwhile.
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._output = self._step(*self._inputs)
