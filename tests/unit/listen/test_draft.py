"""Words while somebody speaks: what is heard again, what is settled, where long sound is cut, what is believed."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head.listen.draft import SLOWER, WINDOW_S, Draft
from talking_head.listen.pauses import cut_at_pauses
from talking_head.listen.plausible import plausible
from talking_head.types import Transcript

RATE = 16_000


def test_draft_grows_settles_and_corrects() -> None:
    draft, sound = Draft(), np.zeros(60 * RATE, np.float32)
    assert draft.due(sound[: RATE // 5]) is None
    first = draft.due(sound[:RATE])
    assert first is not None
    assert draft.heard(first, Transcript("What is the")).settled == 0
    assert draft.due(sound[: RATE + 1000]) is None
    second = draft.due(sound[: 2 * RATE])
    assert second is not None
    words = draft.heard(second, Transcript("What is a whale"))
    assert words.text[: words.settled] == "What is"
    assert draft.due(sound[: 2 * RATE + 800], now=True) is not None
    assert draft.due(sound[: 2 * RATE], now=True) is None


def test_draft_settles_what_is_long_at_a_pause() -> None:
    draft, sound = Draft(), np.ones(40 * RATE, np.float32)
    sound[12 * RATE : 12 * RATE + RATE // 2] = 0
    text, heard = [], 0
    while (hearing := draft.due(sound, now=True)) is not None:
        assert len(hearing.pcm) <= WINDOW_S * RATE
        assert hearing.upto - len(hearing.pcm) == heard
        heard = hearing.upto
        text.append(f"part{len(text)}")
        draft.heard(hearing, Transcript(text[-1]))
    assert heard == len(sound)
    assert draft.words.text == " ".join(text)
    assert len(text) >= 3


def test_chinese_settles_by_characters() -> None:
    draft, sound = Draft(), np.ones(3 * RATE, np.float32)
    for seconds, text in ((1, "你好我想"), (2, "你好我像问一下")):
        hearing = draft.due(sound[: seconds * RATE], now=True)
        assert hearing is not None
        words = draft.heard(hearing, Transcript(text))
    assert words.text[: words.settled] == "你好我"


def test_slow_hearings_are_asked_for_less_often() -> None:
    draft, sound = Draft(), np.zeros(10 * RATE, np.float32)
    first = draft.due(sound[:RATE])
    assert first is not None
    draft.heard(first, Transcript("a"), took_s=0.5)
    assert draft.due(sound[: 2 * RATE]) is None
    assert draft.due(sound[: 3 * RATE]) is not None


def test_what_grows_long_is_heard_again_more_seldom() -> None:
    """Every hearing takes the whole utterance: at a fixed interval twelve seconds would be 200 s of sound to recognise."""
    draft, sound = Draft(), np.zeros(12 * RATE, np.float32)
    heard = []
    for end in range(512, len(sound), 512):
        hearing = draft.due(sound[:end])
        assert draft.wants(end) == (hearing is not None)
        if hearing is not None:
            heard.append(hearing.upto / RATE)
            draft.heard(hearing, Transcript("a"))
    assert heard[1] < 0.7  # two that agree settle words: as soon as ever
    assert sum(heard) < 70


def test_a_machine_that_is_needed_elsewhere_hears_more_seldom() -> None:
    draft, sound = Draft(), np.zeros(4 * RATE, np.float32)
    first = draft.due(sound[: RATE // 2])
    assert first is not None
    draft.heard(first, Transcript("a"))
    assert [draft.wants(RATE), draft.wants(RATE, slower=SLOWER), draft.wants(2 * RATE, slower=SLOWER)] == [True, False, True]


def test_cuts_lie_in_pauses() -> None:
    sound = np.random.default_rng(0).standard_normal(25 * RATE).astype(np.float32)
    sound[9 * RATE : 9 * RATE + RATE // 2] = 0
    pieces = cut_at_pauses(sound, 10.0)
    assert abs(len(pieces[0]) / RATE - 9.25) < 0.25
    assert np.array_equal(np.concatenate(pieces), sound)
    assert max(map(len, pieces)) <= 10 * RATE


@pytest.mark.parametrize(
    ("heard", "seconds", "text"),
    [
        (Transcript("Hello there.", -0.2, 0.05), 1.0, "Hello there."),
        (Transcript("Thank you.", -0.2, 0.05), 1.0, "Thank you."),
        (Transcript("Thank you.", -0.7, 0.05), 1.0, ""),
        (Transcript("you", -1.6, 0.8), 2.0, ""),
        (Transcript("Perhaps a tree", -0.3, 0.7), 2.0, ""),
        (Transcript("[Music] Come in. ♪", -0.3, 0.1), 2.0, "Come in."),
        (Transcript("(coughing)", -0.3, 0.1), 2.0, ""),
        (Transcript("and then " * 40, -0.1, 0.05), 30.0, ""),
        (Transcript("A text that nobody can say in such a short time, however fast.", -0.1, 0.05), 0.5, ""),
    ],
)
def test_plausible(heard: Transcript, seconds: float, text: str) -> None:
    assert plausible(heard, seconds).text == text
