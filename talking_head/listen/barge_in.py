"""The presenter while somebody else speaks: falls silent at once, gives way to words, goes on after a cough or "mm-hm"."""

from __future__ import annotations

import re
from enum import StrEnum

_HUM = re.compile(r"y?(?:[mhun]|[ae]h|er|-)+")  # "hmm", "uh-huh", and "m-m-h-m", "yuh-huh" as some recognisers spell it
# "oic" is how a small recogniser writes "oh, I see", "I'm" how it writes "hm" before another word.
_ASSENT = """
oh ooh wow well yeah yep yes yup sir okay ok right alright sure nice great cool good fine really exactly true indeed aha i
i'm see know got gotcha it oic that's interesting fascinating lovely amazing awesome perfect wonderful brilliant absolutely
definitely certainly correct of course make makes sense
"""
_ASSENT_ZH = "嗯 哦 噢 啊 对 好 好的 是 是的 没错"
BACKCHANNELS = frozenset([*_ASSENT.split(), *_ASSENT_ZH.split()])
MOST_BACKCHANNEL_WORDS = 6  # "oh really, that's interesting"
_BREAK_IN = """stop wait no pause quiet silence enough but what sorry excuse 停 等 等等 等一下 不 不对 别"""
_STOP = frozenset(_BREAK_IN.split())
# Seconds of voice: hums, and what a recogniser takes for words; whole sentences are longer. And the mean log-probability
# below which those words are not believed. A phrase is surer than a word: of seven voices, single words had −0.3 to −1,
# phrases −0.1 to −0.6; hums taken for a word −0.6 to −3, for a phrase −0.5 to −1.5.
SHORT_S, SURE = 1.0, -1.0
SHORT_PHRASE_S, SURE_PHRASE = 1.6, -0.6
# Words that no hum has are believed of less: two on which two hearings agree, or three of a voice that is long.
SURE_AGREED, SURE_LONG = -1.2, -0.7
LONG_S = 1.0  # of voice, after which the words of one hearing do: what it makes of hums is shorter, or in the list
MOST_WORDS_S = 7  # a second of voice: nobody says more; of a hum a recogniser makes "malice" six times
MOST_AGAIN_S = 4  # the same words again, a second of voice: of "sure" it makes "pure" four times, and is sure of the last three
_CHARACTER = re.compile(r"[\u3400-\u9fff]")


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

    def words(
        self, text: str, *, ended: bool, asked: bool = False, confidence: float = 0.0, seconds: float = 60.0, settled: str = ""
    ) -> Move | None:
        """What they said so far, or (``ended``) altogether; "" where a recogniser finds no words. ``settled``: those words at
        its beginning on which two hearings agree; before the end they alone count until somebody speaks for long, for a first
        hearing, of half a word, is often wrong. ``asked``: the presenter is asking something, so that "yes" is an answer.
        ``confidence``: mean log-probability of the words; ``seconds`` of voice.

        The presenter is silent meanwhile, so waiting for evidence costs nothing, but a false cut costs the answer.
        """
        if not ended:
            agreed = _news(settled) >= 2 and confidence >= SURE_AGREED
            if agreed or (seconds >= LONG_S and _news(text) >= 3 and confidence >= SURE_LONG):
                return self._to(Move.CUT)
            text = text if seconds >= LONG_S else settled
        if _doubtful(text, confidence, seconds) or (is_backchannel(text) and not (ended and asked and not is_hum(text))):
            return self._to(Move.RELEASE) if ended and self.state is not Move.RELEASE else None
        return self._to(Move.CUT) if ended or _stops(text) or _count(text) >= 2 else None

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
    """Whether ``text`` only shows that somebody listens ("mm-hm", "yeah, right"), or nothing at all. However often it is
    said: of half a second of sound a recogniser makes "right, right, right, right"."""
    words = {_once(word) for word in bare_words(text)}
    return len(words) <= MOST_BACKCHANNEL_WORDS and all(word in BACKCHANNELS or _HUM.fullmatch(word) for word in words)


def _once(word: str) -> str:
    """A Chinese word without repetitions: 嗯嗯 is 嗯."""
    return word[0] if _CHARACTER.match(word) and len(set(word)) == 1 else word


def _doubtful(text: str, confidence: float, seconds: float) -> bool:
    """Whether these are rather no words: never where they may ask to stop. Letters ("RIC") are one way to write "ah, I see".

    More words than the time is enough for are none, though they begin with "no"; but "stop, stop, stop" is heard of one "stop".
    Words in circles are said slower: "hello, hello, hello" is.
    """
    words = bare_words(text)
    circling = len(words) >= 3 * len(set(words)) and len(words) > 1 + MOST_AGAIN_S * seconds
    if circling or len(words) > 2 + MOST_WORDS_S * seconds:
        return not _STOP.issuperset(words)
    if _stops(text):
        return False
    single = len(words) < 2 and "-" not in text  # "bye-bye", which an "uh-huh" was taken for, is a phrase of two
    short, sure = (SHORT_S, SURE) if single else (SHORT_PHRASE_S, SURE_PHRASE)
    letters = single and text.isupper() and seconds < SHORT_PHRASE_S
    return letters or (confidence < sure and seconds < short)


def _stops(text: str) -> bool:
    """Whether it begins with a word that asks to stop: "wait", "be quiet", "yes, but"."""
    return any(word in _STOP for word in bare_words(text)[:2])


def _count(text: str) -> int:
    """Different words; in Chinese, which writes no spaces, pairs of characters."""
    return len(set(bare_words(text))) + len(_CHARACTER.findall(text)) // 2


def _news(text: str) -> int:
    """Different words that do not only show that somebody listens."""
    words = {word for word in bare_words(text) if _once(word) not in BACKCHANNELS and not _HUM.fullmatch(word)}
    return len(words) + len(_CHARACTER.findall(" ".join(words))) // 2


def is_hum(text: str) -> bool:
    """Whether ``text`` is no word at all ("hmm", "uh"): nothing to answer, whoever speaks."""
    return all(_HUM.fullmatch(word) for word in bare_words(text))
