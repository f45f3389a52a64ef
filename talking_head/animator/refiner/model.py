"""The generator: a U-Net that turns a warped lower face with rigid mouth layers into a finished one.

Input (one crop, see ``train/crops.py`` and ``animator/gan.py``), all f32 NCHW:

* ``warped`` [B, 3, S, S] RGB 0..1: the warped photo, rigid teeth, tongue and cavity already composited between the lips;
* ``drawing`` [B, 4, S, S] 0..1: upper lip, lower lip, mouth opening, and the opening again where the layers are the person's
  own (so that the net may trust them) rather than the neutral set;
* ``reference`` [B, C, S/8, S/8]: features of the photo's own crop, from :meth:`Refiner.encode`, computed once an avatar.

Output: ``residual`` [B, 3, S, S], already multiplied by its mask: ``finished = warped + residual``. A residual keeps the
photo's own pixels wherever nothing has to change, and can be enlarged and added to a frame of any size.

No normalisation layer: batch statistics differ between a training batch and one live face, and instance statistics would wash
out the very colours that have to be kept. Residual blocks start at zero instead (Zhang et al., "Fixup", ICLR 2019).
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talking_head.animator.refiner.config import CPU, DRAWING_CHANNELS, REFERENCE_INPUTS, RefineConfig


class _Block(nn.Module):
    """Two 3×3 convolutions around a shortcut; the second starts at zero."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        if self.second.bias is not None:
            nn.init.zeros_(self.second.bias)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class _ReferenceEncoder(nn.Module):
    """The photo's own crop → features at an eighth of its size."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(REFERENCE_INPUTS * 16, 48, 1),
            nn.ReLU(),
            nn.Conv2d(48, channels, 3, stride=2, padding=1),
            nn.ReLU(),
            _Block(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.layers(x)
        return features


class Refiner(nn.Module):
    """The U-Net of one tier. :meth:`encode` once an avatar, :meth:`forward` every frame.

    A convolution at S/2 costs four times one at S/4, so the fine level has a single one, behind a shortcut from the input; the
    ways up add what the ways down left, where a concatenation would double the cost of the convolution behind it.
    """

    def __init__(self, config: RefineConfig = CPU) -> None:
        super().__init__()
        self.config = config
        channels, pixels = config.channels, (3 + DRAWING_CHANNELS) * 4
        self.reference = _ReferenceEncoder(config.reference)
        self.stem = nn.Conv2d(pixels, channels[0], 3, stride=2, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in itertools.pairwise(channels))
        self.encoder = nn.ModuleList(
            nn.Sequential(*[_Block(c) for _ in range(n)]) for c, n in zip(channels, config.blocks, strict=True)
        )
        self.join = nn.Conv2d(channels[1] + config.reference, channels[1], 1)
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in itertools.pairwise(channels))
        self.merge = nn.ModuleList(nn.Conv2d(c, c, 3, padding=1) for c in channels[:-1])
        self.shortcut = nn.Conv2d(pixels, config.fine, 1)
        self.last_up = nn.Conv2d(channels[0], config.fine, 1)
        self.head = nn.Conv2d(config.fine, 4 * 4, 3, padding=1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d) and bool(module.weight.any()):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        with torch.no_grad():
            self.head.weight.mul_(0.05)

    def encode(self, reference: Tensor) -> Tensor:
        """``reference`` [B, 6, S, S] (RGB 0..1 and the drawing's first three channels, of the photo) → features
        [B, reference, S/8, S/8].
        """
        features: Tensor = self.reference(reference)
        return features

    def forward(self, warped: Tensor, drawing: Tensor, reference: Tensor) -> Tensor:
        """Return the masked residual [B, 3, S, S]; see the module's docstring for the shapes."""
        pixels = F.pixel_unshuffle(torch.cat([warped * 2 - 1, drawing], 1), 2)
        residual = F.pixel_shuffle(self.residual(pixels, reference), 2)
        return residual if self.training else keep_grain(residual, drawing)

    def residual(self, pixels: Tensor, reference: Tensor) -> Tensor:
        """The net between its pixel shuffles: ``pixels`` [B, 28, S/2, S/2] → masked residual [B, 12, S/2, S/2]."""
        x = F.relu(self.stem(pixels))
        skips: list[Tensor] = []
        for level, blocks in enumerate(self.encoder):
            if level:
                x = F.relu(self.down[level - 1](x))
            x = blocks(x)
            if level == 1:  # S/8, the side of the reference features
                x = F.relu(self.join(torch.cat([x, reference], 1)))
            skips.append(x)
        skips.pop()
        for level in range(len(skips) - 1, -1, -1):
            x = F.relu(F.interpolate(self.up[level](x), scale_factor=2.0, mode="nearest") + skips[level])
            x = F.relu(self.merge[level](x))
        x = F.relu(F.interpolate(self.last_up(x), scale_factor=2.0, mode="nearest") + self.shortcut(pixels))
        out = self.head(x)
        # Mask and residual before the shuffle: the same numbers, in longer rows.
        colour, mask = out[:, :12], torch.sigmoid(out[:, 12:])
        masked: Tensor = colour * mask.repeat(1, 3, 1, 1)
        return masked


def keep_grain(residual: Tensor, drawing: Tensor) -> Tensor:
    """Away from the mouth only the smooth part of ``residual`` stays: folds and light move, the photo keeps its own grain.

    Trained on soft pictures, the net takes a sharper portrait's pores and film grain for noise and would wipe them out.
    """
    # At a quarter of the size: pooling over wide windows at full size would cost as much as the net.
    lips = F.avg_pool2d(drawing[:, :3].sum(1, keepdim=True).clamp(0, 1), 4)
    near = F.avg_pool2d(F.max_pool2d(lips, 5, 1, 2), 3, 1, 1)
    near = F.interpolate(near, scale_factor=4.0, mode="bilinear", align_corners=False)
    smooth = F.interpolate(F.avg_pool2d(residual, 4), scale_factor=4.0, mode="bilinear", align_corners=False)
    return smooth + near * (residual - smooth)
