"""The server's side of a media process: connections that live elsewhere (``worker.py``), each a ``PeerConnection``.

A process that dies or hangs is replaced. Its connections are lost: their browsers connect anew, everybody else is not touched.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from talking_head import errors
from talking_head.errors import BackendError
from talking_head.loop import MediaFrame
from talking_head.system.process import WorkerProcess
from talking_head.webrtc.media_process.frame_pipe import FrameRing, FrameWriter
from talking_head.webrtc.media_process.rpc import RpcChannel
from talking_head.webrtc.microphone import voice_from_text
from talking_head.webrtc.peer_connection import ConnectionOwner, ConnectionSettings, ConnectionStats
from talking_head.webrtc.recording.taps import Recorded

log = logging.getLogger(__name__)

HANG_S = 10.0  # a sign of life comes every second
LOAD_S = 60.0
ASK_S = 20.0
RESTART_S = 1.0


class RemoteConnection:
    """A PeerConnection that lives in a media process; made by :meth:`MediaProcess.connect`."""

    def __init__(self, process: MediaProcess, number: int, owner: ConnectionOwner, ring: FrameRing) -> None:
        self.owner, self.ring = owner, ring
        self._process, self._number = process, number
        self._marked: dict[int, MediaFrame] = {}  # by tick: frames whose mark is wanted back
        self._closed = False

    async def answer(self, sdp: str, address: str) -> str:
        """See PeerConnection."""
        return str(await self._process.ask("answer", self._number, sdp, address))

    def deliver(self, media_frame: MediaFrame) -> None:
        """See PeerConnection."""
        if self._closed:
            return
        if media_frame.mark is not None:
            self._marked[media_frame.tick] = media_frame
        if not self.ring.write(self._number, media_frame):
            self._marked.pop(media_frame.tick, None)

    def mute(self, turn: int) -> None:
        """See PeerConnection."""
        self._process.tell("mute", self._number, turn)

    def duck(self, gain: float) -> None:
        """See PeerConnection."""
        self._process.tell("duck", self._number, gain)

    def send(self, message: str) -> None:
        """See PeerConnection."""
        self._process.tell("send", self._number, message)

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """See PeerConnection."""
        await self._process.ask("add_candidate", self._number, candidate, mid)

    async def record(self, file: str, seconds: float, most: int) -> Recorded:
        """See PeerConnection."""
        return Recorded(**await self._process.ask("record", self._number, file, seconds, most))

    async def stop_recording(self) -> float | None:
        """See PeerConnection."""
        began = await self._process.ask("stop_recording", self._number)
        return None if began is None else float(began)

    async def close(self) -> None:
        """See PeerConnection."""
        self._closed = True
        await self._process.close_line(self._number)

    def sent(self, tick: int, at_ms: float) -> None:
        """The frame of that tick goes out; what was marked before it and did not, never will."""
        for old in [each for each in list(self._marked) if each < tick]:
            self._marked.pop(old, None)
        if (media_frame := self._marked.pop(tick, None)) is not None:
            self.owner.sent(media_frame, at_ms)


class MediaProcess:
    """Starts at once and loads; ready once :meth:`watch` runs and the process has shown a sign of life."""

    def __init__(self, settings: ConnectionSettings, lag: Callable[[float], None]) -> None:
        self._settings, self._lag = settings, lag
        self._connections: dict[int, RemoteConnection] = {}
        self._numbers, self._questions = itertools.count(), itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._channel: RpcChannel | None = None
        self._closed = False
        self.ready = False
        self._start()

    @property
    def open_connections(self) -> int:
        """How many are open."""
        return len(self._connections)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def _start(self) -> None:
        self._frames = FrameWriter()
        self._process = WorkerProcess("talking_head.webrtc.media_process.worker", 1, self._frames.ends)
        (self._socket,) = self._process.sockets

    async def watch(self) -> None:
        """Connect, and replace the process whenever it is gone; until cancelled."""
        while not self._closed:
            gone = asyncio.Event()
            channel = self._channel = RpcChannel(self._told, gone.set)
            self._heard = time.monotonic() + LOAD_S - HANG_S
            await asyncio.get_running_loop().create_unix_connection(partial(_itself, channel), sock=self._socket)
            channel.send("settings", asdict(self._settings))
            while not gone.is_set():
                if time.monotonic() - self._heard > HANG_S:
                    log.warning("a media process does not answer")
                    self._process.kill()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await gone.wait()
            self._lost()
            if not self._closed:
                log.warning("a media process ended; another one is started")
                await asyncio.sleep(RESTART_S)
                await asyncio.to_thread(self._again)

    def _again(self) -> None:
        self._process.stop()
        self._frames.close()
        self._start()

    def _lost(self) -> None:
        self.ready, self._channel = False, None
        connections, self._connections = self._connections, {}
        asked, self._asked = self._asked, {}
        for question in asked.values():
            if not question.done():
                question.set_exception(BackendError("What sends sound and picture stopped. Please connect once more."))
        for connection in connections.values():
            connection.owner.lost()

    def connect(self, owner: ConnectionOwner, width: int, height: int) -> RemoteConnection:
        """A connection for a picture of that size."""
        ring = self._frames.ring(height * 3 // 2, width)
        number = next(self._numbers)
        connection = self._connections[number] = RemoteConnection(self, number, owner, ring)
        self.tell("open", number, ring.region, width, height)
        return connection

    async def close_line(self, number: int) -> None:
        """End a connection; nothing happens if it is lost already."""
        connection = self._connections.get(number)
        if connection is None:
            return
        try:
            await self.ask("close", number)
        except errors.TalkingHeadError as error:
            log.warning("a connection was not closed in order: %s", error)
        self._connections.pop(number, None)
        self._frames.free(connection.ring.region)

    def tell(self, name: str, *rest: Any) -> None:
        """Say something that is not answered."""
        if self._channel is not None:
            self._channel.send(name, *rest)

    async def ask(self, name: str, number: int, *rest: Any) -> Any:
        """What a method of the connection returns. Raises its TalkingHeadError, and BackendError if the process is gone."""
        if self._channel is None:
            raise BackendError("What sends sound and picture stopped. Please connect once more.")
        question = next(self._questions)
        answer = self._asked[question] = asyncio.get_running_loop().create_future()
        self._channel.send(name, number, question, *rest)
        try:
            async with asyncio.timeout(ASK_S):
                return await answer
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
                        answer.set_exception(errors.named(*failure))
            case _, (number, *what):
                if (connection := self._connections.get(number)) is not None:
                    self._happened(connection, name, *what)

    def _happened(self, connection: RemoteConnection, name: str, *what: Any) -> None:
        match name, what:
            case "sent", (tick, at_ms):
                connection.sent(tick, at_ms)
            case "heard", (data,):
                connection.owner.heard(voice_from_text(data))
            case "received", (message,):
                connection.owner.received(message)
            case "measured", (stats,):
                connection.owner.measured(ConnectionStats(**stats))
            case "opened", ():
                connection.owner.opened()
            case "late", ():
                connection.owner.late()
            case "lost", ():
                connection.owner.lost()
            case "recorded", (reason,):
                connection.owner.recorded(reason)

    def close(self) -> None:
        """End the process."""
        self._closed = True
        if self._channel is not None:
            self._channel.close()
        self._process.stop()
        self._socket.close()
        self._frames.close()


def _itself(channel: RpcChannel) -> RpcChannel:
    return channel
