"""`talking-head evaluate portraits FOLDER`: which photos become portraits, and what is seen wrong when they move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate_portraits(
    folder: Annotated[Path, typer.Argument(help="Folder of photos; nothing of them is stored.")],
    lot: Annotated[int | None, typer.Option(min=1, help="So many photos, drawn by lot; without: all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the lot, and of the movement.")] = 0,
    seconds: Annotated[float, typer.Option(min=0, max=60, help="Speech that each has to say; 0: the poses alone.")] = 10.0,
    sheet: Annotated[Path | None, typer.Option(help="PNG or JPEG: a row of small faces a photo, the worst first.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Photos as `avatar add` takes or refuses them, then in motion: background, halo, second heads, turn, lips, blinks."""
    import json
    import sys

    from PIL import Image

    from talking_head import registry
    from talking_head.animator.gan import GanAnimator
    from talking_head.evaluate.portraits.poses import talk
    from talking_head.evaluate.portraits.report import check_sheet, drawn_by_lot, figures, judge_photo, judge_photos, lines
    from talking_head.evaluate.portraits.report import sheet as small_faces
    from talking_head.face import matte
    from talking_head.models import manifest
    from talking_head.motion.space import MotionSpace

    if sheet is not None:
        check_sheet(sheet)
    paths = drawn_by_lot(folder, lot, seed)
    manifest.path(matte.MODEL)  # without it nobody is cut from the background, and there is no edge to look at
    space = MotionSpace.load(manifest.path("motion") / "space.safetensors")
    motion = talk(registry.build("motion", "trained"), seconds, seed) if seconds else None
    animator, landmarker = GanAnimator(), registry.build("landmarks", "mediapipe")
    judged = judge_photos(
        paths,
        lambda path: judge_photo(path, animator, landmarker, space, motion),
        lambda said: print(f"  {said}", file=sys.stderr, flush=True),
    )
    for line in lines(judged):
        typer.echo(line)
    faces = None if sheet is None else small_faces(judged)
    if sheet is not None and faces is not None:
        Image.fromarray(faces).save(sheet)
        typer.echo(f"Sheet: {sheet}")
    if json_line:
        typer.echo(json.dumps(figures(judged)))
