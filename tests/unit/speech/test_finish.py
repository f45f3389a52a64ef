"""What every synthesiser's sound goes through, and the measure of its joins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.signal import butter, sosfilt

from talking_head.audio.pcm import loudness, write_wav
from talking_head.evaluate.speech.joins import measure_joins, plot_joins
from talking_head.media_files.sound import read_audio
from talking_head.speech.finish import RunningGain, finish, mark_of, tail
from talking_head.types import F32, TICKS_PER_SECOND
from tests.contract.speech.voices import babble


def test_running_gain_joins_chunks_smoothly() -> None:
    whole = babble(3.0, TICKS_PER_SECOND)
    gain = RunningGain()
    out = np.concatenate([gain.push(whole[i : i + 9_000]) for i in range(0, len(whole), 9_000)])
    assert loudness(out) == pytest.approx(-16, abs=1)
    step_before, step_after = (np.abs(np.diff(x)).max() / np.abs(x).max() for x in (whole, out))
    assert step_after < 1.5 * step_before


def test_finish_trims_silence_and_noise_floor() -> None:
    voice = babble(1.0, TICKS_PER_SECOND)
    padded = np.concatenate([np.zeros(20_000, np.float32), voice, np.zeros(30_000, np.float32)])
    padded += 1e-5 * np.random.default_rng(0).standard_normal(len(padded)).astype(np.float32)
    short, long = finish(padded, (), ","), finish(padded, (), ".")
    assert len(short.pcm) < len(long.pcm) < len(voice) + 22_000
    assert not finish(np.zeros(5_000, np.float32), (), ".").pcm.any()
    assert len(tail(np.zeros(0, np.float32), ".")) > 0


@pytest.mark.parametrize(
    ("text", "mark"), [("Yes.", "."), ("“Really?”", "?"), ("and then", ""), ("so,", ","), ("", ""), ("well…", ".")]
)
def test_mark(text: str, mark: str) -> None:
    assert mark_of(text) == mark


def test_read_audio_serves_cloning(tmp_path: Path) -> None:
    write_wav(tmp_path / "clip.wav", babble(1.0), 24_000)
    assert len(read_audio(tmp_path / "clip.wav", 22_050)) == pytest.approx(22_050, abs=64)


def clauses(edge: float = 0.02) -> list[F32]:
    """Three clauses with silence behind them; the last begins with a hiss at full strength after ``edge`` seconds."""
    hiss = 0.1 * np.random.default_rng(1).standard_normal(9_600).astype(np.float32)
    hiss[: round(edge * TICKS_PER_SECOND)] *= np.linspace(0, 1, round(edge * TICKS_PER_SECOND), dtype=np.float32)
    dull = butter(2, 1_500, fs=TICKS_PER_SECOND, output="sos")  # voices have little above 6 kHz
    voices = [sosfilt(dull, babble(1.2, TICKS_PER_SECOND, seed)).astype(np.float32) for seed in (0, 1)]
    return [finish(pcm, (), ".").pcm for pcm in [*voices, np.concatenate([hiss, voices[0]])]]


@pytest.mark.parametrize("edge", [0.002, 0.02])
def test_the_onset_of_a_sound_is_no_click(edge: float) -> None:
    assert measure_joins(clauses(edge)).click_db < -10


@pytest.mark.parametrize("what", ["spike", "step before", "step after", "cut off", "splice"])
def test_a_planted_click_is_found(what: str) -> None:
    first, second, third = clauses()
    vowel = first[: int(np.argmax(np.abs(first)))]  # ends in the middle of a wave
    if what == "spike":
        second[0] += 0.01
    elif what == "step before":
        first[-2_400:] += np.linspace(0, 0.02, 2_400, dtype=np.float32)
    elif what == "step after":
        second[:2_400] += np.linspace(0.02, 0, 2_400, dtype=np.float32)
    pieces = [vowel, second, third] if what == "cut off" else [first, second, third]
    if what == "splice":
        pieces = [vowel, -vowel[::-1], third]
    assert measure_joins(pieces).click_db > 0


def test_joins_of_nothing() -> None:
    assert measure_joins([babble(0.5, TICKS_PER_SECOND)]).click_db == -np.inf


def test_joins_as_a_picture(tmp_path: Path) -> None:
    plot_joins(clauses(), str(tmp_path / "joins.png"))
    with Image.open(tmp_path / "joins.png") as picture:
        assert picture.size == (1200, 800)
        assert np.asarray(picture).std() > 30
