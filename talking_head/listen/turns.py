"""Whose turn it is: when somebody begins to speak, pauses, goes on, and has finished.

Probabilities of speech come in, one every 32 ms, signs come out. A pause is put to a model that knows the melody of sentences
(``smart_turn.py``); where it doubts or does not answer, silence decides.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from talking_head.listen.barge_in import bare_words

STEP_S = 0.032

# Words that no sentence ends with, in English; in other languages only the sound tells.
_ENDLESS = """
a an the and or but nor so because if when while although unless than as of to from with without about between into onto for at
by my your his her its our their this these those is are was were am be i we he she they would could should will can um uh er
erm ehm like very really some any every
"""
_GO_ON = frozenset(_ENDLESS.split())
# "That" ends a sentence, unless it begins the next one: "the thing is that", "he said that". Questions that end so are shorter.
_BEFORE_THAT = frozenset(["is", "was", "said", "so", "means", "such", "told", "think", "believe", "hope"])
_THAT_WORDS = 4
_HALVES = frozenset(["if", "although", "unless", "while"])  # begin a half sentence, until a comma ends it
_DICTATED = frozenset(["number", "code", "address", "pin", "password", "card", "account", "extension", "zip", "postcode"])
ECHO_DOUBT = 1.25  # times as much voice begins a turn while an echo may be in it: silent after 0.29 s instead of 0.35 at 1.5
DOUBTED = 0.2  # probability of having finished that is left at most
# Probability of a message's end, as a reply model reads the words, below which they are half of one. Chosen on 100 texts: 50
# whole messages had 0.021 and more, 41 of 50 halves less ("Could you book a table" 0.006). Of 60 others each, 54 halves and 7
# wholes ("I need a doctor") had less: so where the sound is sure, words alone only make the silence longer that ends the turn.
HALF = 0.02
HALF_ASKED = 0.001  # the same with a question mark, which a recogniser hears: 2 of 41 whole questions had less, 12 of 23 halves
UNSURE = 0.4  # probability of having finished that they leave then


class Sign(StrEnum):
    """What a step brought."""

    SUSPECTED = "suspected"  # perhaps somebody begins to speak
    DROPPED = "dropped"  # no, nobody did
    BEGAN = "began"  # somebody speaks
    HUSHED = "hushed"  # the first tenth of a second of a pause: a guess at the words may begin
    PAUSED = "paused"  # a pause: has the speaker finished? Answer with TurnDetector.judged
    RESUMED = "resumed"  # the speaker goes on
    ENDED = "ended"  # the speaker has finished


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """Seconds, but for ``voice`` and ``quiet``: probabilities of speech from which a step counts as voice, and below which
    as quiet. ``sure``: probability of having finished from which a turn ends at the pause."""

    voice: float = 0.5
    quiet: float = 0.35
    suspect_s: float = 0.09
    begin_s: float = 0.19
    hush_s: float = 0.12
    pause_s: float = 0.22
    sure: float = 0.5
    doubt_s: float = 0.8  # silence that ends a turn of which the model is not sure, or that it has not judged
    silence_s: float = 1.4  # silence that ends a turn which the model takes for unfinished
    longest_s: float = 60.0


class TurnDetector:
    """One microphone. :meth:`push` a probability every 32 ms; after PAUSED tell :meth:`judged` what the model thinks.

    ``held``: as long as it is True no silence ends the turn (somebody holds a button while talking).
    """

    def __init__(self, taking: TurnTaking = TurnTaking()) -> None:  # frozen
        self._taking = taking
        self.held = False
        self.voiced_s = 0.0  # of voice in the utterance since the last BEGAN; also after its end
        self.reset()

    def reset(self) -> None:
        """Nobody speaks."""
        self._recent: deque[bool] = deque(maxlen=16)
        self._suspected = self.speaking = False
        self._quiet = self._length = self._run = 0
        self._opinion: float | None = None

    @property
    def pausing(self) -> bool:
        """Somebody has begun, and is quiet now."""
        return self.speaking and self._quiet > 0

    def push(self, probability: float, *, doubtful: bool = False) -> list[Sign]:
        """One step. ``doubtful``: there may be an echo in it, so more of it is needed to believe that somebody begins."""
        voiced = probability >= self._taking.voice
        self._recent.append(voiced)
        if self.speaking:
            return self._within(voiced, probability < self._taking.quiet)
        return self._before(doubtful)

    def judged(self, finished: float) -> None:
        """The model's probability that the speaker had finished at the last PAUSED; forgotten when speech goes on."""
        if self.pausing:
            self._opinion = finished

    def end(self) -> None:
        """The speaker has finished, whoever knows it."""
        self.reset()

    def _before(self, doubtful: bool) -> list[Sign]:
        taking, more = self._taking, ECHO_DOUBT if doubtful else 1.0
        begin = _steps(taking.begin_s * more)
        voiced = sum(list(self._recent)[-(begin + 2) :])
        if voiced >= begin:
            self._suspected, self.speaking = False, True
            self._quiet, self._length, self._opinion = 0, begin + 2, None
            self.voiced_s = begin * STEP_S
            return [Sign.BEGAN]
        suspect = _steps(taking.suspect_s * more)
        if not self._suspected and all(list(self._recent)[-suspect:]) and len(self._recent) >= suspect:
            self._suspected = True
            return [Sign.SUSPECTED]
        if self._suspected and not any(list(self._recent)[-4:]):
            self._suspected = False
            return [Sign.DROPPED]
        return []

    def _within(self, voiced: bool, quiet: bool) -> list[Sign]:
        taking, signs = self._taking, list[Sign]()
        self._length += 1
        self._run = self._run + 1 if voiced else 0
        self.voiced_s += STEP_S * voiced
        if self._quiet and self._run >= 2:
            if self._quiet >= _steps(taking.hush_s):
                signs.append(Sign.RESUMED)
            self._quiet, self._opinion = 0, None
        elif quiet or self._quiet:
            self._quiet += 1
            if self._quiet == _steps(taking.hush_s):
                signs.append(Sign.HUSHED)
            if self._quiet == _steps(taking.pause_s):
                signs.append(Sign.PAUSED)
        if self._over():
            self.reset()
            signs.append(Sign.ENDED)
        return signs

    def _over(self) -> bool:
        taking, opinion = self._taking, self._opinion
        if self._length >= _steps(taking.longest_s):
            return True
        if self.held or self._quiet < _steps(taking.pause_s):
            return False
        if opinion is None or taking.sure / 2 <= opinion < taking.sure:
            return self._quiet >= _steps(taking.doubt_s)
        return opinion >= taking.sure or self._quiet >= _steps(taking.silence_s)


def _steps(seconds: float) -> int:
    return max(1, round(seconds / STEP_S))


def doubted(finished: float, text: str, ends: Callable[[str], float] | None = None) -> float:
    """``finished``: a model's probability 0–1 that the speaker of ``text`` has; less where the words say otherwise. ``ends``:
    the probability that a message ends after such words (``KnowsEnds``); asked only where it would change something."""
    text, words = text.rstrip(), bare_words(text)
    if not words:
        return finished
    asked = text.endswith(("?", "!"))
    clause = words[-1] == "that" and len(words) >= _THAT_WORDS and words[-2] in _BEFORE_THAT
    half = words[0] in _HALVES and "," not in text
    figures = words[-1].isdigit() and not _DICTATED.isdisjoint(words)  # said in groups, with pauses between
    trails_off = text.endswith(("...", "…", ",", "-", "—"))  # as a recogniser writes what was not ended
    if not asked and (words[-1] in _GO_ON or clause or half or figures or trails_off):
        return min(finished, DOUBTED)
    if ends is not None and finished > DOUBTED and ends(text) < (HALF_ASKED if asked else HALF):
        return UNSURE if finished > UNSURE else DOUBTED
    return finished
