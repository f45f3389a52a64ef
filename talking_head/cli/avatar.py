"""``talking-head avatar``: make, list, look at and remove avatars."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from talking_head.face.avatars import Avatar

app = typer.Typer(help="Faces: make one of a photo, list, show, remove.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def add(
    photo: Annotated[
        Path, typer.Argument(help="A picture (JPEG, PNG, WebP, AVIF, TIFF …) with one face, from the front; or a video of one.")
    ],
    smile: Annotated[Path | None, typer.Option(help="A second photo of the same person: its teeth are worn.")] = None,
    name: Annotated[str, typer.Option(help="Name of the avatar; made of the file's name otherwise.")] = "",
    consent: Annotated[str, typer.Option(help="Who is shown, and who agreed to it. Asked for if not given.")] = "",
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    source: Annotated[str, typer.Option(help="Where the photo comes from.")] = "",
    licence: Annotated[str, typer.Option(help="Under what terms it may be used.")] = "unknown",
    attribution: Annotated[str, typer.Option(help="Whom to name beside it.")] = "",
    voice: Annotated[str, typer.Option(help="Voice that goes with it.")] = "",
    mood: Annotated[str, typer.Option(help="Mood that goes with it.")] = "",
    landmarks: Annotated[str, typer.Option(help="Landmark backend.")] = "mediapipe",
    replace: Annotated[bool, typer.Option("--replace", help="Replace an avatar of that name.")] = False,
    as_json: _Json = False,
) -> None:
    """Check a photo, frame the head, find the landmarks and store the avatar.

    Of a video, the calmest picture becomes the portrait, and one that shows teeth lends them.
    """
    from talking_head import registry
    from talking_head.animator.mouth.personal_teeth import from_video, lend_teeth
    from talking_head.face import avatars
    from talking_head.face.photo import upright_video
    from talking_head.media_files.video import VIDEO_ENDINGS, read_pictures
    from talking_head.types import U8

    def tell(sentence: str) -> None:
        typer.echo(sentence, err=as_json)

    consent = consent or typer.prompt("Who is shown, and did this person agree to be animated?")
    landmarker = registry.build("landmarks", landmarks)
    portrait: Path | U8 = photo
    toothy: Path | U8 | None = smile
    if photo.suffix.lower() in VIDEO_ENDINGS and photo.is_file():
        pictures = upright_video(read_pictures(photo, tell), landmarker, tell)
        portrait, shown = from_video(pictures, landmarker)
        if toothy is None:
            toothy = shown
            found = "teeth: they are" if shown is not None else "no teeth near enough: a neutral set is"
            typer.echo(f"The video shows {found} worn.", err=as_json)
    made = avatars.add(
        portrait,
        name or avatars.slug(photo.stem),
        landmarker,
        title=title,
        source=source or photo.name,
        licence=licence,
        attribution=attribution,
        voice=voice,
        mood=mood,
        consent=consent,
        lend=(lambda face: lend_teeth(toothy, face, landmarker)) if toothy is not None else None,
        replace=replace,
        tell=tell,
    )
    _show(made, as_json)


@app.command("list")
def list_avatars(as_json: _Json = False) -> None:
    """List all avatars."""
    from talking_head.face import avatars

    found = [avatars.find(name) for name in avatars.names()]
    if as_json:
        typer.echo(json.dumps({"avatars": [_plain(avatar) for avatar in found]}))
        return
    for avatar in found:
        typer.echo(f"{avatar.name:24} {'shipped' if avatar.shipped else 'yours':8} {avatar.licence:16} {avatar.title}")


@app.command()
def show(name: str, as_json: _Json = False) -> None:
    """Show where an avatar lies, where it comes from and under what terms."""
    from talking_head.face import avatars

    _show(avatars.find(name), as_json)


@app.command()
def remove(name: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete one of your own avatars."""
    from talking_head.face import avatars
    from talking_head.knowledge.library import Library

    avatars.check_name(name)
    if not yes:
        typer.confirm(f"Delete the avatar {name} for good?", abort=True)
    avatars.remove(name)
    Library().forget(name)
    typer.echo(f"Removed {name}.")


def _plain(avatar: Avatar) -> dict[str, str]:
    return {key: str(value) for key, value in asdict(avatar).items()} | {"teeth": "own" if avatar.own_teeth else "neutral"}


def _show(avatar: Avatar, as_json: bool) -> None:
    values = _plain(avatar)
    if as_json:
        typer.echo(json.dumps(values))
        return
    for key, value in values.items():
        if value:
            typer.echo(f"{key:12} {value}")
