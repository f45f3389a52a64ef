"""What can be found out about a film before anything is made: its files, their kinds, its words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from talking_head.config import Limits
from talking_head.errors import InputError
from talking_head.face.backdrop import colour
from talking_head.film.picture.overlays import read_logo
from talking_head.film.rows import read_rows
from talking_head.film.spec import FilmSpec, is_file
from talking_head.film.subtitles import read_srt
from talking_head.media_files.opened import opened
from talking_head.media_files.pictures import decode
from talking_head.media_files.video import VIDEO_ENDINGS, read_pictures

MOST_CHARS = 20  # times the limit of a live text


def check_files(spec: FilmSpec, files: Mapping[str, Path], limits: Limits) -> None:
    """Look into every file that ``spec`` names, ``files``, and at its words. Raises InputError and its kind.

    Sounds are only looked for: whether somebody speaks in them is found out as they are read.
    """
    for scene in spec.parts():
        background = scene.background or ""
        if background and not is_file(background) and background not in ("blur", "green"):
            colour(background)
        if len(scene.text) > MOST_CHARS * limits.text_chars:
            raise InputError(f"A scene has {len(scene.text)} characters; at most {MOST_CHARS * limits.text_chars} are taken.")
    for name, what in spec.files().items():
        file = files[name]
        if what == "background" and not file.suffix and not file.is_file():
            raise InputError(
                f"There is no background “{file.name}”: it is blur, green, a colour such as #1d2a3a, a picture or a video."
            )
        if not file.is_file() or not file.stat().st_size:
            raise InputError(f"There is no file {file.name}, or it is empty.")
        if what == "subtitles":
            read_srt(file)
        elif what == "logo":
            read_logo(file)
        elif what == "rows":
            read_rows(file, spec)
        elif what == "background" and file.suffix.lower() in VIDEO_ENDINGS:
            if next(iter(read_pictures(file)), None) is None:
                raise InputError(f"{file.name} holds no picture.")
        elif what == "background":
            decode(file)
        else:
            _has_sound(file)


def _has_sound(file: Path) -> None:
    import av.error

    try:
        with opened(file) as container:
            if container.streams.audio:
                return
    except (av.error.FFmpegError, ValueError) as error:
        raise InputError(f"{file.name} cannot be read as sound. Use a WAV, MP3, M4A, FLAC or Ogg file, or a video.") from error
    raise InputError(f"{file.name} holds no sound.")
