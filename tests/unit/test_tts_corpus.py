"""Sentences, voices and labels of the synthetic training speech."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from talking_head.errors import InputError
from talking_head.speech.phonemes import EnglishPhonemes
from talking_head.train.corpus.tts_corpus import FLAGS, PHONEMES, VISEMES, label_frames, prepare_tts
from talking_head.train.corpus.tts_sentences import heldout, sentences
from talking_head.train.corpus.tts_voices import Voice, disguise, random_voice
from talking_head.types import FRAME_TICKS, Phoneme


@pytest.fixture(scope="module")
def phonemes() -> EnglishPhonemes:
    return EnglishPhonemes()


def said(phonemes: EnglishPhonemes, text: str) -> str:
    return " ".join("".join(word) for word in phonemes(text))


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("the apple, the pear", "ðɪ ˈæpəl , ðə pˈɛɹ"),
        ("I want to read what I read yesterday", "ˈaɪ wˈɔnt tə ɹˈiːd wˌʌt ˈaɪ ɹˈɛd jˈɛstɚdˌeɪ"),
        ("Please record the record", "plˈiːz ɹɪkˈɔːɹd ðə ɹˈɛkɚd"),
        ("I used to use it", "ˈaɪ jˈuːs tə jˈuːz ɪt"),
        ("GPUs and WebRTC", "dʒˈiː pˈiː jˈuːz ænd wˈɛb ˈɑːɹ tˈiː sˈiː"),
        ("3 cats", "θɹˈiː kˈæts"),
        ("café", "kˈæfeɪ"),
    ],
)
def test_pronunciation(phonemes: EnglishPhonemes, text: str, sounds: str) -> None:
    assert said(phonemes, text) == sounds


def test_every_word_has_a_pronunciation(phonemes: EnglishPhonemes) -> None:
    for word in ("zyxomorph", "hmm", "livestream", "OpenVINO's", "x", "A", "blorptastic's", "R2D2", "iPhone"):
        assert all(phonemes(word))


def test_sentences_cover_the_language_and_leave_the_test_out(phonemes: EnglishPhonemes) -> None:
    chosen = sentences(300, 7, phonemes)
    assert chosen == sentences(300, 7, phonemes)
    assert len(set(chosen)) == 300
    assert not set(chosen) & set(heldout())
    heard = {symbol.lstrip("ˈˌ") for text in chosen for word in phonemes(text) for symbol in word}
    assert set("pbtdkɡmnŋfvθðszʃʒhlɹjw") <= heard
    assert {"ɑː", "æ", "ɛ", "ɪ", "iː", "uː", "ʊ", "ʌ", "ə", "ɚ", "ɜː", "ɔː"} <= heard


def test_heldout_is_full_of_lips(phonemes: EnglishPhonemes) -> None:
    texts = heldout()
    assert len(texts) == len(set(texts)) == 120
    assert sum(symbol in "pbm" for text in texts for word in phonemes(text) for symbol in word) > 500


def test_labels_follow_the_phonemes() -> None:
    spoken = [
        Phoneme(" ", 0, 1920),
        Phoneme("m", 1920, 1900),
        Phoneme("ˈæ", 3820, 3860),
        Phoneme("p", 7680, 600),
        Phoneme("uː", 8280, 3240),
    ]
    visemes, symbols, flags = label_frames(spoken, 7)
    assert [VISEMES[v] for v in visemes] == ["silence", "p", "aa", "aa", "w", "w", "silence"]
    assert [PHONEMES[s] for s in symbols] == [" ", "m", "æ", "æ", "uː", "uː", " "]
    closed, _, rounded, opened = (flags[:, FLAGS.index(name)].tolist() for name in FLAGS)
    assert closed == [0, 1, 0, 0, 1, 0, 0]  # the short p has no frame of its own, but its middle lies in this one
    assert rounded == [0, 0, 0, 0, 1, 1, 0]
    assert opened == [0, 0, 1, 1, 0, 0, 0]


def test_disguise_keeps_time() -> None:
    rng = np.random.default_rng(0)
    clip = np.zeros(48_000, np.float32)
    clip[24_000:24_200] = np.hanning(200) * rng.standard_normal(200)
    for pitch in (0.85, 1.0, 1.4):
        out = disguise(clip, Voice(pitch=pitch, formants=1.05, tilt_db=6, lufs=-45, room_s=0.1), rng)
        assert len(out) == round(48_000 / pitch)
        energy = np.square(out, dtype=np.float64)
        middle = float((energy * np.arange(len(out))).sum() / energy.sum())
        assert abs(middle - 24_100 / pitch) < FRAME_TICKS / 4
        assert np.isfinite(out).all()
    assert random_voice(rng, strength=0.0).pitch == 1.0


def test_corpus_is_resumable_and_described(models: Path, tmp_path: Path) -> None:
    index = prepare_tts(tmp_path / "c", 2, 3, per_shard=1)
    assert index["clips"] == 4
    first = tmp_path / "c" / "shard_000.safetensors"
    stamp = first.stat().st_mtime_ns
    (tmp_path / "c" / "shard_001.safetensors").unlink()
    assert prepare_tts(tmp_path / "c", 2, 3, per_shard=1)["clips"] == 4
    assert first.stat().st_mtime_ns == stamp
    with safe_open(first, "numpy") as file:
        names = json.loads(file.metadata()["visemes"])
        mel, viseme, flags, starts = (file.get_tensor(name) for name in ("mel", "viseme", "flags", "starts"))
    assert names == list(VISEMES)
    assert mel.shape == (len(viseme), 4, 80)
    assert starts[-1] == len(viseme) == len(flags)
    for begin, end in pairwise(starts):
        # sound and labels belong together: frames labelled as speech are the louder ones
        level = mel[begin:end].astype(np.float32).mean(axis=(1, 2))
        speech = viseme[begin:end] > 0
        assert level[speech].mean() > level[~speech].mean() + 0.1
        assert (end - begin) * FRAME_TICKS > 48_000
    with pytest.raises(InputError, match="other settings"):
        prepare_tts(tmp_path / "c", 3, 3, per_shard=1)
