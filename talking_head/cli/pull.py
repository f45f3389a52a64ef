"""``talking-head pull``: fetch the models that the manifest names."""

from __future__ import annotations

from typing import Annotated

import typer


def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models of the manifest; without: all that a first run needs.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="All that speaks and hears this language, such as zh; its size is shown first.")
    ] = "",
    listing: Annotated[bool, typer.Option("--list", help="List the models, their licence and whether they are here.")] = False,
) -> None:
    """Download the models, check their SHA-256 and convert them once. A second run needs no network."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

    from talking_head.folders import home
    from talking_head.models import fetch, manifest
    from talking_head.text import language as languages

    console = Console(highlight=False, soft_wrap=True)
    models = manifest.manifest()
    if listing:
        for model in models.values():
            here = "here" if fetch.present(model) else "absent"
            default = "" if model.default or model.trained_here else ", optional"
            console.print(f"{model.name}: {model.title}; {model.licence}; {here}{default}")
        return
    if language:
        names = [*(names or []), *languages.get(language).models]
    wanted = [manifest.get(n) for n in names] if names else [m for m in models.values() if m.default]
    absent = [m for m in wanted if not fetch.present(m)]
    if not absent:
        console.print(f"All {len(wanted)} models are here and verified.")
        return
    total = sum(m.download_bytes for m in absent) / 1e6
    console.print(f"{len(absent)} models to fetch, {total:.0f} MB, into {home()}")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn())
    for model in absent:
        # A line of its own for each, so that a log file without a terminal shows what happened as well.
        console.print(
            f"{model.title} — licence: {model.licence} — {model.download_bytes / 1e6:.0f} MB", highlight=False, soft_wrap=True
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(model.name, total=model.download_bytes)

            def show(what: str, done: int, size: int, bar: Progress = bar, task: object = task, name: str = model.name) -> None:
                if what == "convert":
                    bar.update(task, description=f"{name}: converting (about a minute)", total=None)  # type: ignore[arg-type]
                else:
                    bar.update(task, completed=done, total=size)  # type: ignore[arg-type]

            fetch.fetch(model, show)
        console.print(f"  {model.name}: verified")
