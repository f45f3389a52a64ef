"""The presenter while somebody else speaks: falls silent at once, gives way to words, goes on after a cough or "mm-hm"."""

from __future__ import annotations

import re
from enum import StrEnum

_HUM = re.compile(r"(?:[mhun]|[ae]h|er|-)+")  # "hmm", "uh-huh", and "m-m-h-m" as some recognisers spell it
_ASSENT = """oh ooh wow yeah yep yes yup okay ok right sure nice great cool good really exactly true indeed aha i see got it"""
BACKCHANNELS = frozenset(_ASSENT.split())
MOST_BACKCHANNEL_WORDS = 3
_STOP = frozenset({"stop", "wait", "no", "pause", "quiet", "silence", "enough", "but", "what", "sorry", "excuse"})


class Move(StrEnum):
    """What to do with the presenter's sound."""

    DUCK = "duck"  # softer: perhaps somebody speaks
    HOLD = "hold"  # silent, but nothing is forgotten
    RELEASE = "release"  # as before, from where it was
    CUT = "cut"  # it is over


class BargeIn:
    """One session's policy; ask it at every sign. Remembers only whether the presenter is being held back."""

    def __init__(self) -> None:
        self.state: Move = Move.RELEASE

    def suspected(self) -> Move | None:
        """Perhaps somebody begins."""
        return self._to(Move.DUCK) if self.state is Move.RELEASE else None

    def dropped(self) -> Move | None:
        """Nobody did."""
        return self._to(Move.RELEASE) if self.state is Move.DUCK else None

    def began(self) -> Move | None:
        """Somebody speaks."""
        return self._to(Move.HOLD) if self.state in (Move.RELEASE, Move.DUCK) else None

    def words(self, text: str, *, ended: bool, asked: bool = False) -> Move | None:
        """What they said so far, or (``ended``) altogether. "" where a recogniser finds no words. ``asked``: the presenter is
        asking something, so that "yes" is an answer."""
        if is_backchannel(text) and not (ended and asked and not is_hum(text)):
            return self._to(Move.RELEASE) if ended and self.state is not Move.RELEASE else None
        enough = ended or len(text.split()) >= 2 or bare_words(text)[0] in _STOP
        return self._to(Move.CUT) if enough else None

    def over(self) -> None:
        """The turn that was held back is over."""
        self.state = Move.RELEASE

    def _to(self, move: Move) -> Move:
        self.state = Move.RELEASE if move is Move.CUT else move
        return move


def bare_words(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())


def is_backchannel(text: str) -> bool:
    """Whether ``text`` only shows that somebody listens ("mm-hm", "yeah, right"), or nothing at all."""
    words = bare_words(text)
    return len(words) <= MOST_BACKCHANNEL_WORDS and all(word in BACKCHANNELS or _HUM.fullmatch(word) for word in words)


def is_hum(text: str) -> bool:
    """Whether ``text`` is no word at all ("hmm", "uh"): nothing to answer, whoever speaks."""
    return all(_HUM.fullmatch(word) for word in bare_words(text))
