"""Is the voice understood? Text → speech → recognition, errors counted by the word; in Mandarin by the sign."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import resources

import numpy as np

from talking_head.audio.pcm import loudness
from talking_head.errors import InputError
from talking_head.evaluate.speech.joins import Joins
from talking_head.protocols import Recognizer, Synthesizer
from talking_head.text import language as languages
from talking_head.types import TICKS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was ``said`` and ``heard``; ``errors`` of ``words`` words; length, time and processor time of its making; LUFS."""

    said: str
    heard: str
    errors: int
    words: int
    audio_s: float
    synthesis_s: float
    cpu_s: float
    lufs: float


def default_sentences(language: str = "en") -> list[str]:
    """The sentences that come with the package: 60 in English, 50 in Mandarin ("zh"). InputError for another language."""
    name = {"en": "sentences.txt", "zh": "sentences_zh.txt"}.get(language)
    if name is None:
        raise InputError(f"There are no sentences in “{language}” here: give some with --sentences.")
    lines = (resources.files(__package__) / name).read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def normalised(text: str) -> str:
    """Lower case, no punctuation, numbers as words, one spelling: what is compared by the word error rate."""
    from num2words import num2words

    text = re.sub(r"(\d),(\d{3})", r"\1\2", text.lower().replace("’", "'")).replace("%", " percent ")
    text = re.sub(r"(\d+):30\b", lambda m: f"half past {m[1]}", text)
    text = re.sub(r"\d+", lambda m: f" {num2words(int(m[0]))} ", text)
    text = re.sub(r"[^a-z' ]", " ", text)
    for here, there in (
        ("colour", "color"),
        ("favourite", "favorite"),
        ("harbour", "harbor"),
        ("theatre", "theater"),
        ("recognise", "recognize"),
    ):
        text = text.replace(here, there)
    return " ".join(text.split())


def signs(text: str) -> str:
    """Chinese ``text`` as single signs with spaces between, Latin words whole; numbers as they are read, no punctuation."""
    spoken = languages.get("zh").normalise(text.lower())
    return " ".join(re.findall(r"[a-z]+|[\u3400-\u9fff]", spoken))


def word_errors(said: str, heard: str, language: str = "en") -> tuple[int, int]:
    """Substitutions + insertions + deletions, and the number of words (Mandarin: signs) that were said."""
    import jiwer

    compared = signs if language == "zh" else normalised
    said, heard = compared(said), compared(heard)
    words = len(said.split())
    if not heard or not words:
        return words, words
    out = jiwer.process_words(said, heard)
    return out.substitutions + out.insertions + out.deletions, words


def read_back(
    synthesizer: Synthesizer,
    recognizer: Recognizer,
    texts: Sequence[str],
    tick: Callable[[int, int], None] = lambda done, of: None,
    language: str = "en",
) -> list[Sentence]:
    """Speak and recognise each text; errors are counted as ``language`` is written."""
    out = []
    for number, text in enumerate(texts):
        begin, cpu = time.perf_counter(), time.process_time()
        pcm = np.concatenate([piece.pcm for piece in synthesizer.synthesize(text)])
        took, cpu = time.perf_counter() - begin, time.process_time() - cpu
        heard = recognizer.transcribe(pcm, TICKS_PER_SECOND)
        errors, words = word_errors(text, heard, language)
        out.append(Sentence(text, heard, errors, words, len(pcm) / TICKS_PER_SECOND, took, cpu, loudness(pcm)))
        tick(number + 1, len(texts))
    return out


def summary(results: Sequence[Sentence], joins: Joins) -> dict[str, object]:
    """The JSON object of `talking-head evaluate speech`."""
    words, errors = sum(r.words for r in results), sum(r.errors for r in results)
    audio, took = sum(r.audio_s for r in results), sum(r.synthesis_s for r in results)
    levels = np.array([r.lufs for r in results])
    return {
        "wer": round(errors / max(1, words), 4),
        "sentences": len(results),
        "words": words,
        "errors": errors,
        "audio_s": round(audio, 1),
        "realtime_factor": round(took / max(audio, 1e-9), 4),
        "cpu_per_second": round(sum(r.cpu_s for r in results) / max(audio, 1e-9), 4),
        "lufs": {
            "min": round(float(levels.min()), 2),
            "mean": round(float(levels.mean()), 2),
            "max": round(float(levels.max()), 2),
        },
        "joins": {key: round(value, 5) for key, value in asdict(joins).items()},
    }
