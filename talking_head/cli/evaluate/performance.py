"""`talking-head evaluate performance FILM …`: does the face perform like a living speaker?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate_performance(
    films: Annotated[list[Path], typer.Argument(help="Films of a talking face, 20 s and longer, with their sound.")],
    real: Annotated[
        Path | None,
        typer.Option(help="Folder of films or tracks (.npz: landmarks, fps) of real people: who can tell the films from them?"),
    ] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Twenty rows of head, eyes, brows, mouth and shoulders beside the bands of lively speakers."""
    import json

    from talking_head.evaluate.performance.films import people, watch
    from talking_head.evaluate.performance.judge import judge_films, table
    from talking_head.face.landmarks.mediapipe import MediaPipeLandmarker

    seen = {}
    for film in films:
        with MediaPipeLandmarker(video=True, faces=1) as landmarker:
            seen[film.stem] = watch(film, landmarker)
    others = []
    if real is not None:
        with MediaPipeLandmarker(video=True, faces=1) as landmarker:
            others = people(real, landmarker)
    found = judge_films(seen, others)
    for line in table(found):
        typer.echo(line, err=json_line)
    if json_line:
        typer.echo(json.dumps(found))
