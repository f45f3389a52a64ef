"""Synthetic speech as a teacher of phonemes: sound with exact visemes and the moments at which lips must meet or part."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from scipy.ndimage import binary_closing

from talking_head.errors import InputError
from talking_head.train.motion.data import ramps
from talking_head.types import F32

_PAUSE = 5  # frames: a shorter silence inside a sentence is part of it


@dataclass(frozen=True, slots=True)
class SpeechItem:
    """A synthetic sentence of T frames: ``mel`` f32[T, 4, 80]; ``viseme`` i64[T] (−1: unknown); ``talk``, ``shut``, ``open``,
    ``labial``, ``round`` f32[T] 0..1; ``mouth`` f32[T, M] a made-up target, or None; ``plain``: read in the voice that
    serves."""

    name: str
    mel: F32
    viseme: NDArray[np.int64]
    talk: F32
    shut: F32
    open: F32
    labial: F32
    round: F32
    plain: bool
    mouth: F32 | None = None


def load_speech(folder: Path) -> list[SpeechItem]:
    """Every sentence of the corpus that ``tts_corpus.prepare_tts`` wrote. Raises InputError when there is none."""
    shards = sorted(folder.glob("shard_*.safetensors"))
    if not shards:
        raise InputError(f"{folder} holds no synthetic speech (see talking_head.train.corpus.tts_corpus).")
    items = []
    for shard in shards:
        with safe_open(shard, "numpy") as file:
            meta = file.metadata()
            tensors = {name: file.get_tensor(name) for name in ("mel", "viseme", "flags", "starts", "voice")}
        names = json.loads(meta["flags"])
        flags = {name: tensors["flags"][:, column] for column, name in enumerate(names)}
        silence = json.loads(meta["visemes"]).index("silence")
        for clip, (start, end) in enumerate(zip(tensors["starts"][:-1], tensors["starts"][1:], strict=True)):
            part = slice(int(start), int(end))
            viseme = tensors["viseme"][part].astype(np.int64)
            said = np.pad(viseme != silence, _PAUSE)
            talk = ramps(binary_closing(said, np.ones(_PAUSE))[_PAUSE:-_PAUSE])
            items.append(
                SpeechItem(
                    f"{shard.stem}/{clip}",
                    tensors["mel"][part].astype(np.float32),
                    viseme,
                    talk,
                    flags["closed"][part].astype(np.float32),
                    flags["open"][part].astype(np.float32),
                    flags["labiodental"][part].astype(np.float32),
                    flags["round"][part].astype(np.float32),
                    plain=abs(float(tensors["voice"][clip, 0]) - 1) < 0.07 and float(tensors["voice"][clip, 2]) > 50,
                )
            )
    return items
