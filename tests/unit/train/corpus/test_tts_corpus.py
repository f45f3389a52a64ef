"""Sentences, voices and labels of the synthetic training speech."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from talking_head.errors import InputError
from talking_head.motion.visemes import VISEMES
from talking_head.speech.phonemes.english import EnglishPhonemes
from talking_head.speech.phonemes.times import KOKORO_LATE, settled
from talking_head.train.corpus.tts_corpus import label_halves, piper, prepare_tts, recordings
from talking_head.train.corpus.tts_sentences import heldout, sentences
from talking_head.train.corpus.tts_voices import Voice, disguise, random_voice
from talking_head.train.motion.speech import load_speech
from talking_head.types import FRAME_TICKS, Phoneme


@pytest.fixture(scope="module")
def phonemes() -> EnglishPhonemes:
    return EnglishPhonemes()


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
    labels = label_halves(spoken, 7)
    assert labels.shape == (7, 2)
    assert [VISEMES[v] for v in labels.ravel()] == [
        *("silence", "silence", "p", "p", "ae", "ae", "ae", "ae"),
        *("p", "u", "u", "u", "silence", "silence"),
    ]


def test_kokoros_times_are_put_where_the_sound_is() -> None:
    """A tone that ends long before its label does, under labels that come too late."""
    time = np.arange(48_000) / 48_000
    pcm = (0.3 * np.sin(2 * np.pi * 200 * time) * (time < 0.5)).astype(np.float32)
    late = [Phoneme("a", 12_000, 6_000), Phoneme("z", 18_000, 30_000)]
    moved = settled(pcm, late)
    assert [p.symbol for p in moved] == ["a", "z", " "]
    assert moved[0].start == 12_000 - KOKORO_LATE
    assert moved[1].start == 18_000 - KOKORO_LATE
    assert moved[2].start == pytest.approx(24_000, abs=960)
    assert moved[2].start + moved[2].ticks == 48_000
    for before, after in pairwise(moved):
        assert before.start + before.ticks == after.start


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
    def make(count: int) -> dict[str, object]:
        return prepare_tts(tmp_path / "c", lambda: piper(count, 3), {"sentences": count}, seed=3, per_shard=1)

    assert make(2)["clips"] == 4
    first = tmp_path / "c" / "shard_000.safetensors"
    stamp = first.stat().st_mtime_ns
    (tmp_path / "c" / "shard_001.safetensors").unlink()
    assert make(2)["clips"] == 4
    assert first.stat().st_mtime_ns == stamp
    items = load_speech(tmp_path / "c")
    assert [item.speaker for item in items] == ["piper"] * 4
    for item in items:
        # sound and labels belong together: half frames labelled as speech are the louder ones
        level = item.features().reshape(len(item.mel), 2, -1).mean(axis=2)
        speech = item.viseme > 0
        assert level[speech].mean() > level[~speech].mean() + 0.1
        assert len(item.mel) > 25
    with pytest.raises(InputError, match="other settings"):
        make(3)


def test_a_folder_without_an_index_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no index"):
        list(recordings(tmp_path))
