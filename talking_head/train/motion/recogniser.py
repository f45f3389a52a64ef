"""Training of the recogniser: which viseme is spoken in each half frame, of many voices in many rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from talking_head.errors import InputError
from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import NetConfig
from talking_head.train.motion.augment import quiet_bank, vary
from talking_head.train.motion.checkpoint import Run
from talking_head.train.motion.speech import SpeechItem
from talking_head.train.saving import SAVE_EVERY_S
from talking_head.types import F32

_QUIET_SECONDS = 5.0
_TEST_EVERY = 25  # of each speaker's clips, one in so many is for testing
# How much a token's estimates count, oldest frame (most context) first; beyond four the last is repeated.
_WORTH = (1.0, 0.7, 0.5, 0.3)


@dataclass(frozen=True, slots=True)
class RecogniserConfig:
    """A training: rows of ``frames`` frames a batch, ``speech`` of them spoken and ``quiet`` not."""

    steps: int = 2_600
    minutes: float = 240.0
    lr: float = 1.6e-3
    warmup: int = 100
    decay: float = 0.02
    average: float = 0.995
    frames: int = 80
    speech: int = 20
    quiet: int = 2
    quiet_clips: int = 60
    smoothing: float = 0.03
    every: int = 200
    save_every: float = SAVE_EVERY_S
    seed: int = 0


class RecogniserTrainer:
    """One training of ``net``'s recogniser on ``items``; its state is kept in ``out``/recogniser.safetensors.

    Speakers in ``voices`` train nothing: what the recogniser says of them (``strangers``) is what it will say of a user.
    ``start``: a net of the same shape to go on from, instead of random weights.
    """

    def __init__(
        self,
        config: RecogniserConfig,
        net: NetConfig,
        items: list[SpeechItem],
        out: Path,
        *,
        voices: frozenset[str] = frozenset(),
        start: MotionNet | None = None,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.net_config = config, net
        self.path = out / "recogniser.safetensors"
        self.strangers = [item for item in items if item.speaker in voices]
        groups: dict[str, list[SpeechItem]] = {}
        for item in items:
            if item.speaker not in voices:
                groups.setdefault(item.speaker, []).append(item)
        if not groups:
            raise InputError("There is no speech to learn visemes from.")
        self.test = [item for group in groups.values() for item in group[_TEST_EVERY - 1 :: _TEST_EVERY]]
        self.groups = [[x for place, x in enumerate(g) if (place + 1) % _TEST_EVERY] for g in groups.values()]
        sizes = np.sqrt([len(group) for group in self.groups])
        self.share = sizes / sizes.sum()
        self.quiet = quiet_bank(config.quiet_clips, _QUIET_SECONDS, config.seed)
        speech = [[item.speaker, len(item.mel)] for item in items]
        label = {"net": net.to_dict(), "speech": speech, "frames": config.frames}
        first = MotionNet(net)
        if start is not None:
            if start.config != net:
                raise InputError("The recogniser to go on from has another shape.")
            first.load_state_dict(start.state_dict())
        self.run = Run(first, MotionNet(net), lr=config.lr, decay=config.decay, seed=config.seed, label=label)

    def batch(self) -> tuple[Tensor, Tensor]:
        """Log-mel [B, T, 4, 80] and visemes i64[B, T, 2]; before and after a clip there is its own quiet."""
        c, rng = self.config, self.run.rng
        mels, labels = [], []
        for pick in rng.choice(len(self.groups), c.speech, p=self.share):
            item = self.groups[pick][rng.integers(len(self.groups[pick]))]
            mel, viseme = self._cut(item, int(rng.integers(-20, max(1, len(item.mel) - c.frames + 10))))
            mels.append(vary(mel, rng))
            labels.append(viseme)
        for _ in range(c.quiet):
            mels.append(vary(self.quiet[rng.integers(len(self.quiet))][: c.frames], rng))
            labels.append(np.zeros((len(mels[-1]), 2), np.int64))
        return torch.from_numpy(np.stack(mels)), torch.from_numpy(np.stack(labels))

    def _cut(self, item: SpeechItem, start: int) -> tuple[F32, np.ndarray]:
        frames = self.config.frames
        mel = np.repeat(item.mel[:1].astype(np.float32), frames, axis=0)
        label = np.zeros((frames, 2), np.int64)
        first, last = max(start, 0), min(len(item.mel), start + frames)
        mel[first - start : last - start] = item.mel[first:last]
        label[first - start : last - start] = item.viseme[first:last]
        return mel, label

    def advance(self, progress: float) -> dict[str, float]:
        """One optimiser step."""
        c = self.config
        mel, viseme = self.batch()
        logits = self.run.net.hear(mel)
        wanted = targets(viseme, self.net_config.lookahead)
        worth = torch.tensor([_WORTH[min(d, 3)] for d in range(wanted.shape[2])])[None, None, :, None].expand(wanted.shape)
        error = F.cross_entropy(
            logits.flatten(0, 3), wanted.flatten(), ignore_index=-1, reduction="none", label_smoothing=c.smoothing
        )
        loss = (error.view(wanted.shape) * worth).sum() / worth.sum()
        self.run.descend(loss, progress=progress, average=c.average, warmup=c.warmup)
        return {"loss": float(loss.detach())}

    @torch.inference_mode()
    def accuracy(self, items: list[SpeechItem]) -> list[float]:
        """Share of spoken half frames whose viseme is right, with all the look-ahead first and with none last."""
        right, total = np.zeros(self.net_config.lookahead + 1), np.zeros(self.net_config.lookahead + 1)
        for item in items:
            guess = self.run.mean.hear(torch.from_numpy(item.features())[None]).argmax(-1)
            wanted = targets(torch.from_numpy(item.viseme.astype(np.int64))[None], self.net_config.lookahead)
            right += ((guess == wanted) & (wanted > 0)).sum((0, 1, 3)).numpy()
            total += (wanted > 0).sum((0, 1, 3)).numpy()
        return [round(float(share), 4) for share in right / np.maximum(total, 1)]

    def train(self, report: Callable[[int, dict[str, float]], None]) -> list[float]:
        """To the end; returns the accuracy on the strange voices, or where none was held out, on the clips kept apart."""

        def tell(step: int, figures: dict[str, float]) -> None:
            for place, share in enumerate(self.accuracy(_some(self.test))):
                figures[f"visemes right, {self.net_config.lookahead - place} ahead"] = share
            if self.strangers:
                figures["visemes right, strange voices"] = self.accuracy(_some(self.strangers))[0]
            report(step, figures)

        c = self.config
        self.run.train(
            self.advance,
            steps=c.steps,
            minutes=c.minutes,
            path=self.path,
            every=c.every,
            save_every=c.save_every,
            report=tell,
        )
        return self.accuracy(self.strangers or self.test)


def _some(items: list[SpeechItem], count: int = 40) -> list[SpeechItem]:
    return items[:: max(1, len(items) // count)]


def targets(viseme: Tensor, lookahead: int) -> Tensor:
    """Visemes i64[B, T, 2] → what each token is to say, i64[B, T, lookahead + 1, 2]; −1 before the clip."""
    out = viseme.new_full((*viseme.shape[:2], lookahead + 1, 2), -1)
    for row in range(lookahead + 1):
        late = lookahead - row
        out[:, late:, row] = viseme[:, : viseme.shape[1] - late]
    return out
