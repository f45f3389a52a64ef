"""`talking-head evaluate animator --data DIR`: drawn frames against real ones, on clips that no training saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate_animator(
    data: Annotated[Path, typer.Option(help="Folder of talking videos, or a pack of crops (.npz).")],
    prepared: Annotated[Path | None, typer.Option(help="What `prepare` made of the videos; without: made now.")] = None,
    weights: Annotated[Path | None, typer.Option(help="Folder of weights; without: the shipped ones.")] = None,
    l1_only: Annotated[Path | None, typer.Option(help="Weights of an L1-only training, to show beside.")] = None,
    avatar: Annotated[str, typer.Option(help="A trained twin, whose own weights are judged.")] = "",
    runtime: Annotated[str, typer.Option(help="“auto” or a runtime by name.")] = "auto",
    limit: Annotated[int, typer.Option(min=1, help="At most so many clips a folder and split.")] = 8,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for contact sheets and films.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """PSNR, SSIM, inside of the mouth, sharpness, LMD, identity, flicker, motion: net, warp alone, net with own teeth."""
    from talking_head.extras import need

    need("skimage")
    import json
    import sys
    import tempfile

    from talking_head import registry
    from talking_head.animator.gan import GanAnimator
    from talking_head.animator.refiner.twins import twin_folder
    from talking_head.errors import InputError
    from talking_head.evaluate.animator.clips import evaluate
    from talking_head.evaluate.animator.data import judged_pack
    from talking_head.evaluate.animator.report import film, lines, sheet
    from talking_head.face import avatars

    folder = weights
    if avatar:
        folder = twin_folder(avatars.find(avatar).folder)
        if folder is None:
            raise InputError(f"The avatar “{avatar}” has no weights of its own; make them with `talking-head twin train`.")
    nets = {"gan": GanAnimator(folder=folder, runtime=runtime, personal=bool(avatar))}
    if l1_only is not None:
        nets["l1_only"] = GanAnimator(folder=l1_only, runtime=runtime)
    with tempfile.TemporaryDirectory() as scratch:
        pack = judged_pack(data, Path(scratch), prepared, limit)
        report = evaluate(
            pack,
            nets,
            landmarker=registry.build("landmarks", "mediapipe"),
            progress=lambda name: print(f"  {name}", file=sys.stderr, flush=True),
        )
    figures = report.figures() | {"runtime": nets["gan"].runtime, "landmarks": "mediapipe"}
    for line in lines(figures):
        typer.echo(line)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        sheet(report, out / "animator.jpg")
        for name, rows in report.films.items():
            film(rows, out / f"{name.replace('/', '_')}.mp4")
        typer.echo(f"Sheets and films: {out}")
    if json_line:
        typer.echo(json.dumps(figures))
