"""The visitor's microphone: packets of the one track that is received, decoded, to 16 kHz, as late as the network is.

aiortc holds four packets (80 ms) back, and one that is lost stops sixteen; both would be heard as a presenter who is slow to
fall silent. Here each packet goes on at once, a late one is dropped, and a gap becomes silence.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtp import RtpPacket

from talking_head.audio.pcm import StreamResampler
from talking_head.types import AUDIO_TICKS, F32, TICKS_PER_SECOND, VOICE_RATE

LARGEST_PACKET = 1_500
MOST_PACKETS_S = 120.0  # a browser sends 50, at most 100; what is more is somebody who wants to keep us busy
LONGEST_GAP_S = 1.0  # of silence that is put in for packets that never came


class AtOnce:
    """In the place of aiortc's jitter buffer: every packet is a frame of its own, in order, and not too many a second."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._allowed, self._since = MOST_PACKETS_S, time.monotonic()

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """See aiortc's JitterBuffer: whether a key frame is wanted, and the frame that is complete."""
        data = packet._data  # type: ignore[attr-defined]
        ahead = 1 if self._last is None else (packet.sequence_number - self._last) % 65_536
        now = time.monotonic()
        self._allowed = min(MOST_PACKETS_S, self._allowed + MOST_PACKETS_S * (now - self._since))
        self._since = now
        if ahead == 0 or ahead > 32_768 or not data or len(data) > LARGEST_PACKET or self._allowed < 1:
            return False, None
        self._allowed -= 1
        self._last = packet.sequence_number
        return False, JitterFrame(data=data, timestamp=packet.timestamp)


def take_at_once(receiver: RTCRtpReceiver) -> None:
    """Give ``receiver`` an :class:`AtOnce`. The name is private: the test of this module guards against a change of aiortc."""
    private: Any = receiver
    if not hasattr(private, "_RTCRtpReceiver__jitter_buffer"):
        raise AttributeError("This version of aiortc keeps its jitter buffer elsewhere.")
    private._RTCRtpReceiver__jitter_buffer = AtOnce()


async def listen(track: MediaStreamTrack, heard: Callable[[F32], None]) -> None:
    """Hand every packet of ``track`` to ``heard`` as mono f32[n] at 16 kHz, until the track ends."""
    line = StreamResampler(TICKS_PER_SECOND, VOICE_RATE)
    due: int | None = None
    while True:
        try:
            frame: Any = await track.recv()
        except MediaStreamError:
            return
        pcm = to_mono(frame)
        if due is not None and frame.pts is not None and 0 < frame.pts - due <= LONGEST_GAP_S * TICKS_PER_SECOND:
            heard(line.push(np.zeros(frame.pts - due, np.float32)))
        due = None if frame.pts is None else frame.pts + len(pcm)
        if len(out := line.push(pcm)):
            heard(out)
        await asyncio.sleep(0)


def to_mono(frame: Any) -> F32:
    """An ``av.AudioFrame`` of 16-bit or float samples → f32[n] in −1..1."""
    samples = frame.to_ndarray()
    channels = len(frame.layout.channels)
    wide = samples.T if frame.format.is_planar else samples.reshape(-1, channels)
    scale = 1 / 32_768 if np.issubdtype(samples.dtype, np.integer) else 1.0
    out: F32 = (wide.mean(axis=1) * scale).astype(np.float32)
    return out


def voice_as_text(pcm: F32) -> str:
    """f32[n] in −1..1 as 16-bit samples in base64, for a channel of JSON."""
    return base64.b64encode((np.clip(pcm, -1, 1) * 32_767).astype("<i2").tobytes()).decode()


def voice_from_text(text: str) -> F32:
    """The other way round."""
    out: F32 = np.frombuffer(base64.b64decode(text), "<i2").astype(np.float32) / np.float32(32_767)
    return out


assert AUDIO_TICKS * VOICE_RATE % TICKS_PER_SECOND == 0
