"""The motion net frame by frame, in NumPy: what serving runs.

One token a step through a Transformer of 0.95 M weights is some twenty small matrix products, a tenth of a millisecond; the
rest is the price of calling NumPy. So what can be is folded into the weights once, and as few calls as possible are left: no
graph compiler, no thread pool. Keys and values of the last ``window`` tokens are kept a stream; streams of different age
share a step. The result equals ``net.MotionNet`` on the whole clip to 1e-4 (tested).

Every reader of the residual stream reads it through a norm, which takes its mean away: all that write to it write without
their mean, so a norm is a division by a length (√width and the norm's gain and shift are part of what follows it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.motion.netconfig import SMOOTH, NetConfig
from talking_head.types import F32


@dataclass(slots=True)
class Pool:
    """The memory of B streams that step together.

    ``past`` f32[layers, B, S, 2 W, d]: what each layer remembers of the last W tokens, in the W places before ``at``: keys of
    all heads, then values (TCN: the inputs of the taps, S = 1, d = D). ``seen`` i64[B]: tokens so far, no longer counted once
    all have seen W; ``youngest``: the least of them. ``live`` f32[B, 5, 6 + U]: the last raw tokens of pose and upper face.
    """

    past: F32
    seen: NDArray[np.int64]
    live: F32
    at: int
    youngest: int = 0

    def advance(self, window: int) -> None:
        """Make room for one more token at ``at - 1``. Going back to the start copies, once in ``window`` tokens."""
        if self.at == self.past.shape[3]:
            self.past[..., : window - 1, :] = self.past[..., self.at - window + 1 :, :]
            self.at = window - 1
        self.at += 1
        if self.youngest < window:
            self.youngest += 1
            self.seen += 1


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


@dataclass(frozen=True, slots=True)
class Linear:
    """``x @ weight + bias``; ``weight`` f32[in, out]: as torch stores it, one row would walk memory the wrong way."""

    weight: F32
    bias: F32

    def __call__(self, x: F32) -> F32:
        # BLAS is more than twice as fast with two or three rows one by one as with all of them at once.
        out: F32 = (x[:, None] @ self.weight)[:, 0] if 1 < len(x) < 4 else x @ self.weight
        out += self.bias
        return out

    def after(self, gain: F32, shift: F32) -> Linear:
        """The same for an input that still lacks its ``gain`` and ``shift`` f32[in]."""
        return Linear(gain[:, None] * self.weight, self.bias + shift @ self.weight)

    def scaled(self, gain: F32 | np.float32) -> Linear:
        """With every output times ``gain`` f32[out]."""
        return Linear(self.weight * gain, self.bias * gain)

    def centred(self) -> Linear:
        """The same less the mean of its outputs."""
        return Linear(self.weight - self.weight.mean(axis=1, keepdims=True), self.bias - self.bias.mean())


@dataclass(frozen=True, slots=True)
class Attention:
    """``qkv`` gives queries (scaled), keys and values of all heads; ``bias`` f32[H, W, 1] by place, oldest first."""

    qkv: Linear
    out: Linear
    bias: F32


@dataclass(frozen=True, slots=True)
class Convolution:
    """``taps`` takes three inputs side by side, f32[B, 3 D], oldest first; ``gain`` and ``shift`` f32[D] of the norm before
    them are not folded, for the past begins at 0."""

    taps: Linear
    gain: F32
    shift: F32
    dilation: int


@dataclass(frozen=True, slots=True)
class Block:
    """One layer: what mixes tokens, then what works on each."""

    mix: Attention | Convolution
    up: Linear
    down: Linear


_SMOOTH = np.array(SMOOTH, np.float32)
_HALF = np.float32(0.5)
_LOW, _RANGE = np.float32(0.1), np.float32(0.8)  # of the activity's gate, see net.gate
_EPS = 1e-5  # of torch's LayerNorm


def _silu(half: F32) -> F32:
    """SiLU of 2 · ``half``: x · sigmoid(x) = h + h · tanh h, three calls and no overflow."""
    out: F32 = np.tanh(half)
    out *= half
    out += half
    return out


class StreamNet:
    """Step-by-step twin of ``MotionNet`` with its ``state_dict`` as NumPy arrays."""

    def __init__(self, config: NetConfig, weights: dict[str, F32]) -> None:
        self.config = config
        w = self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        self._attends = config.trunk == "transformer"
        self._window = config.window if self._attends else 2 * 2 ** min(config.layers - 1, 4) + 1
        self._eps = np.array(config.width * _EPS, np.float32)
        embed1 = self._linear("embed1")
        ones = np.ones(len(embed1.weight), np.float32)
        self._embed1 = embed1.after(2.5 * ones, ones).scaled(_HALF)  # it hears 2.5 · mel + 1
        self._embed2 = self._linear("embed2").centred()
        self._blocks = [self._block(f"blocks.{i}", 2 ** min(i, 4)) for i in range(config.layers)]
        # What reads the same features is one product; the rest of ``live1`` reads the latent.
        live1 = self._linear("live1")
        self._latent = np.ascontiguousarray(live1.weight[config.width :] * _HALF)
        live1 = Linear(live1.weight[: config.width], live1.bias)
        heads = [self._linear("mouth1").scaled(_HALF), live1.scaled(_HALF), self._linear("viseme"), self._linear("blink")]
        weight = np.concatenate([head.weight for head in heads], axis=1)
        self._heads = self._after_norm("norm", Linear(weight, np.concatenate([head.bias for head in heads])))
        self._ends = np.cumsum([head.bias.size for head in heads]).tolist()
        self._style = np.ascontiguousarray(w["style.weight"].T * _HALF)
        self._mouth2, self._live2 = self._linear("mouth2"), self._linear("live2").scaled(w["live_scale"])

    def _linear(self, name: str) -> Linear:
        return Linear(np.ascontiguousarray(self._weights[f"{name}.weight"].T), self._weights[f"{name}.bias"])

    def _after_norm(self, norm: str, linear: Linear) -> Linear:
        """``linear`` for what :meth:`_norm` gives: with the norm's gain and shift, and the √D that it leaves out."""
        gain = self._weights[f"{norm}.weight"] * np.float32(self.config.width**0.5)
        return linear.after(gain, self._weights[f"{norm}.bias"])

    def _block(self, name: str, dilation: int) -> Block:
        c, w = self.config, self._weights
        up = self._after_norm(f"{name}.norm2", self._linear(f"{name}.up")).scaled(_HALF)
        down = self._linear(f"{name}.down").centred()
        if not self._attends:
            taps = w[f"{name}.taps.weight"].transpose(2, 1, 0).reshape(3 * c.width, c.width)
            gain = w[f"{name}.norm1.weight"] * np.float32(c.width**0.5)
            mix = Convolution(Linear(taps, w[f"{name}.taps.bias"]).scaled(_HALF), gain, w[f"{name}.norm1.bias"], dilation)
            return Block(mix, up, down)
        scale = np.ones(3 * c.width, np.float32)
        scale[: c.width] = (c.width // c.heads) ** -0.5  # of the queries
        qkv = self._after_norm(f"{name}.norm1", self._linear(f"{name}.attention.qkv")).scaled(scale)
        bias = np.ascontiguousarray(w[f"{name}.attention.bias"][:, ::-1, None])  # the newest token is at distance 0
        return Block(Attention(qkv, self._linear(f"{name}.attention.out").centred(), bias), up, down)

    def start(self) -> StreamState:
        """A stream that has heard nothing."""
        c = self.config
        rows, width = (2 * c.heads, c.width // c.heads) if self._attends else (1, c.width)
        past = np.zeros((c.layers, 1, rows, 2 * self._window, width), np.float32)
        live = np.zeros((1, len(SMOOTH), 6 + c.upper), np.float32)
        return StreamState(Pool(past, np.zeros(1, np.int64), live, self._window), 0)

    def together(self, states: Sequence[StreamState]) -> Pool:
        """The pool whose rows are ``states`` in this order; made anew only when streams come or go."""
        pool = states[0].pool
        if len(pool.seen) == len(states) and all(s.pool is pool and s.row == row for row, s in enumerate(states)):
            return pool
        layers, _, rows, places, width = pool.past.shape
        past = np.zeros((layers, len(states), rows, places, width), np.float32)
        for row, state in enumerate(states):
            past[:, row, :, : self._window] = state.pool.past[:, state.row, :, state.pool.at - self._window : state.pool.at]
        seen = np.array([s.pool.seen[s.row] for s in states])
        live = np.stack([s.pool.live[s.row] for s in states])
        pool = Pool(past, seen, live, self._window, int(seen.min()))
        for row, state in enumerate(states):
            state.pool, state.row = pool, row
        return pool

    def step(self, states: Sequence[StreamState], mel: F32, latent: F32, style: F32 | None = None) -> Token:
        """``mel`` f32[B, 4, 80], ``latent`` f32[B, L], ``style`` f32[B, S] → token; the states move on."""
        pool = self.together(states)
        first = pool.seen == 0 if pool.youngest == 0 else None
        pool.advance(self._window)
        unseen = self._unseen(pool) if self._attends and pool.youngest < self._window else None
        x = self._embed2(_silu(self._embed1(mel.reshape(len(mel), -1))))
        for block, past in zip(self._blocks, pool.past, strict=True):
            mix, normed = block.mix, self._norm(x)
            if isinstance(mix, Attention):
                x += self._attend(mix, normed, past, pool.at, unseen)
            else:
                x += _convolve(mix, normed, past[:, 0], pool.at)
            x += block.down(_silu(block.up(self._norm(x))))
        heads = self._heads(self._norm(x))
        a, b, c, _ = self._ends
        m, live, visemes, hazard = heads[:, :a], heads[:, a:b], heads[:, b:c], heads[:, c]
        if style is not None:
            m += style @ self._style
        mouth = self._mouth2(_silu(m))
        activity: F32 = np.minimum(np.maximum((1 / (1 + np.exp(-mouth[:, -1])) - _LOW) / _RANGE, 0), 1)
        live += latent @ self._latent
        raw = self._live2(_silu(live))
        pool.live[:, :-1] = pool.live[:, 1:]
        pool.live[:, -1] = raw
        if first is not None:
            pool.live[first] = raw[first, None]  # before the first token there was the first
        return Token(mouth[:, :-1] * activity[:, None], activity, _SMOOTH @ pool.live, hazard, visemes)

    def _norm(self, x: F32) -> F32:
        """Rows of ``x``, whose mean is 0, at (almost) length 1."""
        length = np.vecdot(x, x)
        length += self._eps
        return np.asarray(x / np.sqrt(length, length)[:, None])

    def _unseen(self, pool: Pool) -> F32:
        """−∞ where a stream has no token yet, else 0: f32[B, 1, W, 1], by place in the window."""
        empty = np.arange(self._window) < self._window - pool.seen[:, None]
        return np.where(empty, -np.inf, 0).astype(np.float32)[:, None, :, None]

    def _attend(self, mix: Attention, x: F32, past: F32, at: int, unseen: F32 | None) -> F32:
        heads = self.config.heads
        qkv = mix.qkv(x).reshape(len(x), 3 * heads, -1)
        past[:, :, at - 1] = qkv[:, heads:]
        window = past[:, :, at - self._window : at]  # [B, 2 H, W, D / H]
        logits = window[:, :heads] @ qkv[:, :heads, :, None]  # [B, H, W, 1]
        logits += mix.bias
        if unseen is not None:
            logits += unseen
        logits -= np.maximum.reduce(logits, axis=2, keepdims=True)
        share = np.exp(logits, logits).swapaxes(2, 3)
        y = share @ window[:, heads:]  # [B, H, 1, D / H]
        y /= np.add.reduce(share, axis=3, keepdims=True)
        return mix.out(y.reshape(x.shape))


def _convolve(mix: Convolution, x: F32, past: F32, at: int) -> F32:
    """``past`` f32[B, 2 W, D]."""
    new = past[:, at - 1] = x * mix.gain + mix.shift
    y = _silu(mix.taps(np.concatenate([past[:, at - 1 - 2 * mix.dilation], past[:, at - 1 - mix.dilation], new], axis=1)))
    y -= np.add.reduce(y, axis=1, keepdims=True) * np.float32(1 / y.shape[1])
    return y
