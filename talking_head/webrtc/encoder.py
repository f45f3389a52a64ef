"""Sound and picture to packets.

aiortc's own encoders either cannot hold 25 fps here (x264, preset medium) or start over at each change of bitrate. These return
``av.Packet``, which aiortc only cuts into RTP payloads, so that the same packets could go to a file. One seam for all of
them: :class:`VideoEncoder`; a GPU's own encoder is in ``nvenc.py``.

Every encoder belongs to one stream and is called from one thread at a time.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeAlias, cast

import av
import numpy as np

from talking_head.types import AUDIO_TICKS, F32, FPS, TICKS_PER_SECOND, U8

VIDEO_RATE = 90_000
FRAME_PTS = VIDEO_RATE // FPS
Packet: TypeAlias = "av.Packet[Any]"
OPUS_DELAY_S = 312 / 48_000  # libopus looks so far ahead, RFC 6716 section 2
VIDEO_BASE = Fraction(1, VIDEO_RATE)
_AUDIO_BASE = Fraction(1, TICKS_PER_SECOND)


class VideoEncoder(Protocol):
    """Pictures to packets, one for one."""

    name: str
    bitrate: int

    def encode(self, picture: U8, pts: int, key_frame: bool) -> Packet | None:
        """``picture``: planar I420 u8[H * 3 // 2, W]; ``pts`` in 1/90000 s. None if the encoder swallowed the picture."""
        ...


class LibavEncoder(ABC):
    """What the video encoders of libav share; a subclass names one (``library``) and sets its options.

    ``bitrate`` may be lowered below the first value at any time without a key frame. ``finest``: the codec's lowest quantiser.
    A face before a wall does not need the bits that a line may carry: without a floor the rate control spends them on detail
    that nobody sees, and every packet costs the event loop its share (0.1 ms) and the receiver another.
    """

    name: str
    library: str
    finest: int

    def __init__(self, width: int, height: int, bitrate: int) -> None:
        self._cap = self.bitrate = bitrate
        codec = cast(av.VideoCodecContext, av.CodecContext.create(self.library, "w"))
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.framerate, codec.time_base = Fraction(FPS), VIDEO_BASE
        codec.bit_rate = bitrate
        codec.thread_count = 1
        codec.qmin = self.finest
        self._configure(codec, bitrate)
        codec.open()
        self._codec = codec

    @abstractmethod
    def _configure(self, codec: av.VideoCodecContext, bitrate: int) -> None:
        """Set the options of a codec that is not open yet."""

    def encode(self, picture: U8, pts: int, key_frame: bool) -> Packet | None:
        """See :class:`VideoEncoder`."""
        target = min(self.bitrate, self._cap)
        if target != self._codec.bit_rate:
            self._codec.bit_rate = target
        # A fresh frame, for encode() writes its times into it, over the picture's own memory: encoders copy what they keep.
        frame = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(picture), format="yuv420p")
        frame.pts, frame.time_base = pts, VIDEO_BASE
        frame.pict_type = av.video.frame.PictureType.I if key_frame else av.video.frame.PictureType.NONE
        packets = self._codec.encode(frame)
        if not packets:
            return None
        packet = packets[0]
        packet.pts, packet.time_base = pts, VIDEO_BASE
        return packet


class X264Encoder(LibavEncoder):
    """H.264 for conversation: constrained baseline, superfast, zero latency, capped bitrate, one thread.

    Measured at 512²: 2.0 ms a frame, where preset medium takes 13–17. The finest quantiser leaves a face at 46 dB of luma.
    """

    name = "H264"
    library = "libx264"
    finest = 18

    def _configure(self, codec: av.VideoCodecContext, bitrate: int) -> None:
        codec.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "maxrate": str(bitrate),
            "bufsize": str(bitrate // 4),
            # Key frames only on request (the receiver asks); headers with each of them; no second thread for slices.
            "x264-params": "keyint=infinite:scenecut=0:repeat-headers=1:sliced-threads=0:threads=1:sync-lookahead=0",
        }


class Vp8Encoder(LibavEncoder):
    """VP8 for browsers without H.264: realtime deadline, one thread, 3 ms a frame at 512²."""

    name = "VP8"
    library = "libvpx"
    finest = 12

    def _configure(self, codec: av.VideoCodecContext, bitrate: int) -> None:
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


def cost_ms(pictures: Sequence[U8]) -> float:
    """Core time in ms to send a picture with its sound, measured on successive ``pictures`` (see :class:`VideoEncoder`).

    Encoding on the CPU is timed; packets, encryption and the event loop add 30 to 40 % of it (measured: docs/BENCHMARKS.md).
    """
    rows, columns = pictures[0].shape
    video, audio = X264Encoder(columns, rows * 2 // 3, 1_500_000), OpusEncoder()
    sound = (0.1 * np.random.default_rng(0).standard_normal(AUDIO_TICKS)).astype(np.float32)
    spent: list[float] = []
    for i, picture in enumerate(pictures):
        began = time.thread_time()
        video.encode(picture, i * FRAME_PTS, False)
        for half in range(2):
            audio.encode(sound, (2 * i + half) * AUDIO_TICKS)
        spent.append(time.thread_time() - began)
    return float(np.median(spent[1:])) * 1000 * 1.4  # the first is a key frame
