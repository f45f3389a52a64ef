"""Training of the animator on a machine with Python, torch, numpy and OpenCV and nothing else: ``scripts/train_gpu.py``.

What goes there is one file of crops (`talking-head train animator` makes it) and this package's sources; what comes back is the
folder with the state, which `talking-head train animator --finish` turns into weights where everything is installed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from talking_head.errors import TalkingHeadError
from talking_head.train.animator import crops, pairs
from talking_head.train.animator import trainer as training
from talking_head.train.animator.batches import Batches
from talking_head.train.animator.contact_sheets import Sheet, plot_losses
from talking_head.train.animator.state import STATE


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the animator from a pack of crops, with torch, numpy and OpenCV alone.")
    parser.add_argument("pack", type=Path, help="crops.npz")
    parser.add_argument("out", type=Path, help="folder for state, sheets and losses; a run that is there goes on")
    parser.add_argument("--minutes", type=float, default=8.0, help="of training, all resumptions together")
    parser.add_argument("--steps", type=int, default=10**6, help="end after so many at the latest")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--visits", type=int, default=2, help="photos a picture is drawn from")
    parser.add_argument("--start", type=Path, help="state of another run to start from")
    parser.add_argument("--l1-only", action="store_true", help="pixels alone, no critics and no pretrained features")
    return parser.parse_args(given)


def train(given: list[str] | None = None) -> Path:
    """Run with the command line ``given`` (default: the process's); returns the state's path. Raises TalkingHeadError."""
    wanted = _arguments(given)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pack = crops.load(wanted.pack)
    print(f"{len(pack.images)} pictures of {len(set(pack.people))} people; warping them, once", flush=True)
    made = pairs.build(pack, seed=wanted.seed, visits=wanted.visits)
    settings = training.Settings(
        steps=wanted.steps,
        minutes=wanted.minutes,
        batch=wanted.batch - wanted.batch % 2,
        seed=wanted.seed,
    )
    if wanted.l1_only:
        settings.adversarial = settings.perceptual = 0.0
    trainer, batches = training.Trainer(settings, device), Batches(pack, made, seed=wanted.seed)
    state: Path = wanted.out / STATE
    if state.exists():
        trainer.load(state)
        batches.rng = np.random.default_rng([wanted.seed, trainer.step])
    elif wanted.start is not None:
        trainer.load(wanted.start, weights_only=True)
    training.run(trainer, batches, wanted.out, sheet=Sheet(Batches(pack, made, seed=wanted.seed)))
    plot_losses(wanted.out / "losses.csv", wanted.out / "losses.png")
    return state


def main() -> None:
    """The script: errors are one line."""
    try:
        print(f"State: {train()}")
    except TalkingHeadError as error:
        raise SystemExit(str(error)) from error
