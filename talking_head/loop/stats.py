"""What the loop did, cheap to write every tick and safe to read from another thread."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class LoopStats:
    """Counters since start, and the last 1 500 ticks (one minute) with at least one face.

    ``batch_ms``: time from the tick's start to the last delivery; ``batch_sizes``: pictures made in that
    tick; ``seconds``: all batches together.
    """

    ticks: int = 0
    frames: int = 0
    late_frames: int = 0
    repeated_frames: int = 0
    jumped_ticks: int = 0
    failed_slots: int = 0
    refused: int = 0
    seconds: float = 0.0
    batch_ms: deque[float] = field(default_factory=lambda: deque(maxlen=1500))
    batch_sizes: deque[int] = field(default_factory=lambda: deque(maxlen=1500))

    def load(self) -> float:
        """Share of the last second's tick time that was used; 1 is a full loop."""
        recent = list(self.batch_ms)[-25:]
        return float(np.mean(recent)) / 40 if recent else 0.0

    def percentile(self, q: float) -> float:
        """Milliseconds a batch at percentile ``q`` (0–100) over the last minute; 0 before the first."""
        recent = list(self.batch_ms)
        return float(np.percentile(recent, q)) if recent else 0.0
