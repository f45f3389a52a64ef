"""Joins a connection's two tracks to a recorder, and parts them again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from talking_head.webrtc.recording.recorder import Recorder
from talking_head.webrtc.tracks import AudioOut, VideoOut


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is being recorded: the ``codec`` of the picture ("H264", "VP8"), and the ``origin`` in its marks as text, "" where
    there are none."""

    codec: str
    origin: str


class Taps:
    """What leaves by ``audio`` and ``video`` goes into ``file`` as well, between :meth:`begin` and :meth:`end`. ``codec``,
    ``size``: of the picture.
    """

    def __init__(self, audio: AudioOut, video: VideoOut, file: Path, codec: str, size: tuple[int, int]) -> None:
        self._audio, self._video, self._file, self._codec, self._size = audio, video, file, codec, size
        self._recorder: Recorder | None = None

    def begin(self, seconds: float, most: int, ended: Callable[[str], None]) -> Taps:
        """From now on; see :class:`Recorder`. ``ended`` is called on this event loop."""
        loop = asyncio.get_running_loop()

        def stopped(reason: str) -> None:
            with contextlib.suppress(RuntimeError):  # the event loop is closed
                loop.call_soon_threadsafe(ended, reason)

        width, height = self._size
        ask = self._video.want_key_frame
        recorder = Recorder(self._file, self._codec, width, height, seconds=seconds, most=most, key_frame=ask, ended=stopped)
        self._audio.tap, self._video.tap = recorder.audio, recorder.video
        self._recorder = recorder
        ask()
        return self

    def end(self) -> float | None:
        """Finish the file; the media time of its first picture in seconds, None where there is none. May wait for the disk."""
        self._audio.tap = self._video.tap = None
        if self._recorder is None:
            return None
        self._recorder.close()
        return self._recorder.began
