"""`talking-head evaluate lips --data DATASET`: lips beside those of people whom no training saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate_lips(
    data: Annotated[list[Path], typer.Option(help="Dataset made by `prepare`; several are allowed.")],
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="People, or clips, to judge (patterns as ann or ann_0*); the others only train. Without: everybody."),
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Folder of trained weights; without: the shipped ones.")] = None,
    words: Annotated[bool, typer.Option(help="Judge lips that know the words of a clip, too (Whisper, English).")] = True,
    steps: Annotated[int, typer.Option(min=1, help="Optimiser steps of each training without a person.")] = 600,
    seed: Annotated[int, typer.Option(help="Seed of weights and batches.")] = 0,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Leave each person out of a short training in turn, and compare this mouth's lips with theirs: by ears alone, with words
    known, with another's sound, with the loudness. Clips that the list of held-out clips names are judged with the weights
    as they are.
    """
    from talking_head.extras import need

    need("torch")
    import json
    import sys
    import tempfile

    from talking_head import registry
    from talking_head.config import Config
    from talking_head.evaluate.motion.lips import beside_sound, evaluate_lips, lines, with_words
    from talking_head.film.cast import Cast
    from talking_head.protocols import MotionModel
    from talking_head.train.corpus.clipfile import PreparedClip
    from talking_head.train.heldout import held_out, of_run
    from talking_head.train.motion.data import read_clips
    from talking_head.train.motion.mouth import MouthConfig
    from talking_head.train.motion.run import train_mouth

    def progress(what: str) -> None:
        print(f"  {what}          ", end="\r", file=sys.stderr, flush=True)

    held, wanted = held_out() if weights is None else of_run(weights, held_out()), leave_out or []
    clips = [(clip, held.use(clip.name)) for clip in read_clips(data, held)]

    def models(folder: Path | None) -> dict[str, MotionModel]:
        own = {} if folder is None else {"folder": folder}
        return {kind: registry.build("motion", "trained", pauses=not kind, **own) for kind in ("", ", never parted")}

    as_they_are = models(weights)
    takes = beside_sound(as_they_are[""], [(clip, use) for clip, use in clips if use != "none"])
    if words and (reader := Cast(Config()).reader(words=False)) is not None:
        takes = with_words(takes, reader, wanted, progress)
    elif words:
        typer.echo(
            "Nothing here recognises words; lips are judged by ears alone (`talking-head pull` fetches what is missing)."
        )
    with tempfile.TemporaryDirectory() as scratch:

        def teach(person: str, clips: list[tuple[PreparedClip, str]]) -> dict[str, MotionModel]:
            own = Path(scratch) / person.replace("/", "_")
            return models(train_mouth(clips, own, MouthConfig(steps=steps, seed=seed), weights))

        figures = evaluate_lips(takes, teach, wanted=wanted, as_they_are=as_they_are, progress=progress)
    for line in lines(figures):
        typer.echo(line)
    if json_line:
        typer.echo(json.dumps(figures))
