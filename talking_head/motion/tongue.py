"""What the tongue does, by the sounds that are said: its tip rises to the ridge for "t", "d", "n", "l", and comes between the
teeth for "th". Landmarks do not know it, so no net learned it: it follows the visemes by rule, as soft in time as the lips.
"""

from __future__ import annotations

import numpy as np

from talking_head.motion.articulation import halves
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.visemes import VISEMES
from talking_head.types import F32

# How far each viseme raises the tip, and how far it brings it out. For "th" the body follows the tip between the teeth.
_SHAPES = {"t": (1.0, 0.0), "l": (1.0, 0.0), "th": (0.6, 1.0)}
_SPREAD_MS = 30.0  # in time: a tip is up for some 80 ms of an "l", and takes as long as lips do
_SURE = 1.4  # a sound of 60 ms fills seven tenths of the window about its middle


class Tongue:
    """``config``: of the windows of visemes."""

    def __init__(self, config: NetConfig) -> None:
        weights = np.exp(-0.5 * (halves(config) / _SPREAD_MS) ** 2)
        self._near = np.asarray(_SURE * weights / weights.sum(), np.float32)
        self._shapes = np.zeros((len(VISEMES), 2), np.float32)
        for name, shape in _SHAPES.items():
            self._shapes[VISEMES.index(name)] = shape

    def __call__(self, windows: F32) -> F32:
        """``windows`` f32[B, W, 2, V]: shares of visemes, oldest first → f32[B, 2] of ``Motion.tongue``."""
        flat = windows.reshape(len(windows), -1, len(VISEMES))
        return np.asarray(np.minimum(self._near @ (flat @ self._shapes), 1), np.float32)
