"""Is a voice of one's own fit to be a presenter's? What it says to a text with every English sound, and whose it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talking_head.audio.pcm import loudness
from talking_head.errors import ConfigError
from talking_head.film.consent import voice_agreed
from talking_head.protocols import Synthesizer
from talking_head.speech.voices import Voice
from talking_head.text import language as languages
from talking_head.types import TICKS_PER_SECOND, Utterance

# "A phonetic pangram": each of the forty-odd sounds of American English at least once.
EVERY_SOUND = (
    "The beige hue on the waters of the loch impressed all, including the French queen, before she heard that symphony again, "
    "just as young Arthur wanted."
)
LUFS, OFF_LU = -16.0, 2.0  # what all voices are brought to, and how far off is heard
HEAVY = 0.5  # seconds of a core for a second of speech from which two cores do not serve a visitor beside picture and words
TIMES_S = 0.08  # phonemes may end so far from where the sound does


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at, in a sentence; ``needed``: without it the voice does not do."""

    good: bool
    sentence: str
    needed: bool = True


def examine(voice: Voice, synthesizer: Synthesizer) -> Iterator[Point]:
    """Have ``synthesizer``, which is ``voice``, speak, and tell what was found. Raises what the synthesiser raises."""
    language = languages.get(voice.language)
    text = EVERY_SOUND if voice.language == "en" else language.sentences.sample
    begin = time.process_time()
    said = list(synthesizer.synthesize(text))
    cpu = time.process_time() - begin
    pcm = np.concatenate([utterance.pcm for utterance in said])
    length = len(pcm) / TICKS_PER_SECOND
    yield Point(length > 0.05 * len(text), f"It speaks: {length:.1f} s of sound for {len(text)} signs.")
    yield _times(said)
    level = loudness(pcm)
    yield Point(abs(level - LUFS) < OFF_LU, f"Its level is {level:.1f} LUFS, wanted are {LUFS:.0f}.", needed=False)
    heavy = "" if cpu < HEAVY * length else " Write heavy = true: on two cores it is for films."
    yield Point(not heavy or voice.heavy, f"A second of speech takes {cpu / length:.2f} s of a core.{heavy}", needed=False)
    try:
        record = voice_agreed(voice, "films")
    except ConfigError as error:
        yield Point(False, str(error), needed=False)
    else:
        yield Point(True, f"Consent: {voice.consent}" if record else "No file of a person's voice: nobody has to agree.")


def _times(said: list[Utterance]) -> Point:
    """Whether every piece says where its phonemes lie: then the lips follow them, and not only the sound."""
    without = "It tells no times of its phonemes: the lips follow its sound alone."
    for utterance in said:
        if not utterance.phonemes:
            return Point(False, without, needed=False)
        starts = [phoneme.start for phoneme in utterance.phonemes]
        end = max(phoneme.start + phoneme.ticks for phoneme in utterance.phonemes)
        if starts != sorted(starts) or abs(end - len(utterance.pcm)) > TIMES_S * TICKS_PER_SECOND:
            return Point(False, "The times of its phonemes do not fit its sound: the lips would not, either.")
    sounds = {phoneme.symbol.lstrip("ˈˌ") for utterance in said for phoneme in utterance.phonemes} - {" "}
    return Point(True, f"The lips follow its phonemes, {len(sounds)} different ones in this text.")
