"""Sound and picture that go in together come out together: flash and beep through the whole stream to a WebRTC receiver.

What is compared are the receiver's timestamps after the sender reports' mapping to one wall clock, by which a browser lines
them up. The bench (``talking-head bench skew``) measures the same in Chromium, where it is seen and heard.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import numpy as np
from aiortc.rtp import RtcpSrPacket

from talking_head.bench.av_skew import served
from tests.session.client import WhepClient


class Reports:
    """Keeps the last sender report of each kind: (NTP seconds, RTP time)."""

    def __init__(self, client: WhepClient) -> None:
        self.last: dict[str, tuple[float, int]] = {}
        self._receivers: dict[str, Any] = {}
        for transceiver in client.pc.getTransceivers():
            receiver: Any = transceiver.receiver
            handle = receiver._handle_rtcp_packet
            self._receivers[transceiver.kind] = receiver

            async def taken(packet: Any, kind: str = transceiver.kind, handle: Any = handle) -> None:
                if isinstance(packet, RtcpSrPacket):
                    info = packet.sender_info
                    self.last[kind] = (info.ntp_timestamp / 2**32, info.rtp_timestamp)
                await handle(packet)

            receiver._handle_rtcp_packet = taken

    def wall(self, kind: str, timestamp: int, rate: int) -> float:
        """Wall-clock seconds of a received frame's ``pts``, which aiortc counts from the first packet."""
        ntp, rtp = self.last[kind]
        timestamp += self._receivers[kind]._RTCRtpReceiver__timestamp_mapper._origin
        return ntp + ((timestamp - rtp + 2**31) % 2**32 - 2**31) / rate


async def test_flash_and_beep_stay_together_over_a_stall() -> None:
    beeps: list[int] = []
    flashes: list[int] = []
    loud = lit = False
    heard_to = 0

    def hear(frame: Any) -> None:
        nonlocal loud, heard_to
        heard_to = frame.pts
        pcm = frame.to_ndarray().reshape(-1, 2)[:, 0]
        now = bool(np.abs(pcm).max() > 3000)
        if now and not loud:
            beeps.append(frame.pts + int(np.argmax(np.abs(pcm) > 3000)))
        loud = now

    def see(frame: Any) -> None:
        nonlocal lit
        now = bool(frame.to_ndarray(format="gray").mean() > 150)
        if now and not lit:
            flashes.append(frame.pts)
        lit = now

    with served(9.0) as (url, animator):
        async with httpx.AsyncClient(base_url=url, timeout=30) as http, WhepClient(http, on_audio=hear, on_video=see) as client:
            reports = Reports(client)
            client.send("say", text="beep")
            await client.wait("state", state="speaking")
            while len(beeps) < 3:
                await asyncio.sleep(0.02)
            before = len(beeps)
            animator.stall(1.0)
            await client.wait("turn_end")
            end = heard_to + 24_000  # half a second of silence: what was still on its way has come
            while heard_to < end or set(reports.last) != {"audio", "video"}:
                await asyncio.sleep(0.02)
            heard = np.array([reports.wall("audio", stamp, 48_000) for stamp in beeps])
            seen = np.array([reports.wall("video", stamp, 90_000) for stamp in flashes])
    assert len(beeps) - before >= 3
    skew = np.array([seen[np.abs(seen - at).argmin()] - at for at in heard])
    # A frame that the stall tore from its sound would be off by 40 ms and more; Opus' own delay (6.5 ms) is accounted for.
    assert np.abs(skew).max() < 0.005, skew
