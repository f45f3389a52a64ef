"""Avatars as folders: a portrait, its landmarks, and where it comes from.

Three places, the first that knows a name wins: a folder given by the configuration, ``$TALKING_HEAD_HOME/avatars`` (what
``avatar add`` writes), and the ``avatars/`` shipped with the program. See ``avatars/README.md`` for the files.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import tomlkit
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from talking_head.errors import ConfigError, PhotoError
from talking_head.face import photo
from talking_head.face.build import flat, portrait_from_image, portrait_from_points
from talking_head.face.matte import FILE as MATTE
from talking_head.face.matte import find_matte
from talking_head.face.portrait import Portrait
from talking_head.face.teeth import FILE as TEETH
from talking_head.face.teeth import Teeth, load_teeth, save_teeth
from talking_head.folders import home, shipped
from talking_head.media_files.pictures import Tell, decode, silent
from talking_head.protocols import Landmarker
from talking_head.provenance import consents
from talking_head.provenance.consents import Consent
from talking_head.provenance.identity import identity
from talking_head.types import F32, LANDMARKS, U8

SHIPPED = shipped("avatars")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
_KEYS = {"name", "title", "source", "licence", "attribution", "voice", "mood", "consent", "added"}


@dataclass(frozen=True, slots=True)
class Avatar:
    """An avatar's folder and what its ``avatar.toml`` says.

    ``voice``: a voice's name, ``mood``: a mood's name; empty for what is configured.
    """

    name: str
    folder: Path
    title: str = ""
    source: str = "unknown"
    licence: str = "unknown"
    attribution: str = ""
    voice: str = ""
    consent: str = ""
    added: str = ""
    mood: str = ""

    @property
    def picture(self) -> Path:
        return self.folder / "portrait.png"

    @property
    def own_teeth(self) -> bool:
        """Whether a second picture lent it its person's teeth."""
        return (self.folder / TEETH).is_file()

    @property
    def shipped(self) -> bool:
        """Whether it came with the program (and so cannot be removed)."""
        return self.folder.parent == SHIPPED


def user_folder() -> Path:
    """Where added avatars live."""
    return home() / "avatars"


def check_name(name: str) -> str:
    """Return ``name`` if it can name a folder: letters, digits, ``_`` and ``-``, at most 48; raises ConfigError otherwise."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"“{name[:60]}” cannot name an avatar: use 1 to 48 letters, digits, “_” or “-”, no dots or slashes.")
    return name


def names(folder: str | Path = "") -> list[str]:
    """Names of all avatars, sorted within each place; ``folder``: an extra place, looked into first."""
    found: list[str] = []
    for place in _places(folder):
        if place.is_dir():
            inside = sorted(p.name for p in place.iterdir() if (p / "portrait.png").is_file() and _NAME.fullmatch(p.name))
            found += [name for name in inside if name not in found]
    return found


def find(name: str, folder: str | Path = "") -> Avatar:
    """The avatar called ``name``. Raises PhotoError for an unknown one (lists the known ones), ConfigError for a bad file."""
    check_name(name)
    for place in _places(folder):
        if (place / name / "portrait.png").is_file():
            return _read(name, place / name)
    raise PhotoError(f"There is no avatar “{name}”. Known ones: {', '.join(names(folder)) or 'none'}.")


def voice_of(name: str, folder: str | Path = "") -> str:
    """The voice that ``name`` has by its `avatar.toml`; "" for a photo, an unknown name, and one that has none."""
    try:
        return find(name, folder).voice
    except (PhotoError, ConfigError):
        return ""


def mood_of(ref: str | Path, folder: str | Path = "") -> str:
    """The mood that goes with the avatar ``ref``, "" where it has none or ``ref`` is a picture."""
    text = str(ref)
    return find(text, folder).mood if _NAME.fullmatch(text) and text in names(folder) else ""


def load_avatar(name: str, landmarker: Landmarker | None, *, size: int | None = 512, folder: str | Path = "") -> Portrait:
    """The portrait of the avatar ``name``, ``size`` pixels a side (None: as large as its picture, at most 1 080).

    Landmarks stored beside the picture are used if they belong to it; otherwise ``landmarker`` finds them, and they are
    stored.
    """
    avatar = find(name, folder)
    image = decode(avatar.picture)
    points = _stored_points(avatar)
    matte = None if points is None else _stored_matte(avatar, image)
    if points is None:
        if landmarker is None:
            raise PhotoError(f"The avatar “{name}” has no stored landmarks; a landmark detector is needed once.")
        points = photo.find_face(image, landmarker)
        _store_points(avatar, points)
    if matte is None:
        matte = find_matte(image, points)
        _store_matte(avatar, matte)
    framed, placed = photo.frame_head(image if matte is None else np.dstack([image, matte]), points, size)
    picture = np.ascontiguousarray(framed[..., :3])
    matte = None if matte is None else np.ascontiguousarray(framed[..., 3])
    portrait = portrait_from_points(picture, placed, name=name, licence=avatar.licence, source=avatar.source, matte=matte)
    return dataclasses.replace(portrait, folder=avatar.folder, teeth=load_teeth(avatar.folder))


def resolve(ref: str | Path, landmarker: Landmarker, *, size: int | None = 512, folder: str | Path = "") -> Portrait:
    """What ``--avatar NAME|IMAGE`` means: the avatar of that name, else the picture at that path. Raises PhotoError."""
    text = str(ref)
    if _NAME.fullmatch(text) and text in names(folder):
        return load_avatar(text, landmarker, size=size, folder=folder)
    if Path(text).expanduser().is_file():
        path = Path(text).expanduser()
        return portrait_from_image(path, landmarker, name=slug(path.stem), size=size, source=path.name)
    raise PhotoError(f"“{text}” is neither a picture file nor an avatar. Known avatars: {', '.join(names(folder))}.")


def add(
    image: U8 | bytes | str | Path,
    name: str,
    landmarker: Landmarker,
    *,
    title: str = "",
    source: str = "unknown",
    licence: str = "unknown",
    attribution: str = "",
    voice: str = "",
    mood: str = "",
    consent: str,
    lend: Callable[[Portrait], Teeth | None] | None = None,
    replace: bool = False,
    tell: Tell = silent,
) -> Avatar:
    """Check a photo, frame it and store it as an avatar of the user.

    ``consent``: who agreed to the use of this face, in words; it must not be empty. ``lend``: gives the portrait teeth from
    another picture. ``tell`` is called with a sentence for each thing that was changed. Raises PhotoError, ConfigError, and
    what ``lend`` raises.
    """
    check_name(name)
    if not consent.strip():
        raise ConfigError("An avatar needs a note on consent: who is shown, and who agreed to it.")
    target = user_folder() / name
    if target.exists() and not replace:
        raise ConfigError(f"There is already an avatar “{name}”. Choose another name, or replace it.")
    portrait = portrait_from_image(image, landmarker, name=name, size=None, tell=tell)
    teeth = lend(portrait) if lend is not None else None
    target.parent.mkdir(parents=True, exist_ok=True)
    # Built beside its place and moved there whole: a crash leaves no half avatar.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as made:
        part = Path(made) / name
        part.mkdir()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        avatar = Avatar(name, part, title or name, source, licence, attribution, voice, consent.strip(), now, mood)
        Image.fromarray(portrait.image).save(avatar.picture)
        (part / "avatar.toml").write_text(_toml(avatar), encoding="utf-8")
        _store_points(avatar, flat(portrait.points))
        _store_matte(avatar, portrait.matte)
        if teeth is not None:
            save_teeth(teeth, part)
        agreed = consent.strip()
        consents.write(part, Consent(agreed, agreed, "to be animated here", statement=agreed), identity())
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    return _read(name, target)


def remove(name: str) -> None:
    """Delete an avatar of the user. Raises PhotoError for an unknown one, ConfigError for one that came with the program."""
    check_name(name)
    target = user_folder() / name
    if not target.is_dir():
        shipped = find(name)  # unknown names end here
        raise ConfigError(f"“{shipped.name}” is not one of your own avatars and cannot be removed.")
    shutil.rmtree(target)


def slug(text: str) -> str:
    """A valid avatar name out of any text."""
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:40] or "photo"


def _places(folder: str | Path) -> list[Path]:
    return [*([Path(folder).expanduser()] if folder else []), user_folder(), SHIPPED]


def _read(name: str, folder: Path) -> Avatar:
    file = folder / "avatar.toml"
    if not file.is_file():
        return Avatar(name, folder)
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
    for key, value in values.items():
        if key not in _KEYS or not isinstance(value, str):
            raise ConfigError(
                f"{file}: “{key}” is not a key of an avatar, or not text. Known keys: {', '.join(sorted(_KEYS))}."
            )
    values.pop("name", None)  # the folder's name counts
    return Avatar(name, folder, **values)


def _toml(avatar: Avatar) -> str:
    document = tomlkit.document()
    for key in ("name", "title", "source", "licence", "attribution", "voice", "mood", "consent", "added"):
        document[key] = getattr(avatar, key)
    return tomlkit.dumps(document)


def _hash(picture: Path) -> str:
    return hashlib.sha256(picture.read_bytes()).hexdigest()


def _stored_points(avatar: Avatar) -> F32 | None:
    file = avatar.folder / "points.safetensors"
    if not file.is_file():
        return None
    try:
        with safe_open(file, "np") as stored:
            if (stored.metadata() or {}).get("picture_sha256") != _hash(avatar.picture):
                return None
            points = stored.get_tensor("points")
    except (SafetensorError, OSError):
        return None  # a damaged cache is made again
    good = points.shape == (LANDMARKS, 3) and points.dtype == np.float32 and bool(np.isfinite(points).all())
    return np.asarray(points, np.float32) if good else None


def _store_points(avatar: Avatar, points: F32) -> None:
    file = avatar.folder / "points.safetensors"
    try:
        save_file({"points": np.ascontiguousarray(points, np.float32)}, file, {"picture_sha256": _hash(avatar.picture)})
    except OSError:
        return  # a read-only place: the landmarks are found again next time


def _stored_matte(avatar: Avatar, image: U8) -> U8 | None:
    file = avatar.folder / MATTE
    if not file.is_file():
        return None
    try:
        with Image.open(file, formats=("PNG",)) as stored:
            matte = np.asarray(stored.convert("L"), np.uint8)
    except (OSError, SyntaxError, ValueError):
        return None  # a damaged one is made again
    return matte if matte.shape == image.shape[:2] else None


def _store_matte(avatar: Avatar, matte: U8 | None) -> None:
    if matte is None:
        return
    try:
        Image.fromarray(matte).save(avatar.folder / MATTE, optimize=True)
    except OSError:
        return  # a read-only place: it is made again next time
