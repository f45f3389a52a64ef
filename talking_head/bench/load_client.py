"""Visitors made of software: real WebRTC peers that talk, think, interrupt, come and go.

Run in a process of its own, so that the server is measured and not the visitors::

    python -m talking_head.bench.load_client --url http://127.0.0.1:8000 --sessions 4 --seconds 30

Received pictures are counted and timed, not decoded: on one machine the decoders would take the server's cores. The last line
is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.rtp import RtpPacket

from talking_head.webrtc import events

VISITORS_NICE = 5  # visitors sit elsewhere: on the server's machine they take what it leaves them
LATE_S = 0.04  # a picture that arrives by more than one frame later than the steadiest ones

Way = Literal["chat", "say", "watch"]

QUESTIONS = (
    "Hello, who are you?",
    "What is the weather like on the moon?",
    "Tell me something about the sea.",
    "Why is the sky blue?",
    "What would you cook for ten friends?",
    "How do bees find their way home?",
)
SENTENCES = (
    "Good morning, and welcome to this little presentation about the history of the lighthouse.",
    "Please buy a dozen blue bottles, pack them into boxes, and bring them back before breakfast.",
    "The quick brown fox jumps over the lazy dog while nobody in the village is watching at all.",
)


class _Arrivals:
    """Counts and times one receiver's pictures and keeps them from being decoded."""

    def __init__(self, receiver: RTCRtpReceiver) -> None:
        self.at: list[tuple[float, float]] = []  # (arrival, media time) in seconds
        self.packets = 0
        self.latest: int | None = None  # RTP timestamp
        self.beside: _Arrivals | None = None  # the sound's, at the picture's
        self.pairs: deque[tuple[int, int]] = deque(maxlen=50_000)  # of a picture, and of the sound that had come by then
        self._handle = receiver._handle_rtp_packet
        receiver._handle_rtp_packet = self._taken  # type: ignore[method-assign]
        queue = receiver._RTCRtpReceiver__decoder_queue  # type: ignore[attr-defined]
        receiver._RTCRtpReceiver__decoder_queue = _Drain(queue)  # type: ignore[attr-defined]

    async def _taken(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self.packets += 1
        self.latest = packet.timestamp
        if packet.marker and self.beside is not None and self.beside.latest is not None:
            self.pairs.append((packet.timestamp, self.beside.latest))
        if packet.marker:  # the last packet of a picture
            self.at.append((time.monotonic(), packet.timestamp / 90_000))
        await self._handle(packet, arrival_time_ms)

    def late(self) -> int:
        """Pictures that came later than their timestamps promise, against the median."""
        if len(self.at) < 10:
            return 0
        arrival, media = np.array(self.at).T
        delay = arrival - np.unwrap(media, period=2**32 / 90_000)
        return int((delay - np.median(delay) > LATE_S).sum())

    def skews_ms(self, video_origin: int, audio_origin: int) -> list[float]:
        """By how many ms of media time the sound was ahead of each picture as it arrived."""

        def since(timestamp: int, origin: int) -> int:
            ticks = (timestamp - origin) % 2**32
            return ticks - 2**32 if ticks >= 2**31 else ticks

        return [since(sound, audio_origin) / 48 - since(picture, video_origin) / 90 for picture, sound in self.pairs]


class _Drain:
    """Takes the place of the decoder's queue; lets only its end through."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def put(self, item: Any) -> None:
        if item is None:
            self._queue.put(None)

    def get(self) -> Any:
        return self._queue.get()


@dataclass(slots=True)
class Visit:
    """What one visitor saw. Times in ms. ``frames``, ``late_frames``: the server's own count for this session."""

    refused: bool = False
    failed: str = ""
    connect_ms: float = 0.0
    frames: int = 0
    late_frames: int = 0
    received: int = 0
    received_late: int = 0
    turns: int = 0
    first_sound_ms: list[float] = field(default_factory=list)
    interrupt_ms: list[float] = field(default_factory=list)
    skew_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One peer. ``way``: "chat" with the presenter, have it "say" fixed sentences without a pause, or only "watch"."""

    def __init__(
        self,
        url: str,
        http: httpx.AsyncClient,
        rng: random.Random,
        *,
        way: Way = "chat",
        interrupts: float = 0.2,
        every_s: float = 0.0,
    ) -> None:
        self._url, self._http, self._rng = url, http, rng
        self._way, self._interrupts, self._every_s = way, interrupts, every_s
        self._origins: tuple[int, int] | None = None
        self.visit = Visit()
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._channel = self._pc.createDataChannel("events")
        self._channel.on("message", self._message)
        self._opened = asyncio.Event()
        self._channel.on("open", self._opened.set)
        self._spoke, self._ended = asyncio.Event(), asyncio.Event()
        self._location = ""
        self._arrivals: _Arrivals | None = None

    async def stay(self, seconds: float) -> Visit:
        """Come, stay for so long, go. Nothing is raised: see ``Visit.failed``."""
        try:
            if await self._connect():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._converse()
        except Exception as error:
            self.visit.failed = f"{type(error).__name__}: {error}"
        finally:
            await self._leave()
        return self.visit

    async def _connect(self) -> bool:
        began = time.monotonic()
        self._pc.addTransceiver("audio", direction="recvonly")
        self._pc.addTransceiver("video", direction="recvonly")
        await self._pc.setLocalDescription(await self._pc.createOffer())
        answer = await self._http.post(
            f"{self._url}/whep", content=self._pc.localDescription.sdp, headers={"Content-Type": "application/sdp"}
        )
        if answer.status_code == 503:
            self.visit.refused = True
            return False
        answer.raise_for_status()
        self._location = answer.headers["Location"]
        arrivals = {each.kind: _Arrivals(each.receiver) for each in self._pc.getTransceivers()}
        self._arrivals = arrivals["video"]
        self._arrivals.beside = arrivals["audio"]
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp=answer.text, type="answer"))
        async with asyncio.timeout(20):
            await self._opened.wait()
        self.visit.connect_ms = (time.monotonic() - began) * 1000
        return True

    async def _converse(self) -> None:
        chat = self._way == "chat"
        while self._way == "watch":
            await asyncio.sleep(1)
        asked = -self._every_s
        while True:
            pause = self._rng.uniform(0.5, 2.5) if chat else 0.05
            await asyncio.sleep(max(pause, asked + self._every_s - time.monotonic()))
            self._spoke.clear()
            self._ended.clear()
            asked = time.monotonic()
            text = self._rng.choice(QUESTIONS if chat else SENTENCES)
            self._send(events.Chat(text=text) if chat else events.Say(text=text))
            self.visit.turns += 1
            await self._spoke.wait()
            if self._ended.is_set():
                continue  # it failed before a sound was heard
            self.visit.first_sound_ms.append((time.monotonic() - asked) * 1000)
            if self._rng.random() < self._interrupts:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._rng.uniform(0.3, 2)):
                        await self._ended.wait()
                if not self._ended.is_set():
                    cut = time.monotonic()
                    self._send(events.Interrupt())
                    await self._ended.wait()
                    self.visit.interrupt_ms.append((time.monotonic() - cut) * 1000)
            await self._ended.wait()

    def _send(self, event: events.Event) -> None:
        self._channel.send(event.model_dump_json(exclude_none=True))

    def _message(self, message: str) -> None:
        match events.parse_server(message):
            case events.State(state="speaking"):
                self._spoke.set()
            case events.TurnEnd():
                self._spoke.set()
                self._ended.set()
            case events.ServerStats(frames=frames, late_frames=late, video_rtp_origin=video, audio_rtp_origin=audio):
                self.visit.frames, self.visit.late_frames = frames, late
                if video is not None and audio is not None:
                    self._origins = video, audio
            case events.Error(message=text):
                self.visit.errors.append(text)

    async def _leave(self) -> None:
        if self._arrivals is not None:
            self.visit.received, self.visit.received_late = len(self._arrivals.at), self._arrivals.late()
            if self._origins is not None:
                self.visit.skew_ms = self._arrivals.skews_ms(*self._origins)
        with contextlib.suppress(Exception):
            if self._location:
                await self._http.delete(self._url + self._location)
        await self._pc.close()


async def crowd(
    url: str,
    sessions: int,
    seconds: float,
    *,
    way: Way,
    interrupts: float,
    storm: int = 0,
    at_once: int = 1,
    seed: int = 0,
    every_s: float = 0.0,
) -> dict[str, Any]:
    """``sessions`` visitors who stay for ``seconds``; meanwhile ``storm`` others come and go, ``at_once`` at a time."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:

        def visitor(number: int) -> Visitor:
            return Visitor(url, http, random.Random(1000 * seed + number), way=way, interrupts=interrupts, every_s=every_s)

        staying = []
        for number in range(sessions):
            staying.append(asyncio.create_task(visitor(number).stay(seconds)))
            await asyncio.sleep(0.3)
        deadline = time.monotonic() + seconds - 1
        gate = asyncio.Semaphore(at_once)

        async def drop_in(number: int) -> Visit | None:
            async with gate:
                if time.monotonic() > deadline:
                    return None
                guest = visitor(10_000 + number)
                return await guest.stay(random.Random(number).uniform(0.1, 0.6))

        guests = [visit for visit in await asyncio.gather(*(drop_in(number) for number in range(storm))) if visit is not None]
        visits = await asyncio.gather(*staying)
    return {"staying": summary(visits), "storm": summary(guests) if storm else None}


def summary(visits: list[Visit]) -> dict[str, Any]:
    """The figures of several visits together."""
    let_in = [visit for visit in visits if not visit.refused]
    return {
        "visits": len(visits),
        "refused": len(visits) - len(let_in),
        "failed": [visit.failed for visit in let_in if visit.failed],
        "errors": [error for visit in let_in for error in visit.errors],
        "turns": sum(visit.turns for visit in let_in),
        "frames": sum(visit.frames for visit in let_in),
        "late_frames": sum(visit.late_frames for visit in let_in),
        "received": sum(visit.received for visit in let_in),
        "received_late": sum(visit.received_late for visit in let_in),
        "connect_ms": percentiles([visit.connect_ms for visit in let_in]),
        "first_sound_ms": percentiles([ms for visit in let_in for ms in visit.first_sound_ms]),
        "interrupt_ms": percentiles([ms for visit in let_in for ms in visit.interrupt_ms]),
        "skew_ms": percentiles([abs(ms) for visit in let_in for ms in visit.skew_ms]),
    }


def percentiles(values: list[float]) -> dict[str, float] | None:
    """``{"p50", "p95"}``, or None without values."""
    if not values:
        return None
    return {"p50": round(float(np.percentile(values, 50)), 1), "p95": round(float(np.percentile(values, 95)), 1)}


def main() -> None:
    """Command line of the process."""
    parser = argparse.ArgumentParser(description="Visitors for a running server.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--sessions", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--way", choices=("chat", "say", "watch"), default="chat", help="a conversation, speech, or neither")
    parser.add_argument("--interrupts", type=float, default=0.2, help="share of answers that are cut short")
    parser.add_argument("--storm", type=int, default=0, help="so many others come and go meanwhile")
    parser.add_argument("--at-once", type=int, default=1, help="of these at a time")
    parser.add_argument("--every", type=float, default=0.0, help="seconds from one question to the next, at least")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(VISITORS_NICE)
    figures = asyncio.run(
        crowd(
            options.url.rstrip("/"),
            options.sessions,
            options.seconds,
            way=options.way,
            interrupts=options.interrupts,
            storm=options.storm,
            at_once=options.at_once,
            seed=options.seed,
            every_s=options.every,
        )
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
