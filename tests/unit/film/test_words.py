"""The words of a recording: where each is said, and what is left to the ears."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from talking_head.film.words import Reader, read_along
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, Aligned, Phoneme, TextSpan, Transcript, Utterance

SECOND = TICKS_PER_SECOND
UNSURE = "gibberish"


@dataclass
class Fake:
    """A reader to whom each letter is a sound of 0.1 s, one after the other from ``begins`` seconds on; words with “gibberish”
    in their clause do not fit. ``hears``: what it recognises, a piece after the other, as surely as ``confidence``; ``unread``:
    seconds in which it says something else."""

    hears: Sequence[str] = ()
    begins: float = 0.5
    confidence: float = -0.2
    unread: tuple[tuple[float, float], ...] = ()
    asked: list[int] = field(default_factory=list)

    def reader(self) -> Reader:
        return Reader(self.recognize, self.say, self.align)

    def recognize(self, pcm: F32) -> Transcript:
        self.asked.append(len(pcm))
        return Transcript(self.hears[len(self.asked) - 1], self.confidence)

    def say(self, span: TextSpan) -> Iterator[Utterance]:
        sounds = [
            Phoneme(letter, 0, 1, emphasis=float(UNSURE in span.spoken)) for letter in span.spoken.lower() if letter.isalpha()
        ]
        yield Utterance(np.zeros(10, np.float32), (*sounds, Phoneme(" ", 0, 5)))

    def align(self, pcm: F32, sounds: Sequence[Phoneme]) -> Aligned | None:
        assert all(each.symbol.strip() for each in sounds)
        step, start = SECOND // 10, round(self.begins * SECOND)
        if start + step * len(sounds) > len(pcm):
            return None
        made = tuple(Phoneme(each.symbol, start + step * number, step) for number, each in enumerate(sounds))
        unread = tuple((round(a * SECOND), round(b * SECOND)) for a, b in self.unread)
        return Aligned(made, np.array([0.05 if each.emphasis else 0.5 for each in sounds], np.float32), unread)


def noise(seconds: float) -> F32:
    return np.random.default_rng(0).normal(0, 0.1, round(seconds * SECOND)).astype(np.float32)


def test_every_frame_knows_its_sounds() -> None:
    timed = read_along(noise(3.0), "Hello there.", Fake().reader())
    assert timed is not None
    assert timed.clauses == ((0.5, pytest.approx(1.5), "Hello there."),)
    assert len(timed.cues) == 75
    now = timed.cues[round(0.96 * 25)]  # 0.96 s: in the fifth letter, the second l's end and o
    assert now.phonemes is not None
    assert [each.symbol for each in now.phonemes if each.start <= 0 < each.start + each.ticks] == ["o"]
    assert now.clause is not None
    assert now.clause.last


def test_lips_rest_before_the_first_word_and_nothing_more_comes_after_the_last() -> None:
    timed = read_along(noise(3.0), "Hello there.", Fake(begins=1.0).reader())
    assert timed is not None
    before, after = timed.cues[:22], timed.cues[-20:]
    assert all(cue.phonemes == () and cue.clause is None and cue.activity == "idle" for cue in before)
    assert all(cue.phonemes is None and cue.clause is None and cue.activity == "idle" for cue in after)
    speaking = [number for number, cue in enumerate(timed.cues) if cue.activity == "speaking"]
    assert 22 <= speaking[0] <= 24
    assert timed.cues[speaking[-1]].clause is not None
    assert timed.cues[speaking[-1]].clause.ends_in <= 2 * FRAME_TICKS  # type: ignore[union-attr]


def test_a_clause_that_does_not_fit_is_left_to_the_ears() -> None:
    text = f"This is what is being said now. And all of that is {UNSURE} to everybody here. But this is said again."
    timed = read_along(noise(12.0), text, Fake().reader())
    assert timed is not None
    inside = [cue for cue in timed.cues if cue.clause is not None and min(cue.clause.at, cue.clause.ends_in) > 5 * FRAME_TICKS]
    by_clause = {cue.clause.text: cue.phonemes is None for cue in inside if cue.clause is not None}
    assert [UNSURE in clause for clause in by_clause] == list(by_clause.values())
    assert len(by_clause) == 3
    assert [text for _, _, text in timed.clauses] == list(by_clause)


def test_other_words_and_words_that_cannot_be_spoken_are_not_taken() -> None:
    assert read_along(noise(3.0), f"A {UNSURE}.", Fake().reader()) is None
    assert read_along(noise(3.0), "…", Fake().reader()) is None
    assert read_along(noise(3.0), "Far too many words for so short a recording of so few.", Fake().reader()) is None
    assert read_along(noise(3.0), "", Fake(hears=[""]).reader()) is None
    assert read_along(noise(3.0), "", Fake(hears=["Hello there."], confidence=-0.7).reader()) is None
    assert read_along(noise(3.0), "", Fake(hears=["Hello there."], confidence=-0.5).reader()) is not None


def test_what_the_words_leave_out_is_left_to_the_ears() -> None:
    timed = read_along(noise(6.0), "Hello there.", Fake(unread=((2.0, 3.2), (4.0, 4.8))).reader())
    assert timed is not None
    unknown = {number for number, cue in enumerate(timed.cues) if cue.phonemes is None and cue.activity == "speaking"}
    assert {51, 60, 78, 101, 118} <= unknown
    assert not unknown & {20, 30, 40, 85, 95, 125, 140}
    assert timed.clauses == ((0.5, pytest.approx(4.8), "Hello there."),)


def test_long_recordings_are_heard_in_pieces_that_fill_them() -> None:
    fake = Fake(hears=["One two three."] * 9)
    pcm = noise(31.3)
    timed = read_along(pcm, "", fake.reader())
    assert timed is not None
    assert sum(fake.asked) == len(pcm)
    assert max(fake.asked) <= 12.1 * SECOND
    assert len(timed.cues) == -(-len(pcm) // FRAME_TICKS)
    starts = np.cumsum([0, *fake.asked[:-1]]) / SECOND + 0.5
    assert [start for start, _, _ in timed.clauses] == pytest.approx(starts.tolist())
    indices = [cue.clause.index for cue in timed.cues if cue.clause is not None]
    assert indices == sorted(indices)
    assert len(set(indices)) == len(fake.asked)


def test_given_words_of_a_very_long_recording_stay_the_captions() -> None:
    fake = Fake(hears=["One two three."] * 40)
    timed = read_along(np.tile(noise(10.0), 19), "Words that somebody gave.", fake.reader())
    assert timed is not None
    assert timed.clauses == ()
    assert any(cue.phonemes for cue in timed.cues)
    assert len(fake.asked) >= 16
