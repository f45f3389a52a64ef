"""From folders to weights: learn to hear (where there is speech to learn from), to speak with the lips, to sway (where heads
move); export."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.numpy import load_file

from talking_head.errors import InputError
from talking_head.models import manifest
from talking_head.motion import baseline
from talking_head.motion.net import MotionNet
from talking_head.motion.netconfig import NetConfig
from talking_head.motion.space import MotionSpace
from talking_head.motion.sway import FILE as SWAY
from talking_head.motion.sway import SwayConfig
from talking_head.train.corpus.clipfile import PreparedClip
from talking_head.train.heldout import HeldOut
from talking_head.train.motion.data import Item, load_clips, make_items
from talking_head.train.motion.export import SwayWeights, export, load_net, load_sway
from talking_head.train.motion.mouth import MouthConfig, MouthTrainer
from talking_head.train.motion.recogniser import RecogniserConfig, RecogniserTrainer
from talking_head.train.motion.speech import SpeechItem, load_speech
from talking_head.train.motion.sway import SwayTrainer, SwayTraining, sway_tracks
from talking_head.train.runlog import RunLog
from talking_head.train.saving import begun
from talking_head.types import FPS

Report = Callable[[str, int, dict[str, float]], None]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A run: ``net`` its shape (of a new recogniser), ``hear``, ``move`` and ``sway`` its three trainings, ``swaying`` the
    shape of the last. ``speech``: corpora for a new recogniser, which goes on from the one of ``recogniser`` (a folder of
    weights; None: from nothing); without, that one (None: the shipped one) is kept."""

    net: NetConfig = field(default_factory=NetConfig)
    hear: RecogniserConfig = field(default_factory=RecogniserConfig)
    move: MouthConfig = field(default_factory=MouthConfig)
    speech: tuple[Path, ...] = ()
    recogniser: Path | None = None
    sway: SwayTraining = field(default_factory=SwayTraining)
    swaying: SwayConfig = field(default_factory=SwayConfig)


def items_of(clips: Sequence[tuple[PreparedClip, str]], space_file: Path) -> tuple[MotionSpace, list[Item]]:
    """Targets of every clip, in the space of ``space_file`` (fitted to the training clips and written there the first
    time)."""
    blink = load_file(Path(baseline.__file__).with_name("basis.safetensors"))["blink"]
    space = MotionSpace.load(space_file) if space_file.is_file() else None
    space, items = make_items(list(clips), blink, space)
    if not space_file.is_file():
        space_file.parent.mkdir(parents=True, exist_ok=True)
        space.save(space_file)
    return space, items


def train(
    folders: Sequence[Path],
    out: Path,
    plan: Plan,
    *,
    held: HeldOut,
    overfit: int = 0,
    resume: bool = False,
    report: Report = lambda stage, step, figures: None,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """One whole run in ``out``; the held-out figures, with steps and minutes.

    Folders that ``held`` does not name are split into training and test by themselves; ``out``/split.json says how.
    ``overfit`` n: only n training clips, which are then also what is tested. Raises InputError for an unfit folder.
    """
    if (out / "log.csv").is_file() and not resume:
        raise InputError(f"{out} holds a run already; go on with --resume or choose another folder.")
    if resume and not begun(out):
        raise InputError(f"{out} holds no run to go on from; leave --resume away.")
    out.mkdir(parents=True, exist_ok=True)
    clips, held = load_clips(folders, held)
    space, items = items_of(clips, out / "space.safetensors")
    split = json.dumps({item.name: item.use for item in items}, indent=1) + "\n"
    if overfit:
        items = [item for item in items if item.use == "train"][:overfit]
        items += [replace(item, use="known") for item in items]
    with RunLog(out) as log:

        def tell(stage: str) -> Callable[[int, dict[str, float]], None]:
            def both(step: int, figures: dict[str, float]) -> None:
                log.add(stage, step, figures)
                report(stage, step, figures)

            return both

        net, heard, said = _recogniser(plan, held.voices, out, resume, tell("hear"), say)
        if len(space.mouth) != net.config.mouth:
            raise InputError(f"{out} holds a motion space of another size; choose another folder.")
        trainer = MouthTrainer(plan.move, net, space, items, out)
        if resume:
            _go_on(trainer, "move", say)
        (out / "split.json").write_text(split)
        figures = trainer.train(tell("move"))
        sway, swayed = _sway(plan, [(clip, held.sway_use(clip.name)) for clip, _ in clips], out, resume, tell("sway"), say)
    facts = {
        "clips": sum(item.use == "train" for item in items),
        "people": len({item.person for item in items if item.use == "train"}),
        "visemes_right": heard,
        "recogniser": asdict(plan.hear) if plan.speech else "kept",
        "mouth": asdict(plan.move),
    }
    net = trainer.run.mean
    assert isinstance(net, MotionNet)
    export(net, trainer.last_layers(said), space, sway, out / "weights", facts)
    (out / "weights" / "split.json").write_text(split)
    minutes = trainer.run.spent / 60
    return {**figures, **swayed, "steps": trainer.run.step, "minutes": round(minutes, 2)}


def train_mouth(clips: Sequence[tuple[PreparedClip, str]], out: Path, config: MouthConfig, kept: Path | None) -> Path:
    """Only a mouth, on those of ``clips`` whose use is "train"; ears and sway are those of the weights ``kept`` (None: the
    shipped ones). The folder of its weights."""
    folder = kept or manifest.path("motion")
    space, items = items_of(clips, out / "space.safetensors")
    trainer = MouthTrainer(config, load_net(folder), space, items, out)
    trainer.train(lambda step, figures: None)
    net = trainer.run.mean
    assert isinstance(net, MotionNet)
    export(net, trainer.last_layers([]), space, load_sway(folder), out / "weights", {"mouth": asdict(config)})
    return out / "weights"


def _sway(
    plan: Plan,
    clips: Sequence[tuple[PreparedClip, str]],
    out: Path,
    resume: bool,
    report: Callable[[int, dict[str, float]], None],
    say: Say,
) -> tuple[SwayWeights, dict[str, float]]:
    """Sway learned from ``clips`` and its figures; where their heads hardly move the one that there was, and none."""
    tracks = sway_tracks(clips)
    try:
        trainer = SwayTrainer(plan.sway, plan.swaying, tracks, out)
    except InputError as error:
        say(f"sway: {error} It is kept as it was.")
        own = plan.recogniser is not None and (plan.recogniser / SWAY).is_file()
        return load_sway(plan.recogniser if own and plan.recogniser else manifest.path("motion")), {}
    if resume:
        _go_on(trainer, "sway", say)
    figures = {f"sway, {name}": value for name, value in trainer.train(report).items()}
    used = [track for track in tracks if track.use == "train"]
    seconds = sum(len(track.moves) for track in used) / FPS
    facts = {"people": len({track.person for track in used}), "seconds": round(seconds, 1), **asdict(plan.sway)}
    return SwayWeights(plan.swaying, trainer.tensors(), facts), figures


def _go_on(trainer: MouthTrainer | RecogniserTrainer | SwayTrainer, stage: str, say: Say) -> None:
    """Take up what an earlier run has saved; what was killed before it saved anything begins anew."""
    if trainer.path.is_file():
        trainer.run.resume(trainer.path)
        say(f"{stage}: going on from step {trainer.run.step}")


def _recogniser(
    plan: Plan,
    voices: frozenset[str],
    out: Path,
    resume: bool,
    report: Callable[[int, dict[str, float]], None],
    say: Say,
) -> tuple[MotionNet, list[float], list[SpeechItem]]:
    """A net that hears, how well, and some speech with its visemes (both empty for one that is kept)."""
    torch.manual_seed(plan.hear.seed)
    if not plan.speech:
        return load_net(plan.recogniser or manifest.path("motion")), [], []
    items = [item for folder in plan.speech for item in load_speech(folder)]
    start = None if plan.recogniser is None else load_net(plan.recogniser)
    trainer = RecogniserTrainer(plan.hear, plan.net, items, out, voices=voices, start=start)
    if resume:
        _go_on(trainer, "hear", say)
    accuracy = trainer.train(report)
    net = trainer.run.mean
    assert isinstance(net, MotionNet)
    return net, accuracy, items[:: max(1, len(items) // 200)]
