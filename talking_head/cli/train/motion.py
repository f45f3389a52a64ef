"""`talking-head train motion`: prepared clips (and synthetic speech) → weights that `serve` can use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train_motion(
    data: Annotated[list[Path], typer.Option(help="Dataset made by `prepare`; several are allowed.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the run: log, checkpoints, weights.")],
    speech: Annotated[
        Path | None, typer.Option(help="Synthetic speech made by `train speech-corpus`; without: no phoneme task.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint in the folder.")] = False,
    overfit: Annotated[int, typer.Option(min=0, help="Learn this many clips by heart: does the net learn at all?")] = 0,
    trunk: Annotated[str, typer.Option(help="“transformer” or “tcn”.")] = "tcn",
    width: Annotated[int, typer.Option(min=16, max=1024, help="Features of a token; a multiple of 8.")] = 160,
    lookahead: Annotated[int, typer.Option(min=0, max=5, help="Frames of 40 ms that the lips may wait for the sound.")] = 3,
    steps: Annotated[int, typer.Option(min=1, help="Optimiser steps at most.")] = 1600,
    minutes: Annotated[float, typer.Option(min=0.01, help="Minutes at most.")] = 240.0,
    seed: Annotated[int, typer.Option(help="Seed of weights, batches and augmentation.")] = 0,
    device: Annotated[str, typer.Option(help="“cpu”, “cuda”, or “auto”.")] = "auto",
    held: Annotated[Path | None, typer.Option(help="List of held-out clips (TOML); without: the committed one.")] = None,
    pid_file: Annotated[Path | None, typer.Option(help="Write the process id here while training.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Train the motion net; the best weights on the held-out clips end up in OUT/weights."""
    import json
    import os

    import torch

    from talking_head.errors import ConfigError
    from talking_head.motion.netconfig import NetConfig
    from talking_head.train.heldout import held_out
    from talking_head.train.motion.run import train
    from talking_head.train.motion.trainer import TrainConfig

    if trunk not in ("transformer", "tcn"):
        raise ConfigError(f"--trunk is “transformer” or “tcn”, not “{trunk}”.")
    if width % 8:
        raise ConfigError(f"--width must be a multiple of 8, not {width}.")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    net = NetConfig(trunk=trunk, width=width, hidden=2 * width, lookahead=lookahead)
    config = TrainConfig(steps=steps, minutes=minutes, seed=seed, device=device, patience=10_000 if overfit else 8)
    if pid_file is not None:
        pid_file.write_text(str(os.getpid()))

    def report(step: int, figures: dict[str, float]) -> None:
        shown = ("loss", "known corr", "unseen corr", "known articulation", "unseen articulation", "minutes")
        typer.echo(f"step {step:5d}  " + "  ".join(f"{k} {figures[k]:.3f}" for k in shown if k in figures))

    try:
        best = train(
            data,
            out,
            net,
            config,
            held=held_out(held),
            speech=speech,
            overfit=overfit,
            resume=resume,
            report=report,
        )
    finally:
        if pid_file is not None:
            pid_file.unlink(missing_ok=True)
    typer.echo(f"Weights: {out / 'weights'} (use them with motion.folder in the configuration)")
    if json_line:
        typer.echo(json.dumps(best))


def speech_corpus(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the corpus; a second run goes on where it was.")],
    sentences: Annotated[int, typer.Option(min=1, help="Sentences; each is read twice, in two voices.")] = 1500,
    seed: Annotated[int, typer.Option(help="Seed of sentences and voices.")] = 0,
) -> None:
    """Let the shipped voice read sentences in many disguises, with exact phoneme times, for `train motion --speech`."""
    from tqdm import tqdm

    from talking_head.train.corpus.tts_corpus import prepare_tts

    with tqdm(total=sentences, unit="sentence") as bar:
        totals = prepare_tts(out, sentences, seed, tick=lambda done, of: bar.update(done - bar.n))
    typer.echo(f"{totals['clips']} clips, {totals['minutes']} min: {out}")
