"""MP4 files, H.264 and AAC, that survive a crash.

A plain MP4 has its index at the end and is unreadable after a kill. ``hybrid_fragmented`` writes two fragments a second, each
flushed to the file, and on closing turns the whole into a normal MP4.

AAC starts with 1 024 samples of its own. Such a file cannot say so (its header is written before the first packet), and
shifting the picture instead costs it its even 25 fps. So the film begins with one still frame more, which takes those samples.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np

from talking_head.errors import InputError
from talking_head.types import F32, FPS, FRAME_TICKS, TICKS_PER_SECOND, U8

PRIMING = 1024
_MUXER = {
    "movflags": "+hybrid_fragmented+use_metadata_tags",
    "frag_duration": "500000",  # microseconds; with what the muxer holds back to interleave, a kill costs less than 1 s
    "flush_packets": "1",
}


class Recorder:
    """Write pictures and the sound that belongs to them, one frame at a time; use it in a ``with`` statement.

    ``width``, ``height``: even. ``quality``: x264's constant rate factor, lower is better. ``title``, ``comment``, ``aigc``:
    metadata. Raises InputError if the file cannot be written, also half-way (a full disk): then nothing of it is
    left.
    """

    frames: int  # written so far, the still one at the start included

    def __init__(
        self,
        file: Path | str,
        width: int,
        height: int,
        *,
        quality: int = 18,
        preset: str = "veryfast",
        threads: int = 1,
        title: str = "",
        comment: str = "",
        aigc: str = "",
    ) -> None:
        self.frames = 0
        self._file = Path(file)
        self._lost = False
        try:
            Path(file).open("wb").close()  # the muxer would find out at the first packet
            self._container = av.open(str(file), "w", format="mp4", options=_MUXER)
        except OSError as error:
            raise InputError(f"{file} cannot be written: {error.strerror or error}.") from error
        self._container.metadata.update({k: v for k, v in (("title", title), ("comment", comment), ("AIGC", aigc)) if v})
        video = self._container.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.time_base = Fraction(1, FPS)
        video.codec_context.thread_count = threads
        # Pictures here are BT.601 (see i420.py). Unsaid, a player takes 720 lines and more for BT.709: skin turns to orange.
        colours = video.codec_context
        colours.colorspace, colours.color_primaries, colours.color_trc, colours.color_range = 5, 1, 1, 1
        # No B-frames: nothing is held back from the fragment that is written. Key frames each second: the seek bar works.
        video.options = {"preset": preset, "crf": str(quality), "bf": "0", "g": str(FPS), "x264-params": "rc-lookahead=0"}
        audio = self._container.add_stream("aac", rate=TICKS_PER_SECOND, layout="mono")
        audio.bit_rate = 128_000
        audio.time_base = Fraction(1, TICKS_PER_SECOND)
        self._video, self._audio = video, audio
        self._pending: F32 = np.zeros(FRAME_TICKS - PRIMING, np.float32)
        self._samples = 0

    def write(self, picture: U8, pcm: F32) -> None:
        """One frame: ``picture`` planar I420 u8[H * 3 // 2, W] and its sound f32[1920]. ValueError for other sizes."""
        if pcm.shape != (FRAME_TICKS,) or picture.shape != (self._video.height * 3 // 2, self._video.width):
            raise ValueError(f"a frame is {self._video.width}×{self._video.height} with {FRAME_TICKS} samples")
        with self._written_whole():
            for _ in range(2 if self.frames == 0 else 1):
                self._picture(picture)
            self._pending = np.concatenate([self._pending, pcm])
            while len(self._pending) >= 1024:  # an AAC frame
                self._sound(self._pending[:1024])
                self._pending = self._pending[1024:]

    @contextlib.contextmanager
    def _written_whole(self) -> Iterator[None]:
        """What cannot be written any more is taken away again, in a sentence."""
        try:
            yield
        except OSError as error:
            self._lost = True
            with contextlib.suppress(OSError):
                self._container.close()
            self._file.unlink(missing_ok=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "the disk is full" if full else (error.strerror or "it cannot be written any more")
            raise InputError(f"{self._file} was given up: {why}. Make room, and try again.") from error

    def _picture(self, picture: U8) -> None:
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = self.frames, Fraction(1, FPS)
        self.frames += 1
        self._container.mux(self._video.encode(frame))

    def _sound(self, pcm: F32) -> None:
        frame = av.AudioFrame.from_ndarray(np.clip(pcm, -1, 1)[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = TICKS_PER_SECOND, self._samples, Fraction(1, TICKS_PER_SECOND)
        self._samples += len(pcm)
        self._mux_sound(frame)

    def _mux_sound(self, frame: av.AudioFrame | None) -> None:
        for packet in self._audio.encode(frame):
            packet.pts = packet.dts = (packet.pts or 0) + PRIMING
            self._container.mux(packet)

    def close(self) -> None:
        """Write what is left and finish the file."""
        if self._lost:
            return
        with self._written_whole():
            if len(self._pending):
                self._sound(self._pending)
            self._container.mux(self._video.encode(None))
            self._mux_sound(None)
            self._container.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
