"""Training of the sway: what heads and brows of people who move do by themselves, people counting alike.

Everybody's movements are taken in units of their own spread, so that the calm teach as much as the restless; mirrored, run
backwards and a little larger or smaller they are new examples, for there is little footage. People whose heads hardly move
teach nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from talking_head.errors import InputError
from talking_head.evaluate.performance.rows import follow, smooth
from talking_head.motion.performance import prosody
from talking_head.motion.sway import CHANNELS, HEARD, MIRRORED, Sway, SwayConfig, settled
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.motion.checkpoint import Run
from talking_head.train.motion.sway_net import SwayNet, bound, loss
from talking_head.train.saving import SAVE_EVERY_S
from talking_head.types import F32, FPS, FRAME_TICKS

_MOVES = 1.0  # degrees: a head whose yaw or pitch spreads less does not move
_SHUT, _NEAR = 0.35, 7  # lids down so far, and so many frames about them, hide where the brow is
_FARTHEST = 3.5  # spreads
_LEAST_S = 20.0  # seconds of footage that teach anything
_MOST_WINDOWS = 256  # that test


@dataclass(frozen=True, slots=True)
class SwayTrack:
    """One clip: ``moves`` f32[T, 6] in the person's own spreads, as ``motion.sway.CHANNELS``; ``heard`` f32[T, K]."""

    name: str
    person: str
    use: str
    moves: F32
    heard: F32


@dataclass(frozen=True, slots=True)
class SwayTraining:
    """A training: ``rows`` windows of about ``frames`` frames a batch. KL gains its weight over the share ``rise`` of the run
    and is pulled below ``free`` nats a number and knot by nobody."""

    steps: int = 1_200
    minutes: float = 60.0
    lr: float = 3e-3
    warmup: int = 50
    decay: float = 0.02
    average: float = 0.99
    rows: int = 24
    frames: int = 100
    rise: float = 0.2
    free: float = 0.05
    every: int = 100
    save_every: float = SAVE_EVERY_S
    seed: int = 0


def sway_tracks(clips: Sequence[tuple[PreparedClip, str]]) -> list[SwayTrack]:
    """Clips of two seconds and more, with their use, of people whose heads move; those of GRID do not."""
    people: dict[str, list[tuple[PreparedClip, str]]] = {}
    for clip, use in clips:
        if len(clip.points) >= 2 * FPS and clip.valid.any():
            people.setdefault(clip.person, []).append((clip, use))
    out: list[SwayTrack] = []
    for person, mine in people.items():
        turns = [np.degrees(clip.pose[:, :2] - np.median(clip.pose[clip.valid, :2], axis=0))[clip.valid] for clip, _ in mine]
        if np.concatenate(turns).std(0).min() < _MOVES:
            continue
        raw = [_measured(clip) for clip, _ in mine]
        every = np.concatenate(raw)
        neck = [np.linalg.lstsq(every[:, by], every[:, [of]], rcond=None)[0] for by, of in (((1, 2), 3), ((0,), 4))]
        for moves in raw:  # what a turn about this person's neck brings along is no lean
            moves[:, 3] -= (moves[:, (1, 2)] @ neck[0])[:, 0]
            moves[:, 4] -= (moves[:, (0,)] @ neck[1])[:, 0]
        spread = np.concatenate(raw).std(0) + 1e-6
        for (clip, use), moves in zip(mine, raw, strict=True):
            own = np.clip(moves / spread, -_FARTHEST, _FARTHEST).astype(np.float32)
            out.append(SwayTrack(clip.name, person, use, own, _heard(clip)))
    return out


def window(track: SwayTrack, first: int, config: SwayConfig, frames: int) -> tuple[F32, F32]:
    """``frames`` frames of ``track`` from ``first`` on (a shorter track runs back and forth), f32[frames, 6], and what was
    heard before each knot but the first two was drawn, f32[frames / knot + 1, K]."""
    moves, heard, knot = track.moves, track.heard, config.knot
    if len(moves) < frames:
        there = np.concatenate([np.arange(len(moves)), np.arange(len(moves))[::-1]])
        moves, heard, first = moves[np.resize(there, frames)], heard[np.resize(there, frames)], 0
    ends = [first + (number - 1) * knot for number in range(frames // knot + 1)]  # a knot is drawn three stretches early
    rows = [heard[max(0, end - knot) : max(end, 1)].mean(0) for end in ends]
    return moves[first : first + frames], np.stack(rows).astype(np.float32)


def windows(tracks: Sequence[SwayTrack], config: SwayConfig, frames: int) -> tuple[Tensor, Tensor]:
    """Windows that overlap by half, and their mirror images: moves [B, frames, 6], heard [B, n + 1, K]. Raises InputError
    without tracks."""
    if not tracks:
        raise InputError("No track of a head that moves.")
    pairs = [
        window(track, first, config, frames)
        for track in tracks
        for first in range(0, max(1, len(track.moves) - frames + 1), frames // 2)
    ]
    pairs = pairs[:: -(-len(pairs) // _MOST_WINDOWS)]
    moves, heard = (np.stack(column) for column in zip(*pairs, strict=True))
    both = np.concatenate([moves, moves * MIRRORED]), np.concatenate([heard, heard])
    return torch.from_numpy(both[0]), torch.from_numpy(both[1])


@torch.no_grad()
def judge(net: SwayNet, moves: Tensor, heard: Tensor) -> dict[str, float]:
    """Figures of ``net`` on windows: "places" and "speeds", shares of the variance that the mean of q gives back; "fit"
    (−log p(x | z)), "kl" and "kl deaf" (without what was heard), nats a knot; "active": numbers of z with a KL above 0.1."""
    with torch.random.fork_rng(devices=[]):  # a look does not change what follows
        torch.manual_seed(0)
        found, deaf = (bound(net, moves, given) for given in (heard, torch.zeros_like(heard)))
    made = bound(net, moves, heard, sample=False).made
    kept = []
    for real, ours in ((moves, made), (moves[:, 2:] - moves[:, :-2], made[:, 2:] - made[:, :-2])):
        kept.append(float((1 - ((real - ours) ** 2).mean((0, 1)) / real.var((0, 1)).clamp(min=1e-6)).mean()))
    figures = {"places": kept[0], "speeds": kept[1], "fit": float(found.fit), "kl": float(found.kl.sum())}
    return {**figures, "kl deaf": float(deaf.kl.sum()), "active": float((found.kl > 0.1).sum())}


class SwayTrainer:
    """Trains on the tracks for "train", tests on the others; state in ``out``/sway.state.safetensors. Raises InputError where
    there is too little that moves."""

    def __init__(self, training: SwayTraining, config: SwayConfig, tracks: Sequence[SwayTrack], out: Path) -> None:
        self.training, self.config = training, config
        self.path = out / "sway.state.safetensors"
        self._frames = training.frames // config.knot * config.knot
        self._train = [track for track in tracks if track.use == "train"]
        if sum(len(track.moves) for track in self._train) < _LEAST_S * FPS:
            raise InputError(f"Fewer than {_LEAST_S:.0f} s of heads that move.")
        self._tests = {
            use: windows(group, config, self._frames)
            for use in ("known", "unseen")
            if (group := [track for track in tracks if track.use == use])
        }
        self._test = [track for track in tracks if track.use in ("known", "unseen")]
        # Of a person with four times the footage twice as much is drawn.
        frames = dict.fromkeys(sorted({track.person for track in self._train}), 0)
        for track in self._train:
            frames[track.person] += len(track.moves)
        share = np.array([len(track.moves) / frames[track.person] ** 0.5 for track in self._train])
        self._share = share / share.sum()
        torch.manual_seed(training.seed)
        label = {"sway": config.to_dict(), "clips": [t.name for t in self._train], "training": _kept(training)}
        self.run = Run(SwayNet(config), SwayNet(config), lr=training.lr, decay=training.decay, seed=training.seed, label=label)

    def advance(self, progress: float) -> dict[str, float]:
        """One optimiser step at ``progress`` 0..1; its terms."""
        t = self.training
        found = bound(self.run.net, *self._batch())
        weight = min(1.0, progress / t.rise)
        self.run.descend(loss(found, weight=weight, free=t.free), progress=progress, average=t.average, warmup=t.warmup)
        return {"fit": float(found.fit.detach()), "kl": float(found.kl.detach().sum())}

    def train(self, report: Callable[[int, dict[str, float]], None]) -> dict[str, float]:
        """To the end, or for as many minutes as may be; the figures of people or clips that did not train."""
        t = self.training

        def both(step: int, figures: dict[str, float]) -> None:
            report(step, {**figures, **self.evaluate()})

        self.run.train(
            self.advance, steps=t.steps, minutes=t.minutes, path=self.path, every=t.every, save_every=t.save_every, report=both
        )
        return {**self.evaluate(), **self.copied()}

    def copied(self) -> dict[str, float]:
        """How far two seconds lie from the nearest that trained, in spreads: of what the prior draws ("drawn nearest"), and of
        people who did not train ("real nearest"). A net that repeats its clips draws nearer ones."""
        here = [self._train, *([self._test] if self._test else [])]
        known, *real = (_pieces([track.moves for track in group]) for group in here)
        known = np.concatenate([known, known * MIRRORED])
        sway, heard = Sway(self.config, self.tensors()), np.zeros((16, len(HEARD)), np.float32)
        states = [sway.start(np.random.default_rng((1, row))) for row in range(16)]
        one = np.ones(16, np.float32)
        drawn = np.stack([sway.step(states, heard, one, one) for _ in range(20 * FPS)], axis=1)
        figures = {"drawn nearest": _nearest(_pieces(list(drawn)), known)}
        return {**figures, "real nearest": _nearest(real[0], known)} if real else figures

    def evaluate(self) -> dict[str, float]:
        """:func:`judge` on what did not train, "known …" and "unseen …"."""
        judged = {use: judge(self.run.mean, *test) for use, test in self._tests.items()}
        return {f"{use} {name}": value for use, figures in judged.items() for name, value in figures.items()}

    def tensors(self) -> dict[str, F32]:
        """What serving reads, f32, with the encoder that judging needs."""
        raw = {name: value.detach().numpy().astype(np.float32) for name, value in self.run.mean.state_dict().items()}
        heard = np.concatenate([track.heard for track in self._train]).mean(0)
        return settled(self.config, raw, heard, seed=self.training.seed)

    def _batch(self) -> tuple[Tensor, Tensor]:
        rng, moves, heard = self.run.rng, [], []
        for index in rng.choice(len(self._train), self.training.rows, p=self._share):
            track = self._train[index]
            first = int(rng.integers(0, max(1, len(track.moves) - self._frames + 1)))
            x, given = window(track, first, self.config, self._frames)
            x = x * np.exp(0.15 * rng.standard_normal(len(CHANNELS))).astype(np.float32)
            if rng.random() < 0.5:
                x = x * MIRRORED
            if rng.random() < 0.3:  # backwards a posture is still one, but nothing was heard for it
                x, given = x[::-1].copy(), np.zeros_like(given)
            moves.append(x)
            heard.append(given * np.float32(rng.random() > 0.2))
        return torch.from_numpy(np.stack(moves)), torch.from_numpy(np.stack(heard))


def _kept(training: SwayTraining) -> dict[str, float]:
    """What a run that goes on must share with the one that was stopped."""
    return {name: value for name, value in asdict(training).items() if name not in ("steps", "minutes", "save_every", "every")}


def _pieces(moves: Sequence[F32]) -> F32:
    """Two seconds at every half second, each about its own mean, f32[n, 25, 6]."""
    rows = [track[first : first + 2 * FPS : 2] for track in moves for first in range(0, len(track) - 2 * FPS + 1, FPS // 2)]
    pieces = np.stack(rows)
    return np.asarray(pieces - pieces.mean(1, keepdims=True), np.float32)


def _nearest(pieces: F32, known: F32) -> float:
    """Median over ``pieces`` of the root mean square to the nearest of ``known``."""
    return float(np.median([((known - piece) ** 2).mean((1, 2)).min() ** 0.5 for piece in pieces[:200]]))


def _measured(clip: PreparedClip) -> F32:
    """Channels f32[T, 6] of a clip, smoothed over 5 frames, mean 0: degrees and % of the eyes' distance."""
    at = np.arange(len(clip.points))
    flat = clip.points.reshape(len(at), -1)
    seen = np.flatnonzero(clip.valid)
    if len(seen) < len(at):
        flat = np.stack([np.interp(at, seen, column) for column in flat[seen].T], axis=1)
    track = follow(flat.reshape(clip.points.shape).astype(np.float32))
    open_ = np.convolve(track.lids > _SHUT, np.ones(_NEAR), "same") == 0
    brows = track.brows if not open_.any() else np.interp(at, at[open_], track.brows[open_])
    columns = [track.turn[:, [1, 0, 2]], 100 * track.place, 100 * brows[:, None]]
    moves = smooth(np.concatenate(columns, axis=1), 5)
    return np.asarray(moves - moves.mean(0), np.float32)


def _heard(clip: PreparedClip) -> F32:
    """What a stream would have heard, f32[T, K]."""
    state, rows = [prosody.ProsodyState()], []
    for mel, pcm in zip(clip.mel, clip.pcm.reshape(-1, FRAME_TICKS), strict=True):
        heard = prosody.listen(state, mel[None], pcm[None])[0]
        rows.append([float(getattr(heard, name)) for name in HEARD])
    return np.array(rows, np.float32)
