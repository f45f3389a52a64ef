"""What a film says: a script in a synthesiser's voice, or a recording, as one stretch of sound with its words.

It is kept in a folder (sound as .npy, words as JSON), so that a film that is gone on with says the very same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.config import Limits
from talking_head.film.subtitles import Cue as Caption
from talking_head.film.words import Reader, read_along
from talking_head.listen.presence import check_speech
from talking_head.loop.cues import frame_cues
from talking_head.loop.cues import silent as quiet
from talking_head.media_files.pictures import Tell, silent
from talking_head.media_files.sound import levelled, read_audio
from talking_head.text import language as languages
from talking_head.text.clauses import ClauseSplitter, check, check_spoken, shortened, split_and_unread
from talking_head.text.language import Language
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, ClauseCue, Cue, Phoneme, Speech, TextSpan, Utterance

_MAX_CHARS = 20  # times the limit of a live text


@dataclass(frozen=True, slots=True)
class Narration:
    """``pcm`` f32[n] at 48 kHz, its ``phonemes``, and ``clauses`` as (start, end, text) in seconds.

    ``cues``: what each frame knows beside its sound. A recording has no phonemes, and cues only where its words were told.
    """

    pcm: F32
    phonemes: tuple[Phoneme, ...]
    clauses: tuple[tuple[float, float, str], ...]
    cues: tuple[Cue, ...] = ()

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.pcm) / TICKS_PER_SECOND

    def later(self, frames: int) -> Narration:
        """The same after ``frames`` frames of silence."""
        if not frames:
            return self
        ticks, seconds = frames * FRAME_TICKS, frames * FRAME_TICKS / TICKS_PER_SECOND
        return Narration(
            np.concatenate([np.zeros(ticks, np.float32), self.pcm]),
            tuple(replace(phoneme, start=phoneme.start + ticks) for phoneme in self.phonemes),
            tuple((start + seconds, end + seconds, text) for start, end, text in self.clauses),
            (quiet(),) * frames + self.cues if self.cues else (),
        )

    def keep(self, folder: Path) -> None:
        """Write it into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "sound.npy", self.pcm)
        told = {"clauses": self.clauses, "cues": [asdict(cue) for cue in self.cues]}
        (folder / ".told.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / ".told.json").rename(folder / "told.json")


def kept(folder: Path) -> Narration | None:
    """What :meth:`Narration.keep` wrote into ``folder``, without its phonemes; its sound stays in its file. None if nothing is
    there."""
    if not (folder / "told.json").is_file():
        return None
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    cues = tuple(_cue(each) for each in told["cues"])
    clauses = tuple((start, end, text) for start, end, text in told["clauses"])
    return Narration(np.load(folder / "sound.npy", mmap_mode="r"), (), clauses, cues)


def _cue(told: dict[str, Any]) -> Cue:
    phonemes = told["phonemes"]
    clause = told["clause"]
    return Cue(
        **told
        | {
            "phonemes": None if phonemes is None else tuple(Phoneme(**each) for each in phonemes),
            "clause": None if clause is None else ClauseCue(**clause),
        }
    )


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


def speak_at(captions: Sequence[Caption], say: Callable[[str], Narration], tell: Tell = silent) -> Narration:
    """``captions`` in the voice of ``say``, each when its time comes, or when the one before has ended."""
    pieces: list[F32] = []
    clauses: list[tuple[float, float, str]] = []
    cues: list[Cue] = []
    at = late = 0
    for caption in captions:
        one = say(caption.text)
        due = round(caption.start * TICKS_PER_SECOND / FRAME_TICKS)
        late += at > due + 12
        gap = max(0, due - at)
        frames = -(-len(one.pcm) // FRAME_TICKS)
        pieces += [np.zeros(gap * FRAME_TICKS, np.float32), np.pad(one.pcm, (0, frames * FRAME_TICKS - len(one.pcm)))]
        cues += [quiet()] * gap
        cues += [*one.cues, *[quiet()] * (frames - len(one.cues))]
        begins = (at + gap) * FRAME_TICKS / TICKS_PER_SECOND
        clauses.append((begins, begins + one.seconds, caption.text))
        at += gap + frames
    if late:
        tell(f"{late} of the {len(captions)} subtitles are longer to say than their time; what follows them comes later.")
    return Narration(np.concatenate(pieces), (), tuple(clauses), tuple(cues))


def listen(
    file: Path,
    transcript: str,
    limits: Limits,
    transcribe: Callable[[F32], str] | None = None,
    tell: Tell = silent,
    reader: Reader | None = None,
) -> Narration:
    """A sound file or the sound of a video, at the level of a spoken script.

    Its words are ``transcript``; if that is empty, what ``reader`` or ``transcribe`` makes of it. With a ``reader`` lips know
    the sounds of what it can tell. ``tell`` is called with a sentence for each thing that was changed. Raises AudioError:
    unreadable, silent, without speech, too long.
    """
    pcm = levelled(read_audio(file, TICKS_PER_SECOND, most_s=limits.audio_seconds, tell=tell), tell=tell)
    check_speech(pcm)
    words = transcript.strip()
    timed = None if reader is None else read_along(pcm, words, reader)
    if timed is not None and timed.clauses:
        return Narration(pcm, (), timed.clauses, timed.cues)
    if not words and transcribe is not None:
        words = transcribe(pcm)
    clauses = ((0.0, len(pcm) / TICKS_PER_SECOND, words),) if words else ()
    return Narration(pcm, (), clauses, timed.cues if timed else ())
