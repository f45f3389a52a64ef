"""Speech whose visemes are known: shards as ``corpus.tts_corpus`` writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from talking_head.errors import InputError
from talking_head.motion.visemes import VISEMES
from talking_head.types import F32


@dataclass(frozen=True, slots=True)
class SpeechItem:
    """One clip of T frames: ``mel`` f16[T, 4, 80], ``viseme`` u8[T, 2] (a half frame each), and who speaks."""

    mel: NDArray[np.float16]
    viseme: NDArray[np.uint8]
    speaker: str

    def features(self) -> F32:
        """Log-mel f32[T, 4, 80]."""
        return self.mel.astype(np.float32)


def load_speech(folder: Path) -> list[SpeechItem]:
    """Every clip of the corpus in ``folder``. Raises InputError when there is none, or it is of another kind."""
    shards = sorted(folder.glob("*.safetensors"))
    if not shards:
        raise InputError(f"{folder} holds no synthetic speech; make it with `talking-head train speech-corpus -o {folder}`.")
    items = []
    for shard in shards:
        with safe_open(shard, "numpy") as file:
            meta = file.metadata() or {}
            if json.loads(meta.get("visemes", "[]")) != list(VISEMES):
                raise InputError(f"{shard} was made for other visemes; make the corpus again in a new folder.")
            mel, viseme, starts = (file.get_tensor(name) for name in ("mel", "viseme", "starts"))
        speakers = json.loads(meta["speakers"])
        for clip, (start, end) in enumerate(pairwise(starts)):
            items.append(SpeechItem(mel[start:end], viseme[start:end], speakers[clip]))
    return items
