"""What sessions share, and who is told what happens in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from talking_head.listen.ear import Ear
from talking_head.protocols import Brief, EndOfTurn, Recognizer, ReplyGenerator, Synthesizer
from talking_head.session.state import SessionState
from talking_head.session.turn import ClauseSplitter
from talking_head.system.fair_executor import FairExecutor
from talking_head.text import language as languages
from talking_head.text.language import Language
from talking_head.types import Fact, MoodOrUnset, Source

TurnEndReason = Literal["done", "interrupted", "error"]


class Observer(Protocol):
    """Who wants to know what happens in a session; called on the event loop."""

    def state(self, state: SessionState, turn: int) -> None: ...
    def reply(self, turn: int, text: str) -> None: ...
    def caption(self, turn: int, index: int, text: str, start_ms: float, duration_ms: float) -> None: ...
    def sources(self, turn: int, sources: Sequence[Source]) -> None: ...
    def noticed(self, turn: int, facts: Sequence[Fact]) -> None: ...
    def turn_end(self, turn: int, reason: TurnEndReason, heard: str) -> None: ...
    def error(self, code: str, message: str) -> None: ...


class MakeSplitter(Protocol):
    """Makes the clause splitter of a turn; ``pronunciations``: words and how they are said, instead of the configuration's."""

    def __call__(self, turn: int, *, pronunciations: Mapping[str, str] = ...) -> ClauseSplitter: ...


@dataclass(frozen=True, slots=True)
class Stages:
    """What all sessions share: the models of words and voice, each with its executor."""

    reply: ReplyGenerator
    reply_executor: FairExecutor
    speech: Synthesizer
    speech_executor: FairExecutor
    splitter: MakeSplitter
    system_prompt: str
    history_tokens: int = 1024
    max_chars: int = 4000
    max_pieces: int = 200
    turn_timeout_s: float = 120.0
    barge_in: bool = True
    brief: Brief | None = None
    # The mood in which a message wants to be answered, and whether it sounded subdued.
    mood_of: Callable[[str, bool], MoodOrUnset] = lambda text, subdued: ""
    calm: Callable[[], bool] = lambda: True  # nobody waits for words or voice: there is time to read ahead
    language: Language = field(default_factory=lambda: languages.get("en"))
    pronunciations: Mapping[str, str] = field(default_factory=dict)


class LanguageDetector(Recognizer, Protocol):
    """A recogniser that tells which language it hears, and is asked so seldom that it is made when it is."""

    def load(self) -> None:
        """Make it, where it is not made yet: seconds, on any thread. Raises WeightsError."""
        ...


@dataclass(frozen=True, slots=True)
class ListenStages:
    """What all microphones share. ``make_ear`` is called once a microphone, on ``ear_executor``; ``end_of_turn`` None: silence
    alone decides. Recognition has an executor of its own, so that voices are noticed while words are made out.

    ``language``: the one that the recogniser hears; ``detector`` tells which it was where those words are doubtful. ``ends``:
    the probability that a message ends after such words, where a model knows that (``KnowsEnds``). ``calm``: whether pictures
    are on time and nobody waits for an answer; else words that are only shown come more seldom. ``tone``: whether how a visitor
    sounds is measured."""

    make_ear: Callable[[], Ear]
    ear_executor: FairExecutor
    recognizer: Recognizer
    recognizer_executor: FairExecutor
    end_of_turn: EndOfTurn | None
    turn_executor: FairExecutor
    language: Language = field(default_factory=lambda: languages.get("en"))
    detector: LanguageDetector | None = None
    ends: Callable[[str], float] | None = None
    calm: Callable[[], bool] = lambda: True
    tone: bool = False

    def close(self) -> None:
        """Stop the executors."""
        for executor in (self.ear_executor, self.recognizer_executor, self.turn_executor):
            executor.close()


class HearingObserver(Protocol):
    """Who wants to know; called on the event loop."""

    def loudness(self, gain: float) -> None:
        """The presenter is to be heard at this gain: 1 as it is, 0 not at all."""
        ...

    def transcript(self, utterance: int, text: str, settled: int, final: bool) -> None:
        """The words so far; the first ``settled`` characters will hardly change. ``final`` with no text: it was nothing."""
        ...

    def error(self, code: str, message: str) -> None:
        """Something failed; a sentence."""
        ...
