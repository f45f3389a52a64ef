"""What is told of a presenter beside its face: name, title, voice, language, mood, background. All checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args

import cv2
import numpy as np

from talking_head.errors import ConfigError, InputError, PhotoError
from talking_head.face import avatars
from talking_head.face.avatars import PICTURE, Avatar
from talking_head.media_files.pictures import decode
from talking_head.speech.voices import Voices
from talking_head.types import LARGEST_SIDE, MoodName

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Profile:
    """What is told of a presenter. Empty: as configured; ``background`` "picture": ``picture``, an encoded file."""

    name: str
    title: str = ""
    voice: str = ""
    language: str = ""
    mood: str = ""
    background: str = ""
    source: str = ""
    licence: str = ""
    attribution: str = ""
    picture: bytes = b""

    def checked(self, voices: Voices) -> Profile:
        """The profile with the voice that its language needs. Raises InputError, in a sentence, for what cannot be."""
        try:
            avatars.check_name(self.name)
        except ConfigError as error:
            raise InputError(str(error), "presenter_name") from error
        for words in (self.title, self.source, self.licence, self.attribution):
            if len(words) > _LONGEST or any(ord(sign) < 32 for sign in words):
                raise InputError(f"Title, source and licence are lines of at most {_LONGEST} characters.")
        if self.mood and self.mood not in get_args(MoodName):
            raise InputError(f"There is no mood “{self.mood[:40]}”. Known ones: {', '.join(get_args(MoodName))}.")
        self._check_background()
        return self._spoken(voices)

    def about(self, consent: str) -> Avatar:
        """As an avatar's notes; ``consent``: the note on consent, in words."""
        return Avatar(
            self.name,
            avatars.user_folder() / self.name,
            title=self.title,
            source=self.source or "unknown",
            licence=self.licence or "unknown",
            attribution=self.attribution,
            voice=self.voice,
            language=self.language,
            mood=self.mood,
            background=self.background,
            consent=consent,
        )

    def files(self) -> dict[str, bytes]:
        """What lies beside the portrait for it: the background, as a PNG no larger than a portrait. Raises PhotoError."""
        if self.background != PICTURE:
            return {}
        pixels = decode(self.picture)
        factor = min(1.0, 2 * LARGEST_SIDE / max(pixels.shape[:2]))
        if factor < 1:
            pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        if not done:
            raise PhotoError("The background cannot be kept as a PNG. Use another picture.")
        return {avatars.BACKGROUND: data.tobytes()}

    def _check_background(self) -> None:
        if self.background not in ("", "blur", "green", PICTURE) and not _COLOUR.fullmatch(self.background):
            raise InputError(
                f"“{self.background[:40]}” is no background. Use blur, green, a colour such as #1d2a3a, or a picture."
            )

    def _spoken(self, voices: Voices) -> Profile:
        if self.voice:
            try:
                voice = voices.find(self.voice)
            except ConfigError as error:
                raise InputError(str(error)) from error
            if self.language and voice.language != self.language:
                raise InputError(
                    f"The voice “{voice.title or voice.name}” does not speak that language. Choose another, or none.",
                    "presenter_voice",
                )
            return replace(self, voice=voice.name, language=voice.language)
        if not self.language:
            return self
        if voices.choose().language == self.language:
            return self
        own = [voice for voice in voices.all() if voice.language == self.language]
        here = [voice for voice in own if voice.here]
        if not own:
            raise InputError(f"No voice speaks “{self.language[:20]}”.")
        if not here:
            raise InputError(f"No voice of that language is on this machine: talking-head pull {' '.join(own[0].models)}")
        return replace(self, voice=here[0].name)
