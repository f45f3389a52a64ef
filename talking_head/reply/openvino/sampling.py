"""Which token comes next: the likeliest, or one drawn from the likeliest few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from talking_head.types import F32


@dataclass(frozen=True, slots=True)
class Sampling:
    """Repetition penalty (Keskar et al. 2019), then the ``top_k`` likeliest (0: all), then nucleus sampling (Holtzman et al.
    2019). ``temperature`` 0 takes the likeliest."""

    temperature: float
    top_p: float
    top_k: int
    repetition_penalty: float
    random: np.random.Generator = field(default_factory=np.random.default_rng)

    def pick(self, logits: F32, said: Sequence[int]) -> int:
        """A token for ``logits`` f32[V], after the tokens ``said`` of the same answer."""
        if said and self.repetition_penalty != 1:
            known = np.unique(np.asarray(said))
            logits = logits.copy()
            values = logits[known]
            logits[known] = np.where(values > 0, values / self.repetition_penalty, values * self.repetition_penalty)
        if self.temperature <= 0:
            return int(logits.argmax())
        count = min(self.top_k or len(logits), len(logits))
        few = np.argpartition(logits, len(logits) - count)[-count:]
        few = few[np.argsort(-logits[few], kind="stable")]
        shares = np.exp((logits[few] - logits[few[0]]).astype(np.float64) / self.temperature)
        shares /= shares.sum()
        shares[np.cumsum(shares) - shares >= self.top_p] = 0
        return int(self.random.choice(few, p=shares / shares.sum()))


def log_probability(logits: F32, token: int) -> float:
    """That of ``token`` for ``logits`` f32[V], before any penalty or temperature."""
    highest = logits.max()
    return float(logits[token] - highest - np.log(np.exp(logits - highest).sum()))
