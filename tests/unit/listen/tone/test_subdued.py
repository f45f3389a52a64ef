"""What a voice measures, and which turns sound subdued: made voices in, decisions out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talking_head.evaluate.listening.sounds import noise
from talking_head.listen.ear import Ear
from talking_head.listen.tone.prosody import Prosody
from talking_head.listen.tone.subdued import Habits, letters
from talking_head.types import F32
from tests.voices import voice

TEXT = 42  # letters of a turn of three seconds


class LoudIsVoice:
    """Steps above an RMS of ``over`` hold speech."""

    def __init__(self, over: float = 0.004) -> None:
        self._over = over

    def probability(self, chunk: F32) -> float:
        return float(np.sqrt(np.square(chunk).mean()) > self._over)


def heard(pcm: F32, piece: int = 512, over: float = 0.004) -> Prosody | None:
    ear = Ear(LoudIsVoice(over))
    ear.turns.held = True
    for start in range(0, len(pcm), piece):
        ear.push(pcm[start : start + piece])
    ear.finish()
    return ear.prosody


def turn(**sound: Any) -> Prosody:
    prosody = heard(voice(**sound))
    assert prosody is not None
    return prosody


def acquainted(turns: int = 3) -> Habits:
    """With somebody who has spoken so often, each time a little otherwise."""
    habits = Habits()
    for number in range(turns):
        sound = turn(hertz=180 + 8 * (-1) ** number, swing=4 + 0.4 * number, level=0.2 - 0.02 * number, seed=number)
        assert not habits.heard(sound, TEXT - number)
    return habits


SUBDUED = {"hertz": 158.0, "swing": 1.6, "level": 0.1, "pause": 0.3}


@pytest.mark.parametrize(("hertz", "swing"), [(110, 2), (180, 4), (260, 1)])
def test_pitch_and_its_range_are_what_was_made(hertz: float, swing: float) -> None:
    prosody = turn(hertz=hertz, swing=swing)
    assert prosody.pitch == pytest.approx(12 * np.log2(hertz), abs=0.3 * swing)
    assert prosody.spread == pytest.approx(0.74 * swing, rel=0.25)  # of a sine, from the 10th percentile to the 90th, in σ


def test_loudness_room_and_length_are_what_was_made() -> None:
    loud, soft = turn(level=0.2), turn(level=0.05)
    assert loud.level - soft.level == pytest.approx(12.0, abs=0.3)
    assert loud.snr - soft.snr == pytest.approx(12.0, abs=3)
    assert loud.span_s == pytest.approx(3.0, abs=0.07)
    assert turn(pause=0.4).span_s == pytest.approx(3 + 3 * 0.4, abs=0.1)
    assert turn(pause=0.4).voiced_s == pytest.approx(3.0, abs=0.3)


def test_the_span_of_a_long_turn_is_all_of_it() -> None:
    assert turn(seconds=30).span_s == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize("piece", [160, 333, 4096])
def test_a_voice_sounds_the_same_however_it_comes_in(piece: int) -> None:
    assert heard(voice(), piece) == heard(voice())


def test_silence_and_noise_have_no_prosody() -> None:
    assert heard(np.zeros(32_000, np.float32)) is None
    assert heard(noise(3, 0.05, 1)) is None


def test_who_speaks_lower_flatter_slower_and_softer_than_before_sounds_subdued() -> None:
    assert acquainted().heard(turn(**SUBDUED), TEXT)
    assert acquainted(1).heard(turn(**SUBDUED), TEXT)  # one turn is little to compare with


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"hertz": 158.0},
        {"swing": 2.0},
        {"pause": 0.3},
        {"hertz": 158.0, "level": 0.05},
        {"level": 0.05, "pause": 0.3},
        {"hertz": 210.0, "swing": 6.0, "level": 0.3},
        {"hertz": 210.0, "swing": 6.0, "pause": 0.4, "level": 0.05},
    ],
)
def test_one_sign_alone_is_no_clear_case(sound: dict[str, float]) -> None:
    assert not acquainted().heard(turn(**sound), TEXT)


def test_a_first_turn_counts_only_where_hardly_anybody_speaks_so() -> None:
    assert not Habits().heard(turn(**SUBDUED), TEXT)
    assert not Habits().heard(turn(swing=0.5), TEXT)  # flat, but not slow
    assert Habits().heard(turn(swing=0.8, pause=1.2), TEXT)


def test_too_short_or_too_noisy_a_turn_says_nothing() -> None:
    habits = acquainted()
    assert not habits.heard(turn(seconds=1.0, hertz=150.0, swing=0.5, pause=0.3), 10)
    sound = voice(**SUBDUED)
    drowned = heard(sound + noise(len(sound) / 16_000 + 0.1, 0.02, 1)[: len(sound)], over=0.026)
    assert drowned is None or not habits.heard(drowned, TEXT)
    assert not habits.heard(None, TEXT)
    assert not habits.heard(turn(**SUBDUED), 0)


def test_who_always_speaks_so_does_not_sound_subdued() -> None:
    habits = acquainted()
    told = [habits.heard(turn(**SUBDUED, seed=number), TEXT) for number in range(8)]
    assert told[0]
    assert not any(told[5:])


def test_while_somebody_speaks_a_flat_soft_low_voice_is_enough() -> None:
    now = turn(hertz=155.0, swing=1.0, level=0.08)
    assert acquainted().subdued(now)
    assert not acquainted(1).subdued(now)
    assert not acquainted().subdued(turn(level=0.08))
    assert not Habits().subdued(now)
    assert not acquainted().subdued(None)


def test_letters_are_counted_as_they_are_spoken() -> None:
    assert letters("Hello, you.") == 8
    assert letters("你好吗？") == 9
    assert letters("Room 12") == 12
