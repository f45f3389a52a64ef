"""What runs in a media process: connections, with their encoders, encryption and packets, and nothing else.

``python -m talking_head.webrtc.media_process.worker CHANNEL PIPE MEMORY`` (file descriptors). Words come and go on the channel,
frames come through the pipe (``frame_pipe.py``). A channel that ends, ends the process.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

from talking_head.errors import TalkingHeadError, visitors_sentence
from talking_head.loop import MediaFrame
from talking_head.system import gc_tuning
from talking_head.system.event_loop import lateness
from talking_head.system.process import run_worker
from talking_head.system.scheduling import EVENTS_NICE, be_nice
from talking_head.types import F32
from talking_head.webrtc.connection import DirectConnection
from talking_head.webrtc.connections import media_threads
from talking_head.webrtc.media_process.frame_pipe import FrameReader
from talking_head.webrtc.media_process.rpc import RpcChannel
from talking_head.webrtc.microphone import voice_as_text
from talking_head.webrtc.peer_connection import ConnectionSettings, ConnectionStats

log = logging.getLogger(__name__)


class RemoteOwner:
    """Tells the server what happens to its connection ``number``."""

    def __init__(self, number: int, channel: RpcChannel) -> None:
        self._number, self._channel = number, channel

    def opened(self) -> None:
        """See ConnectionOwner."""
        self._channel.send("opened", self._number)

    def received(self, message: str | bytes) -> None:
        """See ConnectionOwner."""
        self._channel.send(
            "received", self._number, message if isinstance(message, str) else message.decode("utf-8", "replace")
        )

    def heard(self, pcm: F32) -> None:
        """See ConnectionOwner."""
        self._channel.send("heard", self._number, voice_as_text(pcm))

    def sent(self, media_frame: MediaFrame, at_ms: float) -> None:
        """See ConnectionOwner."""
        self._channel.send("sent", self._number, media_frame.tick, at_ms)

    def late(self) -> None:
        """See ConnectionOwner."""
        self._channel.send("late", self._number)

    def recorded(self, reason: str) -> None:
        """See ConnectionOwner."""
        self._channel.send("recorded", self._number, reason)

    def measured(self, stats: ConnectionStats) -> None:
        """See ConnectionOwner."""
        self._channel.send("measured", self._number, asdict(stats))

    def lost(self) -> None:
        """See ConnectionOwner."""
        self._channel.send("lost", self._number)


class Worker:
    """Carries out what comes over the channel: ``open``, and by name the methods of ``PeerConnection``."""

    def __init__(self, reader: FrameReader, ended: asyncio.Event) -> None:
        self._reader, self._ended = reader, ended
        self._connections: dict[int, DirectConnection] = {}
        self._executor = media_threads(2)
        self._tasks: set[asyncio.Task[None]] = set()
        self._settings = ConnectionSettings()
        self.channel = RpcChannel(self._told, ended.set)

    def _told(self, name: str, *rest: Any) -> None:
        match name, rest:
            case "settings", (fields,):
                self._settings = ConnectionSettings(**fields)
            case "open", (number, region, width, height):
                connection = DirectConnection(RemoteOwner(number, self.channel), width, height, self._settings, self._executor)
                self._connections[number] = connection
                self._reader.add(number, region, height * 3 // 2, width, connection.deliver)
            case "mute" | "duck" | "send", (number, what):
                if number in self._connections:  # else it was closed meanwhile
                    self._tell(self._connections[number], name, what)
            case "answer" | "add_candidate" | "close" | "record" | "stop_recording", (number, question, *arguments):
                asked = self._connections[number]
                if name == "close":
                    self._reader.remove(number)
                    del self._connections[number]
                self._answer(question, self._ask(asked, name, *arguments))

    @staticmethod
    def _tell(connection: DirectConnection, name: str, what: Any) -> None:
        match name:
            case "mute":
                connection.mute(what)
            case "duck":
                connection.duck(what)
            case "send":
                connection.send(what)

    @staticmethod
    async def _ask(connection: DirectConnection, name: str, *arguments: Any) -> Any:
        match name:
            case "answer":
                return await connection.answer(*arguments)
            case "add_candidate":
                return await connection.add_candidate(*arguments)
            case "close":
                return await connection.close()
            case "record":
                return asdict(await connection.record(*arguments))
            case "stop_recording":
                return await connection.stop_recording()

    def _answer(self, question: int, work: Coroutine[Any, Any, Any]) -> None:
        async def answer() -> None:
            try:
                self.channel.send("done", question, await work, None)
            except Exception as error:
                known = isinstance(error, TalkingHeadError)
                if not known:
                    log.exception("a connection failed")
                said = visitors_sentence(error) if known else "The connection could not be made. Please try again."
                self.channel.send("done", question, None, (type(error).__name__ if known else "BackendError", said))

        task = asyncio.create_task(answer())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def report(self) -> None:
        """Say once a second that this process lives, and by how much its event loop was late at worst."""
        worst, until = 0.0, time.monotonic() + 1
        async for late in lateness():
            worst = max(worst, late)
            if time.monotonic() >= until:
                self.channel.send("alive", round(worst, 6))
                worst, until = 0.0, time.monotonic() + 1


async def serve(channel: socket.socket, pipe: int, memory: int) -> None:
    """Serve until the other side is gone."""
    be_nice(EVENTS_NICE)
    ended = asyncio.Event()
    reader = FrameReader(pipe, memory)
    worker = Worker(reader, ended)
    await asyncio.get_running_loop().create_unix_connection(lambda: worker.channel, sock=channel)
    threading.Thread(target=reader.run, name="frames", daemon=True).start()
    gc_tuning.freeze()
    alive = asyncio.create_task(worker.report())
    await ended.wait()
    alive.cancel()


def _event_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """As the server: uvloop where it is installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop
    return new_event_loop


def main(channel: int, pipe: int, memory: int) -> None:
    """Serve on these descriptors. Browsers notice the end by themselves; threads of encoders are not waited for."""
    with asyncio.Runner(loop_factory=_event_loop()) as runner:
        runner.run(serve(socket.socket(fileno=channel), pipe, memory))


if __name__ == "__main__":
    run_worker(main)
