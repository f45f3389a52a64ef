"""``talking-head knowledge``: what a presenter knows: add documents, watch a folder, list, ask, remove."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from talking_head.errors import InputError, TalkingHeadError

if TYPE_CHECKING:
    from talking_head.knowledge.library import Library
    from talking_head.knowledge.store import Store

app = typer.Typer(help="What a presenter knows: documents that it answers from.", no_args_is_help=True)

_Presenter = Annotated[str, typer.Option("--presenter", "-p", help="Whose knowledge; without: the default presenter's.")]
_Multilingual = Annotated[bool, typer.Option("--multilingual", help="The index for questions in any language.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: Markdown, text, HTML, PDF, DOCX, CSV.")],
    presenter: _Presenter = "",
    multilingual: _Multilingual = False,
    as_json: _Json = False,
) -> None:
    """Read documents into a presenter's index; a document of the same name is replaced."""
    files = _files(paths)
    if not files:
        raise InputError("There is no document to read in what you named.")
    store, total, read = _library(multilingual).store(_named(presenter)), 0, 0
    for number, file in enumerate(files, 1):
        try:
            count = _read(store, file, f"[{number}/{len(files)}] ", as_json)
        except TalkingHeadError as error:
            if len(files) == 1:
                raise
            typer.echo(f"[{number}/{len(files)}] left out: {error}", err=True)
            continue
        total, read = total + count, read + 1
    if as_json:
        typer.echo(json.dumps({"documents": read, "passages": total}))


@app.command()
def watch(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; without: the presenter's own folder.")] = None,
    presenter: _Presenter = "",
    multilingual: _Multilingual = False,
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 1.0,
) -> None:
    """Stay until Ctrl-C, and take in what appears, changes and vanishes. A server that runs answers from it at once."""
    from talking_head.face import avatars
    from talking_head.knowledge.library import FOLDER, Follower, stamp

    name = _named(presenter)
    own = avatars.find(name).folder / FOLDER
    if not paths and not own.is_dir():
        raise InputError(f"“{name}” has no folder “{FOLDER}” of its own: name the files or folders to watch.")
    library = _library(multilingual)
    typer.echo("Watching; Ctrl-C ends it.")
    follower = Follower(typer.echo)
    looked: object = None
    while True:
        if not paths:
            if (now := stamp(own)) != looked:
                looked = now
                library.sync(name, own, typer.echo)
        else:
            follower.look(library.store(name), _files(paths))
        time.sleep(every)


def _read(store: Store, file: Path, before: str, as_json: bool = False) -> int:
    """Index a file, with its progress on a terminal; returns the number of its passages."""
    from talking_head.knowledge import documents

    shown = sys.stderr.isatty()

    def told(done: int, total: int) -> None:
        if shown:
            typer.echo(f"\r{before}{file.name}: {done} of {total} passages", err=True, nl=done == total)

    count = store.add(documents.read(file), told)
    if not shown:
        typer.echo(f"{before}{file.name}: {count} passages", err=as_json)
    return count


@app.command("list")
def list_(presenter: _Presenter = "", multilingual: _Multilingual = False, as_json: _Json = False) -> None:
    """The documents that a presenter knows."""
    entries = _current(_named(presenter), multilingual).entries()
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
    multilingual: _Multilingual = False,
    as_json: _Json = False,
) -> None:
    """What would be found, and what would be said."""
    from talking_head.knowledge.answer import look_up
    from talking_head.knowledge.search import search

    store = _current(_named(presenter), multilingual)
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
def remove(
    name: Annotated[str, typer.Argument(help="The document, as `list` shows it.")],
    presenter: _Presenter = "",
    multilingual: _Multilingual = False,
) -> None:
    """Forget a document."""
    if not _library(multilingual).store(_named(presenter)).remove(name):
        raise InputError(f"There is no document “{name}”. `talking-head knowledge list` shows them.")
    typer.echo(f"{name} is forgotten.")


def _library(multilingual: bool) -> Library:
    from talking_head.knowledge.library import MULTILINGUAL, library

    return library(MULTILINGUAL if multilingual else "")


def _current(presenter: str, multilingual: bool) -> Store:
    """The presenter's index with what its own folder holds by now, as a server has it that starts."""
    from talking_head.face import avatars
    from talking_head.knowledge.library import FOLDER

    own = avatars.find(presenter).folder / FOLDER
    library = _library(multilingual)
    return library.sync(presenter, own, lambda told: typer.echo(told, err=True)) if own.is_dir() else library.store(presenter)


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
