"""Which CUDA stream each model queues its work on: the picture first, voice and words behind it.

Priorities decide whose blocks the device starts next, so a long prompt fills only what the animator leaves free. Torch alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import torch

# Lower is more urgent. Devices have at least two levels; CUDA clamps what is out of range.
_PRIORITY = {"animator": -2, "motion": -2, "speech": -1, "reply": 0}


@cache
def stream(role: str, device: str = "cuda") -> Any:
    """The stream of "animator", "motion", "speech" or "reply" on ``device``; the same one at every call. KeyError otherwise."""
    return torch.cuda.Stream(device=device, priority=_PRIORITY[role])  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def on_stream(role: str, device: str | torch.device) -> Iterator[None]:
    """Queue the block's work on that role's stream; nothing happens where ``device`` is not a GPU."""
    device = torch.device(device)
    if device.type != "cuda":
        yield
        return
    with torch.cuda.stream(stream(role, str(device))):
        yield
