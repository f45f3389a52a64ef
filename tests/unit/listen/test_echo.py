"""The presenter's own voice in the microphone: taken out, and whoever speaks at the same time is left in."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from talking_head.evaluate.listening.sounds import room
from talking_head.listen.echo import CHUNK, EchoGuard
from talking_head.types import F32, VOICE_RATE


def babble(seconds: float, pitch: float, seed: int) -> F32:
    """Something like a voice: pulses through resonances that wander, in syllables."""
    rng = np.random.default_rng(seed)
    count = round(seconds * VOICE_RATE)
    line = np.zeros(count)
    start = 0
    while start < count - VOICE_RATE:
        syllable = int(rng.uniform(0.12, 0.28) * VOICE_RATE)
        tone = pitch * rng.uniform(0.85, 1.2)
        pulses = (np.diff(np.floor(np.arange(syllable + 1) * tone / VOICE_RATE)) > 0) + 0.03 * rng.standard_normal(syllable)
        for hertz in rng.uniform([300, 900, 2_200], [800, 1_900, 3_000]):
            pulses = lfilter([0.1], [1, -1.94 * np.cos(2 * np.pi * hertz / VOICE_RATE), 0.941], pulses)
        line[start : start + syllable] = pulses * np.hanning(syllable) * (rng.random() > 0.15)
        start += syllable
    return (0.2 * line / np.abs(line).max()).astype(np.float32)


def cleaned(sent: F32, mic: F32) -> tuple[F32, EchoGuard]:
    guard, out = EchoGuard(), []
    for start in range(0, len(mic) - CHUNK + 1, CHUNK):
        guard.played(sent[start : start + CHUNK], start)
        out.append(guard.clean(mic[start : start + CHUNK]))
    return np.concatenate(out), guard


def level(pcm: F32) -> float:
    return 10 * float(np.log10(np.square(pcm).mean() + 1e-12))


@pytest.mark.parametrize("delay_s", [0.07, 0.3, 0.9])
def test_echo_is_found_and_taken_out(delay_s: float) -> None:
    sent = babble(12.0, 110, 1)
    echo = np.pad(sent, (round(delay_s * VOICE_RATE), 0))[: len(sent)] * 10 ** (-10 / 20)
    mic = room(echo, 1.0, 2) + 1e-4 * np.random.default_rng(3).standard_normal(len(sent)).astype(np.float32)
    out, guard = cleaned(sent, mic.astype(np.float32))
    assert guard.delay is not None
    assert guard.delay / VOICE_RATE == pytest.approx(delay_s, abs=0.02)
    late = slice(6 * VOICE_RATE, 11 * VOICE_RATE)
    assert level(out[late]) < level(mic[late]) - 15


def test_who_speaks_at_the_same_time_is_left_in() -> None:
    sent, visitor = babble(12.0, 110, 1), babble(4.0, 210, 7)
    echo = np.pad(sent, (3_200, 0))[: len(sent)] * 10 ** (-10 / 20)
    alone = room(echo, 1.0, 2)
    mic = alone.copy()
    mic[7 * VOICE_RATE : 11 * VOICE_RATE] += visitor
    out, _ = cleaned(sent, mic)
    spoken = slice(7 * VOICE_RATE + CHUNK, 11 * VOICE_RATE)
    assert level(out[spoken]) > level(visitor) - 4
    shifted = np.pad(visitor, (CHUNK, 0))[CHUNK : len(visitor)]
    assert np.corrcoef(out[spoken][: len(shifted)], shifted[: len(out[spoken])])[0, 1] > 0.7


def test_a_stranger_is_no_echo() -> None:
    out, guard = cleaned(babble(10.0, 110, 1), mic := babble(10.0, 180, 9))
    assert guard.delay is None
    assert guard.unsure
    assert np.array_equal(out, mic[: len(out)])


def test_what_comes_in_silence_is_handed_on_at_once() -> None:
    mic = babble(3.0, 180, 9)
    out, guard = cleaned(np.zeros(len(mic), np.float32), mic)
    assert not guard.sounding
    assert np.array_equal(out, mic[: len(out)])
