"""The words of an utterance while it is being spoken: heard again and again as it grows, and corrected.

Every hearing takes all that is not settled yet, so consecutive ones overlap. Words on which two hearings in a row agree are
taken for settled on the page ("local agreement", Macháček, Dabre and Bojar, "Turning Whisper into Real-Time
Transcription System", 2023). What grows beyond :data:`WINDOW_S` is cut at a pause, heard a last time, and never again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from talking_head.listen.pauses import cut_at_pauses
from talking_head.types import F32, VOICE_RATE, Transcript

WINDOW_S = 14.0
FIRST_S = 0.3  # of speech before the first hearing
EVERY_S = 0.35  # of new sound before the next one
_GROWTH = 0.25  # of the utterance: as every hearing takes all of it, a fixed interval would cost the square of its length
_SHARE = 3.0  # a hearing that takes long is not repeated sooner than after so many times its length
SLOWER = 3.0  # while the machine is needed for something else


@dataclass(frozen=True, slots=True)
class Hearing:
    """``pcm`` f32[n] at 16 kHz to be recognised; ``upto``: samples of the utterance that it covers; ``last``: it is cut there,
    and what comes after it is heard without it."""

    pcm: F32
    upto: int
    last: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` of the utterance so far; its first ``settled`` characters will not change any more, as far as one can tell."""

    text: str
    settled: int


class Draft:
    """One utterance. Ask :meth:`due`, recognise its ``pcm``, tell :meth:`heard`; one hearing at a time."""

    def __init__(self) -> None:
        self._done = ""  # text of what was cut off
        self._from = 0  # samples that were cut off
        self._upto = 0  # samples that were heard
        self._text = ""
        self._settled = 0  # characters of it
        self.latest = Transcript("")  # of what was heard last: how sure, and in which language
        self._took_s = 0.0

    @property
    def upto(self) -> int:
        """Samples of the utterance that the words cover."""
        return self._upto

    def wants(self, samples: int, *, slower: float = 1.0) -> bool:
        """Whether there is enough new in the first ``samples`` of the utterance to hear it again. ``slower``: so many times
        as much."""
        fresh = (samples - max(self._upto, self._from)) / VOICE_RATE
        if not self._upto:
            return fresh >= FIRST_S
        return fresh >= slower * max(EVERY_S, _GROWTH * (samples - self._from) / VOICE_RATE, _SHARE * self._took_s)

    def due(self, sound: F32, *, now: bool = False) -> Hearing | None:
        """What to hear next of the utterance ``sound`` f32[n]; None: nothing yet. ``now``: whatever is new."""
        fresh = len(sound) - max(self._upto, self._from)
        if fresh <= 0 or not (now or self.wants(len(sound))):
            return None
        rest = sound[self._from :]
        if len(rest) > WINDOW_S * VOICE_RATE:
            piece = cut_at_pauses(rest, WINDOW_S)[0]
            return Hearing(piece, self._from + len(piece), last=True)
        return Hearing(rest, len(sound))

    def heard(self, hearing: Hearing, transcript: Transcript, took_s: float = 0.0) -> Words:
        """The recogniser's ``transcript`` of ``hearing``, which took so long."""
        text, self.latest = transcript.text, transcript
        self._took_s = took_s
        self._upto = hearing.upto
        if hearing.last:
            self._done, self._from = _joined(self._done, text), hearing.upto
            self._text, self._settled = "", 0
        else:
            self._settled = 0
            for before, word in zip(_WORD.finditer(self._text), _WORD.finditer(text), strict=False):
                if _bare(before[0]) != _bare(word[0]):
                    break
                self._settled = word.end()
            self._text = text
        return self.words

    @property
    def words(self) -> Words:
        """What is known."""
        return Words(_joined(self._done, self._text), len(_joined(self._done, self._text[: self._settled])))


# Words are what stands between spaces; in Chinese and Japanese, which write none, characters.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")


def _joined(first: str, second: str) -> str:
    return f"{first} {second}".strip()


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).lower()
