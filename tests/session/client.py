"""A WHEP client on aiortc: what a browser does, for tests and benches that need no browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription


async def browsers_offer() -> str:
    """An offer that is answered; nobody comes to its connection."""
    pc = RTCPeerConnection()
    pc.createDataChannel("events")
    for kind in ("audio", "video"):
        pc.addTransceiver(kind, direction="recvonly")
    await pc.setLocalDescription(await pc.createOffer())
    await pc.close()
    return str(pc.localDescription.sdp)


class WhepClient:
    """``async with WhepClient(http) as client``: connected, events in ``events``, frames of both tracks in the callbacks."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        on_audio: Callable[[Any], None] = lambda _: None,
        on_video: Callable[[Any], None] = lambda _: None,
        query: str = "",
        microphone: MediaStreamTrack | None = None,
    ) -> None:
        self._http, self._query, self._microphone = http, query, microphone
        self._sinks = {"audio": on_audio, "video": on_video}
        self.events: list[dict[str, Any]] = []
        self.location = ""
        self.pc = RTCPeerConnection()
        self.channel = self.pc.createDataChannel("events")
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> WhepClient:
        self.channel.on("message", self._message)
        for kind in ("audio", "video"):
            if kind == "audio" and self._microphone is not None:
                self.pc.addTransceiver(self._microphone, direction="sendrecv")
            else:
                self.pc.addTransceiver(kind, direction="recvonly")
        self.pc.on("track", self._track)
        await self.pc.setLocalDescription(await self.pc.createOffer())
        answer = await self._http.post(
            f"/whep{self._query}", content=self.pc.localDescription.sdp, headers={"content-type": "application/sdp"}
        )
        assert answer.status_code == 201, answer.text
        self.location = answer.headers["location"]
        await self.pc.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await self.wait("hello")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pc.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def session(self) -> str:
        return self.location.rpartition("/")[2]

    def send(self, type_: str, **fields: Any) -> None:
        self.channel.send(json.dumps({"type": type_, **fields}))

    async def wait(self, type_: str, timeout: float = 60, **fields: Any) -> dict[str, Any]:
        """The first event (past or to come) of this type and with these fields."""

        def found() -> dict[str, Any] | None:
            return next((e for e in self.events if e["type"] == type_ and fields.items() <= e.items()), None)

        async with asyncio.timeout(timeout), self._news:
            await self._news.wait_for(found)
        event = found()
        assert event is not None
        return event

    async def _note(self, message: str) -> None:
        async with self._news:
            self.events.append(json.loads(message))
            self._news.notify_all()

    def _message(self, message: str) -> None:
        self._tasks.append(asyncio.create_task(self._note(message)))

    def _track(self, track: Any) -> None:
        self._tasks.append(asyncio.create_task(self._read(track)))

    async def _read(self, track: Any) -> None:
        from aiortc.mediastreams import MediaStreamError

        try:
            while True:
                self._sinks[track.kind](await track.recv())
        except MediaStreamError:
            pass
