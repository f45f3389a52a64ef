"""Training of the mouth: what real lips do for a run of visemes, people counting alike.

The visemes of the clips are what the trained recogniser hears in them, as it will hear them when it serves; in some rows they
are made certain, as phonemes from a synthesiser are. So one net serves both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talking_head.motion.articulation import SOFT
from talking_head.motion.net import MotionNet
from talking_head.motion.space import MotionSpace, importance
from talking_head.train.motion.checkpoint import Run
from talking_head.train.motion.data import Item, quiet_like
from talking_head.train.motion.levels import LEVEL, MEAN, functionals
from talking_head.train.motion.speech import SpeechItem
from talking_head.train.saving import SAVE_EVERY_S
from talking_head.types import F32

# How much an error of each length counts, beside that of the landmarks: gap, width, upper lip, chin, cheeks, protrusion,
# corners.
_WORTH = (1.5, 1.0, 0.5, 0.6, 0.4, 0.4, 0.4)


# What is only heard moves less sure lips, and a picture loses some more of it: in films the spread of the upper lip came out a
# quarter, of the cheeks a fifth below what was commanded.
_SHOWN = np.array([1.12, 1.0, 1.3, 1.12, 1.45, 1.0, 1.0], np.float32)

# Lips that meet by rule take opening out of the mean afterwards, most where visemes are only heard and closed for early:
# where it is added before, nobody mumbles. As what those rules do is wide, too, the net's own gap spreads a little less; what
# is only heard moves all of the mouth less, for ears waver and lips that follow them are quicker than people's.
_TAKEN = {"heard": np.float32(0.016), "known": np.float32(0.015)}
_UNRULED = np.float32(0.95)
_CALM = {"heard": np.float32(0.95), "known": np.float32(1.0)}

_A_PERSON = 400  # frames of each person that say how much the made mouth varies


@dataclass(frozen=True, slots=True)
class MouthConfig:
    """A training: ``rows`` stretches of ``frames`` frames a batch, a ``certain`` share of them with certain visemes."""

    steps: int = 2_000
    minutes: float = 60.0
    lr: float = 3e-3
    warmup: int = 50
    decay: float = 0.05
    average: float = 0.99
    rows: int = 24
    frames: int = 32
    certain: float = 0.35
    every: int = 200
    save_every: float = SAVE_EVERY_S
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """A clip with what the recogniser hears in it: ``windows`` f32[2, T, 2 W, V], as heard and made certain; ``lengths``
    f32[T, 7] of its (levelled) mouth."""

    item: Item
    windows: F32
    lengths: F32


@torch.inference_mode()
def listen(net: MotionNet, items: list[Item], space: MotionSpace) -> list[Heard]:
    """Run the recogniser over ``items``."""
    form = np.einsum("kic,mic->mk", functionals(), space.mouth)
    ahead = net.config.lookahead
    out = []
    for item in items:
        mel = np.concatenate([item.mel, np.repeat(quiet_like(item.mel)[None], ahead, axis=0)])
        shares = torch.softmax(net.hear(torch.from_numpy(mel)[None]), dim=-1)
        windows = net.windows(shares)[0, ahead:]
        out.append(Heard(item, torch.stack([windows, certain(windows)]).numpy(), item.mouth @ form))
    return out


def certain(windows: Tensor) -> Tensor:
    """Windows [T, 2 W, V] as if the visemes were known: the likeliest of each half frame, its edges a little soft."""
    hard = torch.nn.functional.one_hot(windows.argmax(-1), windows.shape[-1]).to(windows.dtype)
    reach = len(SOFT) // 2
    wide = torch.cat([hard[:, :1].expand(-1, reach, -1), hard, hard[:, -1:].expand(-1, reach, -1)], dim=1)
    return torch.stack([share * wide[:, i : i + hard.shape[1]] for i, share in enumerate(SOFT)]).sum(0)


class MouthTrainer:
    """One training of ``net``'s mouth; its state is kept in ``out``/mouth.safetensors."""

    def __init__(self, config: MouthConfig, net: MotionNet, space: MotionSpace, items: list[Item], out: Path) -> None:
        torch.manual_seed(config.seed)
        self.config, self.space, self.path = config, space, out / "mouth.safetensors"
        heard = listen(net, [item for item in items if item.use != "none"], space)
        self.train_set = [h for h in heard if h.item.use == "train"]
        self.held = [h for h in heard if h.item.use in ("known", "unseen")]
        groups: dict[str, list[Heard]] = {}
        for one in self.train_set:
            groups.setdefault(one.item.person, []).append(one)
        self.groups = list(groups.values())
        # Between "every person alike" and "every frame alike": people of one clip would be learned by heart, one man would fill
        # it all.
        sizes = np.array([sum(len(h.item.mel) for h in group) for group in self.groups]) ** 0.4
        self.share = sizes / sizes.sum()
        start, mean = MotionNet(net.config), MotionNet(net.config)
        kept = {name: value for name, value in net.state_dict().items() if not name.startswith("mouth")}
        start.load_state_dict(kept, strict=False)
        for name, weight in start.named_parameters():
            weight.requires_grad_(name.startswith("mouth"))
        label = {"net": net.config.to_dict(), "clips": [[h.item.name, len(h.item.mel)] for h in self.train_set]}
        self.run = Run(start, mean, lr=config.lr, decay=config.decay, seed=config.seed, label=label)
        shapes = (space.mouth * importance()).reshape(len(space.mouth), -1).astype(np.float64)
        gram = shapes @ shapes.T
        self._root = torch.tensor(np.linalg.cholesky(gram / np.trace(gram) + 1e-6 * np.eye(len(gram))), dtype=torch.float32)
        self._form = torch.tensor(np.einsum("kic,mic->mk", functionals(), space.mouth), dtype=torch.float32)

    def batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Windows [B, T, 2 W, V], mouths [B, T, M], their lengths [B, T, 7] and weights [B, T]."""
        c, rng = self.config, self.run.rng
        columns: list[list[Tensor]] = [[], [], [], []]
        for pick in rng.choice(len(self.groups), c.rows, p=self.share):
            group = self.groups[pick]
            sizes = np.array([len(h.item.mel) for h in group], float)
            one = group[rng.choice(len(group), p=sizes / sizes.sum())]
            start = int(rng.integers(max(1, len(one.item.mel) - c.frames + 1)))
            part = slice(start, start + c.frames)
            source = int(rng.random() < c.certain)
            row = (one.windows[source, part], one.item.mouth[part], one.lengths[part], one.item.weight[part])
            for column, values in zip(columns, row, strict=True):
                column.append(torch.from_numpy(values))
        windows, mouth, lengths, weight = (torch.nn.utils.rnn.pad_sequence(column, batch_first=True) for column in columns)
        return windows, mouth, lengths, weight

    def advance(self, progress: float) -> dict[str, float]:
        """One optimiser step."""
        windows, mouth, lengths, weight = self.batch()
        net = self.run.net
        assert isinstance(net, MotionNet)
        out, awake = net.mouth(windows)
        mouth, lengths = mouth * awake[..., None], lengths * awake[..., None]
        total = weight.sum().clamp(min=1)
        error = ((out - mouth) @ self._root).square().sum(-1)
        off = (out @ self._form - lengths) / torch.from_numpy(LEVEL)
        worth = torch.tensor(_WORTH)
        speed = (off[:, 1:] - off[:, :-1]).square() * worth
        terms = {
            "mouth": 2.4 * (error * weight).sum() / total,
            "lengths": (((off.square() + 0.25).sqrt() - 0.5) * worth * weight[..., None]).sum() / total,
            "speed": 0.15 * (speed * weight[:, 1:, None]).sum() / total,
        }
        loss = torch.stack(list(terms.values())).sum()
        self.run.descend(loss, progress=progress, average=self.config.average, warmup=self.config.warmup)
        return {"loss": float(loss.detach()), **{name: float(value.detach()) for name, value in terms.items()}}

    def train(self, report: Callable[[int, dict[str, float]], None]) -> dict[str, float]:
        """To the end; returns the figures of the held-out clips."""
        c = self.config

        def tell(step: int, figures: dict[str, float]) -> None:
            report(step, {**self.evaluate(), **figures})

        self.run.train(
            self.advance,
            steps=c.steps,
            minutes=c.minutes,
            path=self.path,
            every=c.every,
            save_every=c.save_every,
            report=tell,
        )
        return self.evaluate()

    @torch.inference_mode()
    def predict(self, one: Heard, source: int = 0) -> F32:
        """Mouth coefficients f32[T, M] of a clip, its visemes as heard (0) or made certain (1)."""
        net = self.run.mean
        assert isinstance(net, MotionNet)
        return np.asarray(net.mouth(torch.from_numpy(one.windows[source])[None])[0][0].numpy(), np.float32)

    def evaluate(self) -> dict[str, float]:
        """Correlation of lip gap and width with the real ones in speech, by use, over the clips kept apart."""
        out: dict[str, float] = {}
        form = self._form.numpy()
        for use in ("known", "unseen"):
            rows = []
            for one in (h for h in self.held if h.item.use == use):
                said = (one.item.talk > 0.5) & (one.item.weight > 0)
                if said.sum() > 10:
                    made = (self.predict(one) @ form)[said]
                    rows.append([float(np.corrcoef(made[:, k], one.lengths[said, k])[0, 1]) for k in (0, 1)])
            if rows:
                out[f"{use} corr"], out[f"{use} width"] = (float(x) for x in np.nanmean(rows, axis=0))
        return out

    def last_layers(self, said: list[SpeechItem]) -> dict[str, F32]:
        """The mouth's last layer twice, as ``heard`` and ``known`` (weight, bias): each stretched so that the lengths vary as
        lively people's do, for visemes that are only heard (over the training clips) and for certain ones (over ``said``, or
        where that is empty over the training clips made certain). A mean over what speakers might do moves less than any of
        them."""
        heard = np.concatenate([_some(np.concatenate([self._made(h, 0) for h in group])) for group in self.groups])
        if said:
            known = np.concatenate([self._spoken(item) for item in said])
        else:
            known = np.concatenate([_some(np.concatenate([self._made(h, 1) for h in group])) for group in self.groups])
        net = self.run.mean
        assert isinstance(net, MotionNet)
        weight, bias = net.mouth3.weight.detach().double().numpy(), net.mouth3.bias.detach().double().numpy()
        out: dict[str, F32] = {}
        for name, mouths, share in (("heard", heard, _SHOWN), ("known", known, np.ones_like(_SHOWN))):
            level, mean = LEVEL * share, MEAN.copy()
            level[0] *= _UNRULED
            mean[0] += _TAKEN[name]
            stretch, shift = lively(mouths.astype(np.float64), self._form.numpy().astype(np.float64), level, mean)
            out[f"{name}.weight"] = (_CALM[name] * (stretch.T @ weight)).astype(np.float32)
            out[f"{name}.bias"] = (_CALM[name] * (bias @ stretch + shift)).astype(np.float32)
        return out

    def _made(self, one: Heard, source: int) -> F32:
        return self.predict(one, source)[(one.item.talk > 0.5) & (one.item.weight > 0)]

    @torch.inference_mode()
    def _spoken(self, item: SpeechItem) -> F32:
        net = self.run.mean
        assert isinstance(net, MotionNet)
        ahead = net.config.lookahead
        exact = torch.nn.functional.one_hot(torch.from_numpy(item.viseme.astype(np.int64)), net.config.visemes).float()
        # Row d of token t speaks of frame t - ahead + d.
        place = torch.arange(len(exact))[:, None] - ahead + torch.arange(ahead + 1)
        windows = net.windows(exact[place.clamp(0, len(exact) - 1)][None])[0]
        mouth, awake = net.mouth(certain(windows)[None])
        return np.asarray(mouth[0][awake[0] > 0.9].numpy(), np.float32)


def _some(rows: F32, seed: int = 0) -> F32:
    return rows[np.random.default_rng(seed).permutation(len(rows))[:_A_PERSON]]


def lively(
    mouths: NDArray[np.float64], form: NDArray[np.float64], level: F32, mean: F32 = MEAN
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrix [M, M] and shift [M] that give ``mouths`` [n, M] lengths with the means ``mean`` [7] and the spreads ``level``
    [7]; ``form`` [M, 7]: the lengths of each coefficient."""
    spread = mouths.T @ mouths / len(mouths)
    inner = form.T @ spread @ form
    duals = np.linalg.solve(inner + 1e-9 * np.trace(inner) * np.eye(len(inner)), form.T @ spread)  # [7, M]
    made = mouths @ form
    gain = np.clip(level / (made.std(axis=0) + 1e-6), 0.4, 2.5)
    shift = mean - gain * made.mean(axis=0)
    return np.eye(len(form)) + form @ np.diag(gain - 1) @ duals, shift @ duals
