"""``talking-head say``: a text, subtitles or a sound file in, a film of a talking face out."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from talking_head.config import Config
    from talking_head.film.spec import FilmSpec

_OUTPUT = (
    "An .mp4; with alpha .webm or .mov; .wav: its sound alone; without an ending a folder: named after the text. "
    "Otherwise out.mp4, or the ending that the film asks for."
)

_OPTIONS = {  # what sentences call what an option gave, by its place in the film
    "frame": "--framing",
    "lines": "--size",
    "head.size": "--head-size",
    "head.x": "--head-x",
    "head.y": "--head-y",
    "captions.style": "--caption-style",
    "captions.position": "--caption-position",
    "logo.corner": "--logo-corner",
    "music.level_db": "--music-db",
    "music.duck_db": "--duck-db",
} | {name: f"--{name}" for name in ("background", "voice", "speed", "mood", "expressiveness", "articulation", "seed")}


def say(
    text: Annotated[str, typer.Argument(help="What to say. “-” reads it from the standard input.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help=_OUTPUT)] = None,
    avatar: Annotated[str, typer.Option(help="Name of an avatar, or a photo.")] = "",
    consent: Annotated[
        str, typer.Option(help="Of a photo: who is shown, and who agreed to films of it. An avatar has a record of its own.")
    ] = "",
    voice: Annotated[str, typer.Option(help="Another voice than the presenter's; see talking-head voices.")] = "",
    speed: Annotated[float | None, typer.Option(help="1 is the voice's own pace, 0.5 to 2.")] = None,
    audio: Annotated[
        Path | None, typer.Option(help="Speak this sound file instead; a text is its words, for subtitles.")
    ] = None,
    srt: Annotated[Path | None, typer.Option(help="Speak these subtitles at their times instead.")] = None,
    film: Annotated[Path | None, typer.Option(help="A whole film as JSON: scenes and all; see docs/films.md.")] = None,
    rows: Annotated[Path | None, typer.Option(help="A CSV: one film a row, its columns as {column} in the text.")] = None,
    framing: Annotated[str, typer.Option(help="1:1, 9:16 or 16:9.")] = "",
    size: Annotated[int | None, typer.Option(help="Pixels of the film's shorter side, such as 512, 720 or 1080.")] = None,
    head_size: Annotated[float, typer.Option(help="Size of the head, 0.3 to 2; 1 suits the frame.")] = 1.0,
    head_x: Annotated[float, typer.Option(help="Where it is, -1 (left) to 1 (right).")] = 0.0,
    head_y: Annotated[float, typer.Option(help="How much lower than by itself, 0 to 0.6 of the height.")] = 0.0,
    background: Annotated[str, typer.Option(help="blur, green, a colour such as #1d2a3a, a picture or a video.")] = "",
    subtitles: Annotated[bool, typer.Option("--subtitles", help="Draw the words in; .srt and .vtt files beside.")] = False,
    caption_style: Annotated[str | None, typer.Option(help="With --subtitles: box (otherwise), outline or plain.")] = None,
    caption_position: Annotated[str | None, typer.Option(help="With --subtitles: bottom (otherwise), middle or top.")] = None,
    logo: Annotated[Path | None, typer.Option(help="A picture with transparency for a corner.")] = None,
    logo_corner: Annotated[
        str | None, typer.Option(help="Of --logo: top-right (otherwise), top-left, bottom-left or bottom-right.")
    ] = None,
    music: Annotated[Path | None, typer.Option(help="Music beneath the voice.")] = None,
    music_db: Annotated[
        float | None, typer.Option(help="Of --music: level against the voice, -40 to 0 dB; otherwise -12.")
    ] = None,
    duck_db: Annotated[
        float | None, typer.Option(help="Of --music: how much lower while somebody speaks, 0 to 30 dB; otherwise 9.")
    ] = None,
    poster: Annotated[
        bool, typer.Option("--poster", help="Write a still picture beside an mp4, with the film's label.")
    ] = False,
    config: Annotated[Path | None, typer.Option(help="Configuration (TOML).")] = None,
    motion: Annotated[str, typer.Option(help="Motion backend instead of the configured one.")] = "",
    animator: Annotated[str, typer.Option(help="Animator backend instead of the configured one.")] = "",
    mood: Annotated[
        str, typer.Option(help="neutral, friendly, happy, serious, sympathetic or excited; else the presenter's.")
    ] = "",
    expressiveness: Annotated[
        float | None, typer.Option(min=0, max=2, help="0 still, 0.5 a newsreader, 1 lively, 2 theatre.")
    ] = None,
    articulation: Annotated[float | None, typer.Option(min=0.5, max=1.5, help="How widely the mouth moves.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Head motion and blinks; the same seed gives the same film. Otherwise 0, or the film's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
) -> None:
    """Make a film of a talking face, without a server and as fast as the machine can.

    Who was interrupted gives the same command again: it goes on where it was.
    """
    import sys

    from talking_head import config as configuration
    from talking_head.errors import InputError
    from talking_head.film.spec import ENDINGS, read_spec

    overrides = {"motion.backend": motion or None, "animator.backend": animator or None, "avatar.name": avatar or None}
    overrides["avatar.consent"] = consent or None
    settings = configuration.load(config, overrides)
    if text == "-":
        text = sys.stdin.read()
    if not (text or audio or srt or film):
        raise InputError("Give a text, or a sound file with --audio FILE.")
    if text and audio is not None and not subtitles:
        raise InputError("Give either a text or --audio FILE; both only with --subtitles, which shows the text.")
    _check_parts(
        ("--caption-style", caption_style, "--subtitles", subtitles),
        ("--caption-position", caption_position, "--subtitles", subtitles),
        ("--logo-corner", logo_corner, "--logo", logo is not None),
        ("--music-db", music_db, "--music", music is not None),
        ("--duck-db", duck_db, "--music", music is not None),
    )
    told = _described(film) if film is not None else {"lines": settings.animator.size, "captions": {"files": False}}
    told |= {"poster": True} if poster else {} if film is not None else {"poster": False}
    ending = "" if output is None or output.is_dir() else output.suffix.lower()
    if ending not in ("", ".wav", *ENDINGS.values()):
        raise InputError(f"{output} ends in {ending}; a film ends in .mp4, with alpha in .webm or .mov, its sound in .wav.")
    wanted: dict[str, Any] = {
        "text": text,
        "sound": str(audio or ""),
        "subtitles": str(srt or ""),
        "rows": str(rows or ""),
        "frame": framing,
        "lines": size,
        "format": next((name for name, each in ENDINGS.items() if each == ending), ""),
        "only": "sound" if ending == ".wav" else "",
        "background": background,
        "voice": voice,
        "speed": speed,
        "mood": mood,
        "expressiveness": expressiveness,
        "articulation": articulation,
        "seed": seed,
        "logo": _given(file=str(logo), corner=logo_corner) if logo else None,
        "music": _given(file=str(music), level_db=music_db, duck_db=duck_db) if music else None,
        "head": {"size": head_size, "x": head_x, "y": head_y} if (head_size, head_x, head_y) != (1.0, 0.0, 0.0) else None,
        "captions": _given(burn=True, style=caption_style, position=caption_position) if subtitles else None,
    }
    given = _given(**wanted)
    names = {place: option for place, option in _OPTIONS.items() if place.partition(".")[0] in given}
    _make(read_spec(told | given, names), settings, output, as_json)


def _given(**told: Any) -> dict[str, Any]:
    """What was said: 0 is said, too (a still face, the seed 0)."""
    return {key: value for key, value in told.items() if value is not None and value != ""}


def _check_parts(*options: tuple[str, Any, str, bool]) -> None:
    """Refuse an option without the one that it belongs to: it would do nothing."""
    from talking_head.errors import InputError

    for option, value, other, there in options:
        if value is not None and not there:
            raise InputError(f"{option} does nothing without {other}: add that, or leave {option} out.")


def _described(file: Path) -> dict[str, Any]:
    from talking_head.errors import InputError, reason

    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"The film {file} cannot be read as JSON: {reason(error)}.") from error
    if not isinstance(told, dict):
        raise InputError(f'The film {file} is no JSON object, such as {{"text": "Hello."}}.')
    return told


def _place(output: Path | None, spec: FilmSpec) -> tuple[Path, str]:
    """The folder and the name of a film; "" names it after its text. Makes a folder that is named and not there."""
    from talking_head.errors import InputError
    from talking_head.system import disk

    if output is None and not spec.rows:
        return Path(), "out"
    if output is None:
        raise InputError("A table makes many films: name a folder with --output.")
    if output.is_dir() or not output.suffix:
        folder, name = output, ""
    else:
        folder, name = output.parent, output.stem
    if spec.rows and name:
        raise InputError(f"A table makes many films: name a folder with --output, not {output}.")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {folder} is no folder, and cannot be made one.") from error
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:  # told before minutes of work
        if disk.is_full(error):
            raise
        raise InputError(f"{output} cannot be written: nothing can be kept in the folder {folder}. Choose another.") from error
    return folder, name


def _make(spec: FilmSpec, settings: Config, output: Path | None, as_json: bool) -> None:
    from talking_head.errors import InputError, TalkingHeadError
    from talking_head.film.cast import Cast
    from talking_head.film.check import check_files
    from talking_head.film.producer import unique
    from talking_head.film.rows import read_rows
    from talking_head.film.spec import ENDINGS

    files = {name: Path(name).expanduser() for name in spec.files()}
    check_files(spec, files, settings.limits)
    folder, name = _place(output, spec)
    cast = Cast(settings)
    if not spec.rows:
        _film(spec, files, cast, folder, name or unique(folder, spec.name), as_json)
        return
    for row in read_rows(files[spec.rows], spec):
        try:
            if row.spec is None:
                raise InputError(row.error)
            if not (folder / f"{row.name}{ENDINGS[row.spec.format]}").is_file():  # else an earlier call has made it
                _film(row.spec, files, cast, folder, row.name, as_json)
        except TalkingHeadError as error:
            typer.echo(f"Row {row.number}: {error}", err=True)


def _film(spec: FilmSpec, files: dict[str, Path], cast: Any, folder: Path, name: str, as_json: bool) -> None:
    import hashlib
    import shutil

    from talking_head.errors import TalkingHeadError
    from talking_head.film.producer import make
    from talking_head.types import FPS

    began = time.perf_counter()
    seal = hashlib.sha256((spec.model_dump_json() + cast.config.model_dump_json()).encode()).hexdigest()[:12]
    work = folder / f".{name}-{seal}.film"
    try:
        with _progress() as tell:
            film = make(spec, files, cast, work, folder, name=name, tell=tell, notes=partial(typer.echo, err=True))
    except TalkingHeadError:
        shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)
    elapsed = time.perf_counter() - began
    rate = film.seconds / elapsed
    typer.echo(f"{film.file}: {film.seconds:.1f} s in {elapsed:.1f} s ({rate:.1f} × real time, loading included)", err=as_json)
    if as_json:
        figures = {
            "file": str(film.file),
            "video_s": round(film.seconds, 3),
            "audio_s": round(film.seconds, 3),
            "frames": film.frames,
            "fps": FPS,
            "width": film.width,
            "height": film.height,
            "realtime_factor": round(rate, 2),
            "wall_s": round(elapsed, 2),
        }
        typer.echo(json.dumps(figures))


@contextmanager
def _progress() -> Iterator[Callable[[float, str], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Loading", total=1.0)

        def tell(share: float, sentence: str) -> None:
            progress.update(task, completed=share, description=sentence)

        yield tell
