"""`talking-head prepare VIDEO_DIR -o DATASET`: talking videos → landmarks, poses, log-mel, one file a clip."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from talking_head.cli.train.chats import prepare_chats


class _VideosUnlessNamed(TyperGroup):
    """`prepare FOLDER` means `prepare videos FOLDER`: what is prepared most often needs no second word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["videos", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_VideosUnlessNamed,
    no_args_is_help=True,
    help="Make data fit for training: a folder of talking videos (“videos”, the word may be left out), or chats.",
)
app.command("chats")(prepare_chats)


@app.command("videos")
def prepare(
    video_dir: Annotated[
        Path, typer.Argument(help="Folder of talking videos, or landmark tracks (.npz and its sound), at any depth.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the dataset; a second run goes on where it was.")],
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes; each takes about one core.")] = 1,
    people: Annotated[
        str,
        typer.Option(help="“folder”: a folder shows one person; “clip”: a clip does; “name”: ann_1 and ann_2 show one."),
    ] = "folder",
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Find faces, poses and sound in VIDEO_DIR and write what training and evaluation need."""
    from talking_head.extras import need

    need("tqdm")
    import json

    from tqdm import tqdm

    from talking_head.errors import InputError
    from talking_head.train.corpus.landmarker import make_landmarker
    from talking_head.train.corpus.prepare import prepare_folder, videos
    from talking_head.train.corpus.prepare_summary import plot_summary, summarise

    if people not in ("folder", "clip", "name"):
        raise InputError(f"--people is “folder”, “clip” or “name”, not “{people}”.")
    videos(video_dir, tracks=True)  # what cannot be prepared is refused before a bar is drawn
    with tqdm(unit="clip", desc=video_dir.name) as bar:

        def tick(done: int, of: int) -> None:
            bar.total = of
            bar.n = done
            bar.refresh()

        index = prepare_folder(
            video_dir, out, jobs=jobs, make_landmarker=make_landmarker, tick=tick, people=people, tracks=True
        )
    problems: Counter[str] = Counter()
    for entry in index.entries.values():
        problems.update(entry["problems"])
    summary = summarise(out, index)
    for line in summary.lines():
        typer.echo(line)
    for reason, count in problems.most_common():
        typer.echo(f"  {count:6d} × {reason}")
    plot_summary(summary, out / "summary.png")
    typer.echo(f"Plots: {out / 'summary.png'}")
    if json_line:
        typer.echo(json.dumps({**summary.figures(), "problems": dict(problems)}))
