"""What every speech backend owes: one suite over all of them."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from talking_head import registry
from talking_head.audio.pcm import PEAK_CEILING, loudness
from talking_head.errors import TextError
from talking_head.evaluate.speech.joins import measure_joins
from talking_head.protocols import Synthesizer
from talking_head.types import PLAIN, TICKS_PER_SECOND, Delivery, WordMark
from tests.contract.speech.voices import hiss, spoken

CLAUSES = [
    "Yes.",
    "Hello there,",
    "it is nice to meet you!",
    "What would you like to know about the blue boats of Boston?",
    "Well",
]


@pytest.fixture(params=["piper", "hibari", "openai", "coqui"])
def voice(request: pytest.FixtureRequest) -> Synthesizer:
    if request.param == "openai":
        server = request.getfixturevalue("speech_server")
        built: Synthesizer = registry.build("speech", "openai", base_url=server.url, model="tts-1")
        return built
    chosen: Synthesizer = request.getfixturevalue(request.param)
    return chosen


def test_is_a_synthesizer(voice: Synthesizer) -> None:
    assert isinstance(voice, Synthesizer)


@pytest.mark.parametrize("text", CLAUSES)
def test_sound_is_sound(voice: Synthesizer, text: str) -> None:
    pieces = spoken(voice, text)
    pcm = np.concatenate([piece.pcm for piece in pieces])
    assert pcm.dtype == np.float32
    assert pcm.ndim == 1
    assert np.isfinite(pcm).all()
    assert np.abs(pcm).max() <= PEAK_CEILING + 1e-4
    assert loudness(pcm) == pytest.approx(-16, abs=1)
    assert 0.1 < len(pcm) / TICKS_PER_SECOND < 20


def test_no_click_at_joins(voice: Synthesizer) -> None:
    pieces = [piece.pcm for text in CLAUSES for piece in spoken(voice, text)]
    joins = measure_joins(pieces)
    assert joins.count >= len(CLAUSES) - 1
    assert joins.jump < 0.002
    assert joins.click_db < -6
    for pcm in pieces:  # also against silence before and after
        assert abs(pcm[0]) < 0.002
        assert abs(pcm[-1]) < 0.002


def test_phonemes_cover_the_sound(voice: Synthesizer) -> None:
    for piece in spoken(voice, "My mother bought five blue boats, didn't she?"):
        place = 0
        for phoneme in piece.phonemes:
            assert phoneme.start == place
            assert phoneme.ticks > 0
            place += phoneme.ticks
        if piece.phonemes:
            assert place == len(piece.pcm)


@pytest.mark.parametrize("text", ["", "   ", "?!", "…"])
def test_nothing_to_say_is_refused(voice: Synthesizer, text: str) -> None:
    with pytest.raises(TextError):
        spoken(voice, text)


def test_cancelled_between_steps_and_usable_afterwards(voice: Synthesizer) -> None:
    before = threading.active_count()
    stream = voice.synthesize("A first sentence of some length, then another one, and then one more. " * 5)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(stream)
    assert spoken(voice, "Still here.")
    while threading.active_count() > before + 1:  # the fake server keeps a thread of its own; pytest ends an endless wait
        time.sleep(0.01)


def test_what_a_delivery_asks_is_heard(voice: Synthesizer) -> None:
    plain, slow, soft = (
        np.concatenate([piece.pcm for piece in voice.synthesize("The boats lie in the harbour.", delivery)])
        for delivery in (PLAIN, Delivery(rate=0.7), Delivery(gain_db=-6.0))
    )
    assert loudness(soft) == pytest.approx(loudness(plain) - 6, abs=1)
    if type(voice).__name__ in {"HibariSynthesizer", "PiperSynthesizer"}:
        assert len(slow) > 1.07 * len(plain)  # Piper draws its lengths anew each time: 1.24 ± 0.035 times in 60 draws


def test_words_are_marked_for_emphasis_and_pronunciation(voice: Synthesizer) -> None:
    text = "I never said that."
    delivery = Delivery(words=(WordMark(2, 7, emphasis=1.0), WordMark(8, 12, phonemes="ˈsuːn")))
    phonemes = [phoneme for piece in voice.synthesize(text, delivery) for phoneme in piece.phonemes]
    if phonemes:
        stressed = [phoneme.symbol for phoneme in phonemes if phoneme.emphasis]
        assert stressed[0] == "n"
        assert stressed[-1] in {"ɹ", "ɚ"}
        assert "u" in "".join(phoneme.symbol for phoneme in phonemes[len(stressed) :])


@pytest.fixture(params=["piper", "hibari"])
def live(request: pytest.FixtureRequest) -> Synthesizer:
    """The voices that speak live."""
    chosen: Synthesizer = request.getfixturevalue(request.param)
    return chosen


def test_long_text_is_cut(live: Synthesizer) -> None:
    pieces = spoken(live, "The boat drifted past the pier while everybody watched from the bank, " * 6)
    assert len(pieces) >= 3
    assert all(len(piece.pcm) < 15 * TICKS_PER_SECOND for piece in pieces)


def test_phonemes_are_placed_where_they_sound(live: Synthesizer) -> None:
    (piece,) = spoken(live, "Pass the soap.")
    symbols = [phoneme.symbol for phoneme in piece.phonemes if phoneme.symbol != " "]
    assert symbols == ["p", "ˈæ", "s", "ð", "ə", "s", "ˈoʊ", "p"]
    high = hiss(piece)
    assert high["s"] > 5 * high["ˈæ"]  # hiss lies in s, not in the vowel before it
    assert high["s"] > 5 * high["ˈoʊ"]


@pytest.mark.models
def test_what_is_spoken_is_understood(live: Synthesizer) -> None:
    listener = registry.build("listen", "whisper")
    pcm = np.concatenate([p.pcm for p in live.synthesize("The museum opens at nine and closes in the evening.")])
    heard = listener.transcribe(pcm, TICKS_PER_SECOND).lower()
    assert sum(word in heard for word in ("museum", "opens", "closes", "evening")) >= 3
