"""The pictures of a film, a second a file: whoever is killed has lost a second, and goes on after the last whole one.

A segment begins with a key frame and is renamed into its place once it is whole. At the end the packets of all of them are
joined with the sound, without being encoded anew, into one file whose index stands in front (faststart).

AAC and Opus begin with samples of their own. Players differ in what they make of a file that says so; here the film begins
with one still frame more, whose sound takes those samples.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import av.error
import numpy as np

from talking_head.errors import InputError
from talking_head.types import F32, FPS, FRAME_TICKS, TICKS_PER_SECOND, U8

LENGTH = FPS  # frames of a segment
_SAMPLES = {"aac": 1024, "libopus": 960, "pcm_s16le": 1024}
_PRIMING = {"aac": 1024, "libopus": 0, "pcm_s16le": 0}


@dataclass(frozen=True, slots=True)
class Codec:
    """How pictures are encoded: ``name`` and ``options`` of FFmpeg, ``pixels`` of what it takes, ``sound``: beside it."""

    name: str
    pixels: str
    options: Mapping[str, str]
    container: str
    sound: str

    @property
    def alpha(self) -> bool:
        """Whether its pictures have an alpha plane."""
        return "yuva" in self.pixels


_X264 = {"preset": "veryfast", "crf": "18", "bf": "0", "g": str(FPS), "x264-params": "rc-lookahead=0"}
_VP9 = {"deadline": "realtime", "cpu-used": "6", "crf": "22", "b": "0", "g": str(FPS), "auto-alt-ref": "0", "row-mt": "1"}
CODECS = {
    "mp4": Codec("libx264", "yuv420p", _X264, "mp4", "aac"),
    "webm-alpha": Codec("libvpx-vp9", "yuva420p", _VP9, "webm", "libopus"),
    "prores-alpha": Codec("prores_ks", "yuva444p10le", {"profile": "4444", "alpha_bits": "16"}, "mov", "pcm_s16le"),
}


class SegmentWriter:
    """Writes pictures of ``width`` × ``height`` (even) into ``folder``, one after the other; use it in a ``with`` statement.

    ``frames``: how many lie there already, in whole segments. Raises InputError where the disk is full.
    """

    def __init__(self, folder: Path, width: int, height: int, codec: Codec) -> None:
        self._folder, self._size, self._codec = folder, (width, height), codec
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(".*"):
            left.unlink()
        self.frames = sum(_frames(file) for file in segments(folder))
        self._container: Any = None
        self._stream: Any = None
        self._in_segment = 0

    def write(self, picture: U8) -> None:
        """One picture: I420 u8[H * 3 // 2, W], with alpha u8[H * 5 // 2, W]. ValueError for another size."""
        width, height = self._size
        if picture.shape != (height * (5 if self._codec.alpha else 3) // 2, width):
            raise ValueError(f"a picture of {width}×{height} is not {list(picture.shape)}")
        with whole(self._folder):
            if self._container is None:
                self._begin()
            frame = _frame(picture, width, height, alpha=self._codec.alpha)
            if self._codec.pixels == "yuva444p10le":
                frame = frame.reformat(format="yuva444p10le", src_colorspace="ITU601", dst_colorspace="ITU601")
            frame.pts, frame.time_base = self._in_segment, Fraction(1, FPS)
            self._container.mux(self._stream.encode(frame))
            self._in_segment += 1
            self.frames += 1
            if self._in_segment == LENGTH:
                self._end()

    def close(self) -> None:
        """Finish the segment that was begun: the film ends with it."""
        with whole(self._folder):
            if self._container is not None:
                self._end()

    def _begin(self) -> None:
        width, height = self._size
        self._container = av.open(str(self._folder / ".begun.mkv"), "w", format="matroska")
        stream = self._container.add_stream(self._codec.name, rate=FPS, options=dict(self._codec.options))
        stream.width, stream.height, stream.pix_fmt = width, height, self._codec.pixels
        stream.time_base = Fraction(1, FPS)
        stream.codec_context.thread_count = 1
        # Pictures here are BT.601. Unsaid, a player takes 720 lines and more for BT.709: skin turns to orange.
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 5, 1, 1, 1
        self._stream, self._in_segment = stream, 0

    def _end(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()
        first = self.frames - self._in_segment
        (self._folder / ".begun.mkv").rename(self._folder / f"{first:07}-{self._in_segment:02}.mkv")
        self._container = None

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        elif self._container is not None:
            with contextlib.suppress(OSError, av.error.FFmpegError):
                self._container.close()
            (self._folder / ".begun.mkv").unlink(missing_ok=True)


def segments(folder: Path) -> list[Path]:
    """The whole segments in ``folder`` from the beginning on, without a gap."""
    found: list[Path] = []
    due = 0
    for file in sorted(folder.glob("[0-9]*.mkv")):
        if int(file.stem.partition("-")[0]) != due:
            break
        found.append(file)
        due += _frames(file)
    return found


def join(folder: Path, sound: F32, file: Path, codec: Codec, metadata: Mapping[str, str]) -> int:
    """Join the segments in ``folder`` and ``sound`` f32[n] at 48 kHz (it may lie in a file) into ``file``; the number of its
    frames, the still one at the start included.

    Nothing of ``file`` is left where it could not be written. Raises InputError.
    """
    parts = segments(folder)
    options = {"movflags": "+faststart+use_metadata_tags"} if codec.container in ("mp4", "mov") else {}
    with whole(file), av.open(str(parts[0])) as first, av.open(str(file), "w", format=codec.container, options=options) as out:
        out.metadata.update({key: value for key, value in metadata.items() if value})
        video = out.add_stream_from_template(first.streams.video[0], opaque=False)
        video.time_base = Fraction(1, FPS)
        if codec.alpha and codec.container == "webm":
            video.metadata["alpha_mode"] = "1"
        audio: Any = out.add_stream(codec.sound, rate=TICKS_PER_SECOND, layout="mono")
        if codec.sound != "pcm_s16le":
            audio.bit_rate = 128_000
        audio.time_base = Fraction(1, TICKS_PER_SECOND)
        total = sum(map(_frames, parts)) + 1
        blocks = _sound(audio, sound, total, codec.sound)
        heard = 0  # ticks of sound that are written
        number = 0
        for packet in _packets(parts, total):
            while heard <= number * FRAME_TICKS and (block := next(blocks, None)) is not None:
                heard = block[0]
                out.mux(block[1])
            packet.stream = video
            out.mux(packet)
            number += 1
        for _, packets in blocks:
            out.mux(packets)
        return number


def _packets(parts: list[Path], total: int) -> Iterator[Any]:
    """Those of all ``parts``, one frame after the other; the first twice."""
    number = 0
    for part in parts:
        with av.open(str(part)) as container:
            for packet in container.demux(video=0):
                if packet.size == 0:  # the end; a short segment's real packets may lack a dts
                    continue
                for _ in range(2 if number == 0 else 1):
                    packet.time_base = Fraction(1, FPS)
                    packet.pts = packet.dts = number
                    packet.duration = 1
                    number += 1
                    yield packet
    if number != total:
        raise InputError("A part of the film is damaged on the disk. Delete it, and make the film again.")


def _sound(stream: Any, pcm: F32, frames: int, codec: str) -> Iterator[tuple[int, list[Any]]]:
    """Encoded sound with the tick that it reaches to: one still frame, less what the encoder puts in front, then ``pcm``."""
    step, priming = _SAMPLES[codec], _PRIMING[codec]
    lead = FRAME_TICKS - priming
    for at in range(0, frames * FRAME_TICKS - priming, step):
        block = np.zeros(min(step, frames * FRAME_TICKS - priming - at), np.float32)
        start, end = at - lead, at - lead + len(block)
        if end > 0:
            seen = pcm[max(start, 0) : end]
            offset = max(-start, 0)
            block[offset : offset + len(seen)] = seen
        values = np.clip(block, -1, 1)[None]
        if codec == "aac":
            frame = av.AudioFrame.from_ndarray(values, format="fltp", layout="mono")
        else:
            frame = av.AudioFrame.from_ndarray((values * 32767).astype(np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = TICKS_PER_SECOND, at, Fraction(1, TICKS_PER_SECOND)
        yield at + step, _shifted(stream.encode(frame), priming, codec)
    yield frames * FRAME_TICKS, _shifted(stream.encode(None), priming, codec)


def _shifted(packets: list[Any], ticks: int, codec: str) -> list[Any]:
    for packet in packets:
        if codec == "aac":
            packet.pts = packet.dts = (packet.pts or 0) + ticks
    return packets


def _frames(file: Path) -> int:
    return int(file.stem.rpartition("-")[2])


def _frame(picture: U8, width: int, height: int, *, alpha: bool) -> av.VideoFrame:
    if not alpha:
        return av.VideoFrame.from_ndarray(picture, format="yuv420p")
    frame = av.VideoFrame(width, height, "yuva420p")
    colour = picture[height : height * 3 // 2].reshape(2, height // 2, width // 2)
    for plane, values in zip(frame.planes, (picture[:height], colour[0], colour[1], picture[height * 3 // 2 :]), strict=True):
        padded = np.zeros((values.shape[0], plane.line_size), np.uint8)
        padded[:, : values.shape[1]] = values
        plane.update(padded.tobytes())
    return frame


@contextlib.contextmanager
def whole(file: Path) -> Iterator[None]:
    """What cannot be written any more is taken away again (a folder stays), in a sentence."""
    try:
        yield
    except OSError as error:
        if not file.is_dir():
            file.unlink(missing_ok=True)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else (error.strerror or "it cannot be written any more")
        raise InputError(f"{file.name} was given up: {why}. Make room, and try again.") from error
