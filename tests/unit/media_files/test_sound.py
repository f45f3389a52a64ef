"""Recordings as people bring them: wired wrongly, far too quiet, far too hot. All are heard at one level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soxr

from talking_head.audio.pcm import loudness
from talking_head.errors import AudioError
from talking_head.media_files.sound import levelled, read_audio, to_mono
from talking_head.types import F32
from tests.unit.media_files.files import voice, write_sound


def true_peak_db(pcm: F32) -> float:
    return float(20 * np.log10(np.abs(soxr.resample(pcm, 48_000, 192_000)).max()))


@pytest.mark.parametrize("second", [-1.0, -0.6, 0.0])
def test_a_channel_that_cancels_the_other_is_left_out(tmp_path: Path, second: float) -> None:
    said: list[str] = []
    file = write_sound(tmp_path / "s.wav", np.stack([voice(), second * voice()]))
    assert loudness(read_audio(file, tell=said.append)) == pytest.approx(loudness(voice()), abs=0.2)
    assert bool(said) == (second < 0)


def test_a_channel_that_cancels_the_other_now_and_then_is_left_out() -> None:
    flipped = np.where(np.arange(len(voice())) < 48_000, -1, 1) * voice()
    mono = to_mono(np.stack([voice(), flipped]).astype(np.float32), 48_000)
    np.testing.assert_array_equal(np.abs(mono), np.abs(voice()))


def test_an_ordinary_stereo_recording_is_averaged() -> None:
    noise = np.random.default_rng(0).standard_normal((2, len(voice()))).astype(np.float32) * 0.01
    both = np.stack([voice(), 0.8 * voice()]) + noise
    said: list[str] = []
    np.testing.assert_allclose(to_mono(both, 48_000, said.append), both.mean(0), atol=1e-6)
    assert said == []


@pytest.mark.parametrize("target", [-62.0, -56.0, -38.0, -20.0, -9.0])
def test_any_level_becomes_the_same(target: float) -> None:
    said: list[str] = []
    pcm = voice() * np.float32(10 ** ((target - loudness(voice())) / 20))
    out = levelled(pcm, tell=said.append)
    assert pyloudnorm.Meter(48_000).integrated_loudness(out) == pytest.approx(-16, abs=0.6)
    assert true_peak_db(out) <= -0.9
    assert bool(said) == (target != -20)


@pytest.mark.parametrize("peak", [1.5, 7.0, 300.0])
def test_samples_beyond_full_scale_are_turned_down_not_cut_off(tmp_path: Path, peak: float) -> None:
    hot = voice() * np.float32(peak / np.abs(voice()).max())
    said: list[str] = []
    out = levelled(read_audio(write_sound(tmp_path / "hot.wav", hot[None])), tell=said.append)
    assert true_peak_db(out) <= -0.9
    assert np.corrcoef(out, hot)[0, 1] > 0.98  # clipped, a wave of this peak would be square
    assert "full scale" in said[0]


def test_a_long_recording_is_limited_as_a_short_one() -> None:
    pcm = np.tile(voice(6.0), 5) * np.float32(4)
    out = levelled(pcm)
    assert true_peak_db(out) <= -0.9
    assert loudness(out) == pytest.approx(-16, abs=0.6)


def test_a_constant_in_every_sample_is_removed() -> None:
    assert abs(float(levelled(voice() + np.float32(0.3))[24_000:].mean())) < 0.01


def test_silence_says_so() -> None:
    with pytest.raises(AudioError, match="silent"):
        levelled(np.zeros(48_000, np.float32))


def test_too_long_is_refused_before_all_of_it_is_read(tmp_path: Path) -> None:
    file = write_sound(tmp_path / "long.wav", voice(8.0)[None])
    with pytest.raises(AudioError, match="longer than 5 seconds"):
        read_audio(file, most_s=5.0)
    assert len(read_audio(file, most_s=9.0)) == 8 * 48_000
