"""What the hibari backend promises beyond the suite of all speech backends."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head import registry
from talking_head.errors import ConfigError
from talking_head.protocols import Synthesizer
from talking_head.types import TICKS_PER_SECOND, Delivery, Utterance, WordMark
from tests.contract.speech.voices import spoken


def test_hibari_places_phonemes_where_they_sound(hibari: Synthesizer) -> None:
    (piece,) = spoken(hibari, "Pass the soap.")
    symbols = [phoneme.symbol for phoneme in piece.phonemes if phoneme.symbol != " "]
    assert symbols == ["p", "ˈæ", "s", "ð", "ə", "s", "ˈoʊ", "p"]
    high = {}
    for phoneme in piece.phonemes:
        part = piece.pcm[phoneme.start : phoneme.start + phoneme.ticks]
        spectrum = np.abs(np.fft.rfft(part)) ** 2
        hertz = np.fft.rfftfreq(len(part), 1 / TICKS_PER_SECOND)
        high.setdefault(phoneme.symbol, spectrum[hertz > 3000].sum() / spectrum.sum())
    assert high["s"] > 5 * high["ˈæ"]  # hiss lies in s, not in the vowel before it
    assert high["s"] > 5 * high["ˈoʊ"]


def test_hibari_cuts_long_text(hibari: Synthesizer) -> None:
    pieces = spoken(hibari, "The boat drifted past the pier while everybody watched from the bank, " * 6)
    assert len(pieces) >= 3
    assert all(len(piece.pcm) < 15 * TICKS_PER_SECOND for piece in pieces)


def test_emphasis_lengthens_and_raises_the_word(hibari: Synthesizer) -> None:
    text = "We really liked the boats."
    (flat,) = hibari.synthesize(text)
    (stressed,) = hibari.synthesize(text, Delivery(words=(WordMark(3, 9, emphasis=2.0),)))

    def word(piece: Utterance) -> tuple[int, float]:
        """Ticks of the word, and the pitch of its first vowel in hertz (by autocorrelation)."""
        first = [p.symbol for p in piece.phonemes].index("ɹ")
        sounds = piece.phonemes[first : first + 4]
        vowel = piece.pcm[sounds[1].start : sounds[1].start + sounds[1].ticks]
        correlation = np.correlate(vowel, vowel, "full")[len(vowel) - 1 :]
        lag = 100 + int(correlation[100:480].argmax())
        return sum(sound.ticks for sound in sounds), TICKS_PER_SECOND / lag

    assert word(stressed)[0] > 1.2 * word(flat)[0]
    assert word(stressed)[1] > 1.1 * word(flat)[1]
    assert len(stressed.pcm) > len(flat.pcm)
    assert sum(phoneme.ticks for phoneme in stressed.phonemes) == len(stressed.pcm)


@pytest.mark.models
def test_hibari_is_understood(hibari: Synthesizer) -> None:
    listener = registry.build("listen", "whisper")
    pcm = np.concatenate([p.pcm for p in hibari.synthesize("The museum opens at nine and closes in the evening.")])
    heard = listener.transcribe(pcm, TICKS_PER_SECOND).lower()
    assert sum(word in heard for word in ("museum", "opens", "closes", "evening")) >= 3


def test_a_speed_out_of_reach_is_refused(models: object) -> None:
    with pytest.raises(ConfigError, match="speed"):
        registry.build("speech", "hibari", speed=3.0)
