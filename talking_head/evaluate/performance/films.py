"""A face and its shoulders over time, out of a film or a stored track."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from talking_head.errors import InputError
from talking_head.evaluate.performance.rows import RATE, FaceTrack, follow
from talking_head.media_files.sound import read_sound
from talking_head.media_files.video import VIDEO_ENDINGS, read_pictures
from talking_head.protocols import Landmarker, TracksFaces
from talking_head.train.corpus.tracks import even, person_of, read_track
from talking_head.types import F32, FRAME_TICKS, TICKS_PER_SECOND, U8

F64 = NDArray[np.float64]

_LOST = 0.2  # share of frames without a face from which on a film says nothing


@dataclass(frozen=True, slots=True)
class Watched:
    """One film or stored track. ``person``: whose it is, by its file's name; ``pcm`` f32[n] at 16 kHz or None; ``shoulders``
    f64[T, 2] or None."""

    person: str
    track: FaceTrack
    pcm: F32 | None = None
    shoulders: F64 | None = None


def watch(path: Path, landmarker: Landmarker) -> Watched:
    """The film ``path``; ``landmarker`` should follow a face from picture to picture. Raises InputError: no film, no face."""
    points: list[F32] = []
    chest = _Chest()
    for picture in read_pictures(path):
        found = landmarker.detect(picture)
        points.append(found[0] if found else np.full((478, 3), np.nan, np.float32))
        chest.see(picture, points[-1])
    track = follow(_filled(np.stack(points) if points else np.zeros((0, 478, 3), np.float32), path.name))
    eyes = float(np.median(np.linalg.norm(np.stack(points)[:, 33, :2] - np.stack(points)[:, 263, :2], axis=1)))
    sound = read_sound(path, len(points) * FRAME_TICKS)
    return Watched(person_of(path), track, None if sound is None else _at_16k(sound), chest.places / eyes)


def stored(path: Path) -> Watched:
    """A track in an ``.npz``: ``landmarks`` f[T, 478, 3] in pixels and ``fps``. Raises InputError."""
    track = read_track(path)
    return Watched(person_of(path), follow(even(_filled(track.points, path.name), track.fps)))


def people(folder: Path, landmarker: Landmarker) -> list[Watched]:
    """Every film and stored track of two seconds and more in ``folder``. Raises InputError when there is none."""
    out = []
    for path in sorted(folder.rglob("*")):
        try:
            if path.suffix == ".npz":
                out.append(stored(path))
            elif path.suffix.lower() in VIDEO_ENDINGS:
                out.append(watch(path, landmarker))
        except InputError:
            continue  # too short, or nobody in it
        finally:
            if isinstance(landmarker, TracksFaces):
                landmarker.reset()
    if not out:
        raise InputError(f"{folder}: there is neither a film with a face in it nor a track (.npz).")
    return out


def _filled(points: F32 | F64, name: str) -> F32:
    """``points`` with the frames in which no face was found between those in which one was."""
    seen = ~np.isnan(points[:, 0, 0])
    if seen.mean() < 1 - _LOST if len(seen) else True:
        raise InputError(f"{name}: a face was found in {int(seen.sum())} of {len(seen)} frames; that is too few.")
    flat, at = points.reshape(len(points), -1), np.arange(len(points))
    even = np.stack([np.interp(at, at[seen], column[seen]) for column in flat.T], axis=1)
    return np.asarray(even.reshape(points.shape), np.float32)


def _at_16k(pcm: F32) -> F32:
    step = TICKS_PER_SECOND // RATE
    return np.asarray(pcm[: len(pcm) // step * step].reshape(-1, step).mean(1), np.float32)


class _Chest:
    """Follows corners below the chin from picture to picture (Lucas & Kanade 1981, in pyramids)."""

    def __init__(self) -> None:
        self._places: list[F64] = []
        self._last: U8 | None = None
        self._first: F32 | None = None
        self._now: F32 | None = None
        self._alive = np.zeros(0, bool)

    @property
    def places(self) -> F64:
        """Median shift in pixels since the first picture, f64[T, 2]; NaN where too little was seen."""
        return np.array(self._places)

    def see(self, picture: U8, points: F32) -> None:
        """The next picture u8[H, W, 3], with its face's landmarks (NaN: none)."""
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        if self._first is None:
            self._begin(grey, points)
        elif self._now is not None and self._last is not None and len(self._now):
            now, status, _ = cv2.calcOpticalFlowPyrLK(self._last, grey, self._now, None, winSize=(25, 25), maxLevel=3)
            self._now = np.asarray(now, np.float32)
            self._alive &= status[:, 0].astype(bool)
        self._last = grey
        moved = np.full((1, 2), np.nan)
        if self._first is not None and self._now is not None and self._alive.sum() >= 4:
            moved = np.asarray((self._now - self._first)[self._alive, 0], np.float64)
        self._places.append(np.median(moved, axis=0))

    def _begin(self, grey: U8, points: F32) -> None:
        if np.isnan(points[0, 0]):
            return
        eyes = float(np.linalg.norm(points[33, :2] - points[263, :2]))
        mask = np.zeros_like(grey)
        mask[min(int(points[:, 1].max() + 0.35 * eyes), grey.shape[0] - 20) :] = 255
        corners = cv2.goodFeaturesToTrack(grey, 60, 0.01, 6, mask=mask)
        self._first = np.zeros((0, 1, 2), np.float32) if corners is None else np.asarray(corners, np.float32)
        self._now, self._alive = self._first, np.ones(len(self._first), bool)
