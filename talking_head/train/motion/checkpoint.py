"""A training that can be killed at any minute: everything that a run needs to go on, in one safetensors file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from talking_head.train.saving import asked_to_end, same_run

Net = TypeVar("Net", bound=nn.Module)


class Run(Generic[Net]):
    """A net, the exponential mean of its weights (Polyak averaging), its optimiser and its random numbers, by step.

    ``label`` says what the file belongs to: a checkpoint of another net or data set is refused.
    """

    def __init__(self, net: Net, mean: Net, *, lr: float, decay: float, seed: int, label: dict[str, Any]) -> None:
        self.net, self.mean, self.lr, self.label = net, mean.eval(), lr, label
        mean.load_state_dict(net.state_dict())
        for weight in mean.parameters():
            weight.requires_grad_(False)
        self.optimizer = torch.optim.AdamW(net.parameters(), lr, betas=(0.9, 0.98), weight_decay=decay)
        self.rng = np.random.default_rng(seed)
        self.step, self.spent = 0, 0.0

    def descend(self, loss: Tensor, *, progress: float, average: float, warmup: int) -> None:
        """One optimiser step; ``progress`` 0..1 of the run (the learning rate falls as a cosine)."""
        rate = self.lr * min(1.0, (self.step + 1) / warmup) * (0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * progress))))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        keep = min(average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.mean.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        self.step += 1

    def save(self, path: Path) -> None:
        """Write the state; the file appears whole or not at all."""
        tensors = {f"mean.{name}": value for name, value in self.mean.state_dict().items()}
        tensors |= {f"now.{name}": value for name, value in self.net.state_dict().items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{name}": torch.as_tensor(value) for name, value in state.items()}
        tensors["random"] = torch.get_rng_state()
        meta = {
            "label": json.dumps(self.label, sort_keys=True),
            "step": str(self.step),
            "spent": repr(self.spent),
            "rng": json.dumps(self.rng.bit_generator.state),
        }
        part = path.with_suffix(".part")
        save_file({name: value.contiguous().cpu().clone() for name, value in tensors.items()}, part, metadata=meta)
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from :meth:`save`'s file. Raises InputError when it belongs to something else."""
        with safe_open(path, "pt") as file:
            meta = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
        same_run(path.parent, json.loads(meta.get("label", "{}")), self.label)

        def part(prefix: str) -> dict[str, Tensor]:
            return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}

        self.mean.load_state_dict(part("mean."))
        self.net.load_state_dict(part("now."))
        states: dict[int, dict[str, Tensor]] = {}
        for name, value in part("adam.").items():
            index, _, key = name.partition(".")
            states.setdefault(int(index), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": states})
        torch.set_rng_state(tensors["random"])
        self.step, self.spent = int(meta["step"]), float(meta["spent"])
        self.rng.bit_generator.state = json.loads(meta["rng"])

    def train(
        self,
        advance: Callable[[float], dict[str, float]],
        *,
        steps: int,
        minutes: float,
        path: Path,
        every: int,
        save_every: float,
        report: Callable[[int, dict[str, float]], None],
    ) -> None:
        """Call ``advance(progress)`` until ``steps`` or ``minutes`` are over, saving to ``path`` every ``save_every`` seconds
        and at the end; ``report(step, mean terms)`` every so many steps. KeyboardInterrupt after a Ctrl-C, SystemExit after
        a request to end, when the state is saved."""
        sums: dict[str, float] = {}
        counted, last = 0, time.monotonic()
        saved = last
        with asked_to_end() as asked:
            while self.step < steps and self.spent < 60 * minutes:
                terms = advance(max(self.step / steps, self.spent / 60 / minutes))
                now = time.monotonic()
                self.spent, last = self.spent + now - last, now
                for name, value in terms.items():
                    sums[name] = sums.get(name, 0.0) + value
                counted += 1
                if now - saved > save_every or asked:
                    self.save(path)
                    saved = now
                if asked:
                    asked.leave(self.step, path)
                if self.step % every == 0 or self.step >= steps:
                    report(self.step, {**{name: value / counted for name, value in sums.items()}, "minutes": self.spent / 60})
                    sums, counted = {}, 0
        self.save(path)
