"""What sessions share, and who is told what happens in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from talking_head.loop import FairExecutor
from talking_head.protocols import Brief, ReplyGenerator, Synthesizer
from talking_head.session.state import SessionState
from talking_head.session.turn import ClauseSplitter
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
    """What all sessions share: the models of words and voice, each with its lane."""

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
    mood_of: Callable[[str], MoodOrUnset] = lambda _: ""  # the mood in which a message wants to be answered
    calm: Callable[[], bool] = lambda: True  # nobody waits for words or voice: there is time to read ahead
    language: Language = field(default_factory=lambda: languages.get("en"))
    pronunciations: Mapping[str, str] = field(default_factory=dict)
