"""Unlimited labelled speech: sentences read by synthesisers, whose durations say which sound falls on which half frame.

Each sentence is kept twice: once nearly plain, once as somebody else somewhere else, sometimes on the telephone. A shard
``shard_NNN.safetensors`` holds clips one after the other; N frames of 40 ms, C clips:

===========  ============  ==========================================================================================
``mel``      f16[N, 4, 80] log-mel of the streaming front end that serves (``audio/mel.py``)
``viseme``   u8[N, 2]      index into VISEMES: the one that fills most of each half frame
``starts``   i32[C + 1]    first frame of each clip; the last is N
===========  ============  ==========================================================================================

Its metadata has ``visemes`` (their names), ``speakers`` and ``text`` (JSON lists of C), and ``seed``. Labels belong to the
sound of that half frame: no look-ahead is built in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from talking_head.audio.mel import log_mel
from talking_head.errors import InputError
from talking_head.media_files.sound import read_audio
from talking_head.motion.visemes import VISEMES, from_letters, shares
from talking_head.speech.phonemes.times import settled
from talking_head.train.corpus.tts_sentences import sentences as make_sentences
from talking_head.train.corpus.tts_voices import disguise, random_voice, telephone
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, U8, Phoneme

_WIDEST = (0.85, 1.35)  # a recording is not read slowly in advance: its tempo follows the pitch, within what people speak


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence and who reads it; ``read()`` → mono pcm f32[n] at 48 kHz and its phonemes."""

    speaker: str
    text: str
    read: Callable[[], tuple[F32, Sequence[Phoneme]]]


def flags_of(symbol: str) -> tuple[bool, bool, bool, bool]:
    """Whether lips must meet at a phoneme (p, b, m), touch the teeth (f, v), be round (o, u, w), or open wide (a stressed open
    vowel); IPA with its stress mark."""
    bare = symbol.lstrip("ˈˌ")
    return bare in {"p", "b", "m"}, bare in {"f", "v"}, bare in _ROUND, symbol.startswith("ˈ") and bare in _OPEN


_ROUND = {"w", "uː", "u", "ʊ", "oʊ", "oː", "o", "ɔː", "ɔ", "ɔɪ", "ʍ"}
_OPEN = {"ɑː", "ɑ", "a", "aɪ", "aʊ", "æ", "ʌ"}


def label_halves(phonemes: Sequence[Phoneme], frames: int) -> U8:
    """Phonemes in ticks → the viseme of each half of the first ``frames`` frames, u8[T, 2]."""
    return np.asarray(shares(phonemes, 2 * frames).argmax(axis=1).reshape(frames, 2), np.uint8)


def piper(count: int, seed: int, synthesizer: Any = None) -> Iterator[Reading]:
    """``count`` sentences read by the shipped Piper voice, at changing speed."""
    from talking_head.speech.piper import PiperSynthesizer

    voice = synthesizer or PiperSynthesizer()
    rng = np.random.default_rng(seed)
    for text in make_sentences(count, seed, voice.phonemes):
        speed = float(np.exp(rng.uniform(np.log(0.85), np.log(1.2))))
        yield Reading("piper", text, partial(_speak, voice, text, speed))


def _speak(voice: Any, text: str, speed: float) -> tuple[F32, Sequence[Phoneme]]:
    pcm, phonemes = voice.speak(voice.words(text), speed=speed)
    return pcm, phonemes


def recordings(folder: Path) -> Iterator[Reading]:
    """Speech that lies in ``folder`` with its phonemes: index.jsonl with ``file voice text phonemes units unit_ms`` a line,
    where ``units`` has one number for each misaki letter and one more for the silence at either end, as Kokoro gives them."""
    index = folder / "index.jsonl"
    if not index.is_file():
        raise InputError(f"{folder} holds no index.jsonl (file, voice, text, phonemes, units, unit_ms in each line).")
    for line in index.read_text("utf-8").splitlines():
        entry = json.loads(line)
        yield Reading(entry["voice"], entry["text"], partial(_recording, folder, entry))


def _recording(folder: Path, entry: dict[str, Any]) -> tuple[F32, Sequence[Phoneme]]:
    ticks = [round(n * entry["unit_ms"] * TICKS_PER_SECOND / 1000) for n in entry["units"]]
    pcm = read_audio(folder / entry["file"])
    return pcm, settled(pcm, from_letters(entry["phonemes"], ticks[1:-1], start=ticks[0]))


def read_aloud(pcm: F32, phonemes: Sequence[Phoneme], rng: np.random.Generator, strength: float) -> tuple[F32, list[Phoneme]]:
    """A reading in a random voice, with silence around it → pcm f32[T · 1920] and its phonemes."""
    other = random_voice(rng, strength=strength)
    other = replace(other, pitch=float(np.clip(other.pitch, *_WIDEST)))
    before, after = (int(rng.uniform(0.05, 0.5) * TICKS_PER_SECOND) for _ in range(2))
    pcm = disguise(np.pad(pcm, (round(before * other.pitch), round(after * other.pitch))), other, rng)
    if strength == 1 and rng.random() < 0.25:
        pcm = telephone(pcm, rng)
    moved = [Phoneme(p.symbol, before + round(p.start / other.pitch), round(p.ticks / other.pitch)) for p in phonemes]
    return np.pad(pcm, (0, -len(pcm) % FRAME_TICKS)), moved


def prepare_tts(
    out: Path,
    readings: Callable[[], Iterator[Reading]],
    recipe: dict[str, Any],
    *,
    seed: int = 0,
    per_shard: int = 100,
    tick: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Write every one of ``readings()``, which must be the same each time, into the folder ``out``; shards that are there are
    kept.

    Returns and writes (``index.json``) the totals. Raises InputError for a folder that holds another corpus (``recipe``).
    """
    out.mkdir(parents=True, exist_ok=True)
    recipe = {**recipe, "seed": seed, "per_shard": per_shard, "visemes": list(VISEMES)}
    index_file = out / "index.json"
    if index_file.exists() and json.loads(index_file.read_text())["recipe"] != recipe:
        raise InputError(f"{out} holds a corpus made with other settings; choose another folder.")
    index_file.write_text(json.dumps({"recipe": recipe}))
    part: list[Reading] = []
    number = 0
    for done, reading in enumerate(readings(), 1):
        part.append(reading)
        if len(part) == per_shard:
            _write_shard(out / f"shard_{number:03d}.safetensors", part, np.random.default_rng([seed, number]), seed)
            number, part = number + 1, []
        tick(done)
    if part:
        _write_shard(out / f"shard_{number:03d}.safetensors", part, np.random.default_rng([seed, number]), seed)
    shards = sorted(out.glob("shard_*.safetensors"))
    if not shards:
        raise InputError("There is nothing to read: give --sentences or --recordings.")
    sizes = [_size(path) for path in shards]
    frames, clips = (sum(column) for column in zip(*sizes, strict=True))
    index = {"recipe": recipe, "shards": [p.name for p in shards], "clips": clips, "minutes": round(frames / 25 / 60, 2)}
    index_file.write_text(json.dumps(index))
    return index


def _write_shard(path: Path, readings: Sequence[Reading], rng: np.random.Generator, seed: int) -> None:
    if path.exists():
        return
    mels: list[NDArray[Any]] = []
    visemes: list[NDArray[Any]] = []
    starts, speakers, texts = [0], [], []
    for reading in readings:
        pcm, phonemes = reading.read()
        for strength in (0.15, 1.0):
            disguised, moved = read_aloud(pcm, phonemes, rng, strength)
            mel = log_mel(disguised).astype(np.float16)
            mels.append(mel)
            visemes.append(label_halves(moved, len(mel)))
            starts.append(starts[-1] + len(mel))
            speakers.append(reading.speaker)
            texts.append(reading.text)
    tensors = {"mel": np.concatenate(mels), "viseme": np.concatenate(visemes), "starts": np.array(starts, np.int32)}
    names = {"visemes": VISEMES, "speakers": speakers, "text": texts}
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, {"seed": str(seed), **{key: json.dumps(value) for key, value in names.items()}})
    partial.replace(path)


def _size(path: Path) -> tuple[int, int]:
    with safe_open(path, "numpy") as file:
        return file.get_slice("viseme").get_shape()[0], file.get_slice("starts").get_shape()[0] - 1
