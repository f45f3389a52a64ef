"""From folders to weights: load, train, calibrate, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.numpy import load_file

from talking_head.errors import InputError
from talking_head.motion import baseline
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.space import MotionSpace
from talking_head.train.heldout import HeldOut
from talking_head.train.motion.augment import quiet_bank
from talking_head.train.motion.data import Item, fit_motion_space, load_clips, make_item
from talking_head.train.motion.export import calibrate, export, load_net
from talking_head.train.motion.trainer import MotionTrainer, TrainConfig
from talking_head.train.motion.tts import load_speech

_QUIET_SECONDS = 4.0


def items_of(folders: Sequence[Path], held: HeldOut, space_file: Path) -> tuple[MotionSpace, list[Item]]:
    """Targets of every clip, in the space of ``space_file`` (fitted to the training clips and written there the first time)."""
    clips = load_clips(folders, held)
    if space_file.is_file():
        space = MotionSpace.load(space_file)
    else:
        blink = load_file(Path(baseline.__file__).with_name("basis.safetensors"))["blink"]
        space = fit_motion_space([clip for clip, use in clips if use == "train"], blink)
        space_file.parent.mkdir(parents=True, exist_ok=True)
        space.save(space_file)
    return space, [make_item(clip, use, space) for clip, use in clips]


def train(
    folders: Sequence[Path],
    out: Path,
    net: NetConfig,
    config: TrainConfig,
    *,
    held: HeldOut,
    speech: Path | None = None,
    overfit: int = 0,
    resume: bool = False,
    report: Callable[[int, dict[str, float]], None] = lambda step, figures: None,
) -> dict[str, Any]:
    """One whole run in ``out``; the best held-out figures, with steps and minutes.

    ``overfit`` n: only n training clips, which are then also what is tested. Raises InputError for an unfit folder.
    """
    torch.manual_seed(config.seed)
    if (out / "log.csv").is_file() and not resume:
        raise InputError(f"{out} holds a run already; go on with --resume or choose another folder.")
    space, items = items_of(folders, held, out / "space.safetensors")
    net = replace(net, mouth=len(space.mouth), upper=len(space.upper))
    if overfit:
        items = [item for item in items if item.use == "train"][:overfit]
        items += [replace(item, use="known") for item in items]
    sentences = load_speech(speech) if speech is not None and not overfit else []
    quiet = quiet_bank(config.quiet_clips, _QUIET_SECONDS, config.seed)
    trainer = MotionTrainer(config, net, space, items, sentences, quiet, out)
    last = out / "last.safetensors"
    if resume and last.is_file():
        trainer.resume(last)
    best = trainer.run(report)
    if not (out / "best.safetensors").is_file():
        raise InputError("The run ended before its first checkpoint; give it more steps.")
    trained, meta = load_net(out / "best.safetensors")
    facts = {
        "clips": sum(item.use == "train" for item in items),
        "sentences": len(sentences),
        "best_step": int(meta["step"]),
        **asdict(config),
    }
    calibration = replace(calibrate(trained, items, space), closing=1.0 if sentences else 0.0)
    export(trained, space, calibration, out / "weights", facts)
    return {**best, "steps": trainer.step, "minutes": round(trainer.spent / 60, 2)}
