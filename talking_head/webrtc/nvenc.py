"""H.264 on an NVIDIA GPU's own encoder, where the GPU has one and the driver lets it open.

Not every card does: the compute cards (A100, H100, H200) have no such engine, and consumer cards open only a few streams at a
time. So each stream tries, and takes x264 when it is turned away. **Not measured:** no card with an encoder was at hand.
"""

from __future__ import annotations

import logging
from functools import cache

import av
import numpy as np
from av.error import FFmpegError

from talking_head.webrtc.encoder import LibavEncoder, VideoEncoder, Vp8Encoder, X264Encoder

log = logging.getLogger(__name__)


class NvencEncoder(LibavEncoder):
    """H.264 for conversation on the GPU: baseline, ultra low latency, one packet a picture, key frames on request.

    Raises FFmpegError where there is no such encoder.
    """

    name = "H264"
    library = "h264_nvenc"
    finest = 18

    def _configure(self, codec: av.VideoCodecContext, bitrate: int) -> None:
        codec.gop_size = 100_000  # over an hour: key frames only on request
        codec.max_b_frames = 0
        codec.qmax = 51  # the lowest quantiser is heeded only together with the highest
        codec.options = {
            "preset": "p4",
            "tune": "ull",
            "profile": "baseline",
            "rc": "vbr",
            "maxrate": str(bitrate),
            "bufsize": str(bitrate // 4),
            "zerolatency": "1",
            "delay": "0",
            "forced-idr": "1",
        }


@cache
def nvenc_opens() -> bool:
    """Whether this machine's GPU encodes H.264: one picture is tried, once a process."""
    try:
        encoder = NvencEncoder(256, 256, 500_000)
        return encoder.encode(np.full((384, 256), 128, np.uint8), 0, key_frame=True) is not None
    except (FFmpegError, ValueError) as error:  # ValueError: this build of FFmpeg does not know its name
        log.debug("no NVENC: %s", error)
        return False


def video_encoder(codec: str, width: int, height: int, bitrate: int, *, hardware: bool = True) -> VideoEncoder:
    """An encoder for ``codec`` ("H264" or "VP8"): NVENC for H.264 if ``hardware`` and it opens, software otherwise."""
    if codec == "VP8":
        return Vp8Encoder(width, height, bitrate)
    if hardware and nvenc_opens():
        try:
            return NvencEncoder(width, height, bitrate)
        except FFmpegError as error:
            log.info("NVENC takes no further stream (%s): x264", error)
    return X264Encoder(width, height, bitrate)
