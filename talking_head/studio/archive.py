"""A presenter as one file: a zip of its folder with the hash of each member. Written here, and read from anybody.

What is read is a stranger's: only members that a presenter has, by their names; sizes counted while they unfold, not believed;
hashes, pictures and arrays looked into; the record of consent with a signature that fits.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from safetensors import SafetensorError, safe_open

from talking_head import __version__
from talking_head.errors import ConfigError, InputError, PhotoError, TalkingHeadError
from talking_head.face import avatars
from talking_head.face.avatars import BACKGROUND, Avatar
from talking_head.face.matte import FILE as MATTE
from talking_head.face.teeth import FILE as TEETH
from talking_head.face.teeth import load_teeth
from talking_head.media_files.pictures import decode
from talking_head.persona import persona
from talking_head.provenance import consents

FORMAT = "talking-head presenter 1"
INDEX = "presenter.json"
ENDING = ".presenter.zip"
MOST_MEMBERS = 200
MOST_BYTES = 400_000_000  # of all members, unfolded
_MOST_RATIO = 200  # of a member above _SMALL: text folds to a tenth, a picture not at all
_SMALL = 1_000_000
_CHUNK = 1 << 20
_END, _LOCATOR = (
    22,
    20,
)  # bytes of a zip's last record, and of what points to a larger one before it (PKWARE APPNOTE 4.3.15, 4.3.16)
# Name → most bytes.
_MEMBERS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), most)
    for pattern, most in (
        (r"presenter\.json", 200_000),
        (r"portrait\.png|background\.png", 20_000_000),
        (r"matte\.png", 5_000_000),
        (r"avatar\.toml|consent\.json|persona\.md", 200_000),
        (r"points\.safetensors|teeth\.safetensors", 10_000_000),
        (r"consent-recording\.(webm|mp4|m4a|ogg|wav|mp3)", 60_000_000),
        (r"knowledge/[^/\\:]{1,120}\.(md|txt|html|htm|pdf|docx|csv)", 40_000_000),
        (r"twin/refine\.safetensors", 100_000_000),
    )
)
_NEEDED = (INDEX, "portrait.png", "avatar.toml", consents.FILE)


def write(avatar: Avatar, out: Path) -> Path:
    """Write ``avatar`` into the zip ``out``, whole or not at all. Raises InputError for one that came with the program."""
    if avatar.shipped:
        raise InputError(f"“{avatar.name}” came with the program: every installation has it already.")
    files = {
        name: file for file in sorted(avatar.folder.rglob("*")) if file.is_file() and _limit(name := _inside(avatar, file))
    }
    part = out.with_name(out.name + ".part")
    hashes = {name: _sha256(file) for name, file in files.items()}
    index = {"format": FORMAT, "name": avatar.name, "program": __version__, "files": hashes}
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(INDEX, json.dumps(index, ensure_ascii=False, indent=1))
            for name, file in files.items():
                packed.write(file, name)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return out


def unpack(file: Path | BinaryIO, folder: Path) -> str:
    """Check the zip ``file`` and put its members into the empty ``folder``; the presenter's name.

    The signature of its consent is not looked at here. Raises InputError, in a sentence, for anything that a presenter's file
    is not; what was unpacked until then is left to whoever made ``folder``.
    """
    try:
        with file.open("rb") if isinstance(file, Path) else nullcontext(file) as data, _archive(data) as packed:
            members = _listed(packed)
            left = MOST_BYTES
            for info in members:
                left -= _unfold(packed, info, folder, left)
    # zipfile raises a RuntimeError for a password, and for a compression that it does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's, not the file's
        said = "This is not a presenter's file, or it was damaged on its way. Export it again."
        raise InputError(said, "presenter_file") from error
    name = _check_index(folder, {info.filename for info in members})
    _check_contents(folder, name)
    return name


def _archive(data: BinaryIO) -> zipfile.ZipFile:
    """The zip in ``data``, if its list of members is short. ``zipfile`` makes an object of each before anybody can count them,
    and 400 MB of it are eight million. Raises InputError, BadZipFile.
    """
    size = data.seek(0, io.SEEK_END)
    data.seek(max(0, size - _END - 65_535 - _LOCATOR))
    tail = data.read()
    at = len(tail) - _END
    if not (tail[at : at + 4] == b"PK\5\6" and tail[-2:] == b"\0\0"):  # the order in which zipfile looks for it
        at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + _END:
        raise zipfile.BadZipFile
    listed = int.from_bytes(tail[at + 12 : at + 16], "little")
    if listed > 1_000 * MOST_MEMBERS or tail[max(0, at - _LOCATOR) : at].startswith(b"PK\6\7"):
        raise InputError(f"The file lists more members than the {MOST_MEMBERS} that a presenter has. Nothing of it was taken.")
    return zipfile.ZipFile(data)


def _inside(avatar: Avatar, file: Path) -> str:
    return file.relative_to(avatar.folder).as_posix()


def _limit(name: str) -> int:
    """Most bytes of the member ``name``; 0 for a name that no presenter has."""
    return next((most for pattern, most in _MEMBERS if pattern.fullmatch(name)), 0)


def _listed(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = packed.infolist()
    if len(members) > MOST_MEMBERS:
        raise InputError(f"The file holds {len(members)} members; a presenter has at most {MOST_MEMBERS}.")
    names = [info.filename for info in members]
    if len(set(names)) != len(names):
        raise InputError("The file holds a member twice. It was not made by this program.")
    for info in members:
        name = info.filename
        kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where it was not packed under Unix
        if not _limit(name) or kind not in (0, stat.S_IFREG) or info.is_dir() or info.flag_bits & 1:
            raise InputError(f"The file holds “{name[:60]}”, which no presenter has. Nothing of it was taken.")
        if info.file_size > _limit(name):
            raise InputError(
                f"“{name}” in the file would be {info.file_size / 1e6:.0f} MB, which is too large for a presenter."
            )
        if info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(1, info.compress_size):
            raise InputError(
                f"“{name}” would unfold to {info.file_size / max(1, info.compress_size):.0f} times its size: refused."
            )
    if missing := [name for name in _NEEDED if name not in names]:
        raise InputError(f"The file holds no “{missing[0]}”, which every presenter has. Export it again.")
    return members


def _unfold(packed: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, left: int) -> int:
    """Unpack a member, whatever its header says of its size; how many bytes it had."""
    most, count = min(left, _limit(info.filename)), 0
    target = folder / info.filename  # the name has been matched: no dots that climb, no root
    target.parent.mkdir(exist_ok=True)
    with packed.open(info) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            count += len(chunk)
            if count > most:
                raise InputError("The file unfolds to more than a presenter may have. Nothing of it was taken.")
            out.write(chunk)
    return count


def _check_index(folder: Path, members: set[str]) -> str:
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        name, hashes = index["name"], index["files"]
        if index["format"] != FORMAT or not isinstance(name, str) or not isinstance(hashes, Mapping):
            raise ValueError(index["format"])
        avatars.check_name(name)
    except (ValueError, KeyError, TypeError, RecursionError, ConfigError) as error:
        raise InputError("This file is of another kind, or of a version that is not known here.") from error
    (folder / INDEX).unlink()
    if members - {INDEX} != set(hashes):
        raise InputError("The file's list of members does not fit what is in it. Export it again.")
    for member, wanted in hashes.items():
        if _sha256(folder / member) != wanted:
            raise InputError(f"“{member}” was changed after the presenter was exported. Nothing of it was taken.")
    return name


def _check_contents(folder: Path, name: str) -> None:
    """Raise InputError where a member is not what its name says. Nothing here runs, and no file is a pickle."""
    try:
        for picture in ("portrait.png", MATTE, BACKGROUND):
            if (folder / picture).is_file():
                decode(folder / picture)
        load_teeth(folder)
        for arrays in ("points.safetensors", TEETH, "twin/refine.safetensors"):
            if (folder / arrays).is_file():
                with safe_open(folder / arrays, "np") as stored:
                    list(stored.keys())
        persona.load(folder)
        avatars.read(name, folder)
    except (TalkingHeadError, SafetensorError, OSError) as error:
        told = str(error) if isinstance(error, PhotoError | ConfigError) else "One of its members cannot be read."
        raise InputError(f"The presenter “{name}” cannot be taken. {told}") from error


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
