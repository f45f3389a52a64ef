"""Where does a file come from? Asks its manifest, its metadata and the invisible marks in its picture and sound."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import av.error
import cv2
import numpy as np

from talking_head.errors import AudioError, InputError, PhotoError
from talking_head.media_files.opened import opened
from talking_head.media_files.pictures import PICTURE_ENDINGS, decode
from talking_head.media_files.sound import read_audio
from talking_head.media_files.video import read_pictures
from talking_head.provenance import aigc, content_credentials, picture_mark, sound_mark
from talking_head.provenance.content_credentials import Credentials
from talking_head.provenance.identity import Made, given_out, identity, recall
from talking_head.provenance.picture_mark import Found
from talking_head.types import FPS, U8

_WINDOW = FPS  # frames that are looked at together
_WINDOWS = 8  # of a film: so many seconds are looked at, then it is said that there is none
_SOUND_S = 30.0
_KNOWN = 2000  # numbers that were given out last, each of which a short piece of sound is asked for


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a file.

    ``credentials``: of its manifest. ``picture``, ``sound``: the marks. ``aigc``: the fields of GB 45438 (None: absent).
    ``made``: what this machine's record says about the mark (None: made elsewhere).
    """

    credentials: Credentials
    picture: Found | None
    sound: Found | None
    aigc: dict[str, Any] | None
    comment: str
    made: Made | None

    @property
    def origin(self) -> str:
        """Server and session as the marks say them; "" without marks."""
        found = self.picture or self.sound
        return found.origin.text if found else ""

    def as_json(self) -> dict[str, Any]:
        """The report as the command line prints it."""
        words = str(self.aigc.get("Label")) if self.aigc else ""
        return {
            "c2pa": self.credentials.state,
            "watermark": self.origin or None,
            "label": "aigc" if words == "1" else ("comment" if "AI" in self.comment else None),
            "signer": self.credentials.signer,
            "manifest": self.credentials.facts,
            "watermark_in": [name for name, found in (("picture", self.picture), ("sound", self.sound)) if found],
            "aigc": self.aigc,
            "server": self.origin.partition("-")[0] or None,
            "session": self.origin.partition("-")[2] or None,
            "made_here": asdict(self.made) if self.made else None,
        }

    def sentences(self) -> list[str]:
        """The report for a person."""
        said = {
            "valid": f"Its content credentials are intact, signed by {self.credentials.signer or 'an unnamed signer'}.",
            "tampered": "It has content credentials, but was changed after they were signed.",
            "absent": "It has no content credentials.",
        }
        out = [said[self.credentials.state]]
        where = " and ".join(name for name, found in (("picture", self.picture), ("sound", self.sound)) if found)
        if where:
            named = str((self.credentials.facts or {}).get("origin", ""))[:40]
            same = ", as its content credentials do" if named == self.origin else ""
            out.append(f"An invisible mark in its {where} says: made by a talking-head server, {self.origin}{same}.")
            if named and not same:
                out.append(f"Its content credentials name another number, {named}: it was marked and signed apart.")
        else:
            out.append("No invisible mark of a talking-head server was found.")
        if self.aigc is not None:
            out.append(
                f"Its metadata say that it is AI-generated, by {self.aigc.get('ContentProducer') or 'somebody unnamed'}."
            )
        if self.made is not None:
            consent = f", with the record of consent {self.made.consent[:12]}…" if self.made.consent else ""
            what = {"live": "live session", "recording": "recorded live session"}.get(self.made.kind, self.made.kind)
            of = f" of “{self.made.presenter}”" if self.made.presenter else ""
            out.append(f"This machine made it: a {what}{of} on {self.made.time}{consent}.")
        return out


def verify(file: Path, server: int | None = None) -> Report:
    """Look into ``file``, a video, a sound or a picture. Raises InputError if it is none of them.

    ``server``: whose mark is looked for in short pieces of sound (None: the local identity's).
    """
    server = identity().server if server is None else server
    if not file.is_file():
        raise InputError(f"There is no file {file.name}.")
    picture = _still(file) if _is_picture(file) else _moving(file)
    sound = None if _is_picture(file) else _heard(file, server)
    tags = {} if _is_picture(file) else _metadata(file)
    found = picture or sound
    made = recall(found.origin) if found else None
    fields = aigc.read(tags.get("aigc", ""))
    return Report(content_credentials.read(file), picture, sound, fields, tags.get("comment", ""), made)


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in PICTURE_ENDINGS


def _still(file: Path) -> Found | None:
    try:
        return picture_mark.read([_luma(decode(file))])
    except PhotoError as error:
        raise InputError(str(error)) from error


def _moving(file: Path) -> Found | None:
    """The first mark of up to eight seconds of pictures; None also for a file without pictures."""
    try:
        pictures = read_pictures(file)
        for _ in range(_WINDOWS):
            window = [_luma(picture) for picture in islice(pictures, _WINDOW)]
            found = picture_mark.read(window)
            if found is not None or len(window) < _WINDOW:
                return found
    except InputError:
        return None
    return None


def _heard(file: Path, server: int) -> Found | None:
    try:
        return sound_mark.read(read_audio(file, first_s=_SOUND_S), server, given_out(server, _KNOWN))
    except AudioError:
        return None


def _luma(picture: U8) -> U8:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _metadata(file: Path) -> dict[str, str]:
    try:
        with opened(file) as container:
            return {str(key).lower(): str(value) for key, value in container.metadata.items()}
    except (av.error.FFmpegError, ValueError) as error:
        raise InputError(f"{file.name} is neither a video nor a sound nor a picture that can be read.") from error
