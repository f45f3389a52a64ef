"""English text → the phoneme letters of misaki, which Kokoro and its students (hibari) were trained on.

The lexicon, the tagger and the rules are those of the Apache-2.0 package `hibari-tts`, a port of misaki's English G2P that
needs neither spaCy nor eSpeak; its net for unknown words is loaded from the verified models. The text is expected to be
normalised already (``text/english.py``): no figure is left in it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from talking_head.errors import TextError
from talking_head.speech.phonemes.english import RESPELT
from talking_head.speech.phonemes.letters import TO_IPA, Letters
from talking_head.types import WordMark

_FROM_IPA = {ipa: letter for letter, ipa in TO_IPA.items() if letter not in "ᵊɐQ"} | {
    "əʊ": "O",
    "ɚ": "əɹ",
    "ɝ": "ɜɹ",
    "r": "ɹ",
    "g": "ɡ",
    "e": "ɛ",
    "o": "ɔ",
    "ɫ": "l",
    "ɒ": "ɑ",
}


class MisakiEnglish:
    """Callable: normalised English text → :class:`Letters`. Thread-safe. ``unknown_words``: the folder of `oov.onnx`."""

    def __init__(self, unknown_words: Path) -> None:
        self._folder = unknown_words
        self._lock = threading.Lock()

    @cached_property
    def _g2p(self) -> Any:
        from hibari.g2p import G2P
        from hibari.g2p.oov import OOV

        return G2P(oov=OOV(str(self._folder / "oov.onnx")))

    def __call__(self, text: str, marks: Sequence[WordMark] = ()) -> Letters:
        """Letters of ``text``, ``marks`` obeyed. Raises TextError when nothing in it can be spoken in English."""
        with self._lock:
            tokens = self._g2p.tokenize(text)
            place = 0
            for token in tokens:
                end = place + len(token.text)
                if spelling := self._respelt(token.text):
                    token.phonemes, token.rating = self._g2p(spelling, normalize_text=False), 5
                for mark in marks:
                    if mark.start < end and place < mark.end:
                        if mark.phonemes:
                            # The first word carries the sound of all that are marked.
                            token.phonemes, token.rating = (from_ipa(mark.phonemes) if place <= mark.start else ""), 5
                        if mark.emphasis:
                            token.stress, token.num_flags = 2, _flag(mark.emphasis)
                place = end + len(token.whitespace)
            spoken = self._g2p.phonemize_tokens(tokens)
        letters, emphasis = "", []
        for token in spoken:
            said = (token.phonemes or "") + (" " if token.whitespace else "")
            letters += said
            emphasis += [_emphasis(token.num_flags)] * len(said)
        if not any(letter.isalpha() for letter in letters):
            raise TextError("There is nothing in this text that can be spoken in English.")
        return Letters(letters, tuple(emphasis))

    def _respelt(self, word: str) -> str:
        """How the project's own lexicon spells a word that misaki's has not."""
        spelling = RESPELT.get(word.lower(), "")
        if not spelling or self._g2p.lexicon.golds.get(word.lower()):
            return ""
        return " ".join(part.upper() if len(part) == 1 else part for part in spelling.split())


def from_ipa(ipa: str) -> str:
    """IPA, with or without stress marks, in misaki's letters; what has none is left out."""
    ipa = ipa.replace("ː", "").replace("\u0361", "").replace("'", "ˈ").replace(".", "")
    out, place = "", 0
    while place < len(ipa):
        pair, one = ipa[place : place + 2], ipa[place]
        if pair in _FROM_IPA:
            out, place = out + _FROM_IPA[pair], place + 2
        else:
            out, place = out + _FROM_IPA.get(one, one), place + 1
    return out


def _flag(emphasis: float) -> str:
    return "2" if emphasis > 1 else "1"


def _emphasis(flags: str) -> float:
    return float(max((c for c in flags if c in "12"), default="0"))
