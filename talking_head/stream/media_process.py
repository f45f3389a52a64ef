"""The server's side of a media process: lines that live elsewhere (``media_worker.py``), behind the interface of ``Line``.

A process that dies or hangs is replaced. Its lines are lost: their browsers connect anew, everybody else is not touched.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from talking_head import child, errors
from talking_head.errors import BackendError
from talking_head.loop import Beat
from talking_head.stream.beat_pipe import BeatRing, BeatWriter
from talking_head.stream.line import LineOwner, LineSettings, LineStats
from talking_head.stream.wire import Wire

log = logging.getLogger(__name__)

HANG_S = 10.0  # a sign of life comes every second
LOAD_S = 60.0
ASK_S = 20.0
RESTART_S = 1.0


class FarLine:
    """See Line; made by :meth:`MediaProcess.line`."""

    def __init__(self, process: MediaProcess, number: int, owner: LineOwner, ring: BeatRing) -> None:
        self.owner, self.ring = owner, ring
        self._process, self._number = process, number
        self._marked: dict[int, Beat] = {}  # by tick: beats whose mark is wanted back
        self._closed = False

    async def answer(self, sdp: str, address: str) -> str:
        """See Line."""
        return str(await self._process.ask("answer", self._number, sdp, address))

    def deliver(self, beat: Beat) -> None:
        """See Line."""
        if self._closed:
            return
        if beat.mark is not None:
            self._marked[beat.tick] = beat
        if not self.ring.write(self._number, beat):
            self._marked.pop(beat.tick, None)

    def mute(self, turn: int) -> None:
        """See Line."""
        self._process.tell("mute", self._number, turn)

    def send(self, message: str) -> None:
        """See Line."""
        self._process.tell("send", self._number, message)

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """See Line."""
        await self._process.ask("add_candidate", self._number, candidate, mid)

    async def close(self) -> None:
        """See Line."""
        self._closed = True
        await self._process.close_line(self._number)

    def sent(self, tick: int, at_ms: float) -> None:
        """The beat of that tick goes out; what was marked before it and did not, never will."""
        for old in [each for each in list(self._marked) if each < tick]:
            self._marked.pop(old, None)
        if (beat := self._marked.pop(tick, None)) is not None:
            self.owner.sent(beat, at_ms)


class MediaProcess:
    """Starts at once and loads; ready once :meth:`watch` runs and the process has shown a sign of life."""

    def __init__(self, settings: LineSettings, lag: Callable[[float], None]) -> None:
        self._settings, self._lag = settings, lag
        self._lines: dict[int, FarLine] = {}
        self._numbers, self._questions = itertools.count(), itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._wire: Wire | None = None
        self._closed = False
        self.ready = False
        self._start()

    @property
    def lines(self) -> int:
        """How many are open."""
        return len(self._lines)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._child.pid

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._beats = BeatWriter()
        numbers = (theirs.fileno(), *self._beats.ends)
        self._child = child.start("talking_head.stream.media_worker", numbers)
        theirs.close()

    async def watch(self) -> None:
        """Connect, and replace the process whenever it is gone; until cancelled."""
        while not self._closed:
            gone = asyncio.Event()
            wire = self._wire = Wire(self._told, gone.set)
            self._heard = time.monotonic() + LOAD_S - HANG_S
            await asyncio.get_running_loop().create_unix_connection(partial(_itself, wire), sock=self._socket)
            wire.send("settings", asdict(self._settings))
            while not gone.is_set():
                if time.monotonic() - self._heard > HANG_S:
                    log.warning("a media process does not answer")
                    self._child.kill()
                try:
                    await asyncio.wait_for(gone.wait(), 1)
                except TimeoutError:
                    continue
            self._lost()
            if not self._closed:
                log.warning("a media process ended; another one is started")
                await asyncio.sleep(RESTART_S)
                await asyncio.to_thread(self._again)

    def _again(self) -> None:
        self._child.kill()
        self._child.wait()
        self._beats.close()
        self._start()

    def _lost(self) -> None:
        self.ready, self._wire = False, None
        lines, self._lines = self._lines, {}
        asked, self._asked = self._asked, {}
        for question in asked.values():
            if not question.done():
                question.set_exception(BackendError("What sends sound and picture stopped. Please connect once more."))
        for line in lines.values():
            line.owner.lost()

    def line(self, owner: LineOwner, width: int, height: int) -> FarLine:
        """A line for a picture of that size."""
        ring = self._beats.ring(height * 3 // 2, width)
        number = next(self._numbers)
        line = self._lines[number] = FarLine(self, number, owner, ring)
        self.tell("open", number, ring.region, width, height)
        return line

    async def close_line(self, number: int) -> None:
        """End a line; nothing happens if it is lost already."""
        line = self._lines.get(number)
        if line is None:
            return
        try:
            await self.ask("close", number)
        except errors.TalkingHeadError as error:
            log.warning("a line was not closed in order: %s", error)
        self._lines.pop(number, None)
        self._beats.free(line.ring.region)

    def tell(self, name: str, *rest: Any) -> None:
        """Say something that is not answered."""
        if self._wire is not None:
            self._wire.send(name, *rest)

    async def ask(self, name: str, number: int, *rest: Any) -> Any:
        """What a method of the line returns. Raises its TalkingHeadError, and BackendError if the process is gone."""
        if self._wire is None:
            raise BackendError("What sends sound and picture stopped. Please connect once more.")
        question = next(self._questions)
        answer = self._asked[question] = asyncio.get_running_loop().create_future()
        self._wire.send(name, number, question, *rest)
        try:
            return await asyncio.wait_for(answer, ASK_S)
        except TimeoutError:
            raise BackendError("What sends sound and picture does not answer. Please try again.") from None
        finally:
            self._asked.pop(question, None)

    def _told(self, name: str, *rest: Any) -> None:
        self._heard = time.monotonic()
        match name, rest:
            case "alive", (lag,):
                self.ready = True
                self._lag(lag)
            case "done", (question, result, failure):
                if (answer := self._asked.get(question)) is not None and not answer.done():
                    if failure is None:
                        answer.set_result(result)
                    else:
                        answer.set_exception(getattr(errors, failure[0])(failure[1]))
            case _, (number, *what):
                if (line := self._lines.get(number)) is not None:
                    self._happened(line, name, *what)

    def _happened(self, line: FarLine, name: str, *what: Any) -> None:
        match name, what:
            case "sent", (tick, at_ms):
                line.sent(tick, at_ms)
            case "received", (message,):
                line.owner.received(message)
            case "measured", (stats,):
                line.owner.measured(LineStats(**stats))
            case "opened" | "late" | "lost", ():
                getattr(line.owner, name)()

    def close(self) -> None:
        """End the process."""
        self._closed = True
        if self._wire is not None:
            self._wire.close()
        self._child.kill()
        self._child.wait()
        self._socket.close()
        self._beats.close()


def _itself(wire: Wire) -> Wire:
    return wire
