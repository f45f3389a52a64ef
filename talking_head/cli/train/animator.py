"""`talking-head train animator --data PACK|DIR`: the refining GAN, on a CPU or a GPU, resumable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from talking_head.train.saving import SAVE_EVERY_S


def train_animator(
    data: Annotated[Path, typer.Option(help="Folder of talking videos, or a pack of crops (.npz) that an earlier run made.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the state, sheets, losses and the finished weights.")],
    prepared: Annotated[Path | None, typer.Option(help="What `prepare` made of the videos; without: made now.")] = None,
    photos: Annotated[
        Path | None, typer.Option(help="Folder of portrait photos to learn from, too: sharp, well lit, a person each.")
    ] = None,
    device: Annotated[str, typer.Option(help="“auto”, “cpu” or “cuda”.")] = "auto",
    minutes: Annotated[float, typer.Option(min=0.01, help="Length of the training, whatever the machine.")] = 60.0,
    steps: Annotated[int, typer.Option(min=1, help="End after so many steps at the latest.")] = 1_000_000,
    batch: Annotated[int, typer.Option(min=2, help="Pictures a step, an even number.")] = 8,
    l1_only: Annotated[bool, typer.Option("--l1-only", help="Pixels alone, no critics and no pretrained features.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the run in OUT stopped.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="Only make weights of the state in OUT, wherever it was trained.")
    ] = False,
    start: Annotated[
        str | None, typer.Option(help="“shipped”, a folder of weights, or the state of another run, to start from.")
    ] = None,
    sheet_every: Annotated[int, typer.Option(min=1, help="Steps between sample sheets.")] = 500,
    save_every: Annotated[float, typer.Option(min=0, help="Seconds between two saved states.")] = SAVE_EVERY_S,
    calibration: Annotated[int, typer.Option(min=16, help="Crops that the int8 graph is calibrated on.")] = 480,
    seed: Annotated[int, typer.Option(help="Same seed, same data, same machine: same weights.")] = 1,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Train on self-reenactment: one frame of a person is the photo, another the answer."""
    from talking_head.extras import need

    need("torch", "nncf", "onnx", "skimage")
    import json

    import numpy as np
    import torch

    from talking_head.animator.refiner.weights import load_refiner
    from talking_head.errors import InputError
    from talking_head.models import manifest
    from talking_head.train.animator import trainer as training
    from talking_head.train.animator.contact_sheets import Sheet, plot_losses
    from talking_head.train.animator.data import batches_of, pack_of
    from talking_head.train.animator.export import export
    from talking_head.train.animator.state import STATE
    from talking_head.train.saving import begun

    if batch % 2:
        raise InputError("--batch must be even: training looks at pairs of neighbouring frames.")
    if finish and not (out / STATE).exists():
        raise InputError(f"{out} holds no {STATE} to make weights of.")
    if (out / STATE).exists() and not (resume or finish):
        raise InputError(f"{out} holds a run already; add --resume to go on, or choose another folder.")
    if resume and not begun(out):
        raise InputError(f"{out} holds no run to go on from; leave --resume away.")
    first = manifest.path("animator-cpu") if start == "shipped" else Path(start) if start else None
    if first is not None and not first.exists():
        raise InputError(f"There is no {first} to start from; “shipped” starts from the weights that are shipped.")
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    out.mkdir(parents=True, exist_ok=True)
    pack = pack_of(data, out, prepared, photos=photos, say=typer.echo)
    batches = batches_of(pack, out, seed=seed, say=typer.echo)
    settings = training.Settings(steps=steps, minutes=minutes, batch=batch, seed=seed)
    settings.sheet_every, settings.save_every = sheet_every, save_every
    if l1_only:
        settings.adversarial = settings.perceptual = 0.0
    trainer = training.Trainer(settings, chosen)
    if finish or (resume and (out / STATE).exists()):  # what was killed before it saved anything begins anew
        trainer.load(out / STATE)
        batches.rng = np.random.default_rng([seed, trainer.step])
        typer.echo(f"going on from step {trainer.step}")
    elif first is not None and first.is_dir():
        trainer.take(load_refiner(first))
    elif first is not None:
        trainer.load(first, weights_only=True)
    if not finish:
        sheet = Sheet(batches_of(pack, out, seed=seed, say=lambda _: None))
        training.run(trainer, batches, out, sheet=sheet, say=typer.echo)
        plot_losses(out / "losses.csv", out / "losses.png")
    notes = export(out / STATE, out / "weights", batches, calibration=calibration)
    folder = json.dumps(str((out / "weights").resolve()))
    typer.echo(f'Use these weights with:\n\n[animator]\nbackend = "gan"\n\n[animator.options]\nfolder = {folder}\n')
    if json_line:
        keys = ("tier", "step", "minutes", "int8_mean", "int8_p999", "int8_kept")
        typer.echo(json.dumps({k: notes[k] for k in keys} | {"device": chosen, "out": str(out)}))
