"""`talking-head evaluate motion --data DIR`: do the lips say what the voice says?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate_motion(
    data: Annotated[
        list[Path], typer.Option(help="Folder of talking videos, or a dataset that `prepare` made; several are allowed.")
    ],
    weights: Annotated[Path | None, typer.Option(help="Folder of trained weights; without: the shipped ones.")] = None,
    without: Annotated[
        Path | None, typer.Option(help="Second folder of weights to show beside (for example without synthetic speech).")
    ] = None,
    backend: Annotated[str, typer.Option(help="Motion backend to judge; the baseline is always beside it.")] = "trained",
    sentences: Annotated[int, typer.Option(min=0, help="Synthetic sentences for p/b/m, vowels, rounding, f/v.")] = 110,
    videos: Annotated[
        Path | None, typer.Option(help="Folder that a dataset in --data was prepared from: the film then shows the clip too.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many clips of known and of unseen people.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for plots and a film of the landmarks.")] = None,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Compare predicted with real lips on clips that no training saw; silence, phonemes, blinks, seams, sway, time a step."""
    import json
    import sys
    import tempfile

    from talking_head import registry
    from talking_head.evaluate.motion.phonemes import held_out_sentences, speak
    from talking_head.evaluate.motion.report import film, plot_tracks
    from talking_head.evaluate.motion.summary import clips_of, evaluate, lines
    from talking_head.models import manifest
    from talking_head.train.heldout import held_out, of_run

    def progress(what: str) -> None:
        print(f"  {what}          ", end="\r", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        # A run of one's own says which of its clips trained; the committed list knows the shipped weights.
        held = held_out() if weights is None else of_run(weights, held_out())
        folders = [_prepared(folder, (out or Path(scratch)) / "prepared") for folder in data]
        clips = clips_of(folders, held, limit=limit)
        options = {"folder": weights} if weights is not None and backend == "trained" else {}
        ways = {backend: registry.build("motion", backend, **options)}
        if without is not None:
            ways[f"without ({without.name})"] = registry.build("motion", "trained", folder=without)
        if backend != "baseline":
            ways["baseline"] = registry.build("motion", "baseline")
        spoken = speak(held_out_sentences()[:sentences], lambda: progress("speaking")) if sentences else []
        swaying = (weights or manifest.path("motion")) if backend == "trained" else None
        figures, tracks = evaluate(clips, ways, sentences=spoken, weights=swaying, held=held, progress=progress)
    for line in lines(figures):
        typer.echo(line)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        plot_tracks(tracks, figures, out / "motion.png")
        judged = next(iter(ways.values()))
        for use, group in clips.items():
            if group:
                source = _source(group[0].name, [*data, *([videos] if videos else [])])
                film(group[0], judged, out / f"landmarks_{use}.mp4", video=source)
        typer.echo(f"Plots and films: {out}")
    if json_line:
        typer.echo(json.dumps(figures))


def _source(name: str, folders: list[Path]) -> Path | None:
    """The video of the clip ``name`` somewhere in ``folders``, or None."""
    from talking_head.media_files.video import VIDEO_ENDINGS

    wanted = name.split("/")[-2:]
    found = (path for folder in folders for path in folder.rglob("*") if [path.parent.resolve().name, path.stem] == wanted)
    return next((path for path in found if path.suffix.lower() in VIDEO_ENDINGS), None)


def _prepared(folder: Path, scratch: Path) -> Path:
    """``folder`` itself when it is a dataset, else the dataset made of its videos."""
    if (folder / "index.json").is_file():
        return folder
    from tqdm import tqdm

    from talking_head.train.corpus.landmarker import make_landmarker
    from talking_head.train.corpus.prepare import clip_name, prepare_folder, videos
    from talking_head.train.heldout import held_out

    held, root = held_out(), folder.resolve()
    videos(root)  # what cannot be prepared is refused before a bar is drawn
    with tqdm(unit="clip", desc=f"preparing {folder.name}") as bar:

        def tick(done: int, of: int) -> None:
            bar.total, bar.n = of, done
            bar.refresh()

        out = scratch / folder.name
        prepare_folder(
            root,
            out,
            jobs=1,
            make_landmarker=make_landmarker,
            tick=tick,
            wanted=lambda video: held.test_use(clip_name(video, root)) in ("known", "unseen"),
        )
    return out
