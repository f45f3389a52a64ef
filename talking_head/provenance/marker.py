"""What is put into every frame of a film or of a live session: the visible label and the invisible marks."""

from __future__ import annotations

import logging
from typing import Any

from talking_head.config import Provenance
from talking_head.provenance.codeword import Origin
from talking_head.provenance.identity import Made, identity, new_origin, remember
from talking_head.provenance.label import WORDS, Label
from talking_head.provenance.picture_mark import PictureMark
from talking_head.provenance.sound_mark import SoundMark
from talking_head.types import F32, U8

log = logging.getLogger(__name__)


class Marker:
    """Marks the frames of one stream with ``origin``, in order. ``width``, ``height`` of its pictures; ``label_s``: for how
    long from the start the label is shown (0: to the end). One thread for pictures and one for sound may use it.
    """

    def __init__(self, settings: Provenance, origin: Origin, width: int, height: int, *, label_s: float = 0.0) -> None:
        self.origin = origin
        words = settings.label_text or WORDS[settings.label_language]
        self._label = Label(words, settings.label_position, width, height) if settings.label else None
        self._picture = PictureMark(origin, width, height) if settings.watermark else None
        self._sound = SoundMark(origin) if settings.watermark else None
        self._label_s = label_s

    def picture(self, frame: U8, at: float) -> U8:
        """A copy of the I420 picture ``frame`` u8[H * 3 // 2, W], shown ``at`` seconds, with label and mark; it may be
        ``frame`` itself where both are off."""
        labelled = self._label is not None and (self._label_s <= 0 or at < self._label_s)
        if not labelled and self._picture is None:
            return frame
        out = frame.copy()
        if labelled and self._label is not None:
            self._label.onto(out)
        if self._picture is not None:
            self._picture.onto(out)
        return out

    def live(self, frame: U8) -> U8:
        """A copy of a live picture with label and mark."""
        return self.picture(frame, 0.0)

    def sound(self, pcm: F32) -> F32:
        """``pcm`` f32[960 k] at 48 kHz with the mark; itself where that is off."""
        return pcm if self._sound is None else self._sound(pcm)


def live_marker(told: dict[str, Any], width: int, height: int) -> Marker | None:
    """What marks a new live session of pictures of that size; ``told``: the section ``[provenance]`` (empty: nothing is
    marked).

    Writes the session's number into the record of what was made here. Raises ConfigError.
    """
    if not told:
        return None
    settings = Provenance.model_validate(told)
    origin = new_origin(identity(settings.certificate, settings.key).server)
    if settings.watermark:
        remember(Made(origin.text, "live", ""))
    return Marker(settings, origin, width, height)


def warn_of_what_is_off(settings: Provenance) -> None:
    """Log what the configuration turned off: laws demand it in many places."""
    for name in ("label", "watermark", "manifest", "aigc"):
        if not getattr(settings, name):
            log.warning("provenance.%s is off: what is made does not carry it", name)
