"""Folder of talking videos + what `talking-head prepare` made of them → clips with pictures, ready for ``crops.build``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from talking_head.errors import InputError
from talking_head.media import FPS, U8
from talking_head.train import clipfile
from talking_head.train.crops import ClipFrames, splits
from talking_head.train.prepare import videos

HELDOUT = Path(__file__).with_name("heldout.toml")


def read_frames(path: Path, count: int) -> U8:
    """The first ``count`` pictures of a video at 25 fps by time stamp, u8[T, H, W, 3] RGB (the nearest earlier one fills a
    gap).
    """
    frames: list[U8] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        start: float | None = None
        last: U8 | None = None
        for frame in container.decode(stream):
            start = float(frame.time or 0.0) if start is None else start
            place = round((float(frame.time or 0.0) - start) * FPS)
            while last is not None and len(frames) < min(place, count):
                frames.append(last)
            last = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            if len(frames) >= count:
                break
        while last is not None and len(frames) < count:
            frames.append(last)
    if not frames:
        raise InputError(f"{path} holds no picture.")
    return np.stack(frames)


def read_clips(
    data: Path, prepared: Path, *, only: set[str] | None = None, limit: dict[str, int] | None = None, heldout: Path = HELDOUT
) -> Iterator[ClipFrames]:
    """Every prepared video under ``data``. ``only``: splits to read; ``limit``: at most so many training clips of a folder."""
    known, unseen, repeated, same = splits(heldout)
    taken: dict[str, int] = {}
    for video in videos(data):
        name = video.relative_to(data).with_suffix("").as_posix()
        file = prepared / f"{name}.safetensors"
        if name in repeated or not file.exists():
            continue
        split = "known" if name in known else "unseen" if name in unseen else "train"
        if only is not None and split not in only:
            continue
        folder = name.split("/")[0]
        if limit and split != "unseen":
            key = f"{folder}:{split}"
            taken[key] = taken.get(key, 0) + 1
            if taken[key] > limit.get(key, 10**9):
                continue
        clip = clipfile.load(file)
        frames = read_frames(video, len(clip.points))
        person = same.get(name, name if folder == "mixed" else folder)
        yield ClipFrames(name, person, split, frames, clip.points, clip.neutral, clip.valid)
