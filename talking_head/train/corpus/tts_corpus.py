"""Unlimited labelled speech: sentences read by the synthesiser, whose durations say which sound falls on which frame.

Each sentence is read twice, each time at another speed: once nearly plain, once as somebody else somewhere else. A shard
``shard_NNN.safetensors`` holds clips one after the other; N frames of 40 ms, C clips:

===========  ============  ==========================================================================================
``mel``      f16[N, 4, 80] log-mel of the streaming front end that serves (``audio/mel.py``)
``viseme``   u8[N]         index into VISEMES: the sound that fills most of the frame
``phoneme``  u8[N]         index into PHONEMES (stress removed), likewise
``flags``    u8[N, 4]      FLAGS, 0 or 1: the frame is at least half such a sound, or holds the middle of one
``starts``   i32[C + 1]    first frame of each clip; the last is N
``voice``    f32[C, 3]     pitch factor, loudness in LUFS, signal-to-noise ratio in dB
===========  ============  ==========================================================================================

Its metadata has ``text`` (JSON list of C sentences), ``visemes``, ``phonemes``, ``flags`` (JSON lists of names) and ``seed``.
"closed": lips must meet (p, b, m). "labiodental": lower lip to upper teeth (f, v). "round": rounded lips (o, u, w). "open":
a stressed open vowel, the mouth must be open. Labels belong to the sound of that frame: no look-ahead is built in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from talking_head.audio.mel import log_mel
from talking_head.errors import InputError
from talking_head.train.corpus.tts_voices import disguise, random_voice
from talking_head.types import F32, FRAME_TICKS, U8, Phoneme

if TYPE_CHECKING:
    from talking_head.speech.piper import PiperSynthesizer

VISEMES = ("silence", "p", "f", "th", "t", "k", "ch", "s", "r", "w", "o", "aa", "e", "i", "schwa")
FLAGS = ("closed", "labiodental", "round", "open")

_VISEME_OF = {
    "p": "p b m",
    "f": "f v",
    "th": "θ ð",
    "t": "t d n l ɾ ɬ n̩ l̩",
    "k": "k ɡ ŋ x h ʔ",
    "ch": "tʃ dʒ ʃ ʒ",
    "s": "s z",
    "r": "ɹ r ɚ ɜː ɜ",
    "w": "w uː u ʊ ʍ",
    "o": "oʊ oː o ɔː ɔ ɔɪ ɔ̃",
    "aa": "ɑː ɑ a aɪ aʊ æ ʌ ɑ̃",
    "e": "ɛ eɪ e",
    "i": "iː i ɪ j ᵻ",
    "schwa": "ə ɐ",
}
PHONEMES = (" ", *(symbol for group in _VISEME_OF.values() for symbol in group.split()))
_VISEME_INDEX = {s: VISEMES.index(v) for v, group in _VISEME_OF.items() for s in group.split()} | {" ": 0}
_PHONEME_INDEX = {symbol: place for place, symbol in enumerate(PHONEMES)}
_ROUND = {"w", "uː", "u", "ʊ", "oʊ", "oː", "o", "ɔː", "ɔ", "ɔɪ", "ʍ"}
_OPEN = {"ɑː", "ɑ", "a", "aɪ", "aʊ", "æ", "ʌ"}


def flags_of(symbol: str) -> tuple[bool, bool, bool, bool]:
    """FLAGS of a phoneme as the synthesiser names it, with its stress mark."""
    bare = symbol.lstrip("ˈˌ")
    return bare in {"p", "b", "m"}, bare in {"f", "v"}, bare in _ROUND, symbol.startswith("ˈ") and bare in _OPEN


def label_frames(phonemes: Sequence[Phoneme], frames: int) -> tuple[U8, U8, U8]:
    """Phonemes in ticks → viseme u8[T], phoneme u8[T], flags u8[T, 4] of the first ``frames`` frames."""
    fill = np.zeros((frames, len(PHONEMES)))
    flags = np.zeros((frames, len(FLAGS)))
    for phoneme in phonemes:
        marks = np.array(flags_of(phoneme.symbol), float)
        bare = phoneme.symbol.lstrip("ˈˌ")
        row = _PHONEME_INDEX.get(bare, _PHONEME_INDEX["ə"])
        end = phoneme.start + phoneme.ticks
        for frame in range(phoneme.start // FRAME_TICKS, min(frames, -(-end // FRAME_TICKS))):
            share = (min(end, (frame + 1) * FRAME_TICKS) - max(phoneme.start, frame * FRAME_TICKS)) / FRAME_TICKS
            fill[frame, row] += share
            flags[frame] += share * marks
        middle = (phoneme.start + phoneme.ticks // 2) // FRAME_TICKS
        if middle < frames:
            flags[middle] += marks
    fill[:, 0] += 1e-6  # frames that nothing covers are silence
    best = fill.argmax(axis=1)
    visemes = np.array([_VISEME_INDEX[PHONEMES[index]] for index in best], np.uint8)
    return visemes, best.astype(np.uint8), (flags >= 0.5).astype(np.uint8)


def read_aloud(
    voice: PiperSynthesizer, text: str, rng: np.random.Generator, strength: float
) -> tuple[F32, list[Phoneme], tuple[float, float, float]]:
    """One sentence in a random voice, with silence around it → pcm f32[T · 1920], its phonemes, the ``voice`` row."""
    other = random_voice(rng, strength=strength)
    # Read slowly what is to be sped up: pitch and formants move, the tempo stays a person's.
    tempo = float(np.exp(rng.uniform(np.log(0.85), np.log(1.2))))
    raw, phonemes = voice.speak(voice.words(text), speed=tempo / other.pitch)
    before, after = (int(rng.uniform(0.1, 0.5) * 48_000) for _ in range(2))
    raw = np.pad(raw, (round(before * other.pitch), round(after * other.pitch)))
    pcm = disguise(raw, other, rng)
    moved = [Phoneme(p.symbol, before + round(p.start / other.pitch), round(p.ticks / other.pitch)) for p in phonemes]
    frames = -(-len(pcm) // FRAME_TICKS)
    return np.pad(pcm, (0, frames * FRAME_TICKS - len(pcm))), moved, (other.pitch, other.lufs, other.snr_db)


def prepare_tts(
    out: Path,
    sentences: int = 1500,
    seed: int = 0,
    *,
    per_shard: int = 100,
    tick: Callable[[int, int], None] = lambda done, of: None,
    synthesizer: PiperSynthesizer | None = None,
) -> dict[str, Any]:
    """Write the corpus of ``sentences`` sentences into the folder ``out``; shards that are there are kept (resumable).

    Returns and writes (``index.json``) the totals. Raises InputError for a folder that holds another corpus.
    """
    from talking_head.speech.piper import PiperSynthesizer
    from talking_head.train.corpus.tts_sentences import sentences as make_sentences

    if sentences < 1:
        raise InputError("A corpus needs at least one sentence.")
    out.mkdir(parents=True, exist_ok=True)
    recipe = {"sentences": sentences, "seed": seed, "per_shard": per_shard}
    index_file = out / "index.json"
    if index_file.exists() and json.loads(index_file.read_text())["recipe"] != recipe:
        raise InputError(f"{out} holds a corpus made with other settings; choose another folder.")
    index: dict[str, Any] = {"recipe": recipe, "shards": [], "frames": 0, "clips": 0}
    voice = synthesizer or PiperSynthesizer()
    texts = make_sentences(sentences, seed, voice.phonemes)
    index_file.write_text(json.dumps(index))
    for number in range(-(-sentences // per_shard)):
        part = texts[number * per_shard : (number + 1) * per_shard]
        path = out / f"shard_{number:03d}.safetensors"
        if not path.exists():
            _write_shard(path, part, voice, np.random.default_rng([seed, number]), seed)
        frames, clips = _size(path)
        index["shards"].append(path.name)
        index["frames"] += frames
        index["clips"] += clips
        index["minutes"] = round(index["frames"] / 25 / 60, 2)
        index_file.write_text(json.dumps(index))
        tick(min((number + 1) * per_shard, sentences), sentences)
    return index


def _write_shard(path: Path, texts: Sequence[str], voice: PiperSynthesizer, rng: np.random.Generator, seed: int) -> None:
    from safetensors.numpy import save_file

    columns: dict[str, list[NDArray[Any]]] = {"mel": [], "viseme": [], "phoneme": [], "flags": []}
    starts, rows, said = [0], [], []
    for text in texts:
        for strength in (0.15, 1.0):
            pcm, phonemes, row = read_aloud(voice, text, rng, strength)
            mel = log_mel(pcm).astype(np.float16)
            for column, value in zip(columns.values(), (mel, *label_frames(phonemes, len(mel))), strict=True):
                column.append(np.asarray(value))
            starts.append(starts[-1] + len(mel))
            rows.append(row)
            said.append(text)
    tensors = {name: np.concatenate(parts) for name, parts in columns.items()}
    tensors |= {"starts": np.array(starts, np.int32), "voice": np.array(rows, np.float32)}
    names = {"visemes": VISEMES, "phonemes": PHONEMES, "flags": FLAGS, "text": said}
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, {"seed": str(seed), **{key: json.dumps(value) for key, value in names.items()}})
    partial.replace(path)


def _size(path: Path) -> tuple[int, int]:
    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        return file.get_slice("viseme").get_shape()[0], file.get_slice("starts").get_shape()[0] - 1
