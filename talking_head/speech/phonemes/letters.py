"""Phoneme letters of Kokoro's family: a text's sounds, one character each, with the emphasis of each."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from talking_head.types import STRESS

# misaki writes a diphthong or an affricate as one letter.
TO_IPA = {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "Q": "əʊ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "ʤ": "dʒ",
    "ʧ": "tʃ",
    "T": "ɾ",
    "ᵊ": "ə",
    "ɐ": "ə",
    "ʦ": "ts",
    "ʣ": "dz",
    "ʨ": "tɕ",
    "ꭧ": "ʈʂ",
}
PAUSES = frozenset(",;:.!?—…")
_QUIET = frozenset('"“”() ')
_MODIFIERS = frozenset("ʰʲː̃→↗↘↓")  # breath, length and tones: they lengthen the sound before them


@dataclass(frozen=True, slots=True)
class Letters:
    """Phoneme letters of a text, and the emphasis (0 to 2) of each."""

    text: str
    emphasis: tuple[float, ...]

    def __getitem__(self, part: slice) -> Letters:
        return Letters(self.text[part], self.emphasis[part])

    def known(self, letters: Container[str]) -> Letters:
        """Without those that are not among ``letters``."""
        kept = [place for place, letter in enumerate(self.text) if letter in letters]
        return Letters("".join(self.text[i] for i in kept), tuple(self.emphasis[i] for i in kept))


def units(letters: Letters) -> list[tuple[str, float, int]]:
    """(IPA symbol, emphasis, number of letters it is made of); pauses are " ".

    Stress marks and spaces go with the sound behind them, tones with the one before.
    """
    out: list[tuple[str, float, int]] = []
    pending, count = "", 0
    for letter, emphasis in zip(letters.text, letters.emphasis, strict=True):
        count += 1
        if letter in STRESS:
            pending += letter
        elif letter in _MODIFIERS and out:
            symbol, stressed, letters_so_far = out[-1]
            out[-1] = (symbol, stressed, letters_so_far + count)
            count = 0
        elif letter in PAUSES:
            out.append((" ", 0.0, count))
            pending, count = "", 0
        elif letter not in _QUIET:
            out.append((pending + TO_IPA.get(letter, letter), emphasis, count))
            pending, count = "", 0
    if count:
        out.append((" ", 0.0, count))
    return out


def pieces(letters: Letters, long: int, longest: int) -> list[Letters]:
    """Cut letters at the pauses behind which a piece has ``long`` letters, at ``longest`` between two words."""
    out: list[Letters] = []
    start = 0
    text = letters.text
    for place, letter in enumerate(text):
        length = place + 1 - start
        if (letter in PAUSES and length >= long) or (letter == " " and length >= longest):
            out.append(letters[start : place + 1])
            start = place + 1
    if any(letter.isalpha() for letter in text[start:]):
        out.append(letters[start:])
    elif out and start < len(text):
        out[-1] = Letters(out[-1].text + text[start:], out[-1].emphasis + letters.emphasis[start:])
    return out
