"""The measures of listening, on voices that are hums and words that are counted."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.evaluate.listening import measures, sounds
from talking_head.evaluate.listening.measures import Models, follow
from talking_head.evaluate.listening.recordings import Recording, Turn, recordings, trimmed
from talking_head.listen.barge_in import Move
from talking_head.types import F32, VOICE_RATE
from tests.session.fakes import AlwaysFinished, FakeRecognizer, LoudVoice


def models(script: str = "") -> Models:
    return Models(LoudVoice, AlwaysFinished(), FakeRecognizer(script))


def hum(seconds: float) -> F32:
    return (0.3 * np.sin(np.arange(round(seconds * VOICE_RATE)) * 0.3)).astype(np.float32)


def silence(seconds: float) -> F32:
    return np.zeros(round(seconds * VOICE_RATE), np.float32)


def no_tick(done: int, of: int) -> None:
    assert done <= of


def test_the_set_is_thirty_recordings_the_same_each_time() -> None:
    def say(text: str, speaker: int) -> F32:
        return hum(0.1 * len(text.split()))

    made = recordings(say)
    assert len(made) == 30
    assert sum(not recording.turns for recording in made) == 5
    assert sum(len(recording.turns) for recording in made) == 29
    for recording, again in zip(made, recordings(say), strict=True):
        assert np.array_equal(recording.pcm, again.pcm)
        assert recording.pcm.dtype == np.float32
        assert np.abs(recording.pcm).max() < 1
        assert all(0 < turn.start < turn.end < len(recording.pcm) / VOICE_RATE for turn in recording.turns)


@pytest.mark.parametrize("make", [sounds.noise, sounds.music, sounds.coughs, sounds.keys])
def test_sounds_have_their_level_and_length(make: type) -> None:
    pcm = make(3.0, 0.05, 1)
    assert len(pcm) == 3 * VOICE_RATE
    assert float(np.sqrt(np.square(pcm).mean())) == pytest.approx(0.05, rel=0.01)
    assert np.array_equal(pcm, make(3.0, 0.05, 1))


def test_a_room_adds_a_tail_that_grows_with_the_distance() -> None:
    click = np.zeros(VOICE_RATE, np.float32)
    click[100] = 1

    def tail(metres: float) -> float:
        out = sounds.room(click, metres, 1)
        assert out[100] == pytest.approx(1, abs=0.01)
        return float(np.square(out[101:]).sum())

    assert tail(3.0) > 8 * tail(0.5)


def test_turns_in_time_early_and_late_are_told_apart() -> None:
    line = np.concatenate([silence(1), hum(2), silence(2)])
    right = Recording("right", line, (Turn("heard0 heard1 heard2 heard3", 1.0, 3.0),))
    early = Recording("early", line, (Turn("heard0 heard1 heard2 heard3", 1.0, 4.5),))
    joined = Recording("joined", line, (Turn("heard0 heard1 heard2 heard3", 1.0, 4.5, (3.4,)),))
    missed = Recording("missed", silence(5), (Turn("heard0", 1.0, 2.0),))
    noise = Recording("noise", line, ())
    found = measures.evaluate(models(), [right, early, joined, missed, noise], no_tick)
    assert (found["turns"], found["early"], found["joined"], found["late"]) == (4, 1, 1, 3)
    assert found["heard_in_noise"] == 1
    assert found["word_error_rate"] == pytest.approx(1 / 13, abs=1e-3)
    assert found["end_of_turn_s"]["p50"] == pytest.approx(0.3, abs=0.1)


def test_own_voice_that_is_not_loud_does_nothing() -> None:
    out = measures.own_voice(models(), 0.1 * hum(30.0), 1.0, no_tick)
    assert out == {"minutes": 1, "cuts": 0, "holds": 0, "ducks": 0}


def test_words_cut_and_hums_do_not() -> None:
    presenter = 0.1 * hum(20.0)
    visitor = np.random.default_rng(1).uniform(-0.5, 0.5, 2 * VOICE_RATE).astype(np.float32)  # its own hum would be an echo
    cut = measures.barge_in(models(), presenter, [visitor] * 2, no_tick)
    assert cut["turned_down_s"]["n"] == cut["cut_s"]["n"] == 2
    assert cut["turned_down_s"]["p95"] < cut["silent_s"]["p95"] < cut["cut_s"]["p95"]
    kept = measures.backchannels(models("mm hm"), presenter, [visitor[: VOICE_RATE // 2]])
    assert kept == {"sounds": 1, "cuts": 0, "held": 1, "went_on": 1}


def test_the_echo_falls_silent_with_the_presenter() -> None:
    """Else a hum would be followed by the presenter's own words, which cut it."""
    presenter = 0.1 * hum(8.0)
    visitor = np.random.default_rng(1).uniform(-0.5, 0.5, VOICE_RATE // 2).astype(np.float32)
    mic = np.concatenate([silence(3.0), visitor, silence(4.5)])
    moves = follow(models("mm hm"), mic, presenter, 3 * presenter).moves
    assert [move for move, _ in moves] == [Move.DUCK, Move.HOLD, Move.RELEASE]
    assert moves[-1][1] < 5.5


def test_words_come_while_they_are_spoken() -> None:
    heard = follow(models(), np.concatenate([silence(1), hum(3), silence(1)]))
    assert heard.turns[0].text == "heard0 heard1 heard2 heard3 heard4"
    assert heard.first_words_s[0] < 0.5
    assert heard.moves == []
    moves = follow(models(), hum(3), silence(3)).moves
    assert [move for move, _ in moves][:2] == [Move.DUCK, Move.HOLD]


def test_trimmed() -> None:
    assert len(trimmed(np.concatenate([silence(1), hum(1), silence(1)]))) == pytest.approx(VOICE_RATE, abs=20)
    assert len(trimmed(silence(1))) == VOICE_RATE
