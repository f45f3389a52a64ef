"""The chat so far, read by the reply model while nobody asks anything: the next answer begins sooner by that time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from talking_head.errors import TalkingHeadError
from talking_head.protocols import ReadsAhead
from talking_head.session.stages import Stages
from talking_head.types import Message

log = logging.getLogger(__name__)

READ_LATER_S = 1.0


class ReadAhead:
    """What one session has read ahead, in the name ``session`` on the reply model's executor."""

    def __init__(self, stages: Stages, session: str) -> None:
        self._stages, self._session = stages, session
        self._running: Future[None] | None = None  # the chat, on its way to be read

    def cancel(self) -> None:
        """Somebody asks: what has not begun is not read any more."""
        if self._running is not None:
            self._running.cancel()

    def begin(self, messages: Callable[[], list[Message]], wanted: Callable[[], bool]) -> None:
        """Read ``messages()`` as soon as nobody waits for an answer, if the model can keep it and it is ``wanted`` then."""
        reply, executor = self._stages.reply, self._stages.reply_executor
        if not isinstance(reply, ReadsAhead) or not wanted():
            return
        if not self._stages.calm():
            asyncio.get_running_loop().call_later(READ_LATER_S, self.begin, messages, wanted)
            return
        with contextlib.suppress(TalkingHeadError):  # the executor is full or closed: the answer will read it
            self._running = executor.submit(self._session, partial(reply.prepare, messages()))
            self._running.add_done_callback(_noted)


def _noted(ahead: Future[None]) -> None:
    if not ahead.cancelled() and (failure := ahead.exception()) is not None:
        log.warning("the chat was not read ahead: %s", failure)
