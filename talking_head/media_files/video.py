"""The pictures of a video at 25 fps: upright, in standard colours, with square pixels.

A phone stores a video as its sensor lies and notes in the header how it was held (the display matrix, ISO/IEC 14496-12 section
8.2.2): a turn by quarters, with a mirror image where the front camera makes one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np

from talking_head.errors import InputError
from talking_head.media_files.colour import ToScreen, Transfer, hdr
from talking_head.media_files.opened import MOST_PIXELS, opened
from talking_head.media_files.pictures import Tell, silent
from talking_head.media_files.remarks import Remark
from talking_head.types import FPS, U8

At = Callable[[float, float], None]
"""Told how far a video was read, in seconds, and of how many; of 0 where its header does not say."""

VIDEO_ENDINGS = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".3gp"})
_MOST_GAP_S = 60.0  # that one picture stands: two frames can be a hundred hours apart
_DEGREES = {1: 90, 2: 180, 3: 90}  # by quarter turns to the left: nobody asks which way


def untold(at_s: float, of_s: float) -> None:
    """An ``at`` for whoever does not want to know."""


def read_pictures(
    path: Path, tell: Tell = silent, *, most_s: float = math.inf, name: str = "", at: At = untold
) -> Iterator[U8]:
    """The pictures of a video at 25 fps, u8[H, W, 3] RGB: at each 1/25 s the one that a player would be showing.

    ``name``: what whoever brought it calls the file; ``at`` hears of each picture. Raises InputError: not a video, no picture
    in it, broken, too large, longer than ``most_s`` seconds.
    """
    name = name or path.name
    try:
        with opened(path) as container:
            if not container.streams.video:
                raise InputError(f"{name} holds no picture. Choose a video that has some.", "video_blind")
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            ratio = _pixel_ratio(stream)
            if stream.codec_context.width * stream.codec_context.height * max(ratio, 1 / ratio) > MOST_PIXELS:
                raise InputError(f"{name} has larger pictures than are read; reduce it to 4K or less.", "video_large")
            upright = _Upright(ratio)
            length = (container.duration or 0) / av.time_base
            last: av.VideoFrame | None = None
            shown: U8 | None = None
            due, step = 0, 1.0 / FPS
            for frame in container.decode(stream):
                time = frame.time if frame.time is not None else due * step
                if last is not None and time - due * step > _MOST_GAP_S:
                    told = f"{name} shows one picture for more than {_MOST_GAP_S:.0f} s; cut that part out."
                    raise InputError(told, "video_still")
                if time > most_s:
                    raise InputError(f"{name} is longer than the {most_s / 60:.0f} minutes that are read.", "video_long")
                while last is not None and due * step < time - 0.25 * step:  # the new one is not on yet
                    shown = upright(last) if shown is None else shown
                    yield shown
                    due += 1
                if last is None:
                    _say_changes(frame, tell)
                at(time, length)
                last, shown = frame, None  # converted only if it is shown: a video of 60 fps has more
            if last is not None:
                yield upright(last) if shown is None else shown
    except (av.error.FFmpegError, ValueError) as error:
        told = f"{name} cannot be read as a video: it is damaged, or of another kind. Use an MP4, MOV, MKV or WebM file."
        raise InputError(told, "video_unreadable") from error


def _say_changes(frame: av.VideoFrame, tell: Tell) -> None:
    turns, mirrored = orientation(frame)
    if turns:
        degrees = _DEGREES[turns]
        tell(Remark(f"The video was turned by {degrees}°, as its header says.", "video_turned", degrees=degrees))
    if mirrored:
        tell(Remark("The video was mirrored, as its header says.", "video_mirrored"))
    if (curve := hdr(frame)) is not None:
        name = "HLG" if curve is Transfer.HLG else "PQ"
        tell(Remark(f"The video's HDR colours ({name}) were converted to standard ones.", "video_colours", curve=name))


class _Upright:
    """Frames of one video as a player shows them."""

    def __init__(self, ratio: float) -> None:
        self._to_screen = ToScreen()
        self._ratio = ratio

    def __call__(self, frame: av.VideoFrame) -> U8:
        picture = self._to_screen(frame)
        if (ratio := self._ratio) != 1.0:
            height, width = picture.shape[:2]
            wide = (round(width * ratio), height) if ratio > 1 else (width, round(height / ratio))
            picture = np.asarray(cv2.resize(picture, wide, interpolation=cv2.INTER_CUBIC), np.uint8)
        turns, mirrored = orientation(frame)
        if turns:
            picture = np.rot90(picture, turns)
        if mirrored:
            picture = picture[:, ::-1]
        return np.ascontiguousarray(picture)


def _pixel_ratio(stream: av.VideoStream) -> float:
    """Width of a pixel over its height; 1 where nothing sensible is said."""
    ratio = float(stream.sample_aspect_ratio or 1.0)
    return ratio if 0.2 < ratio < 5 and abs(ratio - 1) > 0.01 else 1.0


def orientation(frame: av.VideoFrame) -> tuple[int, bool]:
    """How many quarter turns to the left (``np.rot90``) show the frame as its header says, and whether it is mirrored then."""
    matrix = _display_matrix(frame)
    if matrix is None:
        return round(frame.rotation / 90) % 4, False
    a, b, c, d = matrix
    mirrored = a * d - b * c < 0
    if mirrored:  # the matrix followed by a mirror image is a turn
        a, c = -a, -c
    return round(float(np.degrees(np.arctan2(-b, a))) / 90) % 4, mirrored


def _display_matrix(frame: av.VideoFrame) -> tuple[int, int, int, int] | None:
    """Its upper left part, a, b, c, d: x' = a x + c y, y' = b x + d y; None where the header says nothing."""
    side: Any = frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return None
    a, b, _, c, d = np.frombuffer(side, np.int32)[:5].tolist()
    return (a, b, c, d) if a * d - b * c else None
