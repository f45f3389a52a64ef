"""A studio that knows one face, and presenters made with it: no model is needed."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from talking_head.config import Config
from talking_head.face.avatars import Avatar
from talking_head.protocols import Landmarker
from talking_head.provenance.consents import Consent
from talking_head.speech.voices import Voices
from talking_head.studio.profile import Profile
from talking_head.studio.service import Studio
from talking_head.types import F32, U8
from tests.unit.faces import presenter

AGREED = Consent("Ann Example", "Ann herself", "films of the museum", statement="I agree.", uses=["live", "films"])


class Stored:
    """A landmarker that knows one face, where the picture is the whole photo."""

    def detect(self, image: U8) -> list[F32]:
        return [presenter().points * np.float32(image.shape[0] / 512)] if image.shape[0] == image.shape[1] else []


def studio(landmarker: Callable[[], Landmarker] = Stored) -> Studio:
    return Studio(landmarker, Voices(Config()))


def png(image: U8 | None = None) -> bytes:
    data = io.BytesIO()
    Image.fromarray(presenter().image if image is None else image).save(data, "PNG")
    return data.getvalue()


def kept(name: str = "ann", consent: Consent = AGREED, **told: str) -> Avatar:
    made = studio()
    return made.keep(made.from_photo(png(), "ann.png"), Profile(name, **told), consent)
