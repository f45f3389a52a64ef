"""Whether who is seen and heard in a session has agreed to be recorded, and in which words."""

from __future__ import annotations

from talking_head.config import Config
from talking_head.errors import ConfigError, InputError, PhotoError
from talking_head.face import avatars
from talking_head.film.consent import agreed, voice_agreed
from talking_head.provenance import consents
from talking_head.speech.voices import Voice

_GUEST = "A photo that was only tried is not recorded: nobody has agreed to that. Make a presenter of it first, with consent."


class Permission:
    """That of ``presenter``, which is the avatar or the photo ``ref`` ("": a photo that a visitor tries), and speaks with
    ``voice``."""

    def __init__(self, config: Config, presenter: str, ref: str, voice: Voice) -> None:
        self.presenter = presenter
        self._config, self._ref, self._voice = config, ref, voice

    def check(self) -> str:
        """The SHA-256 of the record. Raises InputError, in a sentence, where there is none that holds now."""
        if not self._ref:
            raise InputError(_GUEST)
        try:
            records = agreed(self._ref, self._config, "record"), voice_agreed(self._voice, "record")
            return ", ".join(filter(None, records))
        except (ConfigError, PhotoError) as error:
            raise InputError(str(error)) from error

    def given(self) -> bool:
        """Whether there is one."""
        try:
            self.check()
        except InputError:
            return False
        return True

    def words(self) -> str:
        """Who agreed to what, "" where nobody is shown."""
        try:
            record = consents.stated(avatars.find(self._ref, self._config.avatar.folder).folder)
        except (ConfigError, PhotoError):  # a photo: by the words of its owner
            return self._config.avatar.consent
        if record is None or record.shown == consents.NOBODY:
            return ""
        return f"{record.agreed}: {record.statement or record.scope}"[:400]
