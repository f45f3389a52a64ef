"""What is wrong with a predicted face, in one number: lips first.

Mouth errors are measured on the landmarks (lips three times), through the basis, as position and as velocity; the gap
between the lips once more, with shut lips counting most; the gap's correlation and spread a clip, so that the net does
not mumble. Pose and upper face: the evidence bound of the VAE.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from talking_head.motion.net import Prediction
from talking_head.motion.netconfig import HAZARD_FRAMES
from talking_head.motion.space import MotionSpace, importance

# In eye distances: lip gap below which lips touch, above which a vowel is open, below which the lower lip is at the teeth;
# change of lip width below which lips are rounded.
SHUT, OPEN, LABIAL, ROUND = 0.012, 0.045, 0.03, -0.025


@dataclass(frozen=True, slots=True)
class Batch:
    """B clips of T frames. ``mel`` [B, T + lookahead, 4, 80]; ``face`` [B]: 1 where there is a face to learn from;
    ``weight`` [B, T]: frames that count; flags of synthetic speech are 0 where nothing is known and ``viseme`` is −1."""

    mel: Tensor
    mouth: Tensor
    live: Tensor
    talk: Tensor
    blink: Tensor
    weight: Tensor
    face: Tensor
    viseme: Tensor
    shut: Tensor
    open: Tensor
    labial: Tensor
    round: Tensor
    pseudo: Tensor  # [B]: how much the mouth target of synthetic speech counts


class MotionLoss:
    """Weighted terms, by name, and their sum."""

    def __init__(self, space: MotionSpace, live_std: np.ndarray, *, kl: float = 0.02) -> None:
        shapes = (space.mouth * importance()).reshape(len(space.mouth), -1).astype(np.float64)
        gram = shapes @ shapes.T
        gram /= np.trace(gram)  # coefficients have mean square 1: this makes the mean squared target 1
        root = np.linalg.cholesky(gram + 1e-6 * np.eye(len(gram)))
        self.root = torch.tensor(root, dtype=torch.float32)
        self.gap, self.width = torch.tensor(space.gap), torch.tensor(space.width)
        self.live_std = torch.tensor(live_std, dtype=torch.float32)
        self.kl = kl

    def to(self, device: torch.device) -> MotionLoss:
        """Move the constants."""
        self.root, self.gap, self.width = (x.to(device) for x in (self.root, self.gap, self.width))
        self.live_std = self.live_std.to(device)
        return self

    def mouth_terms(self, out: Prediction, batch: Batch) -> dict[str, Tensor]:
        """Terms of the mouth where a real (or pseudo) face is known."""
        scale = (batch.face + batch.pseudo)[:, None] * batch.weight
        total = scale.sum().clamp(min=1)
        error = (out.mouth - batch.mouth) @ self.root
        speed = error[:, 1:] - error[:, :-1]
        gap, want = out.mouth @ self.gap, batch.mouth @ self.gap
        shut = ((want < SHUT) & (batch.talk > 0.9)).float()
        gap_error = ((gap - want) / 0.05).square().add(0.01).sqrt() - 0.1
        terms = {
            "mouth": (error.square().sum(-1) * scale).sum() / total,
            "speed": 3.0 * (speed.square().sum(-1) * scale[:, 1:]).sum() / total,
            "gap": 0.5 * (gap_error * (1 + 2 * shut) * scale).sum() / total,
        }
        rows = batch.face.bool() & ((batch.talk * batch.weight).sum(1) > 20)
        if rows.any():
            corr, spread = _match(gap[rows], want[rows], (batch.weight * batch.talk)[rows])
            terms["corr"] = 0.3 * (1 - corr).mean()
            terms["spread"] = 0.2 * spread.square().mean()
        return terms

    def flag_terms(self, out: Prediction, batch: Batch) -> dict[str, Tensor]:
        """Terms of synthetic speech: visemes, lips that meet, vowels that open."""
        gap, width = out.mouth @ self.gap, out.mouth @ self.width
        # Small weights: these are means over the flagged frames alone, a hundred times fewer than the others. At 1 the net
        # learns to keep the synthetic voice's lips shut wherever they might have to be.
        return {
            "viseme": 0.15 * F.cross_entropy(out.visemes.flatten(0, 1), batch.viseme.flatten(), ignore_index=-1)
            if (batch.viseme >= 0).any()
            else gap.new_zeros(()),
            "shut": 0.04 * _where(F.relu(gap - 0.3 * SHUT) / 0.05, batch.shut),
            "open": 0.02 * _where(F.relu(1.3 * OPEN - gap) / 0.05, batch.open),
            "labial": 0.03 * _where(F.relu((gap - 0.6 * LABIAL).abs() - 0.25 * LABIAL) / 0.05, batch.labial),
            "round": 0.02 * _where(F.relu(width - 1.2 * ROUND) / 0.05, batch.round),
        }

    def __call__(
        self, out: Prediction, batch: Batch, posterior: tuple[Tensor, Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, dict[str, float]]:
        """Sum of all terms and their values."""
        terms = {**self.mouth_terms(out, batch), **self.flag_terms(out, batch)}
        # Quiet sounds and the silence around sentences: nothing may move. Where nobody knows (other frames), nothing counts.
        terms["activity"] = 0.5 * F.binary_cross_entropy_with_logits(out.activity, batch.talk)
        still = (batch.talk < 0.01).float()
        terms["still"] = 2.0 * ((out.mouth @ self.root).square().sum(-1) * still).sum() / still.sum().clamp(min=1)
        scale = batch.face[:, None] * batch.weight
        total = scale.sum().clamp(min=1)
        error = (out.live - batch.live) / self.live_std
        speed = error[:, 1:] - error[:, :-1]
        terms["live"] = (error.square().mean(-1) * scale).sum() / total
        terms["live speed"] = 4.0 * (speed.square().mean(-1) * scale[:, 1:]).sum() / total
        begins = F.max_pool1d(batch.blink[:, None], HAZARD_FRAMES, 1, HAZARD_FRAMES // 2)[:, 0]
        hazard = F.binary_cross_entropy_with_logits(out.hazard, begins, reduction="none")
        terms["blink"] = 0.1 * (hazard * scale).sum() / total
        km, kv, sm, sv = posterior
        rows = batch.face[:, None]
        knots = 0.5 * (km.square() + kv.exp() - 1 - kv).sum(-1)
        style = 0.5 * (sm.square() + sv.exp() - 1 - sv).sum(-1)
        terms["kl"] = self.kl * (knots * rows).sum() / rows.sum().clamp(min=1) / knots.shape[1]
        terms["kl style"] = 0.02 * (style * batch.face).sum() / batch.face.sum().clamp(min=1)
        return torch.stack(list(terms.values())).sum(), {k: float(v.detach()) for k, v in terms.items()}


def _where(error: Tensor, flag: Tensor) -> Tensor:
    """Mean of ``error`` over the flagged frames, both [B, T]; 0 when there is none."""
    return (error * flag).sum() / flag.sum().clamp(min=1)


def _match(a: Tensor, b: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted correlation and log ratio of spreads of each row, [B]."""
    norm = weight / weight.sum(1, keepdim=True)
    a, b = a - (a * norm).sum(1, keepdim=True), b - (b * norm).sum(1, keepdim=True)
    va, vb = (a * a * norm).sum(1), (b * b * norm).sum(1)
    corr = (a * b * norm).sum(1) / (va * vb + 1e-8).sqrt()
    return corr, 0.5 * ((va + 1e-5) / (vb + 1e-5)).log()
