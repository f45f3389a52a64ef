"""The critic: PatchGAN (Isola et al., "Image-to-image translation with conditional adversarial networks", CVPR 2017) at two
scales.

One looks at the 96² mouth window, one at the whole crop at half size. Both are told what the generator was told, except the
mouth's inside: the lips' drawing and the warped skin with the opening left grey. Shown the painted teeth too, a critic would
learn that a fake is what resembles its own input there, and teach the generator to wipe out the very layers it should keep. No
spectral norm: behind it, on 0–1 pictures, an earlier critic learned nothing. R1 (Mescheder et al., ICML 2018) holds it instead.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WINDOW = 0.6  # of the crop's side: 96 of 160


class Patch(nn.Module):
    """Scores overlapping patches; also returns its inner features for feature matching."""

    def __init__(self, width: int) -> None:
        super().__init__()
        w = width
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(12, w, 4, 2, 1),
                nn.Conv2d(w, 2 * w, 4, 2, 1),
                nn.Conv2d(2 * w, 4 * w, 4, 2, 1),
                nn.Conv2d(4 * w, 4 * w, 3, 1, 1),
            ]
        )
        self.score = nn.Conv2d(4 * w, 1, 3, 1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """``x`` [B, 12, H, W] → scores [B, 1, H/8, W/8] and three feature maps."""
        features: list[Tensor] = []
        for i, layer in enumerate(self.layers):
            if i == 0:  # in bfloat16 a picture keeps 1/256: the fine grain that tells real from drawn would be rounded away
                with torch.autocast(x.device.type, enabled=False):
                    x = layer(x.float())
            else:
                x = layer(x)
            x = F.leaky_relu(x, 0.2)
            features.append(x)
        return self.score(x), features[:3]


def windows(x: Tensor, corner: Tensor) -> Tensor:
    """Cut the mouth window of each item (96² of 160²); ``corner`` i64[B, 2] (x, y)."""
    side = round(WINDOW * x.shape[-1] / 8) * 8
    cut = [x[i, :, int(v) : int(v) + side, int(u) : int(u) + side] for i, (u, v) in enumerate(corner.tolist())]
    return torch.stack(cut)


class Discriminator(nn.Module):
    """The two critics."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.mouth = Patch(width)
        self.whole = Patch(width * 3 // 4)

    def forward(self, image: Tensor, condition: Tensor, corner: Tensor) -> list[tuple[Tensor, list[Tensor]]]:
        """``image`` [B, 3, S, S] 0..1, ``condition`` [B, 6, S, S] → (scores, features) of each critic."""
        fine = image - F.avg_pool2d(image, 3, 1, 1, count_include_pad=False)
        x = torch.cat([image * 2 - 1, fine * 8, condition], 1)
        return [self.mouth(windows(x, corner)), self.whole(F.avg_pool2d(x, 2))]


def condition(warped: Tensor, drawing: Tensor) -> Tensor:
    """What the critics are told: warped skin with the opening grey, and the lips' drawing, [B, 6, S, S]."""
    opening = drawing[:, 2:3]
    return torch.cat([(warped * (1 - opening) + 0.5 * opening) * 2 - 1, drawing[:, :3]], 1)


def relative(better: list[Tensor], worse: list[Tensor]) -> Tensor:
    """Relativistic pairing loss (Jolicoeur-Martineau 2019; Huang et al., "The GAN is dead; long live the GAN!", 2024).

    Each patch of the real frame against the same patch of its own fake. Plain hinge scores vary with person and light far more
    than between real and drawn: with it the critics had learned nothing after 400 steps.
    """
    return torch.stack([F.softplus(w - b).mean() for b, w in zip(better, worse, strict=True)]).mean()
