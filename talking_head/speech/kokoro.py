"""Kokoro-82M (hexgrad, Apache-2.0): men and women in English and Mandarin, int8 through ONNX Runtime.

About one second of a processor core for a second of speech: for films, for machines with four cores and more, and for those
languages that have no lighter voice. Architecture: StyleTTS 2 (Li et al. 2023, arXiv:2306.07691).
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Protocol

import numpy as np

from talking_head.audio.pcm import resample
from talking_head.errors import BackendError, ConfigError, WeightsError
from talking_head.speech.finish import emphasised, finish, louder, mark_of
from talking_head.speech.onnx_voice import open_graph
from talking_head.speech.phonemes.alignment import phonemes_of
from talking_head.speech.phonemes.letters import Letters, pieces
from talking_head.speech.phonemes.vocabulary import letter_ids
from talking_head.types import F32, PLAIN, TICKS_PER_SECOND, Delivery, Phoneme, Utterance, WordMark

SAMPLE_RATE = 24_000
_LENGTHS = "/encoder/Clip_output_0"  # f32[1, letters]: how long each lasts, in units of 25 ms
UNIT = 600  # samples of one unit of length
_LONG, _LONGEST = 40, 150  # letters: 3 s of speech, after which a pause ends a piece; 10 s, where even no pause does
_MOST = 508  # letters that the style table knows
_LANGUAGES = {"a": "en", "b": "en", "z": "zh"}  # the first letter of a voice's name


class Phonemiser(Protocol):
    """Text in a language's words to phoneme letters."""

    def __call__(self, text: str, marks: tuple[WordMark, ...] = ()) -> Letters: ...


class KokoroSynthesizer:
    """Text → 48 kHz sound with phonemes.

    ``voice``: one of the names in the model's folder, such as "af_bella", "am_michael", "zf_xiaoxiao" (its first letter is the
    language, its second the gender). ``speed``: 1 is the voice's own, 0.5 to 2. Raises WeightsError, ConfigError.
    """

    def __init__(self, voice: str = "am_michael", *, speed: float = 1.0, threads: int = 1) -> None:
        from talking_head.models import manifest

        if not 0.5 <= speed <= 2:
            raise ConfigError(f"The speaking speed {speed} is outside 0.5–2.")
        folder = manifest.path("kokoro-82m")
        self._styles = _styles(manifest.path("kokoro-voices"), voice)
        self._speed = speed
        self._letters = phonemiser(_LANGUAGES.get(voice[:1], ""))
        self._graph = open_graph(folder / "kokoro.onnx", threads, [_LENGTHS])
        self._ids = letter_ids()

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """Yield a clause's sound, in pieces of at most about 10 s. Raises TextError when there is nothing to say.

        Another pitch moves the formants along: it is the voice of a smaller or larger person.
        """
        parts = pieces(self._letters(text, delivery.words), _LONG, _LONGEST)
        for number, piece in enumerate(parts):
            pcm, phonemes = self._speak(piece, delivery)
            mark = "" if delivery.runs_on and number == len(parts) - 1 else mark_of(piece.text)
            yield louder(finish(emphasised(pcm, phonemes), phonemes, mark), delivery.gain_db)

    def _speak(self, piece: Letters, delivery: Delivery) -> tuple[F32, list[Phoneme]]:
        piece = piece.known(self._ids)[:_MOST]
        ids = [0, *(self._ids[letter] for letter in piece.text), 0]
        feed = {
            "tokens": np.array([ids], np.int64),
            "style": self._styles[len(piece.text)],
            "speed": np.array([self._speed * delivery.rate / delivery.pitch], np.float32),
        }
        try:
            sound, lengths = self._graph.run(["audio", _LENGTHS], feed)
        except Exception as error:  # onnxruntime's exceptions share no public base class
            raise BackendError(f"The voice could not speak this clause: {error}") from error
        pcm = np.asarray(sound, np.float32).reshape(-1)
        if not np.isfinite(pcm).all():
            raise BackendError("The voice gave a broken sound for this clause.")
        ticks = UNIT * TICKS_PER_SECOND / SAMPLE_RATE / delivery.pitch
        rate = round(SAMPLE_RATE * delivery.pitch)
        return resample(pcm, rate, TICKS_PER_SECOND), phonemes_of(piece, np.asarray(lengths, np.float64).reshape(-1), ticks)


def phonemiser(language: str) -> Phonemiser:
    """What turns text of a language into Kokoro's letters. Raises ConfigError for one that there is nothing for."""
    if language == "en":
        from talking_head.models import manifest
        from talking_head.speech.phonemes.misaki import MisakiEnglish

        return MisakiEnglish(manifest.path("hibari-en-us"))
    if language == "zh":
        from talking_head.speech.phonemes.mandarin import MandarinPhonemes

        return MandarinPhonemes()
    raise ConfigError("Kokoro's voices of this language cannot be used yet: only names that begin with a, b or z.")


def _styles(folder: Path, voice: str) -> F32:
    """f32[510, 1, 256]: a style a length of the text."""
    file = folder / f"{voice}.bin"
    if not voice.replace("_", "").isalnum() or not file.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.bin") if path.stem[0] in _LANGUAGES))
        raise ConfigError(f"There is no Kokoro voice “{voice}”. Known ones: {known}.")
    table = np.fromfile(file, "<f4")
    if table.size != 510 * 256 or not np.isfinite(table).all():
        raise WeightsError(f"{file} is not a Kokoro voice.")
    return table.reshape(510, 1, 256)
