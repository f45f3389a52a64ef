"""A voice of one's own is looked at: what it says, where its phonemes lie, how loud and how dear it is, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from talking_head.evaluate.speech.voice_check import Point, examine
from talking_head.speech.voices import Voice
from talking_head.types import PLAIN, TICKS_PER_SECOND, Delivery, Phoneme, Utterance


class Hums:
    """Ten seconds of noise at ``gain``; ``late``: its phonemes end so many seconds after the sound; None: it tells none."""

    def __init__(self, gain: float, late: float | None) -> None:
        self.gain, self.late = gain, late

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Iterator[Utterance]:
        length = 10 * TICKS_PER_SECOND
        pcm = (self.gain * np.random.default_rng(0).standard_normal(length)).astype(np.float32)
        if self.late is None:
            yield Utterance(pcm)
        else:
            yield Utterance(pcm, (Phoneme("ˈa", 0, 1000), Phoneme("b", 1000, length - 1000 + round(self.late * 48000))))


def points(gain: float = 0.1, late: float | None = 0.0, **voice: object) -> dict[str, Point]:
    own = Voice("anna", "piper", **voice)  # type: ignore[arg-type]
    names = ("speaks", "times", "level", "cost", "consent")
    return dict(zip(names, examine(own, Hums(gain, late)), strict=True))


def test_a_good_voice_passes() -> None:
    assert all(point.good for point in points().values())


@pytest.mark.parametrize(
    ("given", "bad", "needed", "words"),
    [
        ({"late": None}, "times", False, "the lips follow its sound alone"),
        ({"late": 0.3}, "times", True, "do not fit its sound"),
        ({"gain": 0.005}, "level", False, "LUFS"),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, float], bad: str, needed: bool, words: str) -> None:
    found = points(**given)  # type: ignore[arg-type]
    assert [name for name, point in found.items() if not point.good] == [bad]
    assert (found[bad].needed, words in found[bad].sentence) == (needed, True)


@pytest.mark.usefixtures("cache")
def test_a_persons_voice_asks_for_their_words(tmp_path: Path) -> None:
    (tmp_path / "anna.onnx").write_bytes(b"weights")
    options = {"voice": str(tmp_path / "anna.onnx")}
    assert "Nobody has agreed" in points(options=options)["consent"].sentence
    told = points(options=options, consent="Anna agrees to films")["consent"]
    assert told == Point(True, "Consent: Anna agrees to films")
