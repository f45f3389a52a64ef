"""`talking-head evaluate reply`: does a reply model keep to its part? Beside another one."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Annotated

import typer


def evaluate_reply(
    model: Annotated[str, typer.Argument(help="A CTranslate2 model: of the manifest, or a folder such as RUN/model.")] = (
        "smollm2-135m-instruct"
    ),
    beside: Annotated[str, typer.Option(help="Another one to compare it with; empty: none.")] = "",
    prompts: Annotated[
        Path | None, typer.Option(help="Prompts with rules (TOML); without: the sixty that are shipped.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Chats whose test side gives the perplexity; without: the shipped ones.")
    ] = None,
    in_session: Annotated[
        bool, typer.Option("--in-session", help="As a visitor meets it: script, guard, handbook, clock and sums answer first.")
    ] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write answers.md and figures.json here.")] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of a model.")] = 1,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Ask prompts whose answers are judged by written rules, the likeliest words each time, and measure held-out perplexity."""
    from talking_head import registry
    from talking_head.evaluate.reply import measure, rules
    from talking_head.evaluate.reply.in_session import InSession
    from talking_head.evaluate.reply.perplexity import perplexity
    from talking_head.knowledge.embedder import MiniLmEmbedder
    from talking_head.models import manifest
    from talking_head.train.reply.chats import read
    from talking_head.train.reply.preparation import SHIPPED
    from talking_head.train.reply.split import split

    asked = rules.read(prompts or rules.PROMPTS)
    _, tests = split(read(data or SHIPPED, emails=True))  # nothing is learned of them here
    runs, figures = {}, {}
    embedder = functools.cache(MiniLmEmbedder)
    for name in dict.fromkeys(filter(None, (model, beside))):
        folder = manifest.folder_of(name)
        reply = registry.build("reply", "auto", model=str(folder), temperature=0, threads=threads, keep_tokens=0)
        runs[name] = measure.ask(InSession(reply, embedder) if in_session else measure.alone(reply), asked)
        surprise = round(perplexity(folder, tests), 2) if tests else None
        row = figures[name] = {**measure.figures(runs[name]), "perplexity": surprise}
        kinds = ", ".join(f"{kind} {right}/{of}" for kind, (right, of) in row["kinds"].items())
        typer.echo(
            f"{name}: {row['passed']} of {row['of']} ({kinds}); perplexity {surprise or 'unknown: no chat tests'}; "
            f"distinct-1 {row['distinct_1']}, distinct-2 {row['distinct_2']}; {row['words']} words; "
            f"first word after {row['first_ms']} ms"
        )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "answers.md").write_text(measure.table(runs), encoding="utf-8")
        (out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        typer.echo(f"Written: {out / 'answers.md'}, {out / 'figures.json'}")
    if json_line:
        typer.echo(json.dumps(figures))
