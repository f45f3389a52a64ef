"""The photo's own crop → the reference features of the refining net, once an avatar: ``Refiner.encode`` without torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from talking_head.animator.refiner.config import RefineConfig
from talking_head.errors import WeightsError
from talking_head.types import F32


class ReferenceEncoder:
    """``tensors``: the net's state by name, of which ``reference.*`` is used. Raises WeightsError when that is not there."""

    def __init__(self, tensors: Mapping[str, F32], config: RefineConfig) -> None:
        self.size = config.size
        names = ("1", "3", "5.first", "5.second")
        try:
            layers = [(tensors[f"reference.layers.{n}.weight"], tensors[f"reference.layers.{n}.bias"]) for n in names]
        except KeyError as error:
            raise WeightsError(f"The animator's weights lack {error}; they come from another version.") from error
        self._point, self._down, self._first, self._second = layers
        if len(self._down[0]) != config.reference:
            raise WeightsError(f"The animator's weights do not fit the tier “{config.tier}”; they come from another version.")

    def __call__(self, photo: F32) -> F32:
        """``photo`` f32[6, S, S]: RGB 0..1 and the drawing's first three channels → f32[1, C, S/8, S/8]."""
        channels, side = len(photo), self.size // 4
        x = photo.reshape(channels, side, 4, side, 4).transpose(0, 2, 4, 1, 3).reshape(channels * 16, side, side)
        x = np.maximum(_convolve(x, self._point), 0)
        x = np.maximum(_convolve(x, self._down, stride=2), 0)
        inner = np.maximum(_convolve(x, self._first), 0)
        features: F32 = np.maximum(x + _convolve(inner, self._second), 0)[None]
        return features


def _convolve(x: F32, layer: tuple[F32, F32], stride: int = 1) -> F32:
    """``x`` f32[C, H, W], weights f32[O, C, k, k] and bias f32[O] → f32[O, H / stride, W / stride], zeros around."""
    weight, bias = layer
    side = weight.shape[2]
    edge = side // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
    windows = sliding_window_view(padded, (side, side), axis=(1, 2))[:, ::stride, ::stride]  # [C, H, W, k, k]
    out = np.tensordot(weight, windows, axes=((1, 2, 3), (0, 3, 4)))
    return np.asarray(out + bias[:, None, None], np.float32)
