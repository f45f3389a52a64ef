"""Is the voice understood? Text → speech → recognition, and what the ear would notice at the joins between clauses."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import resources

import numpy as np

from talking_head.audio import loudness
from talking_head.media import F32, TICKS_PER_SECOND
from talking_head.stages import Recognizer, Synthesizer


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


def default_sentences() -> list[str]:
    """The 60 sentences that come with the package."""
    lines = (resources.files(__package__) / "speech_sentences.txt").read_text("utf-8").splitlines()
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


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Substitutions + insertions + deletions, and the number of words that were said."""
    import jiwer

    said, heard = normalised(said), normalised(heard)
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
) -> list[Sentence]:
    """Speak and recognise each text."""
    out = []
    for number, text in enumerate(texts):
        begin, cpu = time.perf_counter(), time.process_time()
        pcm = np.concatenate([piece.pcm for piece in synthesizer.synthesize(text)])
        took, cpu = time.perf_counter() - begin, time.process_time() - cpu
        heard = recognizer.transcribe(pcm, TICKS_PER_SECOND)
        errors, words = word_errors(text, heard)
        out.append(Sentence(text, heard, errors, words, len(pcm) / TICKS_PER_SECOND, took, cpu, loudness(pcm)))
        tick(number + 1, len(texts))
    return out


@dataclass(frozen=True, slots=True)
class Joins:
    """``count`` joins between pieces of sound. ``jump``: largest step between the two samples at a join (full scale = 1).
    ``typical``: 99th percentile of steps inside speech. ``click_db``: loudest energy above 6 kHz in the 10 ms around a join
    against the loudest such 10 ms inside speech: far below 0 means that nothing clicks."""

    count: int
    jump: float
    typical: float
    click_db: float


def measure_joins(pieces: Sequence[F32]) -> Joins:
    """``pieces`` f32[n] at 48 kHz, played one after the other."""
    from scipy.signal import butter, sosfilt

    whole = np.concatenate(list(pieces))
    edges = np.cumsum([len(piece) for piece in pieces])[:-1]
    steps = np.abs(np.diff(whole))
    high = np.square(sosfilt(butter(4, 6_000, "high", fs=TICKS_PER_SECOND, output="sos"), whole))
    window = 480
    energy = np.convolve(high, np.ones(window) / window, "same")
    around = np.concatenate([energy[max(0, e - window // 2) : e + window // 2] for e in edges]) if len(edges) else np.zeros(1)
    return Joins(
        count=len(edges),
        jump=float(max((steps[e - 1] for e in edges), default=0.0)),
        typical=float(np.percentile(steps[np.abs(whole[1:]) > 0.01], 99)),
        click_db=float(10 * np.log10((around.max() + 1e-14) / (energy.max() + 1e-14))),
    )


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


def plot_joins(pieces: Sequence[F32], path: str, seconds: float = 6.0) -> None:
    """Wave and spectrogram of the first ``seconds`` of pieces played after one another, joins marked, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    whole = np.concatenate(list(pieces))[: round(seconds * TICKS_PER_SECOND)]
    edges = np.cumsum([len(piece) for piece in pieces])[:-1] / TICKS_PER_SECOND
    figure, (wave, spectrum) = plt.subplots(2, 1, figsize=(11, 5), sharex=True, height_ratios=[1, 2], layout="constrained")
    wave.plot(np.arange(len(whole)) / TICKS_PER_SECOND, whole, linewidth=0.4, color="#35506b")
    wave.set_ylim(-1, 1)
    spectrum.specgram(whole + 1e-7, NFFT=512, noverlap=384, Fs=TICKS_PER_SECOND, vmin=-140, vmax=-40, cmap="magma")
    spectrum.set(ylim=(0, 12_000), xlabel="seconds", ylabel="Hz")
    for edge in edges[edges < len(whole) / TICKS_PER_SECOND]:
        for axis in (wave, spectrum):
            axis.axvline(edge, color="#2fbf71", linewidth=1, linestyle="--")
    figure.suptitle("Clauses as they are played; dashed: joins")
    figure.savefig(path, dpi=110)
    plt.close(figure)
