"""Shape of the motion net, shared by training (``net.py``) and serving (``recogniser.py``, ``articulation.py``), without
torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from talking_head.motion.visemes import VISEMES


@dataclass(frozen=True, slots=True)
class NetConfig:
    """Shape of a motion net.

    Recogniser: ``context`` frames of log-mel a token, ``layers`` of ``width`` with ``heads`` and ``hidden`` units, attention
    over ``window`` tokens, ``visemes`` classes. Mouth: a window of ``past`` frames, the frame itself and ``lookahead``
    frames; ``units`` in each of two layers; ``mouth`` coefficients of the motion space.
    """

    context: int = 5
    width: int = 128
    layers: int = 3
    heads: int = 4
    hidden: int = 256
    window: int = 24
    lookahead: int = 3
    visemes: int = len(VISEMES)
    past: int = 7
    units: int = 128
    mouth: int = 16

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)
