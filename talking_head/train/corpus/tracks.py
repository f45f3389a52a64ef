"""Landmark tracks that were measured elsewhere, ``NAME.npz`` with its sound ``NAME.flac``: movement without a picture.

A track holds ``landmarks`` [T, 478, 3] in pixels (NaN where no face was found) and ``fps``; ``size`` (width, height) if known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from talking_head.errors import InputError
from talking_head.types import F32, FPS

TRACK = ".npz"
_SOUNDS = (".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a")


@dataclass(frozen=True, slots=True)
class LandmarkTrack:
    """``points`` f32[T, 478, 3] in pixels, NaN where no face was found; ``fps`` pictures a second; ``size`` (width, height)."""

    points: F32
    fps: float
    size: tuple[int, int]


def read_track(path: Path) -> LandmarkTrack:
    """The track in ``path``. Raises InputError where it is none."""
    try:
        with np.load(path, allow_pickle=False) as box:
            points, fps = np.asarray(box["landmarks"], np.float32), float(box["fps"])
            size = tuple(int(side) for side in box["size"]) if "size" in box else ()
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path.name} is no track: it needs `landmarks` [T, 478, 3] and `fps` ({error}).") from error
    if points.shape[1:] != (478, 3) or len(points) == 0 or not fps > 0:
        raise InputError(
            f"{path.name} is no track: its landmarks are {list(points.shape)} at {fps:g} a second, not [T, 478, 3]."
        )
    if len(size) != 2:
        size = tuple(int(side) for side in np.ceil(np.nanmax(points[..., :2], axis=(0, 1))))
    return LandmarkTrack(points, fps, (size[0], size[1]))


def even(points: F32, fps: float) -> F32:
    """``points`` f32[T, …] at ``fps`` → f32[T', …] at 25 a second, in between on straight lines."""
    at = np.arange(int((len(points) - 1) / fps * FPS + 1e-6) + 1) / FPS * fps
    before = np.minimum(at.astype(int), len(points) - 1)
    after = np.minimum(before + 1, len(points) - 1)
    share = (at - before).reshape(-1, *[1] * (points.ndim - 1))
    out: F32 = np.where(share < 1e-6, points[before], (1 - share) * points[before] + share * points[after]).astype(np.float32)
    return out


def sound_beside(path: Path) -> Path | None:
    """The file with the sound of the track ``path``, which begins with its first frame."""
    return next((sound for ending in _SOUNDS if (sound := path.with_suffix(ending)).is_file()), None)


def person_of(path: Path) -> str:
    """Who is in a file: its name without a number at the end."""
    return re.sub(r"[_-]?\d+$", "", path.stem) or path.stem
