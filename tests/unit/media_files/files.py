"""Files as phones and cameras write them, made by the tests: sound of any shape, videos with any header."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from talking_head.types import F32, U8


def voice(seconds: float = 3.0, rate: int = 48_000, level: float = 0.2) -> F32:
    """Something with the rhythm of speech: a buzz of 120 Hz that comes in syllables. f32[n]."""
    t = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 120 * k * t + k) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * t), 0, 1) ** 0.5
    return (level * buzz * syllables / 2).astype(np.float32)


def write_sound(file: Path, channels: F32, rate: int = 48_000, codec: str = "pcm_f32le") -> Path:
    """``channels`` f32[1 or 2, n] as they are, beyond ±1 too."""
    with av.open(str(file), "w") as out:
        layout = "mono" if len(channels) == 1 else "stereo"
        stream = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channels.T).reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate = rate
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


def matrix(turn: int, mirrored: bool) -> list[int]:
    """The display matrix that turns by ``turn`` degrees and then mirrors; 16.16 fixed point, the last column 2.30."""
    cosine, sine = round(math.cos(math.radians(turn))), round(math.sin(math.radians(turn)))
    side = -1 if mirrored else 1
    return [side * cosine * 65536, sine * 65536, 0, -side * sine * 65536, cosine * 65536, 0, 0, 0, 1 << 30]


def shown(picture: U8, turn: int, mirrored: bool) -> U8:
    """``picture`` as a player shows it under that matrix, by the standard's own formula: x' = a x + c y, y' = b x + d y."""
    a, b, _, c, d = (value // 65536 for value in matrix(turn, mirrored)[:5])
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    to_x, to_y = a * x + c * y, b * x + d * y
    to_x, to_y = to_x - to_x.min(), to_y - to_y.min()
    out = np.zeros((to_y.max() + 1, to_x.max() + 1, 3), np.uint8)
    out[to_y, to_x] = picture
    return out


def write_video(
    file: Path, pictures: list[U8], *, turn: int = 0, mirrored: bool = False, rate: int = 25, aspect: Fraction | None = None
) -> Path:
    """H.264, full colour resolution, with a display matrix."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx264", rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv444p"
        stream.options = {"crf": "8"}
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if turn or mirrored:
            stream.set_display_matrix(matrix(turn, mirrored))
        for picture in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return file


def write_hdr(file: Path, signal: np.ndarray, transfer: int) -> Path:
    """10-bit HEVC, BT.2020: ``signal`` f[H, W, 3] in 0..1 are the values that ``transfer`` (16 PQ, 18 HLG) codes."""
    red, green, blue = np.moveaxis(signal, -1, 0)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    planes = luma, (blue - luma) / 1.8814, (red - luma) / 1.4746
    height, width = luma.shape
    deep = np.stack([64 + 876 * planes[0], 512 + 896 * planes[1], 512 + 896 * planes[2]]).round().astype(np.uint16)
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx265", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv444p10le"
        stream.codec_context.color_trc = transfer
        stream.codec_context.color_primaries = stream.codec_context.colorspace = 9
        colours = f"colorprim=bt2020:colormatrix=bt2020nc:transfer={_NAME[transfer]}"
        stream.options = {"x265-params": f"log-level=error:lossless=1:{colours}"}
        for _ in range(3):
            frame = av.VideoFrame(width, height, "yuv444p10le")
            for plane, values in zip(frame.planes, deep, strict=True):
                rows = np.zeros((height, plane.line_size // 2), np.uint16)
                rows[:, :width] = values
                plane.update(rows.tobytes())
            frame.color_trc, frame.color_primaries, frame.colorspace = transfer, 9, 9
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


_NAME = {16: "smpte2084", 18: "arib-std-b67"}
