"""Shapes of the refining net, shared by training (``model.py``) and serving, without torch."""

from __future__ import annotations

from dataclasses import dataclass

DRAWING_CHANNELS = 4
REFERENCE_INPUTS = 6  # RGB of the photo's crop and its lip drawing (upper, lower, opening)


@dataclass(frozen=True, slots=True)
class RefineConfig:
    """One tier. ``size`` crop side S in pixels; ``channels`` and residual ``blocks`` at S/4, S/8, S/16; ``fine`` channels at
    S/2; ``reference`` channels of the reference features.
    """

    tier: str
    size: int
    channels: tuple[int, int, int]
    blocks: tuple[int, int, int]
    fine: int
    reference: int


CPU = RefineConfig("cpu", 160, (32, 64, 128), (1, 1, 2), 24, 64)
TIERS = {CPU.tier: CPU}
