"""What a film is: one description for the command line, HTTP and the pages, checked in sentences.

Files are named, not given: a name is a path on the command line and an uploaded part over HTTP. What a scene leaves out is
the film's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from talking_head.errors import InputError
from talking_head.types import LARGEST_SIDE, Manner, MoodName, MoodOrUnset
from talking_head.wanted import wanted

Frame = Literal["1:1", "9:16", "16:9"]
Format = Literal["mp4", "webm-alpha", "prores-alpha"]
FRAMES: tuple[str, ...] = get_args(Frame)
FORMATS: tuple[str, ...] = get_args(Format)
ENDINGS: dict[str, str] = {"mp4": ".mp4", "webm-alpha": ".webm", "prores-alpha": ".mov"}
COLUMN = re.compile(r"\{([^{}\n]{1,60})\}")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Head(_Part):
    """Where the head is. ``size`` 1 is what suits the frame; ``x`` −1 (left edge) … 1 (right edge): where its middle is;
    ``y`` 0 … 0.6 of the height: how much lower than by itself.
    """

    size: Annotated[float, Field(ge=0.3, le=2)] = 1.0
    x: Annotated[float, Field(ge=-1, le=1)] = 0.0
    y: Annotated[float, Field(ge=0, le=0.6)] = 0.0


class Captions(_Part):
    """Words of the film. ``burn``: drawn into the picture; ``files``: as .srt and .vtt beside it. ``style``: "box" (on a dark
    one), "outline" or "plain"; ``size`` 1 is 4.6 % of the shorter side.
    """

    burn: bool = False
    files: bool = True
    style: Literal["box", "outline", "plain"] = "box"
    position: Literal["bottom", "middle", "top"] = "bottom"
    size: Annotated[float, Field(ge=0.5, le=2)] = 1.0


class Logo(_Part):
    """A picture in a corner. ``width``: share of the film's shorter side."""

    file: str
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-right"
    width: Annotated[float, Field(ge=0.03, le=0.5)] = 0.16
    opacity: Annotated[float, Field(gt=0, le=1)] = 1.0


class Music(_Part):
    """A bed of music, repeated to the film's end. ``level_db``: against the voice; ``duck_db``: how much lower it is while
    somebody speaks.
    """

    file: str
    level_db: Annotated[float, Field(ge=-40, le=0)] = -12.0
    duck_db: Annotated[float, Field(ge=0, le=30)] = 9.0


class _Shot(_Part):
    """Who speaks and how it looks; None and "": as the film says. See :class:`FilmSpec`."""

    presenter: Annotated[str, Field(max_length=200)] = ""
    voice: Annotated[str, Field(max_length=80)] = ""
    speed: Annotated[float, Field(ge=0.5, le=2)] | None = None
    mood: MoodOrUnset = ""
    expressiveness: Annotated[float, Field(ge=0, le=2)] | None = None
    articulation: Annotated[float, Field(ge=0.5, le=1.5)] | None = None
    background: Annotated[str, Field(max_length=200)] | None = None
    head: Head | None = None


class Scene(_Shot):
    """A part of a film: one of ``text``, ``subtitles`` (an .srt file, spoken at its times) and ``sound`` (a recording, whose
    words may stand in ``text``). ``transition``: how it begins, where it is not the first.
    """

    text: str = ""
    subtitles: str = ""
    sound: str = ""
    transition: Literal["cut", "fade"] = "cut"

    def manner(self, own: Manner) -> Manner:
        """How its presenter performs, whose own way is ``own``."""
        wide = own.expressiveness if self.expressiveness is None else self.expressiveness
        clear = own.articulation if self.articulation is None else self.articulation
        return Manner(self.mood or own.mood, wide, clear)


class FilmSpec(Scene):
    """A film. Without ``scenes`` it is one scene itself.

    ``presenter``: an avatar; ``voice``, ``speed``, ``mood``, ``expressiveness``, ``articulation``: "" and None are the
    presenter's own. ``frame`` with ``lines`` pixels of the shorter side. ``background``: "" the photo's own, "blur", "green", a
    colour "#rrggbb", or the name of a picture or a video. ``format``: "mp4" (H.264), or without any background "webm-alpha"
    (VP9) and "prores-alpha" (ProRes 4444). ``fade_s``: of a transition. ``poster``: a still picture beside an mp4, with its
    label. ``rows``: a CSV file, one film a row, whose columns stand in the texts as ``{column}``. ``only`` "sound": what is
    said, as a WAV file, without a picture. ``webhook``: an address that is told the end.
    """

    title: Annotated[str, Field(max_length=120)] = ""
    scenes: Annotated[tuple[Scene, ...], Field(max_length=100)] = ()
    frame: Frame = "1:1"
    lines: Annotated[int, Field(ge=128, le=LARGEST_SIDE, multiple_of=2)] = 720
    format: Format = "mp4"
    captions: Captions = Captions()
    logo: Logo | None = None
    music: Music | None = None
    fade_s: Annotated[float, Field(ge=0.2, le=2)] = 0.6
    seed: Annotated[int, Field(ge=0)] = 0
    poster: bool = True
    rows: str = ""
    only: Literal["", "sound"] = ""
    webhook: Annotated[str, Field(max_length=500)] = ""

    def parts(self) -> list[Scene]:
        """Its scenes, each with everything that it left to the film."""
        own = {name: getattr(self, name) for name in Scene.model_fields}
        if not self.scenes:
            return [Scene(**own)]
        shared = {name: own[name] for name in _Shot.model_fields}
        return [Scene(**(shared | _said(scene))) for scene in self.scenes]

    def files(self) -> dict[str, str]:
        """Names of files → what they are for: "subtitles", "sound", "background", "logo", "music" or "rows"."""
        named: dict[str, str] = {}
        for scene in self.parts():
            named |= {scene.subtitles: "subtitles", scene.sound: "sound"}
            if is_file(scene.background or ""):
                named[scene.background or ""] = "background"
        named |= {
            self.rows: "rows",
            self.logo.file if self.logo else "": "logo",
            self.music.file if self.music else "": "music",
        }
        named.pop("", None)
        return named

    @property
    def name(self) -> str:
        """What its file is called, without the ending: the title, else the first words of the script."""
        first = self.parts()[0]
        return file_name(self.title or first.text or first.subtitles.rpartition(".")[0] or first.sound.rpartition(".")[0])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures."""
        long = round(self.lines * 16 / 9 / 2) * 2
        sizes = {"1:1": (self.lines, self.lines), "9:16": (self.lines, long), "16:9": (long, self.lines)}
        return sizes[self.frame]


def read_spec(told: Mapping[str, Any], names: Mapping[str, str] | None = None) -> FilmSpec:
    """The film that ``told`` describes. Raises InputError: one sentence for each thing that is wrong, with its place.

    ``names``: what a place is called by whoever gave it, such as "lines" → "--size"; without: as it is called here.
    """
    try:
        spec = FilmSpec.model_validate(told)
    except ValidationError as error:
        first = {_place(problem): problem for problem in reversed(error.errors())}  # of two kinds both fail
        raise InputError(" ".join(_sentence(problem, names or {}) for problem in [*reversed(first.values())][:5])) from None
    for number, scene in enumerate(spec.parts(), 1):
        where = f"Scene {number}" if spec.scenes else "The film"
        if not (scene.text.strip() or scene.sound or scene.subtitles):
            raise InputError(f"{where} says nothing: give it a text, subtitles or a sound.", "film_silent")
        if scene.subtitles and (scene.sound or scene.text):
            raise InputError(f"{where} has subtitles and {'a sound' if scene.sound else 'a text'}; give it one of them.")
    if spec.scenes and (spec.text or spec.sound or spec.subtitles):
        raise InputError("Words stand in the scenes, or in the film if it has none; not in both.")
    if spec.format != "mp4":
        given = next((scene.background for scene in spec.parts() if scene.background), "")
        if given:
            raise InputError(f"A film with alpha has no background: take “{given[:40]}” out, or make an mp4.")
        if any(scene.transition == "fade" for scene in spec.scenes):
            raise InputError("Scenes of a film with alpha are cut, not faded.")
    return spec


def file_name(words: str) -> str:
    """``words`` as the name of a file: its first letters and digits of any writing, joined by “-”."""
    plain = re.sub(r"\[[^\]\n]{1,40}\]|<[^>\n]{1,80}>", " ", words)
    out = ""
    for word in re.findall(r"\w+", plain.replace("'", "").replace("’", "")):
        if out and len(out) + 1 + len(word) > 48:
            break
        out = f"{out}-{word}" if out else word[:48]
    return out or "film"


def is_file(background: str) -> bool:
    """Whether a background is the name of a file, and neither a colour nor a word."""
    return bool(background) and background not in ("blur", "green") and not background.startswith("#")


def filled(spec: FilmSpec, row: Mapping[str, str]) -> FilmSpec:
    """``spec`` with the columns of ``row`` in its texts and its title, and without its rows. Raises InputError."""

    def fill(text: str) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in row:
                raise InputError(f"There is no column “{match[1]}”. Columns are: {', '.join(row)}.")
            return row[match[1]]

        return COLUMN.sub(value, text)

    scenes = tuple(scene.model_copy(update={"text": fill(scene.text)}) for scene in spec.scenes)
    told = spec.model_copy(update={"text": fill(spec.text), "title": fill(spec.title), "scenes": scenes, "rows": ""})
    return read_spec(told.model_dump(exclude_unset=True) | {"rows": ""})


def _said(scene: Scene) -> dict[str, Any]:
    return {name: value for name in Scene.model_fields if (value := getattr(scene, name)) not in (None, "")}


def _place(problem: Any) -> str:
    return ".".join(str(part) for part in problem["loc"] if "[" not in str(part))  # without pydantic's own names of kinds


def _sentence(problem: Any, names: Mapping[str, str]) -> str:
    place = _place(problem)
    if problem["type"] == "extra_forbidden":
        last = str(problem["loc"][-1])
        known = {*FilmSpec.model_fields, *Scene.model_fields, *Head.model_fields, *Captions.model_fields, *Music.model_fields}
        close = difflib.get_close_matches(last, sorted(known), 1)
        return f"A film has no “{place}”." + (f" Did you mean “{close[0]}”?" if close else "")
    return f"{names.get(place, f'“{place}”')} cannot be {str(problem['input'])[:60]!r}: {wanted(problem)}."


__all__ = ["ENDINGS", "FORMATS", "FRAMES", "FilmSpec", "Head", "MoodName", "Scene", "filled", "read_spec"]
