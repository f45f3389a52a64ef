"""The sway for training, in torch: a VAE with knots, whose prior goes from knot to knot (``motion/sway.py`` draws from it).

The bound is log p(x) ≥ E_q log p(x | z) − Σ_k KL(q(z_k | x) ‖ p(z_k | z_{k−1}, z_{k−2}, heard)). Places and speeds are both
reconstructed, each with a spread of its own that is learned (Rybkin et al., "Simple and effective VAE training with calibrated
decoders", ICML 2021). Free bits (Kingma et al., "Improved variational inference with inverse autoregressive flow", NIPS 2016)
and a weight that rises keep z in use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talking_head.motion.sway import CHANNELS, HEARD, SwayConfig, spline
from talking_head.types import FPS

_SAME = 4  # neighbouring frames say the same: so many count as one
_STEP = 2  # frames between which speeds are taken; less is a detector's noise


class SwayNet(nn.Module):
    """See the module's docstring. Windows of n · ``knot`` frames have n + 3 knots, the first one ``knot`` frames early."""

    def __init__(self, config: SwayConfig) -> None:
        super().__init__()
        self.config = config
        d, h = config.latent, config.hidden
        self.encode1 = nn.Conv1d(len(CHANNELS), 32, 9, padding=4)
        self.encode2 = nn.Conv1d(32, 48, 2 * config.knot, stride=config.knot)
        self.encode3 = nn.Conv1d(48, 2 * d, 3, padding=1)
        self.prior1, self.prior2 = nn.Linear(2 * d + len(HEARD), h), nn.Linear(h, 2 * d)
        self.keep = nn.Parameter(torch.tensor([[0.8], [0.0]]).repeat(1, d))
        self.linear = nn.Linear(d, len(CHANNELS), bias=False)
        self.decode1, self.decode2 = nn.Linear(d, config.units), nn.Linear(config.units, len(CHANNELS), bias=False)
        self.spreads = nn.Parameter(torch.zeros(2, len(CHANNELS)) - 0.7)  # log, of places and of speeds
        nn.init.zeros_(self.decode2.weight)
        nn.init.normal_(self.prior2.weight, std=0.01)
        nn.init.zeros_(self.prior2.bias)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Tracks [B, F, 6] → mean and log spread of q, [B, n + 3, D]."""
        side = 2 * self.config.knot
        y = F.silu(self.encode1(x.transpose(1, 2)))
        y = F.silu(self.encode2(F.pad(y, (side, side), mode="replicate")))
        mean, log = self.encode3(y).transpose(1, 2).chunk(2, dim=-1)
        return mean, log.clamp(-5, 1)

    def prior(self, z: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log spread of every knot but the first two, [B, n + 1, D], given ``z`` [B, n + 3, D] and ``heard``
        [B, n + 1, K]."""
        last, before = z[:, 1:-1], z[:, :-2]
        move, log = self.prior2(torch.tanh(self.prior1(torch.cat([last, before, heard], dim=-1)))).chunk(2, dim=-1)
        return last * self.keep[0] + before * self.keep[1] + move, log.clamp(-5, 1)

    def decode(self, z: Tensor) -> Tensor:
        """Points of the curve [..., D] → places [..., 6]."""
        out: Tensor = self.linear(z) + self.decode2(torch.tanh(self.decode1(z)))
        return out

    def curve(self, z: Tensor) -> Tensor:
        """Knots [B, n + 3, D] → the curve at n · ``knot`` frames, [B, F, D]."""
        u = torch.from_numpy(spline(np.linspace(0, 1, self.config.knot, endpoint=False, dtype=np.float32))).to(z)
        pieces = z.unfold(1, 4, 1)  # [B, n, D, 4]
        return torch.einsum("bndk,tk->bntd", pieces, u).flatten(1, 2)


@dataclass(frozen=True, slots=True)
class Bound:
    """The parts of the bound for a batch: ``fit`` Tensor[]: −log p(x | z) a knot; ``kl`` Tensor[D]: KL a knot; ``made``
    [B, F, 6]."""

    fit: Tensor
    kl: Tensor
    made: Tensor


def bound(net: SwayNet, x: Tensor, heard: Tensor, *, sample: bool = True) -> Bound:
    """Tracks ``x`` [B, F, 6] in each person's own spreads, ``heard`` [B, n + 1, K]."""
    mean, log = net.encode(x)
    z = mean + log.exp() * torch.randn_like(mean) if sample else mean
    to, wide = net.prior(z, heard)
    start = torch.zeros_like(to[:, :2])
    to, wide = torch.cat([start, to], 1), torch.cat([start, wide], 1)
    kl = divergence(mean, log, to, wide).mean((0, 1))
    made = net.decode(net.curve(z))
    fit = x.new_zeros(())
    for spread, off in zip(net.spreads, (x - made, _speed(x) - _speed(made)), strict=True):
        fit = fit + (0.5 * (off / spread.exp()) ** 2 + spread).sum(-1).mean()
    return Bound(fit * net.config.knot / _SAME, kl, made)


def divergence(mean: Tensor, log: Tensor, to: Tensor, wide: Tensor) -> Tensor:
    """KL of N(``mean``, e^``log``) from N(``to``, e^``wide``), each number for itself; never below 0."""
    return wide - log + 0.5 * ((2 * (log - wide)).exp() + ((mean - to) / wide.exp()) ** 2 - 1)


def loss(found: Bound, *, weight: float, free: float) -> Tensor:
    """What a step brings down: the bound's parts, KL times ``weight``, no number's below ``free`` nats a knot."""
    return found.fit + weight * found.kl.clamp(min=free).sum()


def _speed(x: Tensor) -> Tensor:
    return (x[:, _STEP:] - x[:, :-_STEP]) * (FPS / _STEP / 4)  # so that speeds are about as large as places
