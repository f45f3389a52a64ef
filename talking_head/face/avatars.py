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
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import tomlkit
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from talking_head.errors import ConfigError, PhotoError
from talking_head.face import photo
from talking_head.face.backdrop import with_background
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
FILE = "avatar.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
PICTURE, BACKGROUND = "picture", "background.png"  # in an avatar's folder, where its background is a picture
_NOTES = ("title", "source", "licence", "attribution", "voice", "language", "mood", "background", "consent", "added")
_KEYS = {"name", *_NOTES}


@dataclass(frozen=True, slots=True)
class Avatar:
    """An avatar's folder and what its ``avatar.toml`` says.

    ``voice``: a voice's name, ``language``: a language's code, ``mood``: a mood's name; empty for what is configured.
    ``background``: as in ``backdrop.py``, or "picture" for the one in the folder; empty for the photo's own.
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
    language: str = ""
    background: str = ""

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
        raise ConfigError(
            f"“{name[:60]}” cannot name an avatar: use 1 to 48 of the letters A to Z and a to z, digits, “_” or “-”."
        )
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
            return read(name, place / name)
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
    portrait = dataclasses.replace(portrait, folder=avatar.folder, teeth=load_teeth(avatar.folder))
    return _before(portrait, avatar)


def _before(portrait: Portrait, avatar: Avatar) -> Portrait:
    """``portrait`` before the background that its avatar has; before its own where nobody has cut it out."""
    if not avatar.background or portrait.matte is None:
        return portrait
    picture = avatar.folder / BACKGROUND
    if avatar.background == PICTURE:
        return with_background(portrait, decode(picture)) if picture.is_file() else portrait
    return with_background(portrait, avatar.background)


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
    if not consent.strip():
        raise ConfigError("An avatar needs a note on consent: who is shown, and who agreed to it.")
    check_free(name, replace=replace)
    portrait = portrait_from_image(image, landmarker, name=name, size=None, tell=tell)
    agreed = consent.strip()
    about = Avatar(name, Path(), title, source, licence, attribution, voice, agreed, mood=mood)
    teeth = lend(portrait) if lend is not None else None
    return store(
        portrait, about, Consent(agreed, agreed, "to be animated here", statement=agreed), teeth=teeth, replace=replace
    )


def check_free(name: str, *, replace: bool = False) -> None:
    """Raise ConfigError unless ``name`` can name an avatar and none has it (or ``replace``)."""
    check_name(name)
    if (user_folder() / name).exists() and not replace:
        raise ConfigError(f"There is already an avatar “{name}”. Choose another name, or replace it.")


def store(
    portrait: Portrait,
    about: Avatar,
    consent: Consent,
    *,
    teeth: Teeth | None = None,
    files: Mapping[str, bytes] = MappingProxyType({}),
    replace: bool = False,
) -> Avatar:
    """Keep ``portrait`` as an avatar of the user, with the signed record of ``consent``.

    ``about``: its name and what is told of it (the folder and time in it do not count); ``files``: more that its folder holds,
    such as the recording of the consent. Raises ConfigError for a name that cannot be or is taken, InputError for an incomplete
    consent, OSError where the disk is full; then nothing is left behind.
    """
    check_free(about.name, replace=replace)
    with new_folder() as part:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        avatar = dataclasses.replace(about, folder=part, title=about.title or about.name, added=now)
        Image.fromarray(portrait.image).save(avatar.picture)
        (part / FILE).write_text(_toml(avatar), encoding="utf-8")
        _store_points(avatar, flat(portrait.points))
        _store_matte(avatar, portrait.matte)
        if teeth is not None:
            save_teeth(teeth, part)
        for file, data in files.items():
            (part / file).write_bytes(data)
        consents.write(part, consent, identity())
        return settle(part, about.name, replace=replace)


@contextmanager
def new_folder() -> Iterator[Path]:
    """An empty folder beside the user's avatars, in which one is built; :func:`settle` moves it to its place, else it goes."""
    place = user_folder()
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, prefix=".new-") as made:
        part = Path(made) / "part"
        part.mkdir()
        yield part


def settle(part: Path, name: str, *, replace: bool = False) -> Avatar:
    """Move the whole avatar in ``part`` (see :func:`new_folder`) to its place: a crash leaves no half one."""
    check_free(name, replace=replace)
    target = user_folder() / name
    old = part.with_name("old")
    if target.exists():
        target.rename(old)  # inside the temporary folder, which goes
    part.rename(target)
    return read(name, target)


def rewrite(changed: Avatar) -> Avatar:
    """Write what is told of an avatar of the user (see :func:`own`) into its folder anew."""
    file = changed.folder / FILE
    part = file.with_suffix(".part")
    part.write_text(_toml(changed), encoding="utf-8")
    part.replace(file)
    return changed


def own(name: str) -> Avatar:
    """The avatar of the user called ``name``. Raises PhotoError for an unknown one, ConfigError for one that is not theirs."""
    check_name(name)
    if not (user_folder() / name / "portrait.png").is_file():
        shipped = find(name)  # unknown names end here
        raise ConfigError(f"“{shipped.name}” is not one of your own avatars, so it stays as it is.")
    return read(name, user_folder() / name)


def removable(name: str) -> Path:
    """Folder of an avatar of the user. Raises PhotoError for an unknown one, ConfigError for one that came with the program."""
    check_name(name)
    target = user_folder() / name
    if not target.is_dir():
        shipped = find(name)  # unknown names end here
        raise ConfigError(f"“{shipped.name}” is not one of your own avatars and cannot be removed.")
    return target


def remove(name: str) -> None:
    """Delete an avatar of the user. Raises as :func:`removable`."""
    shutil.rmtree(removable(name))


def slug(text: str) -> str:
    """A valid avatar name out of any text: letters without their accents, all else a “_”."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:40] or "photo"


def _places(folder: str | Path) -> list[Path]:
    return [*([Path(folder).expanduser()] if folder else []), user_folder(), SHIPPED]


def read(name: str, folder: Path) -> Avatar:
    """The avatar in ``folder``, called ``name``. Raises ConfigError for a bad ``avatar.toml``."""
    file = folder / FILE
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
    for key in ("name", *_NOTES):
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
