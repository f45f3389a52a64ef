"""Folder of talking videos + what `talking-head prepare` made of them → clips with pictures, ready for ``crops.build``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from talking_head.errors import InputError
from talking_head.media_files.video import read_pictures
from talking_head.train.animator.crops import ClipFrames
from talking_head.train.corpus import clipfile
from talking_head.train.corpus.prepare import clip_name, clip_path, videos
from talking_head.train.heldout import held_out
from talking_head.types import U8


def read_frames(path: Path, count: int) -> U8:
    """The first ``count`` pictures of a video at 25 fps, u8[T, H, W, 3] RGB; the last one fills what is missing."""
    frames = list(islice(read_pictures(path), count))
    if not frames:
        raise InputError(f"{path.name} holds no picture.")
    return np.stack(frames + frames[-1:] * (count - len(frames)))


def read_clips(
    data: Path,
    prepared: Path,
    *,
    only: set[str] | None = None,
    limit: dict[str, int] | None = None,
    testing: bool = False,
) -> Iterator[ClipFrames]:
    """Every prepared video under ``data``.

    ``only``: splits to read ("train", "known", "unseen"); ``limit``: at most so many clips of a "folder:split"; ``testing``: a
    clip from none of the training folders counts as unseen instead of as training.
    """
    held = held_out()
    taken: dict[str, int] = {}
    for video in videos(data):
        name = clip_name(video, data)
        file = clip_path(prepared, name)
        split = held.test_use(name) if testing else held.use(name)
        if split == "none" or not file.exists() or (only is not None and split not in only):
            continue
        name = "/".join(name.split("/")[-2:])
        folder = name.split("/")[0]
        key = f"{folder}:{split}"
        taken[key] = taken.get(key, 0) + 1
        if limit and taken[key] > limit.get(key, 10**9):
            continue
        clip = clipfile.load(file)
        frames = read_frames(video, len(clip.points))
        yield ClipFrames(name, held.person(name, folder), split, frames, clip.points, clip.neutral, clip.valid)
