"""Whisper through CTranslate2 (faster-whisper): what is said in a piece of sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from talking_head.audio.pcm import check_pcm, resample
from talking_head.errors import BackendError, WeightsError
from talking_head.types import F32

_RATE = 16_000


class WhisperRecognizer:
    """``model``: folder of a converted Whisper model, or None for the shipped tiny.en. ``threads``: of one CPU lane.

    ``beam``: 1 is fastest; 5 makes about a tenth fewer errors at twice the time. Raises WeightsError.
    """

    def __init__(
        self, model: str | Path | None = None, *, device: str = "cpu", threads: int = 1, beam: int = 1, language: str = "en"
    ) -> None:
        from faster_whisper import WhisperModel

        if model is None:
            from talking_head.models import manifest

            model = manifest.path("whisper-tiny-en")
        if not (Path(model) / "model.bin").is_file():
            raise WeightsError(
                f"{model} is not a folder with a converted Whisper model (model.bin, config.json, tokenizer.json)."
            )
        try:
            self._model: Any = WhisperModel(
                str(model),
                device=device,
                compute_type="int8" if device == "cpu" else "float16",
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise WeightsError(f"The Whisper model in {model} cannot be loaded: {error}") from error
        self._beam, self._language = beam, language

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        """What is said in mono ``pcm`` f32[n] in −1..1; "" for silence. Raises AudioError for unusable sound."""
        sound = resample(check_pcm(pcm, sample_rate), sample_rate, _RATE)
        if not sound.any():
            return ""  # Whisper would imagine words
        try:
            segments, _ = self._model.transcribe(
                sound, beam_size=self._beam, language=self._language, condition_on_previous_text=False, without_timestamps=True
            )
            return " ".join(segment.text.strip() for segment in segments).strip()
        except (RuntimeError, ValueError) as error:
            raise BackendError(f"The recogniser failed: {error}") from error
