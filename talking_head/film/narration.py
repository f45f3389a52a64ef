"""What a film says: a script in a synthesiser's voice, or a recording, as one stretch of sound with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from talking_head.config import Limits
from talking_head.listen.presence import check_speech
from talking_head.loop.cues import frame_cues
from talking_head.media_files.pictures import Tell, silent
from talking_head.media_files.sound import levelled, read_audio
from talking_head.text import language as languages
from talking_head.text.clauses import ClauseSplitter, check, check_spoken, shortened, split_and_unread
from talking_head.text.language import Language
from talking_head.types import F32, TICKS_PER_SECOND, Cue, Phoneme, Speech, TextSpan, Utterance

_MAX_CHARS = 20  # times the limit of a live text


@dataclass(frozen=True, slots=True)
class Narration:
    """``pcm`` f32[n] at 48 kHz, its ``phonemes``, and ``clauses`` as (start, end, text) in seconds.

    ``cues``: what each frame knows beside its sound. A recording has neither phonemes nor cues.
    """

    pcm: F32
    phonemes: tuple[Phoneme, ...]
    clauses: tuple[tuple[float, float, str], ...]
    cues: tuple[Cue, ...] = ()

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.pcm) / TICKS_PER_SECOND


def speak(
    text: str,
    synthesize: Callable[[TextSpan], Iterable[Utterance]],
    limits: Limits,
    *,
    language: Language | None = None,
    pronunciations: Mapping[str, str] | None = None,
    tell: Tell = silent,
) -> Narration:
    """``text`` in the voice of ``synthesize``, which is called once a clause and reads ``language`` (None: English).

    ``tell`` is called with a sentence where a part of the text cannot be read. Raises TextError.
    """
    spoken = language or languages.get("en")
    most = _MAX_CHARS * limits.text_chars
    check_spoken(check(text, most), ClauseSplitter(0, spoken, pronunciations), most)
    spans, unread = split_and_unread(text, 0, spoken, pronunciations)
    if unread:
        tell(spoken.sentences.cannot_read.format(shortened(unread)))
    pieces: list[F32] = []
    phonemes: list[Phoneme] = []
    clauses: list[tuple[float, float, str]] = []
    speeches: list[Speech] = []
    at = 0
    for span in spans:
        start = at
        for utterance in synthesize(span):
            phonemes += [replace(phoneme, start=phoneme.start + at) for phoneme in utterance.phonemes]
            pieces.append(utterance.pcm)
            speeches.append(Speech(span, utterance.pcm, utterance.phonemes))
            at += len(utterance.pcm)
        clauses.append((start / TICKS_PER_SECOND, at / TICKS_PER_SECOND, span.text))
    return Narration(np.concatenate(pieces), tuple(phonemes), tuple(clauses), tuple(frame_cues(speeches)))


def listen(
    file: Path, transcript: str, limits: Limits, transcribe: Callable[[F32], str] | None = None, tell: Tell = silent
) -> Narration:
    """A sound file or the sound of a video, at the level of a spoken script.

    Its words are ``transcript``; if that is empty, what ``transcribe`` makes of it. ``tell`` is called with a sentence for
    each thing that was changed. Raises AudioError: unreadable, silent, without speech, too long.
    """
    pcm = levelled(read_audio(file, TICKS_PER_SECOND, most_s=limits.audio_seconds, tell=tell), tell=tell)
    check_speech(pcm)
    words = transcript.strip()
    if not words and transcribe is not None:
        words = transcribe(pcm)
    return Narration(pcm, (), ((0.0, len(pcm) / TICKS_PER_SECOND, words),) if words else ())
