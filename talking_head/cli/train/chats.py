"""`talking-head prepare chats`: are these chats fit to learn from, and what is in them?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def prepare_chats(
    data: Annotated[Path, typer.Option(help="Chats, one JSON object a line (docs/training.md).")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write train.jsonl and test.jsonl here.")] = None,
    base: Annotated[str, typer.Option(help="Model whose tokens are counted: of the manifest, or a folder.")] = (
        "smollm2-135m-instruct-bf16"
    ),
    longest: Annotated[int, typer.Option(min=16, help="Tokens above which training leaves a chat out.")] = 512,
    allow_emails: Annotated[bool, typer.Option(help="E-mail addresses in the chats are meant to be learned.")] = False,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Check chats (form, turns, secrets), split them so that near-duplicates stay together, and count tokens."""
    import json

    from talking_head.train.reply import preparation

    figures = preparation.summary(data, base, allow_emails, longest)
    for name in ("train", "test"):
        row = figures[name]
        typer.echo(
            f"{name}: {row['chats']} chats, {row['turns']} answers, {row['tokens']} tokens, {row['learned']} of them to learn; "
            f"longest {row['longest']}, left out for their length {row['too_long']}"
        )
    typer.echo("tags: " + (", ".join(f"{tag} {count}" for tag, count in figures["tags"].items()) or "none"))
    if figures["lacking"]:
        typer.echo(figures["lacking"])
    if out is not None:
        preparation.write_sides(data, out, allow_emails)
        typer.echo(f"Written: {out / 'train.jsonl'}, {out / 'test.jsonl'}")
    if json_line:
        typer.echo(json.dumps(figures))
