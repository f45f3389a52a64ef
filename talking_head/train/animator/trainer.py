"""Training of the face animator: L1 first, then a GAN, with averaged weights, on CPU or GPU, resumable.

One step: the generator sees a batch of neighbours (``batches.py``), its output is held against ``batches.answer``, pixel by
pixel and, in the mouth window, by pretrained features (``perceptual.py``); from ``gan_from`` on the critics of
``discriminator.py`` join. The critics see as fakes only mouths with the person's own teeth, for whom the real frame is a fair
comparison. What is kept is an exponential moving average of the generator.
"""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from talking_head.animator.refiner.config import TIERS
from talking_head.animator.refiner.model import Refiner
from talking_head.device import trains_in_half
from talking_head.errors import InputError
from talking_head.train.animator import losses
from talking_head.train.animator.batches import Batch, Batches
from talking_head.train.animator.discriminator import Discriminator, condition, relative, windows
from talking_head.train.animator.perceptual import Backbone, perceptual
from talking_head.train.animator.state import STATE, read_state, write_state
from talking_head.train.runlog import Board, take_back
from talking_head.train.saving import SAVE_EVERY_S, asked_to_end


@dataclass(slots=True)
class Settings:
    """Everything that decides a run. ``steps`` is the whole length; ``minutes`` (0: none) ends it earlier, the learning rate
    then follows the clock. The critics join at step ``gan_from``, not before the share ``gan_share`` of the run is over.
    ``adversarial`` 0 trains without critics, ``perceptual`` 0 without pretrained features; the L1-only net of the comparison
    has neither. ``save_every``: seconds between two saved states."""

    tier: str = "cpu"
    steps: int = 6000
    minutes: float = 0.0
    batch: int = 8
    seed: int = 1
    lr: float = 5e-4
    critic_lr: float = 3e-4
    gan_from: int = 500
    gan_share: float = 0.0
    adversarial: float = 0.03
    matching: float = 0.4
    most_adversarial: float = 0.5
    steady: float = 1.0
    contrast: float = 0.1
    perceptual: float = 0.02
    r1: float = 1.0
    r1_every: int = 4
    average: float = 0.998
    save_every: float = SAVE_EVERY_S
    sheet_every: int = 250


class Trainer:
    """State of a run: generator, its average, critics, optimisers, step."""

    def __init__(self, settings: Settings, device: str = "cpu") -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.device = torch.device(device)
        self.half = trains_in_half(device)
        self.net = Refiner(TIERS[settings.tier]).to(self.device)
        self.mean = Refiner(TIERS[settings.tier]).to(self.device)
        self.mean.load_state_dict(self.net.state_dict())
        self.mean.requires_grad_(False)
        self.critic = Discriminator().to(self.device)
        self.backbone = Backbone().to(self.device)
        if self.device.type == "cuda":  # on a CPU the plain layout was as fast
            for module in (self.net, self.mean, self.critic):
                module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.Adam(self.net.parameters(), settings.lr, betas=(0.8, 0.99))
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), settings.critic_lr, betas=(0.5, 0.99))
        self.step = 0
        self.joined: int | None = None  # the step from which the critics may have a say
        self.spent = 0.0  # seconds of training, over all resumptions

    @property
    def share(self) -> float:
        """How much of the run is over, 0..1."""
        s = self.settings
        done = self.step / max(1, s.steps)
        return min(1.0, max(done, self.spent / (60 * s.minutes)) if s.minutes else done)

    def _rate(self) -> None:
        warm = min(1.0, (self.step + 1) / 100)
        factor = warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * self.share)))
        self.optimiser.param_groups[0]["lr"] = self.settings.lr * factor
        self.critic_optimiser.param_groups[0]["lr"] = self.settings.critic_lr * (0.1 + 0.9 * factor / max(warm, 1e-6))

    def train_step(self, batch: Batch) -> dict[str, float]:
        """One update of the generator and, once they have joined, of the critics. Returns the loss terms."""
        self._rate()
        s = self.settings
        batch = batch.to(self.device).enlarged(self.net.config.size)
        kind = self.device.type
        dtype = torch.bfloat16
        with torch.autocast(kind, dtype, enabled=self.half):
            reference = self.net.encode(batch.reference[::2]).repeat_interleave(2, 0)  # neighbours share their photo
            residual = self.net(batch.warped, batch.drawing, reference)
        made = batch.warped + residual.float()
        # The losses pull at a copy of the picture, so that their pulls can be weighed against each other first.
        output = made.detach().requires_grad_(True)
        wanted, weight = batch.wanted, batch.weight
        terms = {
            "pixels": losses.reconstruction(output, wanted, weight),
            "steady": losses.steadiness(output, wanted, weight),
            "contrast": losses.contrast(output, batch.target, batch.drawing[:, 2:3]),
        }
        loss = terms["pixels"] + s.steady * terms["steady"] + s.contrast * terms["contrast"]
        if s.perceptual > 0:
            # One of two neighbours: they look alike, and these features cost as much as the pixels of a whole step.
            mouths = [windows(x[::2], batch.corner[::2]) for x in (output, wanted, weight)]
            terms["perceptual"] = perceptual(self.backbone, *mouths)
            loss = loss + s.perceptual * terms["perceptual"]
        (pull,) = torch.autograd.grad(loss, output)
        if self.joined is None and self.step >= s.gan_from and self.share >= s.gan_share:
            self.joined = self.step
        if s.adversarial > 0 and self.joined is not None:
            terms |= self._critic_step(batch, output)
            pull = pull + self._fool(batch, output, terms, float(pull.norm()))
        self.optimiser.zero_grad(set_to_none=True)
        made.backward(pull)
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        if bool(torch.isfinite(norm)):
            self.optimiser.step()
        self._follow()
        self.step += 1
        return {key: float(value.detach()) for key, value in terms.items()}

    def _critic_step(self, batch: Batch, output: Tensor) -> dict[str, Tensor]:
        s = self.settings
        told = condition(batch.warped, batch.drawing)
        own = batch.own.flatten() > 0.5
        rows = own if bool(own.any()) else torch.ones_like(own)
        told, corner, target = told[rows], batch.corner[rows], batch.target[rows]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            real = self.critic(target, told, corner)
            fake = self.critic(output.detach()[rows], told, corner)
        loss = relative([r.float() for r, _ in real], [f.float() for f, _ in fake])
        terms = {"critic": loss}
        if self.step % s.r1_every == 0:
            few = target[:4].detach().requires_grad_(True)
            scores = self.critic(few, told[:4], corner[:4])
            (slope,) = torch.autograd.grad(sum(x.sum() / x[0].numel() for x, _ in scores), few, create_graph=True)
            terms["r1"] = slope.square().sum((1, 2, 3)).mean()
            loss = loss + 0.5 * s.r1 * s.r1_every * terms["r1"]
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.critic.parameters(), 1.0)
        self.critic_optimiser.step()
        terms["real"] = torch.stack([r.float().mean() for r, _ in real]).mean()
        terms["fake"] = torch.stack([f.float().mean() for f, _ in fake]).mean()
        return terms

    def _fool(self, batch: Batch, output: Tensor, terms: dict[str, Tensor], most: float) -> Tensor:
        """The critics' pull at ``output``, never longer than a share of ``most``, the pull of the pixels."""
        s = self.settings
        told = condition(batch.warped, batch.drawing)
        self.critic.requires_grad_(False)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            fake = self.critic(output, told, batch.corner)
            with torch.no_grad():
                real = self.critic(batch.target, told, batch.corner)
        self.critic.requires_grad_(True)
        # Other teeth than the real ones: the critic's word counts less, and its features not at all.
        trust = 0.3 + 0.7 * batch.own
        lead = [(trust * F.softplus(r.float() - f.float())).mean() for (f, _), (r, _) in zip(fake, real, strict=True)]
        terms["fool"] = torch.stack(lead).mean()
        own = batch.own.flatten() > 0.5
        if bool(own.any()):
            pairs = [
                (f[own].float(), r[own].float())
                for (_, fs), (_, rs) in zip(fake, real, strict=True)
                for f, r in zip(fs, rs, strict=True)
            ]
            terms["match"] = losses.matching([f for f, _ in pairs], [r for _, r in pairs])
        loss = s.adversarial * terms["fool"] + s.matching * terms.get("match", torch.zeros((), device=self.device))
        (pull,) = torch.autograd.grad(loss, output)
        length = float(pull.norm())
        terms["pull"] = torch.tensor(length / max(most, 1e-12))
        join = min(1.0, (self.step - (self.joined or 0)) / 300)
        return pull * (join * min(1.0, s.most_adversarial * most / max(length, 1e-12)))

    @torch.no_grad()
    def _follow(self) -> None:
        decay = min(self.settings.average, (1 + self.step) / (10 + self.step))
        for kept, now in zip(self.mean.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(now, 1 - decay)

    def save(self, path: Path) -> None:
        """Write the whole state as ``.npz`` (no pickle); the file appears whole or not at all."""
        arrays: dict[str, np.ndarray] = {}
        for name, module in (("net", self.net), ("mean", self.mean), ("critic", self.critic)):
            arrays |= {f"{name}.{k}": v.cpu().numpy() for k, v in module.state_dict().items()}
        for name, optimiser in (("opt", self.optimiser), ("critic_opt", self.critic_optimiser)):
            for i, state in optimiser.state_dict()["state"].items():
                arrays |= {f"{name}.{i}.{k}": torch.as_tensor(v).cpu().numpy() for k, v in state.items()}
        meta = {"step": self.step, "spent": self.spent, "joined": self.joined, "settings": asdict(self.settings)}
        write_state(path, meta, arrays)

    def take(self, net: Refiner) -> None:
        """Start a new run from the weights of ``net``, of the same tier; critics begin anew."""
        for module in (self.net, self.mean):
            module.load_state_dict(net.state_dict())

    def load(self, path: Path, *, weights_only: bool = False) -> None:
        """Take up a saved run. ``weights_only`` starts a new run from its averaged generator and its critics (fine-tuning)."""
        meta, state = read_state(path)
        if meta["settings"]["tier"] != self.settings.tier:
            raise InputError(f"{path} was trained as tier “{meta['settings']['tier']}”, not “{self.settings.tier}”.")

        def part(prefix: str) -> dict[str, Tensor]:
            return {k[len(prefix) + 1 :]: torch.from_numpy(v) for k, v in state.items() if k.startswith(prefix + ".")}

        self.net.load_state_dict(part("mean" if weights_only else "net"))
        self.mean.load_state_dict(part("mean"))
        self.critic.load_state_dict(part("critic"))
        if weights_only:
            return
        for name, optimiser in (("opt", self.optimiser), ("critic_opt", self.critic_optimiser)):
            inner: dict[int, dict[str, Tensor]] = {}
            for key, value in part(name).items():
                i, _, field = key.partition(".")
                inner.setdefault(int(i), {})[field] = value
            if inner:
                optimiser.load_state_dict({"state": inner, "param_groups": optimiser.state_dict()["param_groups"]})
        self.step, self.spent, self.joined = meta["step"], meta["spent"], meta["joined"]


def run(
    trainer: Trainer,
    batches: Batches,
    folder: Path,
    *,
    sheet: Callable[[Trainer, Path], None] | None = None,
    say: Callable[[str], None] = print,
    told: Callable[[Trainer], None] = lambda _: None,
) -> None:
    """Train to the end, calling ``told`` after every step; ``state.npz``, ``losses.csv``, curves and sheets go into ``folder``.

    KeyboardInterrupt after a Ctrl-C, SystemExit after a request to end, when the state is saved.
    """
    s = trainer.settings
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "losses.csv"
    fields = ["step", "minutes", "pixels", "steady", "contrast", "perceptual"]
    fields += ["fool", "match", "critic", "r1", "real", "fake", "pull"]
    fresh = trainer.step == 0 or not log.exists() or not log.stat().st_size
    if not fresh:
        take_back(log, lambda row: int(row["step"]) > trainer.step)
    # The next batch is drawn while this one trains; one worker, so that the order stays that of the seed.
    with (
        log.open("w" if fresh else "a", newline="") as file,
        Board(folder) as board,
        ThreadPoolExecutor(1) as pool,
        asked_to_end() as asked,
    ):
        writer = csv.DictWriter(file, fields, restval="")
        if fresh:
            writer.writeheader()
        recent: list[dict[str, float]] = []
        ahead = pool.submit(batches.draw, s.batch)
        saved = time.monotonic()
        while trainer.share < 1.0:
            started = time.perf_counter()
            batch, ahead = ahead.result(), pool.submit(batches.draw, s.batch)
            recent.append(trainer.train_step(batch))
            trainer.spent += time.perf_counter() - started
            told(trainer)
            if trainer.step % 25 == 0 or trainer.share >= 1.0:
                mean = {k: round(float(np.mean([r[k] for r in recent if k in r])), 5) for k in {k for r in recent for k in r}}
                writer.writerow({"step": trainer.step, "minutes": round(trainer.spent / 60, 2)} | mean)
                file.flush()
                board.add("animator", trainer.step, mean)
                terms = "  ".join(f"{k} {mean[k]:.4f}" for k in fields if k in mean)
                say(f"step {trainer.step:5d}  {trainer.spent / 60:.1f} min  {terms}")
                recent.clear()
            if time.monotonic() - saved > s.save_every or asked:
                trainer.save(folder / STATE)
                saved = time.monotonic()
            if asked:
                asked.leave(trainer.step, folder / STATE)
            if sheet and trainer.step % s.sheet_every == 0:
                sheet(trainer, folder / f"sheet_{trainer.step:06d}.jpg")
    trainer.save(folder / STATE)
    if sheet:
        sheet(trainer, folder / "sheet_last.jpg")
