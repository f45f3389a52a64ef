"""What the generator is told to be like."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_WIDE = 0.016  # of the crop: an opening of 400 of 160² pixels is wide


def pyramid(x: Tensor, levels: int = 3) -> list[Tensor]:
    """Laplacian pyramid (Burt and Adelson 1983), finest first, without the rest."""
    out: list[Tensor] = []
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        out.append(x - F.interpolate(small, scale_factor=2.0, mode="bilinear", align_corners=False))
        x = small
    return out


def reconstruction(output: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Weighted L1 of colours plus of three Laplacian levels."""
    total = (weight * (output - wanted).abs()).mean()
    w = weight
    for a, b in zip(pyramid(output), pyramid(wanted), strict=True):
        total = total + 0.7 * (w * (a - b).abs()).mean()
        w = F.avg_pool2d(w, 2)
    return total


def steadiness(output: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """L1 of what changes between neighbours (items 2i, 2i + 1): no flicker, and as much motion as there really was."""
    moved, should = output[1::2] - output[::2], wanted[1::2] - wanted[::2]
    return (weight[::2] * (moved - should).abs()).mean()


def contrast(output: Tensor, real: Tensor, opening: Tensor) -> Tensor:
    """How far the spread of luma inside the mouth is from the real frame's.

    ``output``, ``real`` f32[B, 3, H, W] 0..1; ``opening`` f32[B, 1, H, W]. Teeth never stand where the real ones do, and pixel
    by pixel the safest guess is a grey one; whatever stands where, the real mouth's contrast is known. Openings of a few
    pixels hardly count.
    """
    size = opening.sum((1, 2, 3))

    def spread(colours: Tensor) -> Tensor:
        luma = (colours * colours.new_tensor([0.3, 0.59, 0.11])[:, None, None]).sum(1, keepdim=True)
        mean = (opening * luma).sum((1, 2, 3)) / size.clamp(min=1)
        square = (opening * (luma - mean[:, None, None, None]).square()).sum((1, 2, 3)) / size.clamp(min=1)
        return (square + 1e-4).sqrt()

    share = (size / size.new_tensor(_WIDE * opening[0].numel())).clamp(max=1)
    return (share * (spread(output) - spread(real)).abs()).mean()


def matching(fake: list[Tensor], real: list[Tensor]) -> Tensor:
    """Feature matching (Salimans et al. 2016; Wang et al., "pix2pixHD", CVPR 2018): L1 of the critics' features."""
    return torch.stack([F.l1_loss(f, r.detach()) for f, r in zip(fake, real, strict=True)]).mean()
