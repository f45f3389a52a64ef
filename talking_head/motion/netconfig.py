"""Shape and constants of the motion net, shared by training (``net.py``) and serving (``stream.py``), without torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from talking_head.types import F32

KNOT = 12  # frames between latent knots: 480 ms
SMOOTH = (0.1, 0.24, 0.32, 0.24, 0.1)  # causal smoothing of pose and upper face, newest token last
MEET = 1  # the viseme at which lips meet (p, b, m; see train/tts_corpus.py)
HAZARD_FRAMES = 5  # frames by which a blink's beginning may be off and still count


@dataclass(frozen=True, slots=True)
class NetConfig:
    """Shape of a motion net. ``trunk``: "transformer" or "tcn"; ``window``: tokens that attention sees."""

    trunk: str = "transformer"
    width: int = 128
    layers: int = 4
    heads: int = 4
    hidden: int = 256
    window: int = 32
    lookahead: int = 3
    mouth: int = 16
    upper: int = 6
    latent: int = 8
    style: int = 4
    visemes: int = 16

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


def spline_weights() -> F32:
    """Cubic B-spline, f32[KNOT, 4]: weight of four knots at each of KNOT frames; rows scaled so that white knots of variance 1
    give variance 1 on average."""
    u = (np.arange(KNOT) + 0.5) / KNOT
    weights = np.stack([(1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3], axis=1) / 6
    out: F32 = (weights / np.sqrt((weights**2).sum(axis=1).mean())).astype(np.float32)
    return out
