"""Whether who is seen and heard has agreed to be filmed or recorded: a presenter by its record, a photo and a voice of one's
own by words of their owners."""

from __future__ import annotations

from pathlib import Path

from talking_head.config import Config
from talking_head.errors import ConfigError, PhotoError
from talking_head.face import avatars
from talking_head.provenance import consents
from talking_head.provenance.consents import USES, Consent
from talking_head.provenance.identity import identity
from talking_head.speech.voices import CONFIGURED, Voice

_SCOPE = "films and recordings"


def voice_agreed(voice: Voice, use: str) -> str:
    """The SHA-256 of the record by which whoever lent a ``voice`` of one's own agreed to ``use``; "" for one that comes with
    the program, or is no file here. Raises ConfigError where nobody did.
    """
    file = voice.file
    if file is None:
        return ""
    words = voice.consent.strip()
    if not words:
        where = "[speech]" if voice.name == CONFIGURED else f"[speech.voices.{voice.name}]"
        raise ConfigError(
            f"Nobody has agreed to {USES[use]} with the voice {file.name}. Say who speaks and who agreed: consent = “Ann "
            f"agrees to films with her voice” in {where}, or “nobody: a synthetic voice”."
        )
    return consents.of_file(file, "voice", Consent(words, words, _SCOPE, statement=words), identity())


def agreed(ref: str, config: Config, use: str) -> str:
    """The SHA-256 of the record by which the avatar or the photo ``ref`` agreed to ``use``, one of ``consents.USES``.

    Raises ConfigError where there is none, or it was forged, has ended or is for other uses; PhotoError for an unknown name.
    """
    photo = Path(ref).expanduser()
    if photo.is_file() and ref not in avatars.names(config.avatar.folder):
        words = config.avatar.consent.strip()
        if not words:
            raise ConfigError(
                f"Nobody has agreed to {USES[use]} of the photo {photo.name}. Say who is shown and who agreed: --consent "
                f"“Ann agrees to films” (avatar.consent in a configuration), or keep it as a presenter: talking-head avatar "
                f"add {photo.name} --consent “Ann agrees to films”."
            )
        return consents.of_file(photo, "photo", Consent(words, words, _SCOPE, statement=words), identity())
    try:
        folder = avatars.find(ref, config.avatar.folder).folder
    except ConfigError as error:  # no name of a folder, and no file either
        known = ", ".join(avatars.names(config.avatar.folder))
        raise PhotoError(f"“{ref}” is neither a picture file nor an avatar. Known avatars: {known}.") from error
    if consents.read(folder, identity(), use=use) is None:
        raise ConfigError(
            f"“{ref}” has no record of consent, so there are no {USES[use]} of it. Add it again with one: "
            f"talking-head avatar add {folder / 'portrait.png'} --name {ref} --consent “Ann agrees to films” --replace."
        )
    return consents.digest(folder)
