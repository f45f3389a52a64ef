"""What one browser may have this server keep for it, and send again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from aiortc.rtcsctptransport import DataChunk, InboundStream
from aiortc.rtp import RTCP_RTPFB_NACK, AnyRtcpPacket, RtcpRtpfbPacket

from talking_head.webrtc.rate import MAX_UNFINISHED, unfinished_bytes
from talking_head.webrtc.sender_reports import SenderHooks


class Sender:
    """In the place of aiortc's: notes what it is asked to send again."""

    def __init__(self) -> None:
        self.again: list[int] = []

    async def _next_encoded_frame(self, codec: Any) -> None: ...
    async def _send_rtcp(self, packets: list[AnyRtcpPacket]) -> None: ...

    async def _handle_rtcp_packet(self, packet: RtcpRtpfbPacket) -> None:
        self.again += packet.lost


def nack(lost: list[int]) -> RtcpRtpfbPacket:
    """A report of 1 200 bytes names 5 000 packets at most, and may name one over and over."""
    return RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=2, lost=lost)


async def test_what_a_browser_lost_is_sent_again_once() -> None:
    sender = Sender()
    await SenderHooks(cast(Any, sender), 90_000, heard=lambda: None).handle_rtcp_packet(nack([7, 8, 9] * 1_700))
    assert sender.again == [7, 8, 9]


async def test_a_browser_that_reports_losses_without_end_is_not_followed() -> None:
    sender = Sender()
    hooks = SenderHooks(cast(Any, sender), 90_000, heard=lambda: None)
    for _ in range(100):
        await hooks.handle_rtcp_packet(nack(list(range(5_000))))
    assert 0 < len(sender.again) < 20_000  # of 500 000


def waiting(streams: int = 0, fragments: int = 0, channels: int = 0) -> Any:
    """A connection on which so much waits for its end. No fragment holds a byte."""
    inbound = {number: InboundStream() for number in range(max(streams, 1))}
    for tsn in range(fragments):
        chunk = DataChunk(flags=0)
        chunk.tsn, chunk.user_data = tsn, b""
        inbound[0].add_chunk(chunk)
    return SimpleNamespace(sctp=SimpleNamespace(_inbound_streams=inbound, _data_channels=dict.fromkeys(range(channels))))


def test_empty_fragments_streams_and_channels_count_as_well() -> None:
    assert unfinished_bytes(waiting(fragments=14, channels=1)) < MAX_UNFINISHED / 10  # what a page may have under way
    assert unfinished_bytes(waiting(fragments=2_000)) > MAX_UNFINISHED
    assert unfinished_bytes(waiting(streams=20_000)) > MAX_UNFINISHED
    assert unfinished_bytes(waiting(channels=200)) > MAX_UNFINISHED
