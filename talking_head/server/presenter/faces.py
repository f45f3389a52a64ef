"""The faces that a server shows: of its avatars, made at their first use, and of visitors' photos, kept for a while.

Whoever knows the name of a visitor's face may ask for it; nobody sees it listed.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from talking_head.animator.mouth.personal_teeth import lend_teeth
from talking_head.config import Config
from talking_head.face import avatars
from talking_head.face.build import flat, portrait_from_crop, portrait_from_image
from talking_head.face.portrait import Portrait
from talking_head.face.teeth import Teeth
from talking_head.media_files.pictures import Tell, silent
from talking_head.protocols import Animator, Landmarker
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import U8

MAX_GUESTS = 16  # faces of visitors that are kept at a time; the oldest is forgotten


@dataclass(frozen=True, slots=True)
class Face:
    """A portrait and what the animator made of it."""

    portrait: Portrait
    avatar: Any


@dataclass(frozen=True, slots=True)
class Picture:
    """A portrait as PNG; ``tag`` differs from that of every other picture."""

    png: bytes
    tag: str


class Faces:
    """Faces by their names; ``default`` is the one that the server starts with. ``landmarker`` finds them in photos, they are
    made on ``executor``.

    May be used from any thread.
    """

    def __init__(self, config: Config, landmarker: Landmarker, animator: Animator, executor: FairExecutor) -> None:
        self.landmarker = landmarker
        self._config, self._animator, self._executor = config, animator, executor
        given = Path(config.avatar.name).expanduser()
        self._photo = given if given.is_file() else None  # the default avatar is a photo, not a folder of avatars/
        self.default = avatars.slug(given.stem) if self._photo else config.avatar.name
        self._faces: dict[str, Face] = {}
        self._guests: list[str] = []
        self._pictures: dict[str, Picture] = {}
        self._dropped = 0  # how often a face was
        self._lock, self._drawing = threading.Lock(), threading.Lock()

    def names(self) -> list[str]:
        """Avatars that anybody may choose, the default first."""
        with self._lock:
            made = [name for name in self._faces if name not in self._guests]
            return list(dict.fromkeys([self.default, *avatars.names(self._config.avatar.folder), *made]))

    def knows(self, name: str) -> bool:
        """Whether :meth:`get` finds ``name``: an avatar, or the face of an uploaded photo."""
        with self._lock:
            if name in self._guests:
                return True
        return name in self.names()

    def is_guest(self, name: str) -> bool:
        """Whether ``name`` is the face of an uploaded photo: whoever knows the name may use it, so it is never logged."""
        with self._lock:
            return name in self._guests

    def ready(self, name: str | None = None) -> Face | None:
        """The face called ``name`` (None: the default one) if it is at hand; never waits for anything."""
        with self._lock:
            return self._faces.get(name or self.default)

    def get(self, name: str | None = None) -> Face:
        """The face called ``name`` (None: the default one), made at its first use. Raises PhotoError for an unknown name."""
        name = name or self.default
        face = self.ready(name)
        if face is None:
            face = self._keep(name, self.portrait(name))
        return face

    def portrait(self, name: str) -> Portrait:
        """The portrait of ``name``, without making a face of it. Raises PhotoError for an unknown name."""
        with self._lock:
            face = self._faces.get(name)
        return face.portrait if face else self._executor.submit(name, lambda: self._portrait(name)).result()

    def picture(self, name: str) -> Picture:
        """The portrait of ``name`` as PNG. Raises PhotoError for an unknown name.

        It is made once: a third of a second of a core for each who asks would be a way to stop everybody's pictures.
        """
        with self._drawing:  # the second of two who ask at once finds what the first one made
            with self._lock:
                made, dropped = self._pictures.get(name), self._dropped
            if made is None:
                made = _png(self.portrait(name).image)
                with self._lock:
                    if dropped == self._dropped:  # it may be another face's by now
                        self._pictures[name] = made
            return made

    def add_guest(self, photo: bytes | U8, hint: str = "photo", smile: bytes | None = None, tell: Tell = silent) -> Face:
        """Make a face of a visitor's photo, under a name that begins with ``hint`` and cannot be guessed.

        It is kept until :meth:`remove_guest`, MAX_GUESTS newer ones, or the end of the process; sessions that wear it keep it.
        ``smile``: a second photo of the same person, which lends its teeth. ``tell`` is called with a sentence for each thing
        that was changed. Raises PhotoError.
        """
        size = self._config.animator.size
        name = _guest(hint)

        def make() -> Portrait:
            portrait = portrait_from_image(photo, self.landmarker, name=name, size=size, source="uploaded photo", tell=tell)
            return portrait if smile is None else replace(portrait, teeth=lend_teeth(smile, portrait, self.landmarker))

        return self._keep_guest(self._executor.submit("upload", make).result())

    def _keep_guest(self, portrait: Portrait) -> Face:
        with self._lock:
            self._guests.append(portrait.name)  # before there is a face, which would be listed else
        face = self._keep(portrait.name, portrait)
        with self._lock:
            while len(self._guests) > MAX_GUESTS:
                self._drop(self._guests.pop(0))
        return face

    def try_on(self, portrait: Portrait, teeth: Teeth | None = None) -> Face:
        """Make a visitor's face of a portrait of any size, as :meth:`add_guest` does of a photo."""
        size = self._config.animator.size

        def make() -> Portrait:
            square = (0.0, 0.0, float(portrait.image.shape[0]))
            framed = portrait_from_crop(portrait.image, flat(portrait.points), self.landmarker, square=square, size=size)
            return replace(framed, name=_guest("photo"), source="uploaded photo", teeth=teeth)

        return self._keep_guest(self._executor.submit("upload", make).result())

    def forget(self, name: str) -> None:
        """The folder of ``name`` has changed: its face is made anew for the next session."""
        with self._lock:
            if name not in self._guests:
                self._drop(name)

    def add(self, portrait: Portrait) -> Face:
        """Keep a ready portrait as an avatar."""
        return self._keep(portrait.name, portrait)

    def remove_guest(self, name: str) -> bool:
        """Forget a visitor's face; False if ``name`` is not one."""
        with self._lock:
            if name not in self._guests:
                return False
            self._guests.remove(name)
            self._drop(name)
            return True

    def store(
        self, photo: bytes, name: str, smile: bytes | None = None, *, consent: str, tell: Tell = silent, **notes: str
    ) -> avatars.Avatar:
        """Store a photo as an avatar of this machine; ``notes``, ``consent``, ``tell`` and errors as in ``avatars.add``."""

        def make() -> avatars.Avatar:
            lend = None if smile is None else lambda face: lend_teeth(smile, face, self.landmarker)
            return avatars.add(photo, name, self.landmarker, consent=consent, lend=lend, replace=False, tell=tell, **notes)

        return self._executor.submit("upload", make).result()

    def drop(self, name: str) -> None:
        """Forget the face of an avatar that was deleted."""
        with self._lock:
            self._drop(name)

    def _drop(self, name: str) -> None:
        """What was made of ``name``; whoever calls holds the lock."""
        self._faces.pop(name, None)
        self._pictures.pop(name, None)
        self._dropped += 1

    def _portrait(self, name: str) -> Portrait:
        size = self._config.animator.size
        if name == self.default and self._photo:
            return portrait_from_image(self._photo, self.landmarker, name=name, size=size, source=self._photo.name)
        return avatars.load_avatar(name, self.landmarker, size=size, folder=self._config.avatar.folder)

    def _keep(self, name: str, portrait: Portrait) -> Face:
        face = Face(portrait, self._executor.submit(name, lambda: self._animator.prepare(portrait)).result())
        with self._lock:
            return self._faces.setdefault(name, face)


def _png(image: U8) -> Picture:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    return Picture(data.getvalue(), hashlib.blake2b(data.getbuffer(), digest_size=12).hexdigest())


def _guest(hint: str) -> str:
    """A name that begins with ``hint`` and cannot be guessed."""
    return f"{avatars.slug(hint)[:15]}-{secrets.token_hex(16)}"
