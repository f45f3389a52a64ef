"""``talking-head avatar``: make, list, look at and remove avatars."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from talking_head.cli.groups import UNASKED, WHO_AGREED, asked, confirmed

if TYPE_CHECKING:
    from talking_head.face.avatars import Avatar
    from talking_head.studio.service import Studio

app = typer.Typer(help="Faces: make one of a photo or a video, list, show, export, import, delete.", no_args_is_help=True)

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
    voice: Annotated[str, typer.Option(help="Voice that goes with it; see talking-head voices.")] = "",
    language: Annotated[str, typer.Option(help="Language that it speaks: en, zh.")] = "",
    mood: Annotated[str, typer.Option(help="Mood that goes with it.")] = "",
    background: Annotated[str, typer.Option(help="blur, green, a colour such as #1d2a3a, or a picture's path.")] = "",
    shown: Annotated[
        str, typer.Option(help="Who is shown; “depicts nobody” for a made-up face. Otherwise the consent's words.")
    ] = "",
    agreed: Annotated[str, typer.Option(help="Who agreed, and as what. Otherwise the consent's words.")] = "",
    until: Annotated[str, typer.Option(help="Last day of the consent, such as 2027-12-31.")] = "",
    use: Annotated[
        list[str] | None, typer.Option(help="What it holds for: live, films, record, twin; again for each. All otherwise.")
    ] = None,
    recording: Annotated[Path | None, typer.Option(help="The consent, read aloud: webm, mp4, m4a, ogg, wav, mp3.")] = None,
    landmarks: Annotated[str, typer.Option(help="Landmark backend.")] = "mediapipe",
    replace: Annotated[bool, typer.Option("--replace", help="Replace an avatar of that name.")] = False,
    as_json: _Json = False,
) -> None:
    """Check a photo, frame the head, find the landmarks and store the avatar.

    Of a video, the calmest picture becomes the portrait, and one that shows teeth lends them.
    """
    from talking_head.cli.voices import speaks_with
    from talking_head.errors import InputError
    from talking_head.face import avatars
    from talking_head.media_files.video import VIDEO_ENDINGS
    from talking_head.provenance.consents import USES, Consent
    from talking_head.studio.profile import Profile

    def tell(sentence: str) -> None:
        typer.echo(sentence, err=as_json)

    for file in (photo, smile, recording):
        if file is not None and not file.is_file():
            raise InputError(f"There is no file {file}.")
    consent = consent or asked(WHO_AGREED, UNASKED)
    picture = Path(background).expanduser()
    profile = Profile(
        name or avatars.slug(photo.stem),
        title or ("" if name else photo.stem),  # a file's name as people write it; the folder's has no umlauts
        voice,
        language,
        mood,
        avatars.PICTURE if picture.is_file() else background,
        source,
        licence,
        attribution,
        picture.read_bytes() if picture.is_file() else b"",
    )
    scope = ", ".join(USES.get(each, each) for each in use) if use else "to be animated here"
    record = Consent(shown or consent, agreed or consent, scope, until, consent, use or None)
    studio = _studio(landmarks)
    video = photo.suffix.lower() in VIDEO_ENDINGS
    draft = studio.from_video(photo, photo.name, tell) if video else studio.from_photo(photo, photo.name, tell)
    draft.video = None  # it is the user's own file, and stays where it is
    if smile is not None:
        studio.smile(draft, smile)
    spoken = (recording.name, recording.read_bytes()) if recording is not None else None
    _show(studio.keep(draft, profile, record, spoken, replace=replace), as_json)
    tell(speaks_with(voice))


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
def prompt(name: str, config: Annotated[Path | None, typer.Option(help="Configuration (TOML).")] = None) -> None:
    """Print the system prompt that a presenter's sessions begin with: chats for `train reply` begin with it, too."""
    from talking_head import config as configuration
    from talking_head import registry
    from talking_head.face import avatars
    from talking_head.server.presenter.presenters import Presenters
    from talking_head.server.presenter.prompting import system_prompt
    from talking_head.speech.voices import Voices
    from talking_head.text import language as languages

    settings = configuration.load(config)
    avatars.find(name, settings.avatar.folder)
    voice = Voices(settings).choose("", avatars.voice_of(name, settings.avatar.folder))
    persona = Presenters(settings).who(name)
    count = registry.configured(settings, "reply").count_tokens
    typer.echo(system_prompt(persona, settings.reply, languages.get(voice.language), count))


@app.command("export")
def export_avatar(
    name: str,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; NAME.presenter.zip otherwise.")] = None,
) -> None:
    """Write a presenter of yours into one file: face, voice, knowledge, net, and the record of consent."""
    from talking_head.studio import archive

    file = _studio().carry_out(name, out or Path(f"{name}{archive.ENDING}"))
    typer.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@app.command("import")
def import_avatar(
    file: Annotated[Path, typer.Argument(help="What avatar export wrote, here or elsewhere.")],
    name: Annotated[str, typer.Option(help="Another name than it has.")] = "",
    trust: Annotated[bool, typer.Option("--trust", help="Also if another server signed its consent.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace an avatar of that name.")] = False,
    as_json: _Json = False,
) -> None:
    """Check a presenter's file and keep it."""
    from talking_head.errors import InputError

    if not file.is_file():
        raise InputError(f"There is no file {file}.")
    brought = _studio().bring_in(file, name, trust=trust, replace=replace)
    if brought.foreign:
        typer.echo(f"Its consent was signed first by server {brought.foreign}, and now by this one.", err=True)
    _show(brought.avatar, as_json)


@app.command()
def consent(name: str, as_json: _Json = False) -> None:
    """Show the record of consent, and whether it holds."""
    from talking_head.errors import ConfigError
    from talking_head.face import avatars
    from talking_head.provenance import consents
    from talking_head.provenance.identity import identity

    record = consents.read(avatars.find(name).folder, identity())
    if record is None:
        raise ConfigError(f"“{name}” has no record of consent.")
    told = {key: value for key, value in asdict(record).items() if value}
    if as_json:
        typer.echo(json.dumps(told))
        return
    for key, value in told.items():
        typer.echo(f"{key:12} {_in_words(value)}")


@app.command("delete")
@app.command("remove", hidden=True)
def remove(name: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete one of your own avatars, with its knowledge, net, memory of visitors, and what was recorded of it."""
    from talking_head import folders
    from talking_head.config import Config
    from talking_head.face import avatars
    from talking_head.knowledge.library import Library
    from talking_head.memory.store import FILE, forget_presenter
    from talking_head.server.recording.store import forget_presenter as forget_recordings

    avatars.removable(name)  # before anybody is asked about what cannot be
    if not yes:
        confirmed(f"Delete the avatar {name} for good?", f"Nobody was there to confirm it, so {name} stays. Add --yes.")
    avatars.remove(name)
    Library().forget(name)
    forget_presenter(folders.home() / FILE, name)
    forget_recordings(Config(), name)
    typer.echo(f"Removed {name}.")


def _in_words(value: object) -> str:
    """A value of a record as people write it: lists with commas, a dictionary's entries as “name value”."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _studio(landmarks: str = "mediapipe") -> Studio:
    from talking_head import registry
    from talking_head.config import Config
    from talking_head.speech.voices import Voices
    from talking_head.studio.service import Studio

    return Studio(lambda: registry.build("landmarks", landmarks), Voices(Config()))


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
