"""The one service behind the page, HTTP and the command line: photo or video → draft → consent → presenter.

Synchronous; whoever calls it sees to it that one thread at a time uses the landmarker.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from talking_head.animator.mouth.personal_teeth import MOST_LOOKED_S, from_video, lend_teeth
from talking_head.errors import ConfigError, InputError, PhotoError
from talking_head.face import avatars, photo
from talking_head.face.avatars import Avatar
from talking_head.face.build import portrait_from_crop
from talking_head.face.photo import upright_video
from talking_head.face.portrait import Portrait
from talking_head.media_files.pictures import Tell, decode, silent
from talking_head.media_files.remarks import Remark
from talking_head.media_files.video import read_pictures
from talking_head.protocols import Landmarker
from talking_head.provenance import consents
from talking_head.provenance.consents import NOBODY, Consent
from talking_head.provenance.identity import identity
from talking_head.speech.voices import Voices
from talking_head.studio import archive
from talking_head.studio.drafts import Draft, Drafts, Square, new_id, surroundings
from talking_head.studio.profile import Profile
from talking_head.types import F32, U8

RECORDINGS = {".webm": b"\x1a\x45\xdf\xa3", ".ogg": b"OggS", ".wav": b"RIFF", ".mp4": b"", ".m4a": b"", ".mp3": b""}
MOST_RECORDED = 60_000_000  # bytes
MOST_VIDEO_S = 3600.0  # of a draft; each of its pictures is looked at
_LOOKING = 0.9  # of the work with a video: its pictures; the rest is the portrait and its teeth


def uncounted(share: float) -> None:
    """A ``progress`` for whoever does not want to know."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A presenter that came in a file; ``foreign``: number of the server that signed its consent first, "" for this one."""

    avatar: Avatar
    foreign: str


class Studio:
    """See the module. ``landmarker()`` is what finds faces, asked for when one is to be found; ``voices``: those that a
    presenter may have."""

    def __init__(self, landmarker: Callable[[], Landmarker], voices: Voices) -> None:
        self._find, self._voices = landmarker, voices
        self.drafts = Drafts()

    @property
    def _landmarker(self) -> Landmarker:
        return self._find()

    def close(self) -> None:
        """Forget all drafts."""
        self.drafts.close()

    # Drafts

    def from_photo(self, data: U8 | bytes | Path, source: str = "", tell: Tell = silent) -> Draft:
        """A draft of the photo ``data``. Raises PhotoError, whose sentence says what would work."""
        changes: list[str] = []

        def said(sentence: str) -> None:
            changes.append(sentence)
            tell(sentence)

        pixels = data if isinstance(data, np.ndarray) else decode(data, said)
        pixels, points = photo.upright_face(pixels, self._landmarker, said)
        return self.drafts.add(self._draft(pixels, points, source, changes))

    def from_video(
        self, file: Path, source: str = "", tell: Tell = silent, progress: Callable[[float], None] = uncounted
    ) -> Draft:
        """A draft of a talking person's video: its calmest picture, and one that lends teeth where any does.

        ``file`` lies in a folder of its own, which the draft takes over; ``progress`` hears the share that is done. Raises
        InputError, PhotoError.
        """
        changes: list[str] = []

        def said(sentence: str) -> None:
            changes.append(sentence)
            tell(sentence)

        def at(now_s: float, of_s: float) -> None:
            progress(_LOOKING * min(1.0, max(0.0, now_s) / min(of_s or MOST_LOOKED_S, MOST_LOOKED_S)))

        pictures = read_pictures(file, said, most_s=MOST_VIDEO_S, name=source, at=at)
        calm, toothy = from_video(upright_video(pictures, self._landmarker, said), self._landmarker)
        pixels, points = photo.upright_face(calm, self._landmarker)
        draft = self._draft(pixels, points, source, changes)
        draft.smile = toothy
        self._lend(draft)
        said(
            Remark("The video shows teeth: they are worn.", "teeth_worn")
            if draft.teeth
            else Remark("The video shows no teeth near enough: others are drawn.", "teeth_drawn")
        )
        draft.video = file
        return self.drafts.add(draft)

    def crop(self, draft: Draft, square: Square) -> Draft:
        """Cut another ``square`` out. Raises PhotoError for one that does not hold the face; the draft stays as it was then."""
        if not all(np.isfinite(square)):
            raise PhotoError("A crop has a left edge, a top edge and a side, in pixels.")
        draft.portrait = self._portrait(draft.pixels, draft.points, square)
        draft.square = square
        self._lend(draft)
        return draft

    def smile(self, draft: Draft, data: bytes | Path) -> Draft:
        """A second photo lends its teeth. Raises PhotoError; the draft stays as it was then."""
        picture = decode(data)
        draft.teeth = lend_teeth(picture, draft.portrait, self._landmarker)
        draft.smile = picture
        return draft

    def keep(
        self,
        draft: Draft,
        profile: Profile,
        consent: Consent,
        recording: tuple[str, bytes] | None = None,
        *,
        replace: bool = False,
    ) -> Avatar:
        """Keep the draft as a presenter, with its record of consent, signed.

        ``recording``: the statement read aloud: a file's name and data. Raises InputError, ConfigError (the name is taken),
        PhotoError (the background), OSError; nothing is left behind then.
        """
        profile = profile.checked(self._voices)
        consent = checked_consent(consent, recorded=recording is not None)
        files = profile.files()
        if recording is not None:
            files[_recording_name(*recording)] = recording[1]
        if profile.background and draft.portrait.matte is None:
            raise PhotoError(
                "This face was not cut from its background, so no other one can be put behind it. "
                "Fetch the model with talking-head pull selfie-segmentation, or leave the background as it is.",
                "photo_uncut",
            )
        said = f"{consent.agreed} agreed: {consent.scope}"
        if consent.shown == NOBODY:
            said = NOBODY
        elif consent.agreed == consent.statement:  # one sentence that says all of it
            said = consent.statement
        about = dataclasses.replace(profile, source=profile.source or draft.source).about(said)
        return avatars.store(draft.portrait, about, consent, teeth=draft.teeth, files=files, replace=replace)

    # Presenters that are kept

    def change(self, name: str, profile: Profile) -> Avatar:
        """Tell something else of the presenter ``name``. Raises InputError, ConfigError, PhotoError."""
        current = avatars.own(name)
        profile = dataclasses.replace(profile, name=name).checked(self._voices)
        keeps_picture = profile.background == avatars.PICTURE and not profile.picture
        if keeps_picture and current.background != avatars.PICTURE:
            raise InputError("Send the picture that should be behind the face.")
        for file, data in {} if keeps_picture else profile.files().items():
            (current.folder / file).write_bytes(data)
        told = profile.about(current.consent)
        return avatars.rewrite(dataclasses.replace(told, folder=current.folder, source=current.source, added=current.added))

    def profile_of(self, avatar: Avatar) -> Profile:
        """What is told of ``avatar`` now."""
        notes = ("title", "voice", "language", "mood", "background", "source", "licence", "attribution")
        return Profile(avatar.name, **{key: getattr(avatar, key) for key in notes})

    def carry_out(self, name: str, out: Path, folder: str = "") -> Path:
        """Write the presenter ``name`` into the file ``out``. Raises PhotoError (unknown), ConfigError (consent)."""
        avatar = avatars.find(name, folder)
        if not avatar.shipped:
            consents.read(avatar.folder, identity())  # what cannot be used here is not handed on
        return archive.write(avatar, out)

    def bring_in(self, file: Path | BinaryIO, name: str = "", *, trust: bool = False, replace: bool = False) -> Imported:
        """Take the presenter in ``file``, under another ``name`` if one is given.

        ``trust``: also where another server signed the consent; it is signed again here, and says by whom it was signed first.
        Raises InputError, ConfigError; nothing is left behind then.
        """
        with avatars.new_folder() as part:
            told = archive.unpack(file, part)
            name = name or told
            try:
                avatars.check_free(name, replace=replace)
                if name in avatars.names() and not replace:
                    raise InputError(f"There is already a presenter “{name}”. Give it another name.", "presenter_taken")
                consent, foreign = consents.signed_elsewhere(part, identity())
            except ConfigError as error:
                raise InputError(str(error).replace("“part”", f"“{told}”")) from error
            if foreign and not trust:
                raise ForeignConsentError(
                    f"The consent for “{told}” was signed by another server, number {foreign}. Its signature fits, so nothing "
                    "was changed since, but it does not prove who that was. Say that you know where it comes from to take it.",
                    "consent_foreign",
                )
            if foreign:
                consents.write(part, dataclasses.replace(consent, imported=foreign), identity())
            about = avatars.read(told, part)
            if about.title == told != name:  # nobody gave it a title: it was called like its folder, and still is
                avatars.rewrite(dataclasses.replace(about, title=name))
            return Imported(avatars.settle(part, name, replace=replace), foreign)

    # Inside

    def _draft(self, pixels: U8, points: F32, source: str, changes: list[str]) -> Draft:
        square = photo.head_square(points, pixels.shape[1], pixels.shape[0])
        pixels, points, square = surroundings(pixels, points, square)
        portrait = self._portrait(pixels, points, square)
        return Draft(new_id(), source, pixels, points, square, portrait, changes=changes)

    def _portrait(self, pixels: U8, points: F32, square: Square) -> Portrait:
        return portrait_from_crop(pixels, points, self._landmarker, square=square, name="draft", size=None)

    def _lend(self, draft: Draft) -> None:
        if draft.smile is None:
            return
        try:
            draft.teeth = lend_teeth(draft.smile, draft.portrait, self._landmarker)
        except PhotoError:  # of a video any picture may fail; of a photo it was told when it came
            draft.teeth = None


class ForeignConsentError(InputError):
    """The consent was signed by another server, and nobody said that this is known."""


def checked_consent(consent: Consent, *, recorded: bool, today: date | None = None) -> Consent:
    """``consent``, if a presenter can be kept with it. Raises InputError, in a sentence."""
    consents.check(consent)
    if consent.shown != NOBODY and not (consent.statement.strip() or recorded):
        said = "Consent needs a statement, typed or read aloud, by the person who is shown."
        raise InputError(said, "consent_statement")
    if consent.until and date.fromisoformat(consent.until) < (today or datetime.now(UTC).date()):
        said = f"The consent would have ended on {consent.until}. Choose a later day, or none."
        raise InputError(said, "consent_ended")
    return consent


def _recording_name(name: str, data: bytes) -> str:
    """The name under which a recording is kept. Raises InputError for what is none."""
    ending = Path(name).suffix.lower()
    signs = RECORDINGS.get(ending)
    is_mp4 = ending in (".mp4", ".m4a") and data[4:8] == b"ftyp"
    is_mp3 = ending == ".mp3" and (data[:3] == b"ID3" or data[:1] == b"\xff")
    if signs is None or not (is_mp4 or is_mp3 or (signs and data.startswith(signs))):
        raise InputError(f"The recording of the statement must be one of: {', '.join(sorted(RECORDINGS))}.")
    if len(data) > MOST_RECORDED:
        raise InputError(f"The recording of the statement is larger than {MOST_RECORDED // 1_000_000} MB. Make a shorter one.")
    return consents.recording_name(ending)
