"""The motion net: a causal trunk over log-mel, a mouth that sound decides, and a conditional VAE for what sound does not.

Trunk: one token a video frame (its four rows of log-mel), then either a pre-norm Transformer whose attention sees the
last ``window`` tokens under a learned bias of their distance (so a stream may run for ever and its KV cache has a fixed
size), or a TCN of dilated causal convolutions. What comes out at token t belongs to frame t − ``lookahead``.

Mouth: coefficients times an activity that is exactly 0 in silence. A *style* vector a clip (how widely this take
articulates) is seen in training and 0 at run time, so that the net need not average wide and narrow speakers into a mumble.

VAE (Kingma & Welling, 2014; conditional: Sohn et al., 2015): pose and upper face of a clip are encoded into a latent at knots
``KNOT`` frames apart, joined by a cubic B-spline, decoded together with the trunk's features. At run time the knots are white
noise from the seed: smooth, endless, and the same model in speech and in silence.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talking_head.audio.mel import HOPS, MELS
from talking_head.motion.netconfig import KNOT, SMOOTH, NetConfig, spline_weights


class Attention(nn.Module):
    """Causal self-attention over the last ``window`` tokens with a learned bias a head and distance (Press et al., 2022: ALiBi,
    here learned)."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.heads, self.window = config.heads, config.window
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)
        slopes = torch.tensor([[0.05], [0.15], [0.4], [0.0]]).repeat(-(-config.heads // 4), 1)[: config.heads]
        self.bias = nn.Parameter(-slopes * torch.arange(config.window).float())  # [H, W], by distance into the past

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, D] → [B, T, D]."""
        batch, frames, width = x.shape
        q, k, v = self.qkv(x).view(batch, frames, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        distance = torch.arange(frames, device=x.device)[:, None] - torch.arange(frames, device=x.device)[None]
        seen = (distance >= 0) & (distance < self.window)
        bias = self.bias[:, distance.clamp(0, self.window - 1)].masked_fill(~seen, float("-inf"))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype)[None])
        out: Tensor = self.out(y.transpose(1, 2).reshape(batch, frames, width))
        return out


class Block(nn.Module):
    """Pre-norm Transformer block."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.attention = Attention(config)
        self.up, self.down = nn.Linear(config.width, config.hidden), nn.Linear(config.hidden, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, D] → [B, T, D]."""
        x = x + self.attention(self.norm1(x))
        out: Tensor = x + self.down(F.silu(self.up(self.norm2(x))))
        return out


class ConvBlock(nn.Module):
    """Residual causal convolution of three taps, ``dilation`` frames apart; the rival of :class:`Block`."""

    def __init__(self, config: NetConfig, dilation: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.taps = nn.Conv1d(config.width, config.width, 3, dilation=dilation)
        self.up, self.down = nn.Linear(config.width, config.hidden), nn.Linear(config.hidden, config.width)
        self.reach = 2 * dilation

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, D] → [B, T, D]."""
        y = F.pad(self.norm1(x).transpose(1, 2), (self.reach, 0))
        x = x + F.silu(self.taps(y)).transpose(1, 2)
        out: Tensor = x + self.down(F.silu(self.up(self.norm2(x))))
        return out


@dataclass(frozen=True, slots=True)
class Prediction:
    """One forward pass; T tokens. ``mouth`` [B, T, M] after the activity, ``activity`` [B, T] (logit), ``live`` [B, T, 6
    + U] pose and upper face, ``hazard`` [B, T] (logit of a blink's beginning), ``visemes`` [B, T, V] (logits)."""

    mouth: Tensor
    activity: Tensor
    live: Tensor
    hazard: Tensor
    visemes: Tensor


def gate(logit: Tensor) -> Tensor:
    """Activity logit → factor 0..1 that reaches both ends exactly."""
    return ((torch.sigmoid(logit) - 0.1) / 0.8).clamp(0, 1)


class MotionNet(nn.Module):
    """See the module's docstring."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        d = config.width
        self.embed1, self.embed2 = nn.Linear(HOPS * MELS, d), nn.Linear(d, d)
        if config.trunk == "tcn":
            self.blocks = nn.ModuleList([ConvBlock(config, 2 ** min(i, 4)) for i in range(config.layers)])
        else:
            self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(d)
        self.style = nn.Linear(config.style, d, bias=False)
        self.mouth1, self.mouth2 = nn.Linear(d, d), nn.Linear(d, config.mouth + 1)
        self.viseme = nn.Linear(d, config.visemes)
        self.live1 = nn.Linear(d + config.latent, 96)
        self.live2 = nn.Linear(96, 6 + config.upper)
        self.blink = nn.Linear(d, 1)
        self.register_buffer("live_scale", torch.ones(6 + config.upper))  # spread of each channel in the training clips
        self.register_buffer("spline", torch.from_numpy(spline_weights()), persistent=False)
        nn.init.zeros_(self.mouth2.bias)

    def trunk(self, mel: Tensor) -> Tensor:
        """Log-mel [B, T, 4, 80] → features [B, T, D]."""
        x = self.embed2(F.silu(self.embed1((mel.flatten(2) + 0.4) * 2.5)))
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out

    def heads(self, h: Tensor, latent: Tensor, style: Tensor | None = None) -> Prediction:
        """Features [B, T, D], smooth latent [B, T, L], style [B, S] or None for the usual one."""
        x = self.mouth1(h)
        if style is not None:
            x = x + self.style(style)[:, None]
        *mouth, activity = self.mouth2(F.silu(x)).split([self.config.mouth, 1], dim=-1)
        activity = activity[..., 0]
        live = self.smooth(self.live2(F.silu(self.live1(torch.cat([h, latent], dim=-1)))) * self.live_scale)
        return Prediction(mouth[0] * gate(activity)[..., None], activity, live, self.blink(h)[..., 0], self.viseme(h))

    def smooth(self, live: Tensor) -> Tensor:
        """Weighted mean of the last five tokens; before the first there was the first."""
        padded = F.pad(live.transpose(1, 2), (len(SMOOTH) - 1, 0), mode="replicate").transpose(1, 2)
        taps = torch.tensor(SMOOTH, dtype=live.dtype, device=live.device)
        out: Tensor = padded.unfold(1, len(SMOOTH), 1) @ taps
        return out

    def between_knots(self, knots: Tensor) -> Tensor:
        """Latent at every frame [B, KNOT * (K − 3), L] of knots [B, K, L]."""
        windows = knots.unfold(1, 4, 1)  # [B, K − 3, L, 4]
        smooth = torch.einsum("bklf,nf->bknl", windows, self.spline)
        return smooth.flatten(1, 2)


class Posterior(nn.Module):
    """Training only: what a clip did (pose, upper face, mouth) → Gaussians of its latent knots and of its style."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        channels = 6 + config.upper + config.mouth
        self.config = config
        self.first, self.second = nn.Conv1d(channels, 64, 7, padding=3), nn.Conv1d(64, 64, 7, padding=3)
        self.knots = nn.Linear(64, 2 * config.latent)
        self.style = nn.Linear(64, 2 * config.style)
        for head in (self.knots, self.style):
            nn.init.normal_(head.weight, std=0.02)

    def forward(self, live: Tensor, mouth: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """``live`` [B, T, 6 + U], ``mouth`` [B, T, M], T a multiple of KNOT → knots' mean and log variance [B, T / KNOT
        + 3, L], style's [B, S]."""
        x = torch.cat([live, mouth], dim=-1).transpose(1, 2)
        x = F.silu(self.second(F.silu(self.first(x))))
        edge = 3 * KNOT // 2
        around = F.avg_pool1d(F.pad(x, (edge, edge), mode="replicate"), KNOT)
        knots = self.knots(around.transpose(1, 2))
        style = self.style(x.mean(dim=2))
        (km, kv), (sm, sv) = knots.chunk(2, dim=-1), style.chunk(2, dim=-1)
        return km, kv.clamp(-6, 2), sm, sv.clamp(-6, 2)
