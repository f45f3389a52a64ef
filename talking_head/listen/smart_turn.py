"""Has the speaker finished, or only paused? Smart Turn v3.2 (Daily, BSD-2-Clause), from the sound alone.

The features are the publisher's (pipecat, ``_whisper_features.py``): the last 8 s at zero mean and unit variance, silence put
before a shorter piece, then Whisper's log-mel. 23 languages; it is asked once, when a pause begins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from talking_head.errors import WeightsError
from talking_head.listen.log_mel import log_mel
from talking_head.types import F32, VOICE_RATE

SECONDS = 8


class SmartTurn:
    """``model``: the ONNX file, or None for the one of the manifest. One thread. Raises WeightsError."""

    def __init__(self, model: str | Path | None = None) -> None:
        import onnxruntime as ort

        if model is None:
            from talking_head.models import manifest

            model = manifest.path("smart-turn")
        if not Path(model).is_file():
            raise WeightsError(f"There is no end-of-turn model {model}.")
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session: Any = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no public base class
            raise WeightsError(f"{Path(model).name} cannot be loaded as the end-of-turn model: {error}") from error

    def finished(self, pcm: F32) -> float:
        """Probability 0–1 that whoever speaks in ``pcm`` f32[n] at 16 kHz (up to the pause) has finished."""
        window = np.zeros(SECONDS * VOICE_RATE, np.float32)
        heard = pcm[-len(window) :]
        if len(heard):
            window[-len(heard) :] = heard
        window = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
        return float(self._session.run(None, {"input_features": log_mel(window)[None]})[0][0, 0])
