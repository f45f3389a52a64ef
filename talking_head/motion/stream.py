"""The motion net frame by frame, in NumPy: what serving runs.

One token a step through a Transformer of 0.95 M weights is some twenty small matrix products; NumPy does them in half a
millisecond, without a graph compiler, a thread pool or another copy of the weights. Keys and values of the last
``window`` tokens are kept a stream; streams of different age share a step. The result equals ``net.MotionNet`` on the
whole clip to 1e-4 (tested).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.media import F32
from talking_head.motion.netconfig import SMOOTH, NetConfig


@dataclass(slots=True)
class Pool:
    """The memory of B streams that step together: ``keys``, ``values`` f32[layers, B, H, W, D / H], oldest first (TCN:
    ``keys`` holds each layer's past inputs, f32[layers, B, reach, D]); ``seen`` i64[B]: tokens so far, at most W;
    ``live`` f32[B, 5, 6 + U]: the last raw tokens of pose and upper face."""

    keys: F32
    values: F32
    seen: NDArray[np.int64]
    live: F32


@dataclass(slots=True)
class StreamState:
    """One stream: a row of a pool. Streams that always step together share one pool and nothing is copied."""

    pool: Pool
    row: int


@dataclass(frozen=True, slots=True)
class Token:
    """What one step says, B streams: ``mouth`` f32[B, M], ``activity`` f32[B] 0..1, ``live`` f32[B, 6 + U], ``hazard``
    f32[B] (logit), ``visemes`` f32[B, V] (logits)."""

    mouth: F32
    activity: F32
    live: F32
    hazard: F32
    visemes: F32


_SMOOTH = np.array(SMOOTH, np.float32)


def _silu(x: F32) -> F32:
    out: F32 = x / (1 + np.exp(-x))
    return out


def _norm(x: F32) -> F32:
    """Rows of mean 0 and variance 1. The reductions are called directly: ``mean`` costs three times as much for one row."""
    share = np.float32(1 / x.shape[1])
    centred: F32 = np.asarray(x - np.add.reduce(x, axis=1, keepdims=True) * share, np.float32)
    square = np.add.reduce(centred * centred, axis=1, keepdims=True) * share
    return np.asarray(centred / np.sqrt(square + np.float32(1e-5)), np.float32)


class StreamNet:
    """Step-by-step twin of ``MotionNet`` with its ``state_dict`` as NumPy arrays."""

    def __init__(self, config: NetConfig, weights: dict[str, F32]) -> None:
        self.config = config
        # x @ w.T with w stored as [out, in] walks memory the wrong way for one row: keep the transposes.
        w = self.w = {n: np.ascontiguousarray(v.T if v.ndim == 2 else v, np.float32) for n, v in weights.items()}
        # One row a step is all overhead: what reads the same features is one product (heads), and the gain and shift of each
        # norm are part of what follows it.
        names = ("mouth1", "live1", "viseme", "blink")
        self._cuts = np.cumsum([w[f"{name}.bias"].size for name in names])[:-1]
        w["live1.latent"] = np.ascontiguousarray(w["live1.weight"][config.width :])
        w["heads.weight"] = np.concatenate([w[f"{name}.weight"][: config.width] for name in names], axis=1)
        w["heads.bias"] = np.concatenate([w[f"{name}.bias"] for name in names])
        self._fold("norm", "heads")
        for i in range(config.layers):
            block = f"blocks.{i}"
            self._fold(f"{block}.norm2", f"{block}.up")
            if config.trunk == "transformer":
                self._fold(f"{block}.norm1", f"{block}.attention.qkv")
                # By slot of the window, oldest first: the newest token is at distance 0.
                w[f"bias{i}"] = weights[f"{block}.attention.bias"][:, ::-1].astype(np.float32)
            else:
                w[f"taps{i}"] = np.ascontiguousarray(weights[f"{block}.taps.weight"].transpose(2, 1, 0))
        self._slots = np.arange(config.window)

    def _fold(self, norm: str, linear: str) -> None:
        """Make the affine part of ``norm`` a part of ``linear``."""
        weight = self.w[f"{linear}.weight"]
        self.w[f"{linear}.bias"] = (
            self.w[f"{linear}.bias"] + self.w[f"{norm}.bias"] @ weight
        )  # the caller's array stays as it is
        self.w[f"{linear}.weight"] = np.ascontiguousarray(self.w[f"{norm}.weight"][:, None] * weight)

    def start(self) -> StreamState:
        """A stream that has heard nothing."""
        c = self.config
        live = np.zeros((1, len(SMOOTH), 6 + c.upper), np.float32)
        seen = np.zeros(1, np.int64)
        if c.trunk == "tcn":
            past = np.zeros((c.layers, 1, 2 * 2 ** min(c.layers - 1, 4), c.width), np.float32)
            return StreamState(Pool(past, np.zeros((c.layers, 1, 0), np.float32), seen, live), 0)
        shape = (c.layers, 1, c.heads, c.window, c.width // c.heads)
        return StreamState(Pool(np.zeros(shape, np.float32), np.zeros(shape, np.float32), seen, live), 0)

    @staticmethod
    def together(states: Sequence[StreamState]) -> Pool:
        """The pool whose rows are ``states`` in this order; made anew only when streams come or go."""
        pool = states[0].pool
        if len(pool.seen) == len(states) and all(s.pool is pool and s.row == row for row, s in enumerate(states)):
            return pool
        pool = Pool(
            np.stack([s.pool.keys[:, s.row] for s in states], axis=1),
            np.stack([s.pool.values[:, s.row] for s in states], axis=1),
            np.array([s.pool.seen[s.row] for s in states]),
            np.stack([s.pool.live[s.row] for s in states]),
        )
        for row, state in enumerate(states):
            state.pool, state.row = pool, row
        return pool

    def step(self, states: Sequence[StreamState], mel: F32, latent: F32, style: F32 | None = None) -> Token:
        """``mel`` f32[B, 4, 80], ``latent`` f32[B, L], ``style`` f32[B, S] → token; the states move on."""
        x = self._linear(
            "embed2", _silu(self._linear("embed1", (mel.reshape(len(mel), -1) + np.float32(0.4)) * np.float32(2.5)))
        )
        pool = self.together(states)
        first = pool.seen == 0
        pool.seen = np.minimum(pool.seen + 1, self.config.window)
        for i in range(self.config.layers):
            mixed = self._attend if self.config.trunk == "transformer" else self._convolve
            x = x + mixed(i, _norm(x), pool)
            up = _silu(self._linear(f"blocks.{i}.up", _norm(x)))
            x = x + self._linear(f"blocks.{i}.down", up)
        m, live, visemes, hazard = np.split(self._linear("heads", _norm(x)), self._cuts, axis=1)
        if style is not None:
            m = m + style @ self.w["style.weight"]
        mouth = self._linear("mouth2", _silu(m))
        activity: F32 = np.clip((1 / (1 + np.exp(-mouth[:, -1])) - np.float32(0.1)) / np.float32(0.8), 0, 1)
        raw = self._linear("live2", _silu(live + latent @ self.w["live1.latent"])) * self.w["live_scale"]
        pool.live[:, :-1] = pool.live[:, 1:]
        pool.live[:, -1] = raw
        pool.live[first] = raw[first, None]  # before the first token there was the first
        smooth: F32 = _SMOOTH @ pool.live
        return Token(mouth[:, :-1] * activity[:, None], activity, smooth, hazard[:, 0], visemes)

    def _linear(self, name: str, x: F32) -> F32:
        out: F32 = x @ self.w[f"{name}.weight"]
        out += self.w[f"{name}.bias"]
        return out

    def _attend(self, layer: int, x: F32, pool: Pool) -> F32:
        c = self.config
        name = f"blocks.{layer}.attention"
        qkv = self._linear(f"{name}.qkv", x).reshape(len(x), 3, c.heads, -1)
        keys, values = pool.keys[layer], pool.values[layer]  # [B, H, W, D / H]
        keys[:, :, :-1], values[:, :, :-1] = keys[:, :, 1:], values[:, :, 1:]
        keys[:, :, -1], values[:, :, -1] = qkv[:, 1], qkv[:, 2]
        query = qkv[:, 0] * np.float32((c.width // c.heads) ** -0.5)
        logits = (keys @ query[..., None])[..., 0] + self.w[f"bias{layer}"]  # [B, H, W]
        if pool.seen.min() < c.window:
            logits[np.broadcast_to(self._slots < c.window - pool.seen[:, None, None], logits.shape)] = -np.inf
        share = np.exp(logits - np.maximum.reduce(logits, axis=2, keepdims=True))
        share /= np.add.reduce(share, axis=2, keepdims=True)
        return self._linear(f"{name}.out", (share[:, :, None] @ values).reshape(x.shape))

    def _convolve(self, layer: int, x: F32, pool: Pool) -> F32:
        dilation = 2 ** min(layer, 4)
        taps, past = self.w[f"taps{layer}"], pool.keys[layer]  # [3, D, D]; [B, reach, D], oldest first
        x = (
            x * self.w[f"blocks.{layer}.norm1.weight"] + self.w[f"blocks.{layer}.norm1.bias"]
        )  # not folded: its past begins at 0
        y = past[:, -2 * dilation] @ taps[0] + past[:, -dilation] @ taps[1] + x @ taps[2] + self.w[f"blocks.{layer}.taps.bias"]
        past[:, :-1] = past[:, 1:]
        past[:, -1] = x
        return _silu(y)
