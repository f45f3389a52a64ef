"""A session whose slot is a hand-cranked loop: nothing depends on a clock, and everything that it says is written down."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np

from talking_head.loop import AudioChunk, MediaFrame
from talking_head.session.session import Session
from talking_head.session.stages import Stages
from talking_head.session.state import SessionState
from talking_head.system.fair_executor import FairExecutor
from talking_head.types import Fact, Source
from tests.session.fakes import FakeReply, SineSpeech, Splitter


@dataclass
class Log:
    """An Observer that writes everything down."""

    events: list[tuple[Any, ...]] = field(default_factory=list)

    def state(self, state: SessionState, turn: int) -> None:
        self.events.append(("state", state, turn))

    def reply(self, turn: int, text: str) -> None:
        self.events.append(("reply", turn, text))

    def caption(self, turn: int, index: int, text: str, start_ms: float, duration_ms: float) -> None:
        self.events.append(("caption", turn, index, text, start_ms, duration_ms))

    def noticed(self, turn: int, facts: Sequence[Fact]) -> None:
        self.events.append(("noticed", turn, [(fact.kind, fact.value) for fact in facts]))

    def sources(self, turn: int, sources: Sequence[Source]) -> None:
        self.events.append(("sources", turn, [source.heading for source in sources]))

    def turn_end(self, turn: int, reason: str, heard: str) -> None:
        self.events.append(("turn_end", turn, reason, heard))

    def error(self, code: str, message: str) -> None:
        self.events.append(("error", code, message))

    @property
    def cut(self) -> set[int]:
        """Turns that did not end by themselves: whoever sends lets nothing of them be heard any more."""
        return {turn for _, turn, reason, _ in self.of("turn_end") if reason != "done"}

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        return [event for event in self.events if event[0] == kind]


class Crank:
    """Inference loop and pacer in one: ``turn()`` moves everything on by 40 ms. Sound is delayed by ``lookahead`` blocks."""

    lookahead = 2

    def __init__(self, session: Session, log: Log) -> None:
        self.session, self.log, self.tick = session, log, 0
        self.line: deque[AudioChunk] = deque(AudioChunk() for _ in range(self.lookahead))
        self.heard: list[np.ndarray] = []
        self.left = False
        self.hurried = 0

    def cut(self) -> None:
        """A slot that forgets to mute: the session must hold without its help."""

    def hurry(self) -> None:
        """A voice begins; this one turns by hand."""
        self.hurried += 1

    def leave(self) -> None:
        self.left = True

    def turn(self) -> np.ndarray:
        self.line.append(self.session.next_chunk())
        block = self.line.popleft()
        media_frame = MediaFrame(self.tick, block.pcm, np.zeros((3, 2), np.uint8), block.turn, block.mark, due=0.0)
        heard = np.zeros_like(media_frame.pcm) if media_frame.turn in self.log.cut else media_frame.pcm
        self.session.sent(media_frame, self.tick * 40.0)
        self.tick += 1
        self.heard.append(heard)
        return heard


@asynccontextmanager
async def a_session(
    reply: FakeReply | None = None,
    speech: SineSpeech | None = None,
    reply_executor: FairExecutor | None = None,
    **options: Any,
) -> AsyncIterator[tuple[Session, Crank, Log]]:
    executors = reply_executor or FairExecutor("reply"), FairExecutor("speech")
    splitter = options.pop("splitter", Splitter)
    stages = Stages(reply or FakeReply(), executors[0], speech or SineSpeech(), executors[1], splitter, "Be brief.", **options)
    log = Log()
    session = Session(stages, log)
    crank = Crank(session, log)
    session.sit(crank)  # type: ignore[arg-type]
    try:
        with patch("talking_head.session.turn.DRAWN_S", 0.0):  # a crank turns faster than time passes
            yield session, crank, log
    finally:
        await session.close()
        for executor in executors:
            executor.close()
    assert crank.left


async def until(condition: Callable[[], Any], crank: Crank | None = None) -> None:
    """Turn the crank (or just wait) until ``condition``; the test's own timeout is the limit."""
    while not condition():
        if crank is not None:
            crank.turn()
        await asyncio.sleep(0.002)
