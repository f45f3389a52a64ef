"""The answer to one message: what the presenter's briefing says to it, else a language model's words, piece by piece.

Who speaks and pauses has perhaps said all. Half a second passes until that is sure, and an answer to the words that are known
so far can be begun meanwhile; it is heard if they were all, and dropped without a trace if they were not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from functools import partial
from typing import Any

from talking_head.errors import TalkingHeadError
from talking_head.protocols import Brief, ReadsAhead
from talking_head.session.briefed import briefed
from talking_head.session.stages import Stages
from talking_head.session.steps import iterate, step
from talking_head.system.scheduling import BETWEEN_NICE, as_nice
from talking_head.text.again import asks_again
from talking_head.types import Briefing, Message, MoodOrUnset

KEPT_S = 4.0  # an answer that nobody asked for by then is dropped: the longest silence that ends a turn is shorter
_END: Any = object()


class Answer:
    """To ``text``, the last of ``messages``. ``brief``: what persona and knowledge say to a message. First :meth:`briefing`,
    then :meth:`pieces`."""

    def __init__(self, stages: Stages, session: str, brief: Brief | None, text: str, messages: list[Message]) -> None:
        self.text = text
        self._before = [message.content for message in messages[:-1] if message.role == "user"]
        self._last = next((m.content for m in reversed(messages[:-1]) if m.role == "assistant"), "")
        self._stages, self._session, self._brief = stages, session, brief
        self._told: Briefing | None = None
        self.mood: MoodOrUnset = ""  # in which it wants to be said, as far as that is heard before its first word
        self._dropped = False
        self._ahead: asyncio.Task[None] | None = None  # what makes it before it is asked for
        self._first: str = _END
        self._rest: Generator[str, None, None] | None = None  # of the model's words, after the first piece

    async def briefing(self) -> Briefing | None:
        """What is known to ``text``, None where nobody is asked. Raises what the brief raises."""
        if self._ahead is None:
            await self._ask()
            return self._told
        try:
            await asyncio.wait({self._ahead})
        except asyncio.CancelledError:
            self.drop()
            raise
        self._ahead.result()
        return self._told

    async def pieces(self, messages: list[Message]) -> AsyncGenerator[str, None]:
        """The words that are said, "" while there is nothing yet; the last of ``messages`` is what is answered. BackendError
        when the model fails."""
        if self._told is not None and self._told.text:
            yield self._told.text
            return
        make = self._resumed if self._rest is not None else self._made(messages)
        try:
            async with aclosing(iterate(self._stages.reply_executor, self._session, make)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self.drop()

    def begin(self, messages: list[Message]) -> asyncio.Task[None]:
        """Make its first words now: those of an answer after ``messages``. As many wait as a model is let run ahead."""
        self._ahead = asyncio.create_task(self._begin(messages), name=f"answer-{self._session}")
        self._ahead.add_done_callback(lambda task: task.cancelled() or task.exception())  # whoever takes it hears of it
        return self._ahead

    def drop(self) -> None:
        """Nobody wants (more of) it."""
        self._dropped = True
        if self._rest is not None:
            with contextlib.suppress(TalkingHeadError):  # the executor is closed or full: it goes with its last reference
                self._stages.reply_executor.submit(self._session, self._rest.close)  # behind the step that may be running

    async def _ask(self) -> None:
        if self._last and asks_again(self.text):
            self._told = Briefing(text=self._last)
        elif (brief := self._brief) is not None:
            self._told = await step(self._stages.reply_executor, self._session, partial(self._briefed, brief))

    def _briefed(self, brief: Brief) -> Briefing:
        with as_nice(BETWEEN_NICE):  # a few ms of patterns, with the interpreter's lock
            return brief(self.text, self._before)

    async def _begin(self, messages: list[Message]) -> None:
        executor = self._stages.reply_executor
        await self._ask()
        if self._dropped or (self._told is not None and self._told.text):
            return
        self._rest = rest = await step(executor, self._session, self._made(messages))
        self._first = await step(executor, self._session, lambda: next(rest, _END))
        if self._dropped:
            self.drop()

    def _made(self, messages: list[Message]) -> Callable[[], Generator[str, None, None]]:
        return partial(briefed, self._stages.reply, messages, self._told, self._felt)

    def _felt(self, mood: MoodOrUnset) -> None:
        self.mood = mood

    def _resumed(self) -> Generator[str, None, None]:
        if self._first is not _END and self._rest is not None:
            yield self._first
            yield from self._rest


class Foresight:
    """At most one answer of a session that is made before its message is known to be whole. On the event loop."""

    def __init__(self, stages: Stages, session: str) -> None:
        self._stages, self._session = stages, session
        self._made: tuple[Answer, list[Message]] | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def begin(
        self, text: str, messages: list[Message], brief: Brief | None, keep: Callable[[asyncio.Task[None]], None]
    ) -> None:
        """Somebody has perhaps said ``text``, which is the last of ``messages``; ``keep`` is given the work to be waited for.

        Only of a model that is here, since a service would be paid twice; and not where a visitor is remembered, for who is
        only asked what to say may forget somebody.
        """
        if self._made is not None and self._made[1] == messages:
            return
        self.drop()
        if not isinstance(self._stages.reply, ReadsAhead) or brief is not self._stages.brief:
            return
        answer = Answer(self._stages, self._session, brief, text, messages)
        self._made = answer, messages
        self._expiry = asyncio.get_running_loop().call_later(KEPT_S, self.drop)
        keep(answer.begin(messages))

    def taken(self, messages: list[Message], brief: Brief | None) -> Answer | None:
        """The answer to ``messages`` if it was begun; whatever else was is dropped."""
        made = self._made
        if made is None or made[1] != messages or brief is not self._stages.brief:
            self.drop()
            return None
        self._forget()
        return made[0]

    def drop(self) -> None:
        """What was begun is not wanted."""
        if self._made is not None:
            self._made[0].drop()
        self._forget()

    def _forget(self) -> None:
        self._made = None
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
