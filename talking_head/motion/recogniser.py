"""The viseme recogniser frame by frame, in NumPy: which sounds are being made, heard in the sound alone.

A causal Transformer over log-mel, one token a video frame (its own sound and that of the frames before it); attention sees
the last ``window`` tokens under a learned bias of their distance, so a stream may run for ever. A token says what is spoken
in the ``lookahead`` frames before it and in its own: the oldest with all the context there will be, the newest with none. One
step is some twenty small matrix products; the rest is the price of calling NumPy. So what can be is folded into the weights
once: no graph compiler, no thread pool. Keys and values of the last ``window`` tokens are kept a stream; streams of different
age share a step. The result equals ``net.VisemeNet`` on the whole clip to 1e-4 (tested).

Every reader of the residual stream reads it through a norm, which takes its mean away: all that write to it write without
their mean, so a norm is a division by a length (√width and the norm's gain and shift are part of what follows it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talking_head.audio.mel import HOPS, MELS, log_mel
from talking_head.audio.mel import SILENCE as QUIET
from talking_head.motion.netconfig import NetConfig
from talking_head.types import F32, FRAME_TICKS

_HALF = np.float32(0.5)
_EPS = 1e-5  # of torch's LayerNorm


@dataclass(slots=True)
class Pool:
    """The memory of B streams that step together.

    ``past`` f32[layers, B, 2 H, 2 W, D / H]: keys of all heads, then values, of the last W tokens in the W places before
    ``at``. ``heard`` f32[B, C, 320]: log-mel of the last C frames. ``seen`` i64[B]: tokens so far, no longer counted once all
    have seen W; ``youngest``: the least of them.
    """

    past: F32
    heard: F32
    seen: NDArray[np.int64]
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

    @classmethod
    def named(cls, weights: dict[str, F32], name: str) -> Linear:
        """Of a state_dict: ``name``.weight f32[out, in] and ``name``.bias."""
        return cls(np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"])


def silu(half: F32) -> F32:
    """SiLU of 2 · ``half``: x · sigmoid(x) = h + h · tanh h, three calls and no overflow."""
    out: F32 = np.tanh(half)
    out *= half
    out += half
    return out


@dataclass(frozen=True, slots=True)
class _Block:
    """``qkv`` gives queries (scaled), keys and values of all heads; ``bias`` f32[H, W, 1] by place, oldest first."""

    qkv: Linear
    out: Linear
    bias: F32
    up: Linear
    down: Linear


class Recogniser:
    """Step-by-step twin of ``VisemeNet`` with its ``state_dict`` as NumPy arrays."""

    def __init__(self, config: NetConfig, weights: dict[str, F32]) -> None:
        self.config = config
        self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        self._eps = np.array(config.width * _EPS, np.float32)
        embed1 = Linear.named(self._weights, "embed1")
        ones = np.ones(len(embed1.weight), np.float32)
        self._embed1 = embed1.after(2.5 * ones, ones).scaled(_HALF)  # it hears 2.5 · mel + 1
        self._embed2 = Linear.named(self._weights, "embed2").centred()
        self._blocks = [self._block(f"blocks.{i}") for i in range(config.layers)]
        self._head = self._after_norm("norm", "viseme")

    def _after_norm(self, norm: str, linear: str) -> Linear:
        """``linear`` for what :meth:`_norm` gives: with the norm's gain and shift, and the √D that it leaves out."""
        gain = self._weights[f"{norm}.weight"] * np.float32(self.config.width**0.5)
        return Linear.named(self._weights, linear).after(gain, self._weights[f"{norm}.bias"])

    def _block(self, name: str) -> _Block:
        c, w = self.config, self._weights
        scale = np.ones(3 * c.width, np.float32)
        scale[: c.width] = (c.width // c.heads) ** -0.5  # of the queries
        return _Block(
            self._after_norm(f"{name}.norm1", f"{name}.attention.qkv").scaled(scale),
            Linear.named(w, f"{name}.attention.out").centred(),
            np.ascontiguousarray(w[f"{name}.attention.bias"][:, ::-1, None]),  # the newest token is at distance 0
            self._after_norm(f"{name}.norm2", f"{name}.up").scaled(_HALF),
            Linear.named(w, f"{name}.down").centred(),
        )

    def start(self) -> StreamState:
        """A stream that has heard nothing."""
        c = self.config
        past = np.zeros((c.layers, 1, 2 * c.heads, 2 * c.window, c.width // c.heads), np.float32)
        heard = np.full((1, c.context, HOPS * MELS), QUIET, np.float32)
        return StreamState(Pool(past, heard, np.zeros(1, np.int64), c.window), 0)

    def together(self, states: Sequence[StreamState]) -> Pool:
        """The pool whose rows are ``states`` in this order; made anew only when streams come or go."""
        pool, window = states[0].pool, self.config.window
        if len(pool.seen) == len(states) and all(s.pool is pool and s.row == row for row, s in enumerate(states)):
            return pool
        layers, _, rows, places, width = pool.past.shape
        past = np.zeros((layers, len(states), rows, places, width), np.float32)
        for row, state in enumerate(states):
            past[:, row, :, :window] = state.pool.past[:, state.row, :, state.pool.at - window : state.pool.at]
        seen = np.array([s.pool.seen[s.row] for s in states])
        heard = np.stack([s.pool.heard[s.row] for s in states])
        pool = Pool(past, heard, seen, window, int(seen.min()))
        for row, state in enumerate(states):
            state.pool, state.row = pool, row
        return pool

    def step(self, states: Sequence[StreamState], mel: F32) -> F32:
        """``mel`` f32[B, 4, 80] → shares of visemes f32[B, lookahead + 1, 2, V] in the last frames, oldest first, each in
        its two halves; rows sum to 1. The states move on."""
        c, pool = self.config, self.together(states)
        pool.advance(c.window)
        unseen = self._unseen(pool) if pool.youngest < c.window else None
        pool.heard[:, :-1] = pool.heard[:, 1:]
        pool.heard[:, -1] = mel.reshape(len(mel), -1)
        x = self._embed2(silu(self._embed1(pool.heard.reshape(len(mel), -1))))
        for block, past in zip(self._blocks, pool.past, strict=True):
            x += self._attend(block, self._norm(x), past, pool.at, unseen)
            x += block.down(silu(block.up(self._norm(x))))
        logits = self._head(self._norm(x)).reshape(len(x), c.lookahead + 1, 2, c.visemes)
        logits -= np.maximum.reduce(logits, axis=3, keepdims=True)
        share: F32 = np.exp(logits, logits)
        share /= np.add.reduce(share, axis=3, keepdims=True)
        return share

    def whole(self, pcm: F32) -> F32:
        """``pcm`` f32[n] at 48 kHz, from its beginning to its end → shares of visemes f32[2 T, V] in each half of its T frames,
        heard with all the look-ahead there is. Raises AudioError."""
        ahead = self.config.lookahead
        mel = log_mel(np.concatenate([pcm, np.zeros(ahead * FRAME_TICKS, np.float32)]))
        states = [self.start()]
        heard = [self.step(states, frame[None])[0, 0] for frame in mel]
        return np.concatenate(heard[ahead:])

    def _norm(self, x: F32) -> F32:
        """Rows of ``x``, whose mean is 0, at (almost) length 1."""
        length = np.vecdot(x, x)
        length += self._eps
        return np.asarray(x / np.sqrt(length, length)[:, None])

    def _unseen(self, pool: Pool) -> F32:
        """−∞ where a stream has no token yet, else 0: f32[B, 1, W, 1], by place in the window."""
        empty = np.arange(self.config.window) < self.config.window - pool.seen[:, None]
        return np.where(empty, -np.inf, 0).astype(np.float32)[:, None, :, None]

    def _attend(self, block: _Block, x: F32, past: F32, at: int, unseen: F32 | None) -> F32:
        heads = self.config.heads
        qkv = block.qkv(x).reshape(len(x), 3 * heads, -1)
        past[:, :, at - 1] = qkv[:, heads:]
        window = past[:, :, at - self.config.window : at]  # [B, 2 H, W, D / H]
        logits = window[:, :heads] @ qkv[:, :heads, :, None]  # [B, H, W, 1]
        logits += block.bias
        if unseen is not None:
            logits += unseen
        logits -= np.maximum.reduce(logits, axis=2, keepdims=True)
        share = np.exp(logits, logits).swapaxes(2, 3)
        y = share @ window[:, heads:]  # [B, H, 1, D / H]
        y /= np.add.reduce(share, axis=3, keepdims=True)
        return block.out(y.reshape(x.shape))
