"""`talking-head train motion`: prepared clips (and speech with its visemes) → weights that `serve` can use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from talking_head.train.saving import SAVE_EVERY_S


def train_motion(
    data: Annotated[list[Path], typer.Option(help="Dataset made by `prepare`; several are allowed.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the run: log, checkpoints, weights.")],
    speech: Annotated[
        list[Path] | None,
        typer.Option(help="Corpus made by `train speech-corpus`, to learn hearing anew; without: the shipped ears are kept."),
    ] = None,
    recogniser: Annotated[
        Path | None,
        typer.Option(
            help="Without --speech: weights whose recogniser is kept (default: the shipped ones); with: to go on from."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint in the folder.")] = False,
    overfit: Annotated[int, typer.Option(min=0, help="Learn this many clips by heart: does the net learn at all?")] = 0,
    lookahead: Annotated[int, typer.Option(min=0, max=5, help="Frames of 40 ms that a new recogniser may wait.")] = 3,
    hear_steps: Annotated[int, typer.Option(min=1, help="Optimiser steps of a new recogniser.")] = 2_600,
    steps: Annotated[int, typer.Option(min=1, help="Optimiser steps of the mouth.")] = 2_000,
    sway_steps: Annotated[int, typer.Option(min=1, help="Optimiser steps of the sway: posture and drift, a VAE.")] = 1_200,
    minutes: Annotated[float, typer.Option(min=0.01, help="Minutes at most, for each of the three.")] = 240.0,
    save_every: Annotated[float, typer.Option(min=0, help="Seconds between two saved states.")] = SAVE_EVERY_S,
    seed: Annotated[int, typer.Option(help="Seed of weights, batches and augmentation.")] = 0,
    held: Annotated[Path | None, typer.Option(help="List of held-out clips (TOML); without: the committed one.")] = None,
    pid_file: Annotated[Path | None, typer.Option(help="Write the process id here while training.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Train the mouth on your clips, its ears on speech, and the sway of the head; the weights end up in OUT/weights.

    The sway is learned where there are 20 s of heads that move; else the shipped one is kept. Folders that the list of
    held-out clips does not name are split into training and test by themselves (OUT/split.json).
    """
    from talking_head.extras import need

    need("torch", "onnx")
    import json
    import os

    from talking_head.motion.netconfig import NetConfig
    from talking_head.train.heldout import held_out
    from talking_head.train.motion.mouth import MouthConfig
    from talking_head.train.motion.recogniser import RecogniserConfig
    from talking_head.train.motion.run import Plan, train
    from talking_head.train.motion.sway import SwayTraining

    plan = Plan(
        NetConfig(lookahead=lookahead),
        RecogniserConfig(steps=hear_steps, minutes=minutes, seed=seed, save_every=save_every),
        MouthConfig(steps=steps, minutes=minutes, seed=seed, save_every=save_every),
        tuple(speech or ()),
        recogniser,
        SwayTraining(steps=sway_steps, minutes=minutes, seed=seed, save_every=save_every),
    )
    if pid_file is not None:
        pid_file.write_text(str(os.getpid()))

    def report(stage: str, step: int, figures: dict[str, float]) -> None:
        shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        typer.echo(f"{stage} {step:5d}  {shown}")

    try:
        best = train(data, out, plan, held=held_out(held), overfit=overfit, resume=resume, report=report, say=typer.echo)
    finally:
        if pid_file is not None:
            pid_file.unlink(missing_ok=True)
    folder = json.dumps(str((out / "weights").resolve()))
    typer.echo(f'Use these weights with:\n\n[motion]\nbackend = "trained"\n\n[motion.options]\nfolder = {folder}\n')
    if json_line:
        typer.echo(json.dumps(best))


def speech_corpus(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the corpus; a second run goes on where it was.")],
    sentences: Annotated[int, typer.Option(min=0, help="Sentences for the shipped voice; each is kept twice, disguised.")] = 0,
    recordings: Annotated[
        Path | None, typer.Option(help="Folder of speech with phoneme times (index.jsonl) to disguise and label instead.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of sentences and voices.")] = 0,
) -> None:
    """Speech in many disguises with exact visemes, for `train motion --speech`: of the shipped voice, or your recordings."""
    from collections.abc import Iterator

    from talking_head.extras import need

    need("tqdm")
    from tqdm import tqdm

    from talking_head.errors import InputError
    from talking_head.train.corpus import tts_corpus

    if (sentences > 0) == (recordings is not None):
        raise InputError("Give either --sentences N or --recordings FOLDER; a corpus holds one kind.")

    def readings() -> Iterator[tts_corpus.Reading]:
        return tts_corpus.piper(sentences, seed) if recordings is None else tts_corpus.recordings(recordings)

    recipe = {"sentences": sentences, "recordings": "" if recordings is None else str(recordings)}
    with tqdm(unit="sentence") as bar:
        totals = tts_corpus.prepare_tts(out, readings, recipe, seed=seed, tick=lambda done: bar.update(done - bar.n))
    typer.echo(f"{totals['clips']} clips, {totals['minutes']} min: {out}")
