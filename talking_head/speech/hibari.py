"""Hibari: a small woman's voice (American English) for live use, about eight times as fast as Piper.

Distilled from Kokoro-82M's `af_heart` (package `hibari-tts`, Apache-2.0). The graph gives spectra, pitch and, from an inner
node, how long every letter lasts; the package's signal processing makes the wave of them. So pitch and loudness of single
words are ours to move: that is how emphasis is spoken.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np

from talking_head.audio.pcm import resample
from talking_head.errors import BackendError, ConfigError
from talking_head.speech.finish import finish, louder, mark_of
from talking_head.speech.kokoro import SAMPLE_RATE, UNIT
from talking_head.speech.onnx_voice import open_graph
from talking_head.speech.phonemes.alignment import phonemes_of, spoken_at, spread, stretched
from talking_head.speech.phonemes.letters import Letters, pieces
from talking_head.speech.phonemes.misaki import MisakiEnglish
from talking_head.speech.phonemes.vocabulary import letter_ids
from talking_head.types import F32, PLAIN, TICKS_PER_SECOND, Delivery, Phoneme, Utterance

_LENGTHS = "/Clip_output_0"  # f32[letters]: how long each lasts, in units of 25 ms
_HOP = 300  # samples of one frame of the spectra and of the pitch
_LONG, _LONGEST = 90, 200  # letters: 6 s of speech, after which a pause ends a piece; 14 s, where even no pause does
# What moderate emphasis does to a word: pitch and length by a share, level. Length counts most, for a limiter follows.
_RAISED, _LONGER, _LOUDER_DB = 0.12, 0.2, 1.5


class HibariSynthesizer:
    """English text → 48 kHz sound with phonemes.

    ``voice``: path of another model with the same interface, or None for the one of the manifest. ``speed``: 1 is the voice's
    own, 0.5 to 2. ``threads`` of ONNX Runtime. Raises WeightsError, ConfigError.
    """

    def __init__(self, voice: str | Path | None = None, *, speed: float = 1.0, threads: int = 1) -> None:
        from talking_head.models import manifest

        if not 0.5 <= speed <= 2:
            raise ConfigError(f"The speaking speed {speed} is outside 0.5–2.")
        folder = manifest.path("hibari-en-us")
        self._speed = speed
        self._graph = open_graph(Path(voice) if voice else folder / "hibari.onnx", threads, [_LENGTHS])
        self._letters = MisakiEnglish(folder)
        self._ids = letter_ids()

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """Yield a clause's sound, in pieces of at most about 14 s. Raises TextError when there is nothing to say."""
        parts = pieces(self._letters(text, delivery.words), _LONG, _LONGEST)
        for number, piece in enumerate(parts):
            pcm, phonemes = self._speak(piece, delivery)
            mark = "" if delivery.runs_on and number == len(parts) - 1 else mark_of(piece.text)
            yield louder(finish(pcm, phonemes, mark), delivery.gain_db)

    def _speak(self, piece: Letters, delivery: Delivery) -> tuple[F32, list[Phoneme]]:
        """Raw sound at 48 kHz, and where each phoneme lies in it."""
        from hibari import dsp

        piece = piece.known(self._ids)
        ids = [0, *(self._ids[letter] for letter in piece.text), 0]
        feed = {"ids": np.array([ids], np.int64), "speed": np.array([self._speed * delivery.rate], np.float32)}
        try:
            results = self._graph.run(None, feed)
        except Exception as error:  # onnxruntime's exceptions share no public base class
            raise BackendError(f"The voice could not speak this clause: {error}") from error
        level, turn, noise, free, phase, pitch = (np.array(result[0], np.float32) for result in results[:6])
        lengths = np.asarray(results[6], np.float64).reshape(-1)
        stress = spread(spoken_at(lengths, piece.emphasis), UNIT // _HOP, len(pitch))
        if stress.any():
            frames, lengths = stretched(1 + _LONGER * stress, lengths, UNIT // _HOP)
            level, turn, noise, free, phase = (part[:, frames] for part in (level, turn, noise, free, phase))
            stress, pitch = stress[frames], pitch[frames]
        pitch *= delivery.pitch * (1 + _RAISED * stress)
        for part in (level, noise, free):
            part += stress * np.float32(_LOUDER_DB / 8.686)  # natural logarithms of amplitudes
        pcm = dsp.synth(level, turn, noise, free, phase, pitch, np.random.default_rng(0))
        if not np.isfinite(pcm).all():
            raise BackendError("The voice gave a broken sound for this clause.")
        ticks = UNIT * TICKS_PER_SECOND // SAMPLE_RATE
        return resample(pcm, SAMPLE_RATE, TICKS_PER_SECOND), phonemes_of(piece, lengths, ticks)
