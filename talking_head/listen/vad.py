"""Is there speech in it? Silero VAD (MIT), streaming, one 32 ms chunk at a time."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import AudioError, WeightsError
from talking_head.types import F32

VAD_RATE = 16_000
VAD_CHUNK = 512  # samples at 16 kHz
_CONTEXT = 64  # the model wants the last samples of the chunk before


class SileroVad:
    """One stream of sound. ``model``: the ONNX file, or None for the one of the manifest; all streams share it.

    Raises WeightsError.
    """

    def __init__(self, model: str | Path | None = None) -> None:
        if model is None:
            from talking_head.models import manifest

            model = manifest.path("silero-vad")
        path = Path(model)
        if path.is_dir():
            path = next(iter(sorted(path.rglob("silero_vad.onnx"))), path / "silero_vad.onnx")
        if not path.is_file():
            raise WeightsError(f"There is no Silero model {path}.")
        self._session = _session(path)
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros((1, _CONTEXT), np.float32)

    def probability(self, chunk: F32) -> float:
        """Advance by f32[512] at 16 kHz; probability 0–1 that it holds speech. Raises AudioError."""
        if chunk.shape != (VAD_CHUNK,) or not np.isfinite(chunk).all():
            raise AudioError(f"The voice detector takes {VAD_CHUNK} finite samples at {VAD_RATE} Hz, not {chunk.shape}.")
        heard = np.concatenate([self._context, chunk[None].astype(np.float32, copy=False)], axis=1)
        feed = {"input": heard, "state": self._state, "sr": np.array(VAD_RATE, np.int64)}
        out, self._state = self._session.run(None, feed)
        self._context = heard[:, -_CONTEXT:]
        return float(out[0, 0])


@lru_cache(2)
def _session(path: Path) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no public base class
        raise WeightsError(f"{path.name} cannot be loaded as Silero's voice detector: {error}") from error
