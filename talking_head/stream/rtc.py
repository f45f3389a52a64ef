"""A peer: one browser, one WebRTC connection, one session.

Sound and picture go out on two tracks that the pacer fills; words go both ways on the data channel ``events``. A peer ends by
"bye", by DELETE, by its connection failing, or by showing no sign of life for ``SILENT_S``.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)

from talking_head.errors import BackendError, InputError, TalkingHeadError
from talking_head.loop import Beat, Seat
from talking_head.session.session import Session, Stages
from talking_head.session.state import SessionState
from talking_head.stream import events
from talking_head.stream.encoder import OPUS_DELAY_S, VIDEO_RATE, OpusEncoder
from talking_head.stream.nvenc import video_encoder
from talking_head.stream.pacer import Pacer
from talking_head.stream.reports import MediaClock, SenderHooks
from talking_head.stream.tracks import AudioOut, VideoOut

log = logging.getLogger(__name__)

SILENT_S = 12.0  # no RTCP, no event: the browser is gone (receiver reports come every second or so)
CONNECT_S = 20.0
MAX_BUFFERED = 1 << 20
RESEAT_S = 10.0  # a face that stops twice within this is given up


@dataclass(frozen=True, slots=True)
class Media:
    """How a peer sends. ``codec``: "auto", "h264" or "vp8"; ``hardware``: a GPU's encoder may be used; bit/s; ``reserve_s``:
    see Pacer.
    """

    executor: Executor
    codec: str = "auto"
    hardware: bool = True
    video_bps: int = 1_500_000
    min_video_bps: int = 250_000
    audio_bps: int = 64_000
    reserve_s: float = 0.02
    ice_servers: tuple[RTCIceServer, ...] = ()
    skewed: Callable[[float], None] = lambda _: None  # a browser measured so many seconds of skew
    late: Callable[[], None] = lambda: None  # a picture was due and not there
    spoke: Callable[[float], None] = lambda _: None  # a turn became audible so many seconds after its text arrived


class Peer:
    """Made by the app for each offer; implements the session's Observer.

    ``hello`` is what the browser learns first (its ``session`` is filled in), ``greeting`` what it hears first;
    ``gone(peer)`` is called once, when all is closed.
    """

    def __init__(
        self,
        stages: Stages,
        media: Media,
        hello: events.Hello,
        gone: Callable[[Peer], None],
        *,
        greeting: str = "",
        idle_timeout_s: float = 900,
    ) -> None:
        self.session = Session(stages, self)
        self.hello = hello.model_copy(update={"session": self.session.id})
        self.client_stats: events.ClientStats | None = None
        self._media, self._gone = media, gone
        self._greeting, self._idle_timeout_s = greeting, idle_timeout_s
        self._loop = asyncio.get_running_loop()
        configuration = RTCConfiguration(iceServers=list(media.ice_servers))  # aiortc's own default is a public STUN server
        self._pc = RTCPeerConnection(configuration)
        self._pc.on("connectionstatechange", self._connection_changed)
        self._pc.on("datachannel", self._channel_opened)
        self._channel: RTCDataChannel | None = None
        self._unsent: list[str] = []
        self._codec = "H264"
        self._audio = AudioOut(OpusEncoder(media.audio_bps), media.executor)
        self._video: VideoOut | None = None
        self.pacer: Pacer | None = None
        self.rejoin: Callable[[], Seat] | None = None  # takes another seat after a failure
        self._reseated = -RESEAT_S
        self._hooks: list[SenderHooks] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: asyncio.Task[None] | None = None
        self._sign_of_life = self._active = self._loop.time()

    # Opening and closing

    async def answer(self, sdp: str, address: str = "") -> str:
        """Take the offer of the browser at ``address`` and return the answer. Raises InputError if it cannot be used."""
        if not {"audio", "video", "application"} <= set(re.findall(r"^m=(\w+)", sdp, re.MULTILINE)):
            raise InputError("The offer must hold an audio stream, a video stream and a data channel.")
        self._codec = choose_codec(self._media.codec, offered_video_codecs(sdp))
        size = self.hello.width, self.hello.height
        # Opening one takes 4 to 22 ms, on a GPU more: not on the event loop.
        make = partial(video_encoder, self._codec, *size, self._media.video_bps, hardware=self._media.hardware)
        self._video = VideoOut(await self._loop.run_in_executor(self._media.executor, make), self._media.executor)
        senders = self._add_tracks()
        try:
            offer = RTCSessionDescription(sdp=with_known_address(sdp, address), type="offer")
            await self._pc.setRemoteDescription(offer)
        except Exception as error:  # aiortc raises whatever its parser stumbles over
            raise InputError(f"This SDP offer cannot be used ({type(error).__name__}: {error}).") from error
        self._hooks = [
            SenderHooks(senders["audio"], 48_000, heard=self._alive, delay_s=OPUS_DELAY_S),
            SenderHooks(
                senders["video"],
                VIDEO_RATE,
                heard=self._alive,
                key_frame=self._video.want_key_frame,
                bitrate=self._bitrate_asked,
            ),
        ]
        self.pacer = Pacer(
            self._audio,
            self._video,
            reserve_s=self._media.reserve_s,
            muted=self.session.muted,
            sent=self.session.sent,
            late=self._media.late,
            started=self._media_started,
        )
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        self._tasks.append(asyncio.create_task(self._watch(), name=f"watch-{self.session.id}"))
        return str(self._pc.localDescription.sdp)

    def _add_tracks(self) -> dict[str, RTCRtpSender]:
        """The two outgoing streams with the codecs that they may use; before the offer is read, which settles the codecs."""
        assert self._video is not None
        senders = {}
        tracks: list[tuple[AudioOut | VideoOut, str]] = [(self._audio, "audio/opus"), (self._video, f"video/{self._codec}")]
        for track, mime in tracks:
            transceiver = self._pc.addTransceiver(track, direction="sendonly")
            known = RTCRtpSender.getCapabilities(transceiver.kind).codecs
            transceiver.setCodecPreferences([c for c in known if c.mimeType in (mime, f"{transceiver.kind}/rtx")])
            senders[transceiver.kind] = transceiver.sender
        return senders

    def start(self) -> None:
        """Begin to pace what :meth:`deliver` takes in."""
        assert self.pacer is not None
        self._tasks.append(asyncio.create_task(self._pace(), name=f"pacer-{self.session.id}"))

    def deliver(self, beat: Beat) -> None:
        """Target of the session's seat; called on the inference loop's thread."""
        if self._closing is None and self.pacer is not None:
            self.pacer.deliver(beat)

    def seat_lost(self, error: Exception) -> None:
        """The inference loop gave the seat up; called on a thread of the loop. The session goes on in a new one."""
        self._loop.call_soon_threadsafe(self._change_seat, error)

    def _change_seat(self, error: Exception) -> None:
        if self._closing is not None:
            return
        self.session.abort(error)
        now = self._loop.time()
        try:
            if self.rejoin is None or now - self._reseated < RESEAT_S:
                raise BackendError("The face stopped again. Please connect once more.")
            self._reseated = now
            self.session.sit(self.rejoin())
        except TalkingHeadError as refusal:
            self.error("seat", str(refusal))
            self.close()

    async def add_candidate(self, candidate: Any) -> None:
        """A candidate that the browser found after its offer."""
        await self._pc.addIceCandidate(candidate)

    def close(self) -> asyncio.Task[None]:
        """End everything; the returned task is done when nothing is left. Calling twice is fine."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name=f"close-{self.session.id}")
        return self._closing

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.session.close()
        self._audio.stop()
        if self._video is not None:
            self._video.stop()
        self._pc.remove_all_listeners()
        await self._pc.close()
        self._gone(self)

    # What comes in

    def receive(self, message: str | bytes) -> None:
        """An event of the browser."""
        self._alive()
        try:
            self._handle(events.parse_client(message))
        except TalkingHeadError as error:
            self.error(type(error).__name__.removesuffix("Error").lower(), str(error))

    def _handle(self, event: events.ClientEvent) -> None:
        if not isinstance(event, events.Ping | events.ClientStats):
            self._active = self._loop.time()
        match event:
            case events.Chat(text=text):
                self._cutting(lambda: self.session.chat(text))
            case events.Say(text=text):
                self._cutting(lambda: self.session.say(text))
            case events.Interrupt():
                self.interrupt()
            case events.Typing(active=active):
                self.session.typing(active)
            case events.Ping(t=t):
                self._send(events.Pong(t=t))
            case events.ClientStats():
                self.client_stats = event
                if event.av_skew_ms is not None:
                    self._media.skewed(event.av_skew_ms / 1000)
            case events.Bye():
                self.close()

    def chat(self, text: str) -> int:
        """See Session.chat."""
        return self._cutting(lambda: self.session.chat(text))

    def say(self, text: str) -> int:
        """See Session.say."""
        return self._cutting(lambda: self.session.say(text))

    def interrupt(self) -> None:
        """See Session.interrupt."""

        def cut() -> int:
            self.session.interrupt()
            return self.session.turn

        self._cutting(cut)

    def _cutting(self, act: Callable[[], int]) -> int:
        """Do what may cut the open turn, and cut what already left the inference loop with it."""
        speaking = self.session.state is SessionState.SPEAKING
        turn = act()
        if speaking and self.session.state is not SessionState.SPEAKING and self.pacer is not None:
            self.pacer.cut()
        return turn

    def _alive(self) -> None:
        self._sign_of_life = self._loop.time()

    def _bitrate_asked(self, bps: int) -> None:
        if self._video is not None:
            self._video.encoder.bitrate = max(self._media.min_video_bps, min(int(bps * 0.9), self._media.video_bps))

    # What goes out: the session's Observer

    def state(self, state: SessionState, turn: int) -> None:
        """See Observer."""
        if state is SessionState.SPEAKING and self.session.trace.audio is not None:
            self._media.spoke(self.session.trace.audio - self.session.trace.text)
        self._send(events.State(state=state.value, turn=turn))

    def reply(self, turn: int, text: str) -> None:
        """See Observer."""
        self._send(events.Reply(turn=turn, text=text))

    def caption(self, turn: int, index: int, text: str, start_ms: float, duration_ms: float) -> None:
        """See Observer."""
        self._send(events.Caption(turn=turn, index=index, text=text, start_ms=start_ms, duration_ms=duration_ms))

    def turn_end(self, turn: int, reason: events.TurnEndReason, heard: str) -> None:
        """See Observer."""
        self._active = self._loop.time()
        self._send(events.TurnEnd(turn=turn, reason=reason, heard=heard))

    def error(self, code: str, message: str) -> None:
        """See Observer."""
        self._send(events.Error(code=code, message=message))

    def _send(self, event: events.Event) -> None:
        message = event.model_dump_json(exclude_none=True)
        if self._channel is None:
            self._unsent = [*self._unsent[-200:], message]
        elif self._channel.readyState == "open" and self._channel.bufferedAmount < MAX_BUFFERED:
            self._channel.send(message)

    def _channel_opened(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        channel.on("message", self.receive)
        self._send(self.hello)
        for message in self._unsent:
            channel.send(message)
        self._unsent = []
        if self._greeting and not self.session.turn:
            self.say(self._greeting)

    # The peer's tasks

    async def _pace(self) -> None:
        assert self.pacer is not None
        try:
            await self.pacer.run()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the pacer of session %s failed", self.session.id)
            self.close()

    def _media_started(self, clock: MediaClock) -> None:
        for hooks in self._hooks:
            hooks.media_clock = clock

    def _connection_changed(self) -> None:
        self._alive()
        if self._pc.connectionState in ("failed", "closed"):
            self.close()

    async def _watch(self) -> None:
        """Send statistics once a second; end a peer that is gone."""
        opened = self._loop.time()
        while True:
            await asyncio.sleep(1)
            now = self._loop.time()
            connected = self._pc.connectionState == "connected"
            if (connected and now - self._sign_of_life > SILENT_S) or (not connected and now - opened > CONNECT_S):
                log.info("session %s: the browser is gone", self.session.id)
                self.close()
            elif now - self._active > self._idle_timeout_s and self.session.state is SessionState.IDLE:
                self.error("idle", "This session ended because nothing was said for a while. Reload to start another.")
                self.close()
            elif self._channel is not None:
                self._send(self.statistics())

    def statistics(self) -> events.ServerStats:
        """The figures of this moment."""
        trace, pacer = self.session.trace, self.pacer
        return events.ServerStats(
            turn=trace.turn,
            first_token_ms=trace.since_text_ms("token"),
            first_clause_ms=trace.since_text_ms("clause"),
            first_speech_ms=trace.since_text_ms("speech"),
            first_audio_ms=trace.since_text_ms("audio"),
            frames=pacer.frames if pacer else 0,
            late_frames=pacer.late_frames if pacer else 0,
            reserve_ms=40.0 * len(pacer.reserve) if pacer else 0.0,
            codec=self._codec,
            bitrate_kbps=self._video.encoder.bitrate / 1000 if self._video else None,
            video_rtp_origin=self._hooks[1].rtp_origin if self._hooks else None,
            audio_rtp_origin=self._hooks[0].rtp_origin if self._hooks else None,
        )


def with_known_address(sdp: str, address: str) -> str:
    """Write the address that the offer came from in the place of mDNS names (``….local``).

    Browsers hide their address behind such names. Nobody here can resolve them, and trying holds the answer up for a second;
    without any candidate the connection would be given up before the browser's own checks arrive.
    """
    if not address:
        return sdp
    return re.sub(r"^(a=candidate:\S+ \d+ \S+ \d+ )\S+\.local ", rf"\g<1>{address} ", sdp, flags=re.MULTILINE)


def offered_video_codecs(sdp: str) -> set[str]:
    """Names of the video codecs in an offer that can be used; H.264 only as baseline in packetisation mode 1."""
    names = {number: name.upper() for number, name in re.findall(r"^a=rtpmap:(\d+) (\w+)/90000", sdp, re.MULTILINE)}
    formats = dict(re.findall(r"^a=fmtp:(\d+) (.*)$", sdp, re.MULTILINE))
    baseline = {number for number, rest in formats.items() if "packetization-mode=1" in rest and "profile-level-id=42" in rest}
    return {name for number, name in names.items() if name != "H264" or number in baseline}


def choose_codec(wish: str, offered: set[str]) -> str:
    """H.264 where the browser has it, else VP8. Raises InputError when it has neither."""
    order = {"auto": ("H264", "VP8"), "h264": ("H264",), "vp8": ("VP8",)}[wish]
    for name in order:
        if name in offered:
            return name
    raise InputError(f"The offer holds none of these video codecs: {', '.join(order)}.")
