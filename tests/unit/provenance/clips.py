"""Made-up clips for the marks: a presenter that sways a little, a voice with pauses; and what happens to films."""

from __future__ import annotations

import io
from functools import cache

import av
import cv2
import numpy as np

from talking_head.animator.i420 import to_i420
from talking_head.types import F32, U8
from tests.unit.faces import presenter
from tests.unit.media_files.files import voice


@cache
def frames(name: str = "clara", count: int = 25, size: int = 512) -> tuple[U8, ...]:
    """I420 pictures of a presenter that sways by a few pixels, with the grain of a camera."""
    chance = np.random.default_rng(len(name))
    image = cv2.resize(presenter(name).image, (size, size), interpolation=cv2.INTER_AREA)
    out = []
    for index in range(count):
        turn = cv2.getRotationMatrix2D((size / 2, size), 0.4 * np.sin(index / 5), 1.0)
        moved = cv2.warpAffine(image, turn, (size, size), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        out.append(to_i420(np.clip(moved + chance.normal(0, 0.7, moved.shape), 0, 255).astype(np.uint8)))
    return tuple(out)


def speech(seconds: float = 4.0) -> F32:
    """Syllables of changing pitch and vowel, with breath. f32[n] at 48 kHz."""
    chance = np.random.default_rng(3)
    pcm = voice(seconds)
    breath = chance.standard_normal(len(pcm)).astype(np.float32) * 0.02 * (np.abs(pcm) > 0.001)
    return np.asarray(pcm + breath, np.float32)


def encoded(pictures: list[U8], crf: int = 28, size: int | None = None) -> list[U8]:
    """The luma of ``pictures`` after H.264, at ``size`` pixels square if given."""
    height, width = pictures[0].shape[0] * 2 // 3, pictures[0].shape[1]
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = size or width, size or height, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
            out.mux(stream.encode(frame.reformat(stream.width, stream.height, interpolation="BICUBIC") if size else frame))
        out.mux(stream.encode(None))
    data.seek(0)
    with av.open(data) as film:
        return [np.asarray(frame.to_ndarray()[: frame.height], np.uint8) for frame in film.decode(video=0)]


def through_aac(pcm: F32, kbps: int = 96) -> F32:
    """``pcm`` after AAC."""
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        stream.bit_rate = kbps * 1000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[None]), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        for piece in av.AudioResampler("fltp", "mono", 48_000, frame_size=1024).resample(frame):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    data.seek(0)
    with av.open(data) as film:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in film.decode(audio=0)]).astype(np.float32)
