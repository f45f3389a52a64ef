"""RTCP sender reports on the media clock, and a bound to what a receiver may have sent again.

A sender report says "RTP time R was wall-clock time W"; the browser lines sound and picture up by it. aiortc writes the time at
which the last packet left, so whatever leaves late against its timestamp becomes a skew for good (measured: a picture sent
150 ms late gave +154 ms). Here W is computed from the timestamp itself, with one origin for both tracks.

aiortc has no seam for this, so three methods of one ``RTCRtpSender`` are wrapped. Their names are private: the test of this
module and the pinned version of aiortc guard against a change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiortc import RTCRtpSender, clock
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    unpack_remb_fci,
)

from talking_head.webrtc.rate import Bucket

_NTP_FRACTION = 1 << 32
# Packets that are sent again, a second and at once: about as many as are sent at all. One report can name 5 000, the same one
# each time, and each would be encrypted and sent on the event loop that everybody shares.
RESENT_PER_S, RESENT_AT_ONCE = 200.0, 200.0


class MediaClock:
    """Media time 0 of a session, on the monotonic clock and as NTP time."""

    def __init__(self, origin: float) -> None:
        """``origin``: ``time.monotonic()`` at media time 0; may lie a little ahead."""
        self.origin = origin
        self._ntp_origin = clock.current_ntp_time() + int((origin - time.monotonic()) * _NTP_FRACTION)

    def ntp(self, media_s: float) -> int:
        """64-bit NTP time of ``media_s`` seconds of media time."""
        return self._ntp_origin + int(media_s * _NTP_FRACTION)


class SenderHooks:
    """Ties one sender's reports to the media clock and passes on what the receiver asks for.

    ``delay_s``: by how much the encoder holds its signal back; what a packet stamped t carries, happened so much before t.
    ``heard``: the receiver reported (a sign of life); ``key_frame``: it needs one; ``bitrate``: it can take so many bit/s.
    """

    def __init__(
        self,
        sender: RTCRtpSender,
        clock_rate: int,
        *,
        heard: Callable[[], None],
        delay_s: float = 0.0,
        key_frame: Callable[[], None] = lambda: None,
        bitrate: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.media_clock: MediaClock | None = None
        self._sender, self._rate, self._delay_s = sender, clock_rate, delay_s
        self._heard, self._bitrate = heard, bitrate
        self._resent = Bucket(RESENT_PER_S, RESENT_AT_ONCE)
        self._last: int | None = None  # pts of the frame that was sent last
        self.rtp_origin: int | None = None  # RTP timestamp of media time 0: the sender's random offset
        self._next_frame, self._send_rtcp, self._handle = (
            sender._next_encoded_frame,
            sender._send_rtcp,
            sender._handle_rtcp_packet,
        )
        private: Any = sender
        private._next_encoded_frame = self.next_encoded_frame
        private._send_rtcp = self.send_rtcp
        private._handle_rtcp_packet = self.handle_rtcp_packet
        private._send_keyframe = key_frame

    async def next_encoded_frame(self, codec: Any) -> Any:
        """Note each frame's pts; by the next call the frame before it was sent whole, which gives the random offset away."""
        if self.rtp_origin is None and self._last is not None:
            self.rtp_origin = (self._private("rtp_timestamp") - self._last) % (1 << 32)
        frame = await self._next_frame(codec)
        if frame is not None:
            self._last = frame.timestamp
        return frame

    async def send_rtcp(self, packets: list[AnyRtcpPacket]) -> None:
        """Give sender reports the media clock's time; hold them back until it is known."""
        reports = [packet for packet in packets if isinstance(packet, RtcpSrPacket)]
        if reports and (self.rtp_origin is None or self.media_clock is None):
            return
        for report in reports:
            assert self.media_clock is not None
            assert self.rtp_origin is not None
            ticks = (report.sender_info.rtp_timestamp - self.rtp_origin) % (1 << 32)
            report.sender_info.ntp_timestamp = self.media_clock.ntp(ticks / self._rate - self._delay_s)
            # The receiver quotes these bits back, for the round-trip time.
            private: Any = self._sender
            private._RTCRtpSender__lsr = (report.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF
        await self._send_rtcp(packets)

    async def handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        """A packet of the receiver."""
        self._heard()
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            try:
                bitrate, sources = unpack_remb_fci(packet.fci)
            except ValueError:
                return
            if self._sender._ssrc in sources:
                self._bitrate(bitrate)
            return
        if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            packet.lost = [number for number in dict.fromkeys(packet.lost) if self._resent.take()]
        await self._handle(packet)

    def _private(self, name: str) -> Any:
        return getattr(self._sender, f"_RTCRtpSender__{name}")
