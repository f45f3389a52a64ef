"""Training of the motion net: batches, loss, schedule, checkpoints, early stopping on held-out clips.

The weights that are kept are an exponential mean of the trained ones (Polyak averaging); of those, the best on the
held-out clips. A checkpoint is one safetensors file with everything that a run needs to go on exactly where it was.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from talking_head.device import trains_in_half
from talking_head.errors import InputError
from talking_head.motion.net import MotionNet, Posterior
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.space import MotionSpace
from talking_head.train.motion.batch import Batcher, Mix, whole
from talking_head.train.motion.data import Item
from talking_head.train.motion.loss import MotionLoss
from talking_head.train.motion.pseudo import add_mouths, fit_viseme_map
from talking_head.train.motion.tts import SpeechItem
from talking_head.types import F32


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A training run. ``minutes``: it stops there at the latest; ``patience``: evaluations without a better held-out score;
    ``label_at``: shares of ``steps`` after which the synthetic sentences get (new) mouths from the net's own visemes."""

    steps: int = 2_000
    minutes: float = 60.0
    lr: float = 1.2e-3
    warmup: int = 50
    weight_decay: float = 0.02
    average: float = 0.995
    evaluate_every: int = 100
    patience: int = 8
    seed: int = 0
    device: str = "cpu"
    faces: int = 20
    speech: int = 8
    quiet: int = 6
    quiet_clips: int = 100
    label_at: tuple[float, ...] = (0.2, 0.5)


class MotionTrainer:
    """One run in the folder ``out``: log.csv, last.safetensors, best.safetensors."""

    def __init__(
        self,
        config: TrainConfig,
        net: NetConfig,
        space: MotionSpace,
        items: list[Item],
        speech: list[SpeechItem],
        quiet: list[F32],
        out: Path,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.out, self.space = config, out, space
        self.device = torch.device(config.device)
        self.half = trains_in_half(config.device)
        self.train = [item for item in items if item.use == "train"]
        self.held = [item for item in items if item.use in ("known", "unseen")]
        if not self.train:
            raise InputError("No clip is left for training: all of them are on the held-out list.")
        live = np.concatenate([np.concatenate([i.pose, i.upper], axis=1) for i in self.train])
        self.live_std = live.std(axis=0).astype(np.float32) + 1e-6
        self.net = MotionNet(net).to(self.device)
        self.posterior = Posterior(net).to(self.device)
        self.net.get_buffer("live_scale").copy_(torch.from_numpy(self.live_std))
        self.mean = MotionNet(net).to(self.device)
        self.mean.load_state_dict(self.net.state_dict())
        self.loss = MotionLoss(space, self.live_std).to(self.device)
        self.sentences = speech
        self.mouths: F32 | None = None  # see label(); match: how well they fit real ones, lip-gap correlation on held-out clips
        self.match = 0.0
        mix = Mix(config.faces, config.speech, config.quiet)
        self.batches = Batcher(self.train, speech, quiet, mix=mix, lookahead=net.lookahead, seed=config.seed)
        self.parameters = [*self.net.parameters(), *self.posterior.parameters()]
        self.optimizer = torch.optim.AdamW(self.parameters, config.lr, betas=(0.9, 0.98), weight_decay=config.weight_decay)
        self.step, self.best, self.waited, self.spent = 0, -np.inf, 0, 0.0

    def rate(self) -> float:
        """Learning rate: linear warm-up, then a cosine to a hundredth over steps or minutes, whichever is further."""
        done = min(1.0, max(self.step / self.config.steps, self.spent / 60 / self.config.minutes))
        fall = 0.01 + 0.99 * 0.5 * (1 + float(np.cos(np.pi * done)))
        return self.config.lr * min(1.0, (self.step + 1) / self.config.warmup) * fall

    def label(self) -> None:
        """Give the sentences mouths by the visemes that the net hears in real clips (see ``motion_pseudo``)."""
        self.mouths, self.match = fit_viseme_map(self.mean, self.train + self.held)
        self._wear(self.mouths)

    def _wear(self, mouths: F32) -> None:
        self.batches.speech = add_mouths(self.sentences, mouths, self.net.config.visemes, self.space.gap)

    def advance(self) -> dict[str, float]:
        """One optimiser step; the loss and its terms."""
        if self.sentences and self.step in [round(share * self.config.steps) for share in self.config.label_at]:
            self.label()
        batch = self.batches.next()
        batch = type(batch)(*(getattr(batch, name).to(self.device) for name in batch.__slots__))
        with torch.autocast(self.device.type, torch.bfloat16) if self.half else nullcontext():
            km, kv, sm, sv = self.posterior(batch.live / self.loss.live_std, batch.mouth)
            knots = km + (0.5 * kv).exp() * torch.randn_like(km)
            usual = (torch.rand(len(sm), 1, device=self.device) < 0.5) | (batch.face[:, None] < 0.5)
            style = torch.where(usual, torch.zeros_like(sm), sm + (0.5 * sv).exp() * torch.randn_like(sm))
            knots = torch.where(batch.face[:, None, None] > 0.5, knots, torch.randn_like(knots))
            ahead = self.net.config.lookahead
            h = self.net.trunk(batch.mel)
            latent = self.net.between_knots(knots)
            # Token t speaks of frame t − ahead; the first tokens of a crop speak of nothing.
            latent = torch.cat([latent[:, :1].expand(-1, ahead, -1), latent], dim=1)
            out = self.net.heads(h, latent, style)
        out = type(out)(*(getattr(out, name)[:, ahead:].float() for name in out.__slots__))
        total, terms = self.loss(out, batch, (km.float(), kv.float(), sm.float(), sv.float()))
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.step()
        keep = min(self.config.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.mean.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        self.step += 1
        return {"loss": float(total.detach()), **terms}

    @torch.inference_mode()
    def evaluate(self, items: list[Item]) -> dict[str, float]:
        """Lip-gap correlation (over speech), articulation and mouth error of the mean weights, by use."""
        out: dict[str, float] = {}
        ahead = self.net.config.lookahead
        for use in ("known", "unseen"):
            corr, spread, error = [], [], []
            for item in (i for i in items if i.use == use):
                mel = torch.from_numpy(whole(item, ahead))[None].to(self.device)
                h = self.mean.trunk(mel)
                zeros = h.new_zeros((1, h.shape[1], self.net.config.latent))
                mouth = self.mean.heads(h, zeros).mouth[0, ahead:].float().cpu().numpy()
                said = (item.talk > 0.5) & (item.weight > 0)
                if said.sum() < 10:
                    continue
                a, b = mouth[said] @ self.space.gap, item.mouth[said] @ self.space.gap
                corr.append(float(np.corrcoef(a, b)[0, 1]))
                spread.append(float(a.std() / b.std()))
                error.append(float(np.square(mouth - item.mouth)[said].mean()))
            if corr:
                columns = {"corr": corr, "articulation": spread, "error": error}
                out |= {f"{use} {name}": float(np.mean(column)) for name, column in columns.items()}
        return out

    def score(self, figures: dict[str, float]) -> float:
        """What early stopping maximises: correlation, less where the articulation is off."""
        uses = [use for use in ("known", "unseen") if f"{use} corr" in figures]
        parts = [figures[f"{u} corr"] - 0.2 * abs(np.log(figures[f"{u} articulation"] + 1e-6)) for u in uses]
        return float(np.mean(parts)) if parts else -np.inf

    def run(self, report: Callable[[int, dict[str, float]], None]) -> dict[str, float]:
        """Train to the end of steps, minutes or patience; returns the best held-out figures since it was started."""
        self.out.mkdir(parents=True, exist_ok=True)
        best: dict[str, float] = {}
        figures: dict[str, float] = {}
        last = time.monotonic()
        sums: dict[str, float] = {}
        counted = 0
        while self.step < self.config.steps and self.spent < 60 * self.config.minutes:
            terms = self.advance()
            now = time.monotonic()
            self.spent, last = self.spent + now - last, now
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value
            counted += 1
            if self.step % self.config.evaluate_every and self.step < self.config.steps:
                continue
            means = {name: value / counted for name, value in sums.items()}
            figures = {**self.evaluate(self.held), **means, "label corr": self.match}
            figures |= {"minutes": self.spent / 60, "lr": self.rate()}
            sums, counted = {}, 0
            self.log(figures)
            report(self.step, figures)
            score = self.score(figures)
            if score > self.best or not np.isfinite(score):
                self.best, self.waited, best = score, 0, figures
                self.save(self.out / "best.safetensors", whole_state=False)
            else:
                self.waited += 1
            self.save(self.out / "last.safetensors", whole_state=True)
            if self.waited >= self.config.patience:
                break
        return best or figures

    def log(self, figures: dict[str, float]) -> None:
        """Append a line to log.csv."""
        path = self.out / "log.csv"
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", *figures])
            writer.writerow([self.step, *(f"{value:.5g}" for value in figures.values())])

    def save(self, path: Path, *, whole_state: bool) -> None:
        """Write the mean weights, or everything that :meth:`resume` needs."""
        tensors = {f"net.{name}": value for name, value in self.mean.state_dict().items()}
        meta = {"net": json.dumps(self.net.config.to_dict()), "train": json.dumps(asdict(self.config)), "step": str(self.step)}
        if whole_state:
            tensors |= {f"now.{name}": value for name, value in self.net.state_dict().items()}
            tensors |= {f"posterior.{name}": value for name, value in self.posterior.state_dict().items()}
            for index, state in self.optimizer.state_dict()["state"].items():
                tensors |= {f"adam.{index}.{name}": torch.as_tensor(value) for name, value in state.items()}
            tensors["random"] = torch.get_rng_state()
            if self.mouths is not None:
                tensors["mouths"] = torch.from_numpy(self.mouths)
            meta |= {
                "best": repr(float(self.best)),
                "waited": str(self.waited),
                "spent": repr(self.spent),
                "match": repr(self.match),
                "batches": json.dumps(self.batches.rng.bit_generator.state),
            }
        part = path.with_suffix(".part")
        save_file({name: value.contiguous().cpu().clone() for name, value in tensors.items()}, part, metadata=meta)
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint of the same net. Raises InputError when it is another's."""
        with safe_open(path, "pt", device=str(self.device)) as file:
            meta = file.metadata()
            if json.loads(meta["net"]) != self.net.config.to_dict() or "spent" not in meta:
                raise InputError(f"{path} does not belong to this net; choose another folder or the same options.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (safe_open is no mapping)

        def part(prefix: str) -> dict[str, torch.Tensor]:
            return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}

        self.mean.load_state_dict(part("net."))
        self.net.load_state_dict(part("now."))
        self.posterior.load_state_dict(part("posterior."))
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in part("adam.").items():
            index, _, key = name.partition(".")
            states.setdefault(int(index), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": states})
        torch.set_rng_state(tensors["random"].cpu())
        if "mouths" in tensors:
            self.mouths, self.match = tensors["mouths"].cpu().numpy(), float(meta["match"])
            self._wear(self.mouths)
        self.step, self.waited = int(meta["step"]), int(meta["waited"])
        self.best, self.spent = float(meta["best"]), float(meta["spent"])
        self.batches.rng.bit_generator.state = json.loads(meta["batches"])
