"""What the hibari backend promises beyond the suite of all speech backends."""

from __future__ import annotations

import numpy as np
import pytest

from talking_head import registry
from talking_head.errors import ConfigError
from talking_head.protocols import Synthesizer
from talking_head.types import TICKS_PER_SECOND, Delivery, Utterance, WordMark


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


def test_a_speed_out_of_reach_is_refused(models: object) -> None:
    with pytest.raises(ConfigError, match="speed"):
        registry.build("speech", "hibari", speed=3.0)
