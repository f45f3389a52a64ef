"""Train LoRA on chats: AdamW, a cosine, state by the minute and at Ctrl-C, and going on as if nothing had happened."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from talking_head.errors import InputError
from talking_head.train.reply.network import LoraNetwork, batches
from talking_head.train.reply.tokens import Sample
from talking_head.train.saving import SAVE_EVERY_S, asked_to_end, same_run

STATE = "state.safetensors"
Report = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """``epochs`` over the chats or ``minutes`` of wall time, whichever ends first; ``tokens`` in a step; ``rate`` at its height
    after ``warmup`` steps; ``seed`` of matrices, order and dropout; ``save_every``:
    seconds between two saved states."""

    epochs: int = 3
    minutes: float = 240.0
    tokens: int = 800
    rate: float = 8e-4
    decay: float = 0.01
    warmup: int = 12
    seed: int = 0
    report_every: int = 10
    save_every: float = SAVE_EVERY_S


class ReplyTrainer:
    """One run on ``train``; ``test`` is only looked at. ``label`` says what the state in ``folder`` belongs to."""

    def __init__(
        self,
        network: LoraNetwork,
        config: TrainConfig,
        train: Sequence[Sample],
        test: Sequence[Sample],
        folder: Path,
        label: dict[str, Any],
    ) -> None:
        self.network, self.config, self._train, self._test = network, config, train, test
        self._path, self._label = folder / STATE, json.dumps(label, sort_keys=True)
        self._weights = list(network.trained.items())
        self._optimizer = torch.optim.AdamW(
            [w for _, w in self._weights], config.rate, betas=(0.9, 0.98), weight_decay=config.decay
        )
        self.steps = config.epochs * len(batches(train, config.tokens, config.seed))
        self.step, self.spent = 0, 0.0

    def run(self, report: Report, after_epoch: Callable[[int], None] = lambda epoch: None) -> dict[str, float]:
        """Train to the end; the last figures. KeyboardInterrupt after a Ctrl-C, SystemExit after a request
        to end, when the state is saved."""
        config = self.config
        last: dict[str, float] = {}
        if self.step == 0:
            report(0, self._tested())
        with asked_to_end() as asked:
            for epoch, batch in self._plan():
                begun = time.monotonic()
                entropy = self._descend(batch)
                self.spent += time.monotonic() - begun
                last["loss"] = entropy
                rate = self._optimizer.param_groups[0]["lr"]
                figures = {"loss": entropy, "rate": rate, "epoch": epoch, "minutes": self.spent / 60}
                over = self.step >= self.steps or self.spent >= 60 * config.minutes
                ends = over or self._ends_epoch
                if not ends and self.step % config.report_every == 0:
                    report(self.step, figures)
                if time.monotonic() - self._saved > config.save_every or asked or over:
                    self.save()
                if asked:
                    asked.leave(self.step, self._path)
                if ends:
                    last |= self._tested()
                    report(self.step, figures | last)
                    after_epoch(epoch)
                if over:
                    break
        return {**last, "steps": self.step, "minutes": round(self.spent / 60, 2)}

    def _plan(self) -> Iterator[tuple[int, list[int]]]:
        """Epoch and batch of every step that is still to do."""
        self._saved = time.monotonic()
        done = 0
        for epoch in range(self.config.epochs):
            plan = batches(self._train, self.config.tokens, self.config.seed + epoch)
            for i, batch in enumerate(plan):
                done += 1
                self._ends_epoch = i == len(plan) - 1
                if done > self.step:
                    yield epoch, batch

    def _descend(self, batch: Sequence[int]) -> float:
        config = self.config
        progress = min(1.0, max(self.step / self.steps, self.spent / 60 / config.minutes))
        rate = (
            config.rate * min(1.0, (self.step + 1) / config.warmup) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))
        )
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self.network.peft.train()
        total, count = self.network.loss([self._train[i] for i in batch], batch)
        self._optimizer.zero_grad(set_to_none=True)
        (total / count).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([w for _, w in self._weights], 1.0)
        self._optimizer.step()
        self.step += 1
        return float(total.detach()) / count

    def _tested(self) -> dict[str, float]:
        """Perplexity of the answers of the test chats."""
        return {"perplexity": perplexity(self.network, self._test, len(self._train), self.config.tokens)} if self._test else {}

    def save(self) -> None:
        """Write the state; the file appears whole or not at all."""
        tensors = {f"now.{name}": weight.detach() for name, weight in self._weights}
        for index, state in self._optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{name}": torch.as_tensor(value) for name, value in state.items()}
        tensors["random"] = torch.get_rng_state()
        meta = {"label": self._label, "step": str(self.step), "spent": repr(self.spent)}
        draft = self._path.with_suffix(".part")
        save_file({name: value.cpu().contiguous().clone() for name, value in tensors.items()}, draft, metadata=meta)
        draft.replace(self._path)
        self._saved = time.monotonic()

    def resume(self) -> None:
        """Go on from :meth:`save`'s file. InputError when there is none, or it is of another model, other chats or options."""
        check_state(self._path.parent, json.loads(self._label))
        with safe_open(self._path, "pt") as file:
            meta = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
        with torch.no_grad():
            for name, weight in self._weights:
                weight.copy_(tensors[f"now.{name}"])
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("adam."):
                _, index, key = name.split(".", 2)
                states.setdefault(int(index), {})[key] = value
        self._optimizer.load_state_dict({**self._optimizer.state_dict(), "state": states})
        torch.set_rng_state(tensors["random"])
        self.step, self.spent = int(meta["step"]), float(meta["spent"])


def check_state(folder: Path, label: dict[str, Any]) -> None:
    """InputError unless ``folder`` holds the state of a run with this ``label``; what differs is named. Loads no weights."""
    file = folder / STATE
    if not file.is_file():
        raise InputError(f"{folder} holds no state to go on from; leave --resume away.")
    with safe_open(file, "pt") as opened:
        same_run(folder, json.loads((opened.metadata() or {}).get("label", "{}")), label)


def perplexity(network: LoraNetwork, samples: Sequence[Sample], first_key: int, tokens: int = 800) -> float:
    """exp of the mean cross entropy over the tokens of answers. ``first_key``: see :meth:`LoraNetwork.loss`."""
    network.peft.eval()
    entropy, count = 0.0, 0
    with torch.no_grad():
        for batch in batches(samples, tokens, 0):
            total, n = network.loss([samples[i] for i in batch], [first_key + i for i in batch] if first_key >= 0 else ())
            entropy, count = entropy + float(total), count + n
    return math.exp(entropy / count)
