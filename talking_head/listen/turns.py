"""Whose turn it is: when somebody begins to speak, pauses, goes on, and has finished.

Probabilities of speech come in, one every 32 ms, signs come out. A pause is put to a model that knows the melody of sentences
(``smart_turn.py``); where it doubts or does not answer, silence decides.

When a turn ends and when an answer may be heard are two things: an answer is made as soon as the speaker has perhaps finished,
and whoever goes on before it is heard was not cut off: both parts become one message.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from talking_head.listen.barge_in import bare_words

STEP_S = 0.032

# Words that no sentence ends with, in English and Chinese; in other languages only the sound tells.
_ENDLESS = """
a an the and or but nor so because if when while although unless than as of to from with without about between into onto for at
by my your his her its our their this these those is are was were am be i we he she they would could should will can um uh er
erm ehm like very really some any every
"""
_GO_ON = frozenset(_ENDLESS.split())
# Of these the ones that no question ends with either, though a recogniser sets its mark there ("Do you happen to know um?").
_IN_QUESTIONS = "a an the and but nor because although unless than my your our their every um uh er erm ehm"
_NEVER_LAST = frozenset(_IN_QUESTIONS.split())
# Not 暖和, nor 嗯 alone, which is an answer; 现在, 不让, 没给 end sentences, too.
_GO_ON_ZH = re.compile(
    r"(?:因为|由于|所以|但是|可是|不过|如果|要是|虽然|而且|并且|然后|还有|以及|或者|比如|例如|关于|对于|除了|为了|根据|请问|我想|我觉得|我想知道|我想问"
    r"|就是|(?:问题|意思|我想说|我要说|我说|最.{1,6}|.号码|.地址)(?:的)?是|就是那个|就是说|怎么说呢|(?:要是|如果).{1,12}的话"
    r"|(?:想知道|想了解|想问|想查|关于|请问)[^，。？]{0,12}的|们(?:那里|这里|那儿|这儿)的"
    r"|的[^是也就都不还]{0,4}是|知道怎么|告诉我|[想来要]问(?:一下|下|问)|请教(?:一下)?|打听一下|打算|听说(?:[你我他]们?)?|据说|希望|比如说|其实[你我他]?|另外|首先"
    r"|.的时候|小时候|是用|[^尖大乱]叫|从[^，。]{1,6}到|[我你他她它们]就|(?:关于|除了)[^，。还也吗呢]{1,8}|觉得[这那]个"
    r"|[^暖温柔平共缓饱随不]和|[^高]跟|[^嗯呃]+[嗯呃]|[^一两三四五六七八九十几这那哪每拖车火]把|[^现存实正不还]在|[^不没再]给|[^不没]让|[^不]被|[^服听侍随]从|[^不]比)$"
)
# Figures that are said in groups, with pauses between.
_DICTATED_ZH = re.compile(r"(?:电话|手机|号码|卡号|账号|密码|验证码|邮编|分机|房号).{0,20}[0-9零〇一二三四五六七八九]$")
# A condition alone, without what follows from it or a question: the first half of a message.
_HALF_ZH = re.compile(
    r"^(?:(?:如果|要是|虽然|尽管|除非|既然|只要|即使)(?!.*(?:[就那也还但吗呢吧谁哪会]|怎么|什么|可是|不过)).+|[当等].+的时候|等[^久]{1,8}了)$"
)
# Chinese words that a message is whole with: questions, thanks, answers. No model reads the others, so they could go on.
_WHOLE_ZH = re.compile(
    r"[吗呢吧么]$|什么|怎么|为何|哪|谁|几|多少|多[久大远长高]|是不是|有没有|能不能|可不可以|谢谢|再见|拜拜|晚安|你好|早上好|不用|没有了|就这些"
    r"|^(?:好|好的|对|是|是的|不|不是|行|可以|没有|没错|嗯|知道了)+$"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# "That" ends a sentence, unless it begins the next one: "the thing is that", "he said that". Questions that end so are shorter.
_BEFORE_THAT = frozenset(["is", "was", "said", "so", "means", "such", "told", "think", "believe", "hope"])
_THAT_WORDS = 4
_HALVES = frozenset(["if", "although", "unless", "while"])  # begin a half sentence, until a comma ends it
_DICTATED = frozenset(["number", "code", "address", "pin", "password", "card", "account", "extension", "zip", "postcode"])
ECHO_DOUBT = 1.25  # times as much voice begins a turn while an echo may be in it: silent after 0.29 s instead of 0.35 at 1.5
MADE_S = 0.3  # from the end of a turn until its answer is heard, on a quick machine: it was begun in the pause
DOUBTED = 0.2  # probability of having finished that is left at most
LIKELY = 0.6  # what is left at most where the words could be whole, and could go on
# Probability of a message's end, as a reply model reads the words, below which they are half of one. Chosen on 100 texts: 50
# whole messages had 0.021 and more, 41 of 50 halves less ("Could you book a table" 0.006). Of 60 others each, 54 halves and 7
# wholes ("I need a doctor") had less: so where the sound is sure, words alone only make the silence longer that ends the turn.
HALF = 0.02
# Below this they surely are: 48 of 64 statements that were cut at random had less, one of 71 whole ones ("Thank you, that is
# all"). With a question mark, which a recogniser hears, they are only doubtful: 12 of 23 halves had less, 2 of 41 questions.
SURELY_HALF = 0.001
UNSURE = 0.4  # probability of having finished that doubtful halves leave
# Below this the words could well go on ("The printer stopped working" 0.12), though they may be all. Of 40 whole messages 22
# had more, of 16 beginnings that could be whole three.
CLEAR = 0.25
# From this on a message ends though its last word is in the list ("what I am looking for", "who they are"): of 40 halves that
# end in such a word three had more, of 45 wholes 16.
CLEAR_LISTED = 0.1


class Sign(StrEnum):
    """What a step brought."""

    SUSPECTED = "suspected"  # perhaps somebody begins to speak
    DROPPED = "dropped"  # no, nobody did
    BEGAN = "began"  # somebody speaks
    HUSHED = "hushed"  # the first twentieth of a second of a pause: a guess at the words may begin
    PAUSED = "paused"  # a pause: has the speaker finished? Answer with TurnDetector.judged
    RESUMED = "resumed"  # the speaker goes on
    ENDED = "ended"  # the speaker has finished


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """Seconds, but for ``voice`` and ``quiet``: probabilities of speech from which a step counts as voice, and below which
    as quiet. ``sure``: probability of having finished from which a turn ends at the pause; ``certain``: from which its answer
    may be heard soonest. What ``…_heard_s`` say is counted from the last voice."""

    voice: float = 0.5
    quiet: float = 0.35
    suspect_s: float = 0.09
    begin_s: float = 0.19
    hush_s: float = 0.06  # shorter gaps are within words: in a minute of people's speech 21 instead of 20 at 0.12
    pause_s: float = 0.22
    sure: float = 0.5
    certain: float = 0.7
    certain_heard_s: float = 0.65  # nobody answers sooner: in every twentieth pause so short even what is certain went on
    likely_heard_s: float = 1.0  # no answer is heard sooner where the model is sure, but not certain
    unjudged_s: float = 0.8  # silence that ends a turn that the model has not judged
    doubt_s: float = 0.6  # silence that ends a turn of which the model is not sure
    doubt_heard_s: float = 1.3
    silence_s: float = 1.1  # silence that ends a turn which the model takes for unfinished
    silence_heard_s: float = 1.8
    longest_s: float = 60.0


class TurnDetector:
    """One microphone. :meth:`push` a probability every 32 ms; after PAUSED tell :meth:`judged` what the model thinks.

    ``held``: as long as it is True no silence ends the turn (somebody holds a button while talking). ``joins``: who goes on
    before an answer is heard is not cut off; where False, silence alone protects them.
    """

    def __init__(self, taking: TurnTaking = TurnTaking()) -> None:  # frozen
        self._taking = taking
        self.held = False
        self.joins = True
        self.voiced_s = 0.0  # of voice in the utterance since the last BEGAN; also after its end
        self.unheard_s = 0.0  # after the last ENDED, in which no answer should be heard: the speaker may go on
        self.silent_s = 0.0  # of silence before the last ENDED
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

    def judged(self, finished: float) -> list[Sign]:
        """The model's probability that the speaker had finished at the last PAUSED, forgotten when speech goes on. Returns what
        it brings at once."""
        if not self.pausing:
            return []
        self._opinion = finished
        return self._over()

    def end(self) -> None:
        """The speaker has finished, whoever knows it."""
        self.unheard_s = self.silent_s = 0.0
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
        return signs + self._over()

    def _over(self) -> list[Sign]:
        """ENDED where it was quiet for long enough, or somebody has spoken for too long."""
        silence, heard = self._patience()
        longest = self._length >= _steps(self._taking.longest_s)
        if not (longest or (not self.held and self._quiet >= _steps(max(silence, self._taking.pause_s)))):
            return []
        self.silent_s = self._quiet * STEP_S
        self.unheard_s = 0.0 if longest else max(0.0, heard - self.silent_s)
        self.reset()
        return [Sign.ENDED]

    def _patience(self) -> tuple[float, float]:
        """Seconds of silence that end the turn, and seconds after its last voice in which no answer is heard."""
        taking, opinion = self._taking, self._opinion
        if opinion is None:
            return taking.unjudged_s, 0.0
        if opinion >= taking.sure:
            return taking.pause_s, taking.likely_heard_s if opinion < taking.certain else taking.certain_heard_s
        unfinished = opinion < taking.sure / 2
        silence, heard = (taking.silence_s, taking.silence_heard_s) if unfinished else (taking.doubt_s, taking.doubt_heard_s)
        return (silence, heard) if self.joins else (heard - MADE_S, heard)


def _steps(seconds: float) -> int:
    return max(1, round(seconds / STEP_S))


def doubted(finished: float, text: str, ends: Callable[[str], float] | None = None) -> float:
    """``finished``: a model's probability 0–1 that the speaker of ``text`` has; less where the words say otherwise. ``ends``:
    the probability that a message ends after such words (``KnowsEnds``); asked only where it would change something."""
    text, words = text.rstrip(), bare_words(text)
    if not words:
        return finished
    asked = text.endswith(("?", "!"))
    listed = words[-1] in (_NEVER_LAST if asked else _GO_ON)
    if (listed if asked else _half(text, words)) or (listed and ends is None):
        return min(finished, DOUBTED)
    if finished <= DOUBTED:
        return finished
    if ends is None:
        open_ended = not asked and _CHINESE.search(text) and not _WHOLE_ZH.search("".join(words))
        return min(finished, LIKELY) if open_ended else finished
    likely = ends(text)
    if listed:
        return min(finished, LIKELY if likely >= CLEAR_LISTED else DOUBTED)
    if likely < (SURELY_HALF if asked else HALF):
        return UNSURE if finished > UNSURE and (asked or likely >= SURELY_HALF) else DOUBTED
    return finished if likely >= CLEAR else min(finished, LIKELY)


def _half(text: str, words: list[str]) -> bool:
    """Whether ``text`` is the beginning of a message, whatever its last word."""
    joined = "".join(words)
    chinese = _GO_ON_ZH.search(joined) is not None or ("，" not in text[:-1] and _HALF_ZH.match(joined) is not None)
    clause = words[-1] == "that" and len(words) >= _THAT_WORDS and words[-2] in _BEFORE_THAT
    half = words[0] in _HALVES and "," not in text
    figures = words[-1].isdigit() and not _DICTATED.isdisjoint(words)  # said in groups, with pauses between
    figures = figures or _DICTATED_ZH.search(joined) is not None
    trails_off = text.endswith(("...", "…", ",", "，", "、", "-", "—"))  # as a recogniser writes what was not ended
    return chinese or clause or half or figures or trails_off
