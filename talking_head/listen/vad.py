"""Where speech starts and ends: Silero VAD (MIT), streaming, one 32 ms chunk at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import AudioError, WeightsError
from talking_head.types import F32

VAD_RATE = 16_000
VAD_CHUNK = 512  # samples at 16 kHz
_CONTEXT = 64  # the model wants the last samples of the chunk before


class Voice(StrEnum):
    """What a chunk changed."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class VoiceEvent:
    """``sample``: place in samples at 16 kHz since the stream began."""

    kind: Voice
    sample: int


class SileroVad:
    """One stream. ``threshold``: probability that counts as speech; speech ends below ``threshold − 0.15`` (hysteresis).

    ``silence_s``: how long it must be quiet before speech has ended. ``speech_s``: shorter bursts are ignored.
    """

    def __init__(
        self, model: str | Path | None = None, *, threshold: float = 0.5, silence_s: float = 0.6, speech_s: float = 0.1
    ) -> None:
        import onnxruntime as ort

        if model is None:
            from talking_head.models import manifest

            model = manifest.path("silero-vad")
        path = Path(model)
        if path.is_dir():
            path = next(iter(sorted(path.rglob("silero_vad.onnx"))), path / "silero_vad.onnx")
        if not path.is_file():
            raise WeightsError(f"There is no Silero model {path}.")
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no public base class
            raise WeightsError(f"{path.name} cannot be loaded as Silero's voice detector: {error}") from error
        self._threshold = threshold
        self._silence, self._burst = round(silence_s * VAD_RATE), round(speech_s * VAD_RATE)
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros((1, _CONTEXT), np.float32)
        self._seen = 0
        self._since: int | None = None  # first sample of what may be speech
        self._quiet: int | None = None  # first sample of what may be its end
        self.speaking = False

    def probability(self, chunk: F32) -> float:
        """Advance by f32[512] at 16 kHz; probability 0–1 that it holds speech. Raises AudioError."""
        if chunk.shape != (VAD_CHUNK,) or not np.isfinite(chunk).all():
            raise AudioError(f"The voice detector takes {VAD_CHUNK} finite samples at {VAD_RATE} Hz, not {chunk.shape}.")
        heard = np.concatenate([self._context, chunk[None].astype(np.float32, copy=False)], axis=1)
        feed = {"input": heard, "state": self._state, "sr": np.array(VAD_RATE, np.int64)}
        out, self._state = self._session.run(None, feed)
        self._context = heard[:, -_CONTEXT:]
        self._seen += VAD_CHUNK
        return float(out[0, 0])

    def push(self, chunk: F32) -> VoiceEvent | None:
        """Advance by one chunk f32[512]; the event that it brought, if any."""
        begin = self._seen
        probability = self.probability(chunk)
        if probability >= self._threshold:
            self._quiet = None
            if self._since is None:
                self._since = begin
            if not self.speaking and self._seen - self._since >= self._burst:
                self.speaking = True
                return VoiceEvent(Voice.START, self._since)
        elif self.speaking and probability < self._threshold - 0.15:
            if self._quiet is None:
                self._quiet = begin
            if self._seen - self._quiet >= self._silence:
                ended, self._quiet, self._since, self.speaking = self._quiet, None, None, False
                return VoiceEvent(Voice.END, ended)
        elif not self.speaking:
            self._since = None
        return None
