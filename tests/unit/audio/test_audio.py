"""Resampling, loudness, files and the log-mel front end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from talking_head.audio.mel import SILENCE, MelState, log_mel, mel_step
from talking_head.audio.pcm import (
    PEAK_CEILING,
    StreamResampler,
    check_pcm,
    fade,
    fade_out,
    k_weighted,
    limit,
    loudness,
    resample,
    to_loudness,
    write_wav,
)
from talking_head.errors import AudioError
from talking_head.media_files.sound import read_audio


def noise(seconds: float, seed: int = 0, rate: int = 48_000) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * rate))).astype(np.float32)


def sine(hertz: float, seconds: float = 1.0, rate: int = 48_000) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def test_mel_stream_equals_whole_also_in_a_batch() -> None:
    clips = np.stack([noise(2, seed) for seed in range(3)])
    states = [MelState() for _ in clips]
    steps = [mel_step(states, clips[:, i : i + 1920]) for i in range(0, clips.shape[1], 1920)]
    for row, clip in enumerate(clips):
        np.testing.assert_allclose(np.stack([step[row] for step in steps]), log_mel(clip), atol=1e-5)


def test_mel_is_causal() -> None:
    clip = noise(1)
    changed = clip.copy()
    changed[10 * 1920 :] = 0
    before, after = log_mel(clip), log_mel(changed)
    np.testing.assert_array_equal(before[:10], after[:10])
    assert np.abs(before[10] - after[10]).max() > 0.1


def test_mel_of_silence_and_of_tones() -> None:
    np.testing.assert_allclose(log_mel(np.zeros(4800, np.float32)), SILENCE, atol=1e-5)
    peaks = [int(log_mel(sine(hertz))[10, 0].argmax()) for hertz in (100, 440, 1000, 4000, 7000)]
    assert peaks == sorted(set(peaks))
    np.testing.assert_allclose(log_mel(sine(11_000))[10], SILENCE, atol=0.02)  # nothing folds back below 8 kHz


@pytest.mark.parametrize(
    ("pcm", "rate", "says"),
    [
        (np.zeros(0, np.float32), 48_000, "empty"),
        (np.full(4800, np.nan, np.float32), 48_000, "NaN"),
        (np.full(4800, np.inf, np.float32), 48_000, "infinite"),
        (np.zeros(4800, np.float32), 16_000, "48000 Hz"),
        (np.zeros((2, 4800), np.float32), 48_000, "mono"),
        (np.zeros(4800, np.int16), 48_000, "floating"),
    ],
)
def test_mel_refuses(pcm: np.ndarray, rate: int, says: str) -> None:
    with pytest.raises(AudioError, match=says):
        log_mel(pcm, rate)


def test_mel_step_refuses_nan_and_shape_and_keeps_its_state() -> None:
    state = MelState()
    mel_step([state], noise(1)[None, :1920])
    kept = state.tail_mid.copy()
    with pytest.raises(AudioError):
        mel_step([state], np.full((1, 1920), np.nan, np.float32))
    with pytest.raises(AudioError):
        mel_step([state], np.zeros((1, 960), np.float32))
    np.testing.assert_array_equal(state.tail_mid, kept)


def test_k_weighting_is_the_published_filter() -> None:
    impulse = np.zeros(3, np.float32)
    impulse[0] = 1
    # First sample of the cascade = product of the b0 of ITU-R BS.1770-4, table 1 (1.53512485958697) and table 2 (1.0).
    assert k_weighted(impulse, 48_000)[0] == pytest.approx(1.53512485958697, rel=1e-6)


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_loudness_agrees_with_pyloudnorm(rate: int) -> None:
    clip = noise(3, rate=rate) * np.repeat([1.0, 0.01, 0.5], rate).astype(np.float32)
    assert loudness(clip, rate) == pytest.approx(pyloudnorm.Meter(rate).integrated_loudness(clip.astype(float)), abs=0.3)


def test_a_full_scale_sine_reads_minus_three() -> None:
    assert loudness(2 * sine(997)) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("seconds", [0.15, 0.5, 4.0])
@pytest.mark.parametrize("level", [0.02, 0.1, 3.0])
def test_to_loudness(seconds: float, level: float) -> None:
    clip = noise(seconds) * level * (1 + 5 * (np.arange(round(seconds * 48_000)) % 4000 == 0)).astype(np.float32)
    out = to_loudness(clip)
    assert loudness(out) == pytest.approx(-16, abs=0.5)
    assert np.abs(resample(out, 48_000, 192_000)).max() <= PEAK_CEILING * 1.01


def test_to_loudness_of_spikes() -> None:
    clip = 0.02 * noise(0.5)
    clip[::6_000] = 1.0
    assert loudness(to_loudness(clip)) == pytest.approx(-16, abs=0.8)


def test_silence_is_left_alone() -> None:
    assert not to_loudness(np.zeros(4800, np.float32)).any()
    assert loudness(np.zeros(4800, np.float32)) == -70
    assert to_loudness(np.zeros(0, np.float32)).size == 0


def test_limiter_touches_only_the_neighbourhood_of_a_peak() -> None:
    clip = sine(440, 0.5)
    clip[12_000] = 4.0
    out = limit(clip)
    assert np.abs(out).max() <= PEAK_CEILING
    np.testing.assert_allclose(out[:10_500], clip[:10_500], rtol=1e-4, atol=1e-5)


def test_fade_ends_at_zero_and_copies() -> None:
    clip = np.ones(100, np.float32)
    out = fade(clip, 10, 20)
    assert out[0] < 0.01
    assert out[-1] < 0.01
    assert (out[10:80] == 1).all()
    assert (clip == 1).all()
    assert len(fade(np.ones(3, np.float32), 10, 10)) == 3


def test_a_fade_out_leaves_silence_behind_it() -> None:
    out = fade_out(np.ones(100, np.float32), 11)
    np.testing.assert_allclose(out[:11], np.linspace(1, 0, 11), atol=1e-6)
    assert not out[11:].any()


def test_stream_resampler_equals_whole() -> None:
    clip = noise(1, rate=22_050)
    stream = StreamResampler(22_050, 48_000)
    pieces = [stream.push(clip[i : i + 777], last=i + 777 >= len(clip)) for i in range(0, len(clip), 777)]
    np.testing.assert_allclose(np.concatenate(pieces), resample(clip, 22_050, 48_000), atol=1e-6)


def test_wav_round_trip_and_foreign_rates(tmp_path: Path) -> None:
    clip = sine(440, 1.0, 16_000)
    write_wav(tmp_path / "a.wav", clip, 16_000)
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav", 16_000), clip, atol=1e-4)
    at48 = read_audio(tmp_path / "a.wav")
    assert len(at48) == pytest.approx(48_000, abs=64)
    np.testing.assert_allclose(at48[2000:40_000], sine(440)[2000:40_000], atol=0.01)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no audio file"):
        read_audio(tmp_path / "absent.wav")
    (tmp_path / "text.wav").write_text("this is no sound at all, only some text\n" * 20)
    with pytest.raises(AudioError, match="cannot be read"):
        read_audio(tmp_path / "text.wav")
    (tmp_path / "empty.mp3").write_bytes(b"")
    with pytest.raises(AudioError):
        read_audio(tmp_path / "empty.mp3")


def test_check_pcm_names_an_impossible_rate() -> None:
    with pytest.raises(AudioError, match="sample rate"):
        check_pcm(np.zeros(10, np.float32), 100)
