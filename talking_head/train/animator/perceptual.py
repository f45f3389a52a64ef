"""The perceptual term: L1 of a pretrained classifier's features (Johnson et al., "Perceptual losses", ECCV 2016; with L1 and
features of several depths as in Wang et al., "pix2pixHD", CVPR 2018).

The backbone is the first half of EfficientNet-Lite0 (Tan and Le, ICML 2019, as Google published it for small devices; trained
on ImageNet; Apache-2.0). It is small enough to lie beside this file, so no hub is asked; ``scripts/make_backbone.py`` made it.
It only teaches: nothing of it is served.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

FILE = Path(__file__).with_name("backbone.npz")
TAPS = (0, 2, 4, 7)  # blocks whose outputs are compared: 16, 24, 40, 80 channels at 1/2, 1/4, 1/8, 1/16 of the side
STRIDES = {"stem": 2, "1.depthwise": 2, "3.depthwise": 2, "5.depthwise": 2}


class Backbone(nn.Module):
    """Frozen features of pictures. ``file``: an ``.npz`` of ``make_backbone.py``, batch norm folded into the convolutions."""

    def __init__(self, file: Path = FILE) -> None:
        super().__init__()
        with np.load(file, allow_pickle=False) as arrays:
            self.names = [key.removesuffix(".weight") for key in arrays.files if key.endswith(".weight")]
            for key in arrays.files:
                self.register_buffer(key.replace(".", "_"), torch.from_numpy(arrays[key].astype(np.float32)))

    def _convolve(self, name: str, x: Tensor) -> Tensor:
        weight, bias = (self.get_buffer(f"{name}.{part}".replace(".", "_")) for part in ("weight", "bias"))
        stride = STRIDES.get(name, 1)
        # As TensorFlow pads: what is odd goes to the right and below.
        pads = [max(0, (-(-side // stride) - 1) * stride + weight.shape[-1] - side) for side in (x.shape[-1], x.shape[-2])]
        x = F.pad(x, [pads[0] // 2, pads[0] - pads[0] // 2, pads[1] // 2, pads[1] - pads[1] // 2])
        return F.conv2d(x, weight, bias, stride, groups=x.shape[1] // weight.shape[1])

    def forward(self, image: Tensor) -> list[Tensor]:
        """``image`` [B, 3, H, W] RGB 0..1 → features [B, C, H/2ⁿ, W/2ⁿ] after the blocks of ``TAPS``, each channel divided by
        the spread it has over photographs."""
        image = image.contiguous(memory_format=torch.channels_last)  # a quarter faster, on a CPU too
        x = F.relu6(self._convolve("stem", image * 2 - 1))
        features: list[Tensor] = []
        for block in range(TAPS[-1] + 1):
            came = x
            for step in ("expand", "depthwise"):
                if f"{block}.{step}" in self.names:
                    x = F.relu6(self._convolve(f"{block}.{step}", x))
            x = self._convolve(f"{block}.project", x)
            if x.shape == came.shape:
                x = x + came
            if block in TAPS:
                features.append(x / self.get_buffer(f"{block}_spread")[:, None, None])
        return features


def perceptual(backbone: Backbone, output: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Weighted L1 of the features of ``output`` and ``wanted`` [B, 3, S, S] 0..1, the mean of all depths; ``weight``
    [B, 1, S, S] per pixel."""
    with torch.no_grad():
        should = backbone(wanted)
    total = output.new_zeros(())
    for made, real in zip(backbone(output), should, strict=True):
        w = F.interpolate(weight, size=made.shape[-2:], mode="area")
        total = total + (w * (made - real).abs()).mean()
    return total / len(TAPS)
