"""Sound and picture to packets.

aiortc's own encoders either cannot hold 25 fps here (x264, preset medium) or start over at each change of bitrate. These return
``av.Packet``, which aiortc only cuts into RTP payloads, so that the same packets could go to a file. One seam for all of
them: an NVENC encoder would be one more :class:`VideoEncoder`.

Every encoder belongs to one stream and is called from one thread at a time.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import av
import numpy as np

from talking_head.media import AUDIO_TICKS, F32, FPS, TICKS_PER_SECOND, U8

VIDEO_RATE = 90_000
FRAME_PTS = VIDEO_RATE // FPS
Packet: TypeAlias = "av.Packet[Any]"
OPUS_DELAY_S = 312 / 48_000  # libopus looks so far ahead, RFC 6716 section 2
_VIDEO_BASE = Fraction(1, VIDEO_RATE)
_AUDIO_BASE = Fraction(1, TICKS_PER_SECOND)


class VideoEncoder(Protocol):
    """Pictures to packets, one for one."""

    name: str
    bitrate: int

    def encode(self, picture: U8, pts: int, key_frame: bool) -> Packet | None:
        """``picture``: planar I420 u8[H * 3 // 2, W]; ``pts`` in 1/90000 s. None if the encoder swallowed the picture."""
        ...


class X264Encoder:
    """H.264 for conversation: constrained baseline, superfast, zero latency, constant bitrate, one thread.

    Measured at 512²: 2.3 ms a frame, where preset medium takes 13–17. ``bitrate`` may be lowered below the first value at any
    time without a key frame.
    """

    name = "H264"

    def __init__(self, width: int, height: int, bitrate: int) -> None:
        self._cap = self.bitrate = bitrate
        codec = av.CodecContext.create("libx264", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.framerate, codec.time_base = Fraction(FPS), _VIDEO_BASE
        codec.bit_rate = bitrate
        codec.thread_count = 1
        codec.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "maxrate": str(bitrate),
            "bufsize": str(bitrate // 4),
            # Key frames only on request (the receiver asks); headers with each of them; no second thread for slices.
            "x264-params": "keyint=infinite:scenecut=0:repeat-headers=1:sliced-threads=0:threads=1:sync-lookahead=0",
        }
        self._codec = codec

    def encode(self, picture: U8, pts: int, key_frame: bool) -> Packet | None:
        """See :class:`VideoEncoder`."""
        target = min(self.bitrate, self._cap)
        if target != self._codec.bit_rate:
            self._codec.bit_rate = target
        return _encode(self._codec, picture, pts, key_frame)


class Vp8Encoder:
    """VP8 for browsers without H.264: realtime deadline, one thread, 3–4 ms a frame at 512²."""

    name = "VP8"

    def __init__(self, width: int, height: int, bitrate: int) -> None:
        self.bitrate = bitrate
        codec = av.CodecContext.create("libvpx", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.framerate, codec.time_base = Fraction(FPS), _VIDEO_BASE
        codec.bit_rate = bitrate
        codec.thread_count = 1
        codec.gop_size = 3000
        codec.options = {
            "deadline": "realtime",
            "cpu-used": "-8",
            "lag-in-frames": "0",
            "error-resilient": "default",
            "minrate": str(bitrate),
            "maxrate": str(bitrate),
            "bufsize": str(bitrate // 2),
            "quality": "realtime",
        }
        self._codec = codec

    def encode(self, picture: U8, pts: int, key_frame: bool) -> Packet | None:
        """See :class:`VideoEncoder`."""
        return _encode(self._codec, picture, pts, key_frame)


ENCODERS: dict[str, type[X264Encoder] | type[Vp8Encoder]] = {"H264": X264Encoder, "VP8": Vp8Encoder}


def _encode(codec: av.VideoCodecContext, picture: U8, pts: int, key_frame: bool) -> Packet | None:
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")  # a fresh frame: encode() writes into it
    frame.pts, frame.time_base = pts, _VIDEO_BASE
    frame.pict_type = av.video.frame.PictureType.I if key_frame else av.video.frame.PictureType.NONE
    packets = codec.encode(frame)
    if not packets:
        return None
    packet = packets[0]
    packet.pts, packet.time_base = pts, _VIDEO_BASE
    return packet


class OpusEncoder:
    """20 ms of mono sound to one Opus packet, with in-band error correction."""

    def __init__(self, bitrate: int = 48_000) -> None:
        codec = av.CodecContext.create("libopus", "w")
        codec.sample_rate, codec.layout, codec.format = TICKS_PER_SECOND, "mono", "s16"
        codec.bit_rate, codec.time_base = bitrate, _AUDIO_BASE
        codec.options = {"application": "voip", "fec": "1", "packet_loss": "3", "compression_level": "5"}
        self._codec = codec
        self._count = 0

    def encode(self, pcm: F32, pts: int) -> Packet | None:
        """``pcm`` f32[960] in −1..1; ``pts`` in 1/48000 s."""
        samples = (np.clip(pcm, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.time_base = TICKS_PER_SECOND, _AUDIO_BASE
        frame.pts = self._count * AUDIO_TICKS  # without gaps: the codec must not see that time jumped
        self._count += 1
        packets = self._codec.encode(frame)
        if not packets:
            return None
        packet = packets[0]
        packet.pts, packet.time_base = pts, _AUDIO_BASE
        return packet
