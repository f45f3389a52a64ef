"""Visemes: the classes of sounds that look alike on the lips, and which one each phoneme shows when.

One table serves both alphabets that synthesisers use: IPA as eSpeak and Piper write it, and the letters of misaki (Kokoro,
hibari), in which a diphthong is one capital. A diphthong shows two visemes, one after the other. The classes are finer than
a lip reader's (after Fisher, "Confusions among visually perceived consonants", 1968), because jaw and lips of
neighbours differ; the recogniser (``recogniser.py``) hears the same classes in sound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talking_head.types import F32, FRAME_TICKS, STRESS, TICKS_PER_SECOND, Phoneme

HALF_TICKS = FRAME_TICKS // 2  # visemes are known every 20 ms, two a video frame

_GROUPS = {
    "silence": "",
    "p": "p b m",
    "f": "f v ɱ",
    "th": "θ ð",
    "t": "t d n ɾ T n̩ ɬ ʈ ɖ",
    "l": "l ɫ l̩",
    "s": "s z ts dz ʦ ʣ",
    "ch": "ʃ ʒ ʧ ʤ tʃ dʒ ʂ ɕ ʨ ʑ ʐ tɕ dʑ ʈʂ ɖʐ ꭧ",
    "k": "k ɡ g ŋ x q ɣ",
    "h": "h ʔ ɦ",
    "r": "ɹ ɻ r",
    "w": "w ʍ",
    "j": "j ɥ",
    "i": "i iː",
    "ih": "ɪ ᵻ ɨ ᵊ",
    "e": "ɛ e eː",
    "ae": "æ",
    "a": "ɑ ɑː a aː ɒ ɐ̃ ɑ̃",
    "uh": "ʌ ə ɐ ɤ",
    "o": "ɔ ɔː o oː ɔ̃",
    "u": "u uː ʊ y ɯ",
    "er": "ɜ ɜː ɚ ɝ",
}
VISEMES = tuple(_GROUPS)
SILENCE, CLOSED, LABIODENTAL = VISEMES.index("silence"), VISEMES.index("p"), VISEMES.index("f")
OPEN = tuple(VISEMES.index(name) for name in ("a", "ae"))

_OF = {symbol: VISEMES.index(name) for name, group in _GROUPS.items() for symbol in group.split()}
_MISAKI = {"A": "eɪ", "I": "aɪ", "W": "aʊ", "O": "oʊ", "Q": "əʊ", "Y": "ɔɪ"}
_GLIDES = {
    **{"eɪ": "e ih", "aɪ": "a ih", "aʊ": "a u", "oʊ": "o u", "əʊ": "uh u", "ɔɪ": "o ih"},
    **{"ai": "a ih", "ei": "e ih", "ou": "o u", "au": "a u", "ɪə": "ih uh", "eə": "e uh", "ʊə": "u uh"},
}
_FIRST = 0.6  # share of a diphthong that its first vowel fills
# Lips part where p, b and m are released; the breath and the beginning of the vowel that follow are the letter's, too. In 108 p
# and 122 b of two voices the sound is gone until 45 to 50 and 55 to 65 ms after the letter begins, in 256 b and 179 m that has
# come back between 1 and 4 kHz after 45 to 58 and 45 to 55 ms; letters last 53 to 82.
_RELEASED, _CLOSED_TICKS, _BREATH = {"p": 0.65, "b": 0.8, "m": 0.85}, 45 * TICKS_PER_SECOND // 1000, "h"
_SILENT_LETTERS = frozenset("ː↘→↓↗ʰʲ̃˞")  # length, tones, aspiration: their time belongs to the sound before


def shown(symbol: str) -> tuple[tuple[int, float], ...]:
    """What a phoneme shows: (index in VISEMES, share of its time), one after the other.

    ``symbol`` IPA or misaki, with or without its stress mark. What is no letter is silence, an unknown letter a neutral vowel.
    """
    bare = symbol.strip(STRESS)
    bare = _MISAKI.get(bare, bare)
    if bare in _GLIDES:
        first, last = _GLIDES[bare].split()
        return (VISEMES.index(first), _FIRST), (VISEMES.index(last), 1 - _FIRST)
    for candidate in (bare, bare.rstrip("ː"), bare[:1]):
        if candidate in _OF:
            return ((_OF[candidate], 1.0),)
    return ((VISEMES.index("uh") if bare[:1].isalpha() else SILENCE, 1.0),)


def sounds(symbol: str) -> bool:
    """Whether a phoneme is said at all; see :func:`shown`."""
    return any(viseme != SILENCE for viseme, _ in shown(symbol))


def from_letters(letters: str, ticks: Sequence[int], start: int = 0) -> list[Phoneme]:
    """Letters of one synthesised clause with the ``ticks`` each lasts, from ``start`` on → phonemes.

    Stress marks give their time to the sound that follows and stay on it; tones, lengths and the space between two
    words give it to the sound before; punctuation is silence (" "). Raises ValueError where the two differ in length.
    """
    out: list[Phoneme] = []
    stress, owed, at = "", 0, start
    for letter, count in zip(letters, ticks, strict=True):
        if letter in STRESS:
            stress, owed = letter, owed + count
        elif (letter in _SILENT_LETTERS or letter == " ") and out and not stress:
            out[-1] = Phoneme(out[-1].symbol, out[-1].start, out[-1].ticks + count)
            at += count
        else:
            symbol = stress + letter if letter.isalpha() else " "
            out.append(Phoneme(symbol, at, owed + count))
            at, stress, owed = at + owed + count, "", 0
    return out


def released(phonemes: Sequence[Phoneme]) -> list[Phoneme]:
    """``phonemes`` as lips show them: p and b are shut until their release, and breath after it."""
    out: list[Phoneme] = []
    for phoneme in phonemes:
        share = _RELEASED.get(phoneme.symbol.strip(STRESS))
        ticks = phoneme.ticks if share is None else min(phoneme.ticks, max(round(share * phoneme.ticks), _CLOSED_TICKS))
        out.append(phoneme if ticks == phoneme.ticks else Phoneme(phoneme.symbol, phoneme.start, ticks))
        if ticks < phoneme.ticks:
            out.append(Phoneme(_BREATH, phoneme.start + ticks, phoneme.ticks - ticks))
    return out


def shares(phonemes: Sequence[Phoneme], halves: int) -> F32:
    """Which viseme fills each half frame: f32[halves, V], rows sum to 1; what nothing fills is silence.

    Half frame k begins ``HALF_TICKS · k`` ticks after the tick that the phonemes' ``start`` counts from.
    """
    fill = np.zeros((halves, len(VISEMES)), np.float32)
    end_of_all = halves * HALF_TICKS
    for phoneme in phonemes:
        begin = float(phoneme.start)
        for viseme, share in shown(phoneme.symbol):
            end = begin + share * phoneme.ticks
            if end > 0 and begin < end_of_all:
                for half in range(max(0, int(begin // HALF_TICKS)), min(halves, -int(-end // HALF_TICKS))):
                    fill[half, viseme] += min(end, (half + 1) * HALF_TICKS) - max(begin, half * HALF_TICKS)
            begin = end
    fill *= np.float32(1 / HALF_TICKS)
    fill[:, SILENCE] += np.maximum(1 - fill.sum(axis=1), 0)
    return fill
