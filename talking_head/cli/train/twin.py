"""`talking-head twin train VIDEO -o NAME`: an avatar with a net and teeth of its own, from a person's video."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from talking_head.cli.groups import UNASKED, WHO_AGREED, asked

app = typer.Typer(help="A person's digital twin, from their own video.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Keep the command's name even where it is the only one."""


@app.command()
def train(
    video: Annotated[Path, typer.Argument(help="Video of one person talking, face to the camera; two minutes or more.")],
    name: Annotated[str, typer.Option("-o", "--name", help="Name of the avatar to make.")],
    consent: Annotated[str, typer.Option(help="Who is shown, and who agreed to it. Asked for if not given.")] = "",
    minutes: Annotated[float, typer.Option(min=0, help="Minutes of fine-tuning; 0: 40 on a CPU, 15 on a GPU.")] = 0.0,
    device: Annotated[str, typer.Option(help="“auto”, “cpu” or “cuda”.")] = "auto",
    work: Annotated[
        Path | None,
        typer.Option(
            help="Folder to work in: after an interruption the same command goes on from it. Without: a temporary one."
        ),
    ] = None,
    licence: Annotated[str, typer.Option(help="Under what terms the face may be used.")] = "unknown",
    voice: Annotated[str, typer.Option(help="Voice that goes with it; see talking-head voices.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Replace an avatar of that name.")] = False,
    json_line: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Fine-tune on the first 10/11 of VIDEO, test on the last 1/11, and store the avatar."""
    from talking_head.extras import need

    need("torch", "nncf", "onnx", "skimage")
    import json
    import shutil
    import tempfile

    import torch

    from talking_head import registry
    from talking_head.animator.mouth.worn_teeth import kept
    from talking_head.animator.refiner.weights import load_refiner
    from talking_head.cli.voices import speaks_with
    from talking_head.errors import InputError
    from talking_head.evaluate.animator.sentences import sentences
    from talking_head.face import avatars
    from talking_head.models import manifest
    from talking_head.train.twin import figures_of, train_twin

    avatars.check_free(name, replace=replace)  # before, not after, 40 minutes of work
    if not video.is_file():
        raise InputError(f"There is no video {video}.")
    spoken = speaks_with(voice)
    consent = consent or asked(WHO_AGREED, UNASKED)
    landmarker = registry.build("landmarks", "mediapipe")
    net = load_refiner(manifest.path("animator-cpu"))
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    minutes = minutes or (15.0 if chosen == "cuda" else 40.0)
    with tempfile.TemporaryDirectory() as scratch:
        out = work or Path(scratch)
        motion = registry.build("motion", "trained")
        twin = train_twin(video, out, net, landmarker, minutes=minutes, device=chosen, motion=motion, say=typer.echo)
        teeth = kept(twin.teeth, twin.unit) if twin.teeth is not None else None
        made = avatars.add(
            twin.photo,
            name,
            landmarker,
            source=video.name,
            licence=licence,
            voice=voice,
            consent=consent,
            lend=lambda _: teeth,
            replace=replace,
        )
        shutil.copytree(twin.folder, made.folder / "twin", dirs_exist_ok=True)
    test = figures_of(twin.test) | {
        "predicted_lmd_px": twin.predicted_lmd_px,
        "same_take": figures_of(twin.same_take),
    }
    figures = {"name": name, "minutes": round(twin.minutes, 1), "steps": twin.steps, "test": test}
    typer.echo(f"Trained for {minutes:g} minutes, {twin.steps} steps; {twin.minutes:.1f} minutes with everything around it.")
    for line in sentences(test):
        typer.echo(line)
    typer.echo(f"The avatar “{name}” is in {made.folder}. {spoken}")
    typer.echo(f'See it speak: talking-head say "Hello." --avatar {name} -o {name}_speaking.mp4')
    typer.echo(f"Use this face with:\n\n[avatar]\nname = {json.dumps(name)}\n")
    if json_line:
        typer.echo(json.dumps(figures))
