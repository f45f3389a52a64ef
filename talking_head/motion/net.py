"""The motion net for training, in torch: a causal recogniser of visemes, and a mouth that follows them.

Recogniser: one token a video frame (the log-mel of its sound and of the last ``context`` frames'), a pre-norm Transformer
whose attention sees the last ``window`` tokens under a learned bias of their distance. A token says what is spoken in its own
frame and the ``lookahead`` frames before it, each in two halves. Mouth: see ``articulation.py``, whose twin this is; it is
given visemes, whether heard or known.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talking_head.audio.mel import HOPS, MELS
from talking_head.audio.mel import SILENCE as QUIET
from talking_head.motion.articulation import BUMPS, TALK, bumps, reach
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.visemes import SILENCE


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


class MotionNet(nn.Module):
    """See the module's docstring."""

    bumps: Tensor
    reach: Tensor

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        d = config.width
        self.embed1, self.embed2 = nn.Linear(config.context * HOPS * MELS, d), nn.Linear(d, d)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(d)
        self.viseme = nn.Linear(d, (config.lookahead + 1) * 2 * config.visemes)
        self.mouth1 = nn.Linear(BUMPS * config.visemes, config.units)
        self.mouth2 = nn.Linear(config.units, config.units)
        self.mouth3 = nn.Linear(config.units, config.mouth)
        self.drop = nn.Dropout(0.1)
        nn.init.normal_(self.mouth1.weight, std=0.08)
        self.register_buffer("bumps", torch.from_numpy(bumps(config)), persistent=False)
        self.register_buffer("reach", torch.from_numpy(reach(config)), persistent=False)

    def hear(self, mel: Tensor) -> Tensor:
        """Log-mel [B, T, 4, 80] → logits of visemes [B, T, lookahead + 1, 2, V]; row d of token t speaks of frame
        t − lookahead + d."""
        frames = F.pad(mel.flatten(2), (0, 0, self.config.context - 1, 0), value=QUIET)
        frames = frames.unfold(1, self.config.context, 1).transpose(2, 3).flatten(2)  # oldest first
        x = self.embed2(F.silu(self.embed1((frames + 0.4) * 2.5)))
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.viseme(self.norm(x)).unflatten(-1, (self.config.lookahead + 1, 2, self.config.visemes))
        return out

    def windows(self, shares: Tensor) -> Tensor:
        """Shares of visemes as :meth:`hear` orders them, [B, T, lookahead + 1, 2, V] → the window of the frame that each token
        completes, [B, T, 2 W, V]; before the first token there was silence."""
        past = self.config.past
        quiet = shares.new_zeros((len(shares), past, 2, self.config.visemes))
        quiet[..., SILENCE] = 1
        settled = torch.cat([quiet, shares[:, :, 0]], dim=1)
        rows = [settled[:, i : i + shares.shape[1]] for i in range(past + 1)]
        rows += [shares[:, :, d] for d in range(1, self.config.lookahead + 1)]
        return torch.stack(rows, dim=2).flatten(2, 3)

    def mouth(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Windows [B, T, 2 W, V] → coefficients [B, T, M] after the gate of silence, and the gate [B, T]."""
        x = torch.einsum("btwv,wk->btkv", windows, self.bumps).flatten(2)
        x = self.drop(F.silu(self.mouth1(x)))
        mouth = self.mouth3(F.silu(self.mouth2(x)))
        talks = ((1 - TALK[0] - windows[..., SILENCE]) / (TALK[1] - TALK[0])).clamp(0, 1)
        awake = (talks * self.reach).amax(dim=-1)
        return mouth * awake[..., None], awake
