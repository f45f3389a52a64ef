"""`talking-head prepare-tts`: unlimited speech with exact phoneme times, for the auxiliary task of the motion model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def prepare_tts(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the corpus; a second run goes on where it was.")],
    sentences: Annotated[int, typer.Option(min=1, max=100_000, help="Each is read twice, in two voices.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed: other sentences and voices.")] = 0,
    per_shard: Annotated[int, typer.Option(min=1, max=1000, help="Sentences a file.")] = 50,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Let the voice read sentences that cover every pair of phonemes, disguise it, and label every frame."""
    import json

    from tqdm import tqdm

    from talking_head.train.tts_corpus import prepare_tts as prepare

    with tqdm(total=sentences, unit="sentence") as bar:
        index = prepare(out, sentences, seed, per_shard=per_shard, tick=lambda done, of: bar.update(done - bar.n))
    typer.echo(f"{index['clips']} clips, {index['minutes']} minutes, in {len(index['shards'])} files in {out}.")
    if json_line:
        typer.echo(json.dumps({key: index[key] for key in ("clips", "frames", "minutes")}))
