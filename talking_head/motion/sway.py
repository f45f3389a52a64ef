"""Posture and drift of head and brows, drawn from the prior of a small VAE: what neither sound nor words decide.

A knot z of ``latent`` numbers is drawn every ``knot`` frames from p(z | the two before, what was heard), a cubic B-spline goes
from knot to knot, and a decoder says what head and brows do there. So a posture lasts, drifts, and comes with the tilt and the
lean that people give it; position, speed and acceleration are continuous. Trained by ``train/motion/sway.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from talking_head.errors import MissingModelError, WeightsError
from talking_head.types import F32

FILE = "sway.safetensors"
# Pitch, yaw, roll of the head; the trunk to the side and down, beyond what a turn about the neck brings along; brows up.
CHANNELS = ("pitch", "yaw", "roll", "lean", "bob", "brows")
MIRRORED = np.array([1, -1, -1, -1, 1, 1], np.float32)  # what a mirror does to them
HEARD = ("talking", "loud", "syllable", "ends")  # fields of ``prosody.Heard``
_TAIL = 0.6  # a Gaussian moves too evenly: some knots go far, most hardly
# Nor does a head go its way evenly: it hurries, and it rests. The logarithm of its haste is noise that remembers 0.16 s, and is
# followed at a third a frame, so that speeds stay continuous.
_HASTE, _REMEMBERS, _FOLLOWS = 1.0, math.exp(-1 / 4), 0.35
_HASTIEST = 0.4  # knots a frame: a whole one would be a jerk
_MEAN = math.exp(-0.3 * _HASTE**2)  # about the inverse of its mean, so that a head gets as far as without
_SETTLED = 500  # frames after which a stream that began in the middle is anywhere


@dataclass(frozen=True, slots=True)
class SwayConfig:
    """Shape: ``latent`` numbers a knot, ``knot`` frames apart; ``hidden`` units of the prior, ``units`` of the decoder."""

    latent: int = 8
    knot: int = 4
    hidden: int = 32
    units: int = 24

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


@dataclass(slots=True)
class SwayState:
    """One stream: ``knots`` f32[4, D], oldest first; ``u`` 0..1: how far it is from the second to the third; ``heard`` f32[K]:
    sums over the ``frames`` since the last knot; ``urge`` and, behind it, ``haste``: logarithms of how fast it
    goes just now."""

    rng: np.random.Generator
    knots: F32
    heard: F32
    u: float = 1.0
    frames: int = 0
    urge: float = 0.0
    haste: float = 0.0

    def hurry(self) -> float:
        """How fast the next frame goes, 1 on the mean."""
        self.urge = _REMEMBERS * self.urge + math.sqrt(1 - _REMEMBERS**2) * float(self.rng.standard_normal())
        self.haste += _FOLLOWS * (self.urge - self.haste)
        return _MEAN * math.exp(_HASTE * self.haste)


def spline(u: F32) -> F32:
    """Weights f32[n, 4] of four neighbouring knots, ``u`` f32[n] 0..1 between the middle ones (uniform cubic B-spline)."""
    u2, u3 = u * u, u * u * u
    rows = [(1 - u) ** 3, 3 * u3 - 6 * u2 + 4, -3 * u3 + 3 * u2 + 3 * u + 1, u3]
    return np.asarray(np.stack(rows, axis=-1) / 6, np.float32)


class Sway:
    """Prior and decoder with f32 ``tensors`` as :func:`talking_head.train.motion.export.export` writes them."""

    def __init__(self, config: SwayConfig, tensors: Mapping[str, F32]) -> None:
        self.config, self._t = config, tensors

    @classmethod
    def load(cls, folder: Path) -> Sway:
        """The sway of a folder of weights. Raises MissingModelError and WeightsError."""
        for name in ("config.json", FILE):
            if not (folder / name).is_file():
                raise MissingModelError(
                    f"{folder / name} is missing; `talking-head pull` restores the shipped one, `train motion` makes your own."
                )
        try:
            config = SwayConfig(**json.loads((folder / "config.json").read_text())["sway"])
            made = cls(config, load_file(folder / FILE))
            nowhere = np.zeros((1, config.latent), np.float32)
            made.decode(nowhere)
            made.prior(nowhere, nowhere, np.zeros((1, len(HEARD)), np.float32))
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise WeightsError(f"The sway in {folder} cannot be used: {error}. Train it again.") from error
        return made

    def start(self, rng: np.random.Generator) -> SwayState:
        """A stream at rest in the middle; ``rng`` may be shared with whatever else is drawn for it."""
        return SwayState(rng, np.zeros((4, self.config.latent), np.float32), np.zeros(len(HEARD), np.float32))

    def step(self, states: Sequence[SwayState], heard: F32, pace: F32, gain: F32) -> F32:
        """One frame of B streams → f32[B, 6], :data:`CHANNELS`, each with a spread of about 1.

        ``heard`` f32[B, K]: :data:`HEARD` of this frame; ``pace`` f32[B]: 1 as learned, on the mean; ``gain`` f32[B]: of
        what is new at a knot, 1 as learned.
        """
        due = []
        for row, state in enumerate(states):
            state.heard = state.heard + heard[row]
            state.frames += 1
            state.u += min(float(pace[row]) * state.hurry() / self.config.knot, _HASTIEST)
            if state.u >= 1:
                due.append(row)
        if due:
            self._draw([states[row] for row in due], gain[due])
        weights = spline(np.array([state.u for state in states], np.float32))
        return self.decode(np.einsum("bk,bkd->bd", weights, np.stack([state.knots for state in states])))

    def prior(self, last: F32, before: F32, heard: F32) -> tuple[F32, F32]:
        """Mean and spread f32[B, D] of the knot after ``last`` and ``before`` f32[B, D], for ``heard`` f32[B, K]."""
        t = self._t
        x = np.concatenate([last, before, heard], axis=1) @ t["prior1.weight"].T + t["prior1.bias"]
        move, log = np.split(np.tanh(x) @ t["prior2.weight"].T + t["prior2.bias"], 2, axis=1)
        return last * t["keep"][0] + before * t["keep"][1] + move, np.exp(np.clip(log, -5, 1))

    def decode(self, z: F32) -> F32:
        """Points f32[B, D] of the curve → f32[B, 6]."""
        t = self._t
        bent = np.tanh(z @ t["decode1.weight"].T + t["decode1.bias"]) @ t["decode2.weight"].T
        return np.asarray((z @ t["linear.weight"].T + bent - t["middle"]) / t["spread"], np.float32)

    def _draw(self, states: Sequence[SwayState], gain: F32) -> None:
        """The next knot of streams that have come to the end of a stretch."""
        knots = np.stack([state.knots for state in states])
        mean, spread = self.prior(knots[:, -1], knots[:, -2], np.stack([state.heard / state.frames for state in states]))
        for row, state in enumerate(states):
            far = math.exp(_TAIL * float(state.rng.standard_normal()) - _TAIL**2) * gain[row]
            new = mean[row] + far * spread[row] * state.rng.standard_normal(self.config.latent).astype(np.float32)
            state.knots = np.concatenate([knots[row, 1:], new[None].astype(np.float32)])
            state.heard, state.frames = np.zeros(len(HEARD), np.float32), 0
            state.u -= 1


def settled(config: SwayConfig, tensors: Mapping[str, F32], heard: F32, *, seed: int = 0) -> dict[str, F32]:
    """``tensors`` with the ``middle`` and the ``spread`` f32[6] of what the prior draws for ``heard`` f32[K], so that a stream
    has mean 0 and spread 1 in every channel."""
    raw = {**tensors, "middle": np.zeros(len(CHANNELS), np.float32), "spread": np.ones(len(CHANNELS), np.float32)}
    sway = Sway(config, raw)
    states = [sway.start(np.random.default_rng((seed, row))) for row in range(64)]
    always, one = np.repeat(heard[None].astype(np.float32), 64, axis=0), np.ones(64, np.float32)
    made = np.stack([sway.step(states, always, one, one) for _ in range(2 * _SETTLED)])[_SETTLED:]
    middle = made.mean((0, 1)) * (MIRRORED > 0)  # nobody prefers a side
    return {**raw, "middle": middle.astype(np.float32), "spread": made.std((0, 1)).astype(np.float32)}


@cache
def shipped() -> Sway:
    """The sway of the shipped weights. Raises MissingModelError."""
    from talking_head.models import manifest

    return Sway.load(manifest.path("motion"))
