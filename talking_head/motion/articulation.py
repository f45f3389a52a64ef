"""From visemes to the mouth: coarticulation learned from real lips.

A mouth is never one viseme: lips round for the "u" that is still to come and have not left the "o" behind. So the net sees
each viseme's share in a window around the frame, through overlapping time bumps that are narrow near the frame and wide far
from it (the dominance functions of Cohen & Massaro, "Modeling coarticulation in synthetic visual speech", 1993, here as a
basis with learned weights). Two dense layers turn them into coefficients of the motion space. Where the visemes come from
makes no difference: the phonemes that a synthesiser hands over, or what ``recogniser.py`` hears.

Three things are by rule, because a mean over what speakers do is never quite shut: p, b and m take the rest of the opening
away, f and v leave no more than the lower lip under the teeth, and silence is exactly the face at rest, or with lips as far
parted as ``performance/pauses.py`` says.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talking_head.curves import smoothstep
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.recogniser import Linear, silu
from talking_head.motion.space import MotionSpace
from talking_head.motion.visemes import CLOSED, LABIODENTAL, SILENCE, VISEMES
from talking_head.types import F32

_HALF_MS = 20.0
_CENTRES = np.array([-230, -170, -120, -80, -50, -25, 0, 25, 50, 80, 115], np.float32)  # ms from the middle of the frame
_SPREADS = np.array([50, 40, 32, 25, 20, 18, 18, 18, 20, 25, 30], np.float32)
BUMPS = len(_CENTRES)
_BEFORE_MS, _AFTER_MS, _SURELY_MS = 110.0, 190.0, 40.0  # how long before and after its sound a mouth may be open
TALK = (0.25, 0.75)  # shares of speech between which the mouth wakes
SOFT = (0.1, 0.2, 0.4, 0.2, 0.1)  # certain visemes are learned, and shown, with edges a little soft
LABIAL_GAP = 0.02  # opening at f and v, in eye distances


def halves(config: NetConfig) -> F32:
    """Place of each half frame of the window, in ms from the middle of the frame that it is for: f32[2 W], oldest first."""
    places = np.arange(2 * (config.past + 1 + config.lookahead), dtype=np.float32) - 2 * config.past
    out: F32 = (places - 0.5) * np.float32(_HALF_MS)
    return out


def bumps(config: NetConfig) -> F32:
    """The time bumps f32[2 W, BUMPS] over the window; each sums to 1."""
    weights = np.exp(-0.5 * ((halves(config)[:, None] - _CENTRES) / _SPREADS) ** 2)
    out: F32 = (weights / weights.sum(axis=0)).astype(np.float32)
    return out


def reach(config: NetConfig) -> F32:
    """How much speech in each half frame keeps this frame's mouth awake, f32[2 W] 0..1."""
    places = halves(config)
    before = (places - _SURELY_MS) / (_BEFORE_MS - _SURELY_MS)
    after = (-places - _SURELY_MS) / (_AFTER_MS - _SURELY_MS)
    ramp = 1 - np.clip(np.maximum(before, after), 0, 1)
    out: F32 = smoothstep(ramp).astype(np.float32)
    return out


_ON_THE_WAY = 0.3  # share of the closing that the half frame beside it has
# What a share of p or f closes, where it is known and where it is only heard: there a third of a share is a strong hint.
_CLOSES, _TOUCHES = (1.6, 4.0), (1.4, 2.5)
_WIDE = 0.15  # eye distances: of what a mouth would open beyond that, half remains


class Articulator:
    """Streams of visemes → mouth coefficients. ``weights``: the ``mouth*`` tensors of a trained net."""

    def __init__(self, config: NetConfig, weights: dict[str, F32], space: MotionSpace) -> None:
        self.config = config
        self._bumps = np.ascontiguousarray(bumps(config).T)
        self._reach = reach(config)
        half = np.float32(0.5)
        self._layers = (Linear.named(weights, "mouth1").scaled(half), Linear.named(weights, "mouth2").scaled(half))
        self._heard = Linear.named(weights, "heard")
        self._known = Linear.named(weights, "known")
        gap = space.gap
        self._gap, self._close = gap, gap / float(gap @ gap)
        self._now = slice(2 * config.past - 1, 2 * config.past + 3)

    def start(self) -> F32:
        """The window of a stream that has said nothing, f32[W, 2, V]."""
        window = np.zeros((self.config.past + 1 + self.config.lookahead, 2, len(VISEMES)), np.float32)
        window[:, :, SILENCE] = 1
        return window

    def __call__(self, windows: F32, known: NDArray[np.bool_], gain: F32, parted: F32 | None = None) -> F32:
        """``windows`` f32[B, W, 2, V], oldest first → mouth coefficients f32[B, M] of the frame ``lookahead`` before the last,
        times ``gain`` f32[B].

        ``known`` bool[B]: the visemes come from phonemes. Then they are certain, and the same net moves more for them than for
        what is only heard: each has a last layer of its own. ``parted`` f32[B]: lip gap in eye distances where nobody speaks.
        """
        flat = windows.reshape(len(windows), -1, len(VISEMES))
        x = (self._bumps @ (_softened(flat, known) if known.any() else flat)).reshape(len(flat), -1)
        for layer in self._layers:
            x = silu(layer(x))
        mouth = self._known(x) if known.any() else self._heard(x)
        if known.any() and not known.all():
            heard = ~known
            mouth[heard] = self._heard(x[heard])
        awake = np.maximum.reduce((1 - flat[:, :, SILENCE]) * self._reach, axis=1)
        awake = np.minimum(np.maximum((awake - TALK[0]) / (TALK[1] - TALK[0]), 0), 1)
        if parted is not None:
            mouth = awake[:, None] * mouth + ((1 - awake) * parted)[:, None] * self._close
        else:
            mouth *= awake[:, None]
        mouth *= gain[:, None]
        return self._meet(mouth, flat[:, self._now], known)

    def _meet(self, mouth: F32, now: F32, known: NDArray[np.bool_]) -> F32:
        """Take opening out of ``mouth`` where lips must meet or touch the teeth, or would pass through each other; ``now``
        f32[B, 4, V]: the frame's halves between the one before and the one after, in which the lips are on their way."""
        share = np.maximum(np.maximum.reduce(now[:, 1:3], axis=1), _ON_THE_WAY * np.maximum(now[:, 0], now[:, 3]))
        gap = mouth @ self._gap
        opening = np.maximum(gap, 0)
        closed = np.minimum(1, np.where(known, *_CLOSES) * share[:, CLOSED]) * opening
        labial = np.minimum(1, np.where(known, *_TOUCHES) * share[:, LABIODENTAL]) * np.maximum(opening - LABIAL_GAP, 0)
        surplus = np.maximum(np.maximum(closed, labial), 0.5 * (gap - _WIDE))
        surplus += np.minimum(gap, 0)
        mouth -= surplus[:, None] * self._close
        return mouth


def _softened(flat: F32, known: NDArray[np.bool_]) -> F32:
    """``flat`` f32[B, 2 W, V] with soft edges in time in the ``known`` rows."""
    rows = flat[known]
    reach = len(SOFT) // 2
    wide = np.concatenate([np.repeat(rows[:, :1], reach, axis=1), rows, np.repeat(rows[:, -1:], reach, axis=1)], axis=1)
    out = flat.copy()
    out[known] = sum(share * wide[:, i : i + rows.shape[1]] for i, share in enumerate(SOFT))
    return out
