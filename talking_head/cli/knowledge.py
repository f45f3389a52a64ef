"""``talking-head knowledge``: what a presenter knows: add documents, list them, ask, remove."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from talking_head.errors import InputError, TalkingHeadError

app = typer.Typer(help="What a presenter knows: documents that it answers from.", no_args_is_help=True)

_Presenter = Annotated[str, typer.Option("--presenter", "-p", help="Whose knowledge; without: the default presenter's.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: Markdown, text, HTML, PDF, DOCX, CSV.")],
    presenter: _Presenter = "",
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and take in what changes, until Ctrl-C.")] = False,
    as_json: _Json = False,
) -> None:
    """Read documents into a presenter's index; a document of the same name is replaced."""
    from talking_head.knowledge import documents
    from talking_head.knowledge.library import Library

    files = _files(paths)
    if not files:
        raise InputError("There is no document to read in what you named.")
    store = Library().store(_named(presenter))
    seen: dict[Path, float] = {}
    total = 0
    while True:
        for number, file in enumerate(files, 1):
            changed = file.stat().st_mtime if file.exists() else 0.0
            if seen.get(file) == changed:
                continue
            seen[file] = changed
            try:
                if not changed and watch:
                    store.remove(file.name)
                    typer.echo(f"[{number}/{len(files)}] {file.name}: forgotten", err=as_json)
                    continue
                count = store.add(documents.read(file))
            except TalkingHeadError as error:
                if not watch and len(files) == 1:
                    raise
                typer.echo(f"[{number}/{len(files)}] left out: {error}", err=True)
                continue
            total += count
            typer.echo(f"[{number}/{len(files)}] {file.name}: {count} passages", err=as_json)
        if not watch:
            break
        time.sleep(1.0)
        files = sorted({*files, *_files(paths)})
    if as_json:
        typer.echo(json.dumps({"documents": len(seen), "passages": total}))


@app.command("list")
def list_(presenter: _Presenter = "", as_json: _Json = False) -> None:
    """The documents that a presenter knows."""
    from talking_head.knowledge.library import Library

    entries = Library().store(_named(presenter)).entries()
    if as_json:
        typer.echo(json.dumps([{"name": e.name, "title": e.title, "passages": e.passages, "added": e.added} for e in entries]))
        return
    for entry in entries:
        typer.echo(f"{entry.name}: “{entry.title}”, {entry.passages} passages, {entry.added}")
    if not entries:
        typer.echo("Nothing yet. Add documents with: talking-head knowledge add FILES")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What a visitor would ask.")],
    presenter: _Presenter = "",
    as_json: _Json = False,
) -> None:
    """What would be found, and what would be said."""
    from talking_head.knowledge.answer import look_up
    from talking_head.knowledge.library import Library
    from talking_head.knowledge.search import search

    store = Library().store(_named(presenter))
    found, hits = look_up(store, question), search(store, question)
    if as_json:
        shown = [
            {"source": h.passage.document, "heading": h.passage.heading, "score": round(h.similarity, 3), "answers": h.answers}
            for h in hits
        ]
        typer.echo(json.dumps({"hits": shown, "answered": found.known, "answer": found.text}))
        return
    for hit in hits:
        typer.echo(
            f"{hit.similarity:.2f} {'answers' if hit.answers else '       '}  {hit.passage.document}: {hit.passage.heading}"
        )
    typer.echo(found.text or "(nothing of this is said: the language model answers)")


@app.command()
def remove(name: Annotated[str, typer.Argument(help="The document, as `list` shows it.")], presenter: _Presenter = "") -> None:
    """Forget a document."""
    from talking_head.knowledge.library import Library

    if not Library().store(_named(presenter)).remove(name):
        raise InputError(f"There is no document “{name}”. `talking-head knowledge list` shows them.")
    typer.echo(f"{name} is forgotten.")


def _named(presenter: str) -> str:
    from talking_head import config
    from talking_head.face import avatars

    name = presenter or config.load(None).avatar.name
    return avatars.find(name).name


def _files(paths: list[Path]) -> list[Path]:
    from talking_head.knowledge import documents

    out: list[Path] = []
    for path in paths:
        out += sorted(p for p in path.rglob("*") if p.is_file() and documents.readable(p)) if path.is_dir() else [path]
    return out
