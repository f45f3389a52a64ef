"""One WebRTC connection with what goes over it. Sound and picture leave on two tracks that the pacer fills, words go
both ways on the data channel ``events``.

A connection knows nothing of sessions and models: it may live in the server's process or in one that does nothing but media
(``webrtc/media_process/remote.py``). It belongs to an owner, who is told what happens.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack
from aiortc.sdp import candidate_from_sdp

from talking_head.errors import InputError
from talking_head.loop import MediaFrame
from talking_head.provenance.marker import live_marker
from talking_head.system.network import own_addresses
from talking_head.webrtc.encoder import OPUS_DELAY_S, VIDEO_RATE, OpusEncoder
from talking_head.webrtc.microphone import listen, take_at_once
from talking_head.webrtc.nvenc import video_encoder
from talking_head.webrtc.offers import check as offer_check
from talking_head.webrtc.offers import sdp as sdp_offer
from talking_head.webrtc.pacer import Pacer
from talking_head.webrtc.peer_connection import ConnectionOwner, ConnectionSettings, ConnectionStats
from talking_head.webrtc.rate import MAX_UNFINISHED, Bucket, unfinished_bytes
from talking_head.webrtc.recording.taps import Recorded, Taps
from talking_head.webrtc.sender_reports import MediaClock, SenderHooks
from talking_head.webrtc.tracks import AudioOut, VideoOut

log = logging.getLogger(__name__)

SILENT_S = 12.0  # no RTCP, no event: the browser is gone (receiver reports come every second or so)
CONNECT_S = 20.0
LOOK_S = 0.25  # from one look at what waits to the next
MAX_BUFFERED = 1 << 20
MESSAGES_PER_S, MESSAGES_AT_ONCE = 20.0, 60.0  # of a browser; a page sends two a second
TOO_MANY = 500  # messages that were thrown away: this is no page


class DirectConnection:
    """A connection of this process. ``width``, ``height`` of the picture; encoders work on ``executor``."""

    def __init__(
        self, owner: ConnectionOwner, width: int, height: int, settings: ConnectionSettings, executor: Executor
    ) -> None:
        self._owner, self._size, self._settings, self._executor = owner, (width, height), settings, executor
        self._loop = asyncio.get_running_loop()
        servers = [RTCIceServer(**server) for server in settings.ice_servers]  # type: ignore[arg-type]
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))  # aiortc's own default is a public STUN server
        self._pc.on("connectionstatechange", self._connection_changed)
        self._pc.on("datachannel", self._channel_opened)
        self._pc.on("track", self._track_offered)
        self._channel: RTCDataChannel | None = None
        self._codec = "H264"
        self._marked = ""  # the origin in the marks
        self._audio = AudioOut(OpusEncoder(settings.audio_bps), executor)
        self._video: VideoOut | None = None
        self._pacer: Pacer | None = None
        self._hooks: list[SenderHooks] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._microphone: asyncio.Task[None] | None = None
        self._closed = False
        self._sign_of_life = self._loop.time()
        self._reach = offer_check.Reach()
        self._candidates = 0
        self._messages = Bucket(MESSAGES_PER_S, MESSAGES_AT_ONCE)
        self._dropped = 0
        self._taps: Taps | None = None
        self._origin: float | None = None  # the monotonic clock at media time 0

    async def answer(self, sdp: str, address: str) -> str:
        """See PeerConnection."""
        offer_check.check(sdp)
        settings = self._settings
        self._reach = offer_check.Reach(settings.candidates, address, own_addresses(), tuple(settings.relays))
        self._candidates = sdp.count("a=candidate:")
        self._codec = sdp_offer.choose_codec(settings.codec, sdp_offer.offered_video_codecs(sdp))
        # Opening one takes 4 to 22 ms, on a GPU more: not on the event loop.
        make = partial(video_encoder, self._codec, *self._size, settings.video_bps, hardware=settings.hardware)
        self._video = VideoOut(await self._loop.run_in_executor(self._executor, make), self._executor)
        mark = partial(live_marker, settings.provenance, *self._size)
        if (marker := await self._loop.run_in_executor(self._executor, mark)) is not None:
            self._audio.mark, self._video.mark = marker.sound, marker.live
            self._marked = marker.origin.text
        senders = self._add_tracks(self._video)
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(offer_check.filtered(sdp, self._reach), "offer"))
            answer = await self._pc.createAnswer()  # which stumbles, too: over a section without a direction
        except Exception as error:  # aiortc raises whatever its parser stumbles over
            log.info("an offer could not be used: %s: %s", type(error).__name__, error)
            raise InputError("This SDP offer cannot be used: it is not one that a browser makes.") from error
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
        self._pacer = Pacer(
            self._audio,
            self._video,
            reserve_s=settings.reserve_s,
            sent=self._sent,
            late=self._owner.late,
            started=self._media_started,
        )
        await self._pc.setLocalDescription(answer)
        self._tasks += [asyncio.create_task(self._watch()), asyncio.create_task(self._pace())]
        return str(self._pc.localDescription.sdp)

    def _add_tracks(self, video: VideoOut) -> dict[str, RTCRtpSender]:
        """The two outgoing streams with the codecs that they may use; before the offer is read, which settles the codecs."""
        senders = {}
        tracks: list[tuple[AudioOut | VideoOut, str]] = [(self._audio, "audio/opus"), (video, f"video/{self._codec}")]
        for track, mime in tracks:
            both_ways = self._settings.listens and track is self._audio
            transceiver = self._pc.addTransceiver(track, direction="sendrecv" if both_ways else "sendonly")
            known = RTCRtpSender.getCapabilities(transceiver.kind).codecs
            transceiver.setCodecPreferences([c for c in known if c.mimeType in (mime, f"{transceiver.kind}/rtx")])
            senders[transceiver.kind] = transceiver.sender
        return senders

    def deliver(self, media_frame: MediaFrame) -> None:
        """See PeerConnection."""
        if not self._closed and self._pacer is not None:
            self._pacer.deliver(media_frame)

    def mute(self, turn: int) -> None:
        """See PeerConnection."""
        if self._pacer is not None:
            self._pacer.mute(turn)

    def duck(self, gain: float) -> None:
        """See PeerConnection."""
        if self._pacer is not None:
            self._pacer.duck(gain)

    def send(self, message: str) -> None:
        """See PeerConnection."""
        channel = self._channel
        if channel is not None and channel.readyState == "open" and channel.bufferedAmount < MAX_BUFFERED:
            channel.send(message)

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """See PeerConnection."""
        self._candidates += 1
        if self._candidates > offer_check.MAX_CANDIDATES:
            raise InputError(f"This session has named {offer_check.MAX_CANDIDATES} candidates already.")
        try:
            line = offer_check.with_address(f"a=candidate:{candidate}", self._reach.address)
            found = candidate_from_sdp(line.removeprefix("a=candidate:"))
            if not offer_check.allowed(line, self._reach):
                return  # nothing is sent there
            found.sdpMid = mid
            await self._pc.addIceCandidate(found)
        except (ValueError, AssertionError, IndexError) as error:
            raise InputError("This candidate cannot be read: it is not one that a browser makes.") from error

    async def record(self, file: str, seconds: float, most: int) -> Recorded:
        """See PeerConnection."""
        assert self._video is not None
        taps = Taps(self._audio, self._video, Path(file), self._codec, self._size)
        self._taps = taps.begin(seconds, most, self._owner.recorded)
        return Recorded(self._codec, self._marked)

    async def stop_recording(self) -> float | None:
        """See PeerConnection."""
        taps, self._taps = self._taps, None
        began = None if taps is None else await self._loop.run_in_executor(self._executor, taps.end)
        return None if began is None or self._origin is None else self._origin + began

    async def close(self) -> None:
        """See PeerConnection."""
        await self.stop_recording()
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._audio.stop()
        if self._video is not None:
            self._video.stop()
        self._pc.remove_all_listeners()
        await self._pc.close()

    def stats(self) -> ConnectionStats:
        """The figures of this moment."""
        pacer = self._pacer
        return ConnectionStats(
            frames=pacer.frames if pacer else 0,
            late_frames=pacer.late_frames if pacer else 0,
            reserve_ms=40.0 * len(pacer.reserve) if pacer else 0.0,
            codec=self._codec,
            bitrate_kbps=self._video.encoder.bitrate / 1000 if self._video else None,
            video_rtp_origin=self._hooks[1].rtp_origin if self._hooks else None,
            audio_rtp_origin=self._hooks[0].rtp_origin if self._hooks else None,
        )

    # What happens

    def _alive(self) -> None:
        self._sign_of_life = self._loop.time()

    def _sent(self, media_frame: MediaFrame, at_ms: float) -> None:
        if media_frame.mark is not None:
            self._owner.sent(media_frame, at_ms)

    def _bitrate_asked(self, bps: int) -> None:
        if self._video is not None:
            most = self._settings.video_bps
            self._video.encoder.bitrate = max(self._settings.min_video_bps, min(int(bps * 0.9), most))

    def _channel_opened(self, channel: RTCDataChannel) -> None:
        if self._channel is not None:  # one is enough
            channel.close()
            return
        self._channel = channel
        channel.on("message", self._received)
        self._owner.opened()

    def _received(self, message: str | bytes) -> None:
        self._alive()
        if self._messages.take():
            self._owner.received(message)
            return
        self._dropped += 1
        if self._dropped == TOO_MANY:
            log.warning("a browser sends more than it should and is let go")
            self._owner.lost()

    def _track_offered(self, track: MediaStreamTrack) -> None:
        """The browser may send sound: from a microphone that it has, or switches on later."""
        if track.kind != "audio" or not self._settings.listens or self._microphone is not None:
            return
        for transceiver in self._pc.getTransceivers():
            if transceiver.receiver.track is track:
                take_at_once(transceiver.receiver)
        self._microphone = asyncio.create_task(listen(track, self._owner.heard))
        self._tasks.append(self._microphone)

    async def _pace(self) -> None:
        assert self._pacer is not None
        try:
            await self._pacer.run()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a pacer failed")
            self._owner.lost()

    def _media_started(self, clock: MediaClock) -> None:
        self._origin = clock.origin
        for hooks in self._hooks:
            hooks.media_clock = clock

    def _connection_changed(self) -> None:
        self._alive()
        if self._pc.connectionState in ("failed", "closed"):
            self._owner.lost()

    async def _watch(self) -> None:
        """Report once a second, and notice a browser that is gone or sends a message without end."""
        opened = reported = self._loop.time()
        while True:
            await asyncio.sleep(LOOK_S)
            if unfinished_bytes(self._pc) > MAX_UNFINISHED:
                log.warning("a browser sends a message without end and is let go")
                self._owner.lost()
                return
            now = self._loop.time()
            if now - reported < 1:
                continue
            reported = now
            connected = self._pc.connectionState == "connected"
            if (connected and now - self._sign_of_life > SILENT_S) or (not connected and now - opened > CONNECT_S):
                log.info("a browser is gone")
                self._owner.lost()
            else:
                self._owner.measured(self.stats())
