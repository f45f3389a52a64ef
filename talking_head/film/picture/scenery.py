"""The canvas of a film: its shape, where the presenter's square picture goes, and what is behind.

The presenter is drawn in a square (the portrait) before the very piece of the background that lies there, so that the square
has no edge. It stands on the lower edge of the canvas; where a body goes on beyond the square's sides, its shoulders are
continued down to that edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from talking_head.errors import InputError
from talking_head.face.backdrop import GREEN, colour
from talking_head.face.fill import continued
from talking_head.face.portrait import Portrait
from talking_head.film.spec import Head
from talking_head.media_files.pictures import decode
from talking_head.media_files.video import VIDEO_ENDINGS, read_pictures
from talking_head.types import F32, LARGEST_SIDE, U8

_SIDES = {"1:1": 1.0, "9:16": 1.2, "16:9": 1.0}  # of the square, in shorter sides of the canvas
_BLUR = 0.05  # of the canvas' shorter side
_OWN_BLUR = 0.006  # a background that is enlarged looks sharp by what is out of focus in it
_TOUCHES = 40  # of the matte: as much person at the square's side is a body that goes on
_SLOPE = 0.75  # of a shoulder beyond the square


@dataclass(frozen=True, slots=True)
class Place:
    """The square in a canvas of ``width`` × ``height``: ``side`` pixels there, its corner at ``left``, ``top`` (all even; it
    may hang over). It is drawn with ``drawn`` pixels a side.
    """

    width: int
    height: int
    side: int
    left: int
    top: int
    drawn: int

    @property
    def plain(self) -> bool:
        """Whether the square is the canvas."""
        return (self.width, self.height, self.side, self.left, self.top) == (self.side, self.side, self.drawn, 0, 0)

    @property
    def area(self) -> tuple[slice, slice, slice, slice]:
        """Rows and columns of the canvas that the square takes, and the square's own rows and columns that are seen."""
        y0, x0 = max(self.top, 0), max(self.left, 0)
        y1, x1 = min(self.top + self.side, self.height), min(self.left + self.side, self.width)
        return slice(y0, y1), slice(x0, x1), slice(y0 - self.top, y1 - self.top), slice(x0 - self.left, x1 - self.left)


def place(frame: str, size: tuple[int, int], head: Head) -> Place:
    """Where the square goes. Raises InputError for a head that would be outside."""
    width, height = size
    side = max(128, round(min(size) * _SIDES[frame] * head.size / 16) * 16)
    if frame == "1:1" and head.size == 1:
        side = width
    drawn = side if side <= LARGEST_SIDE and side % 16 == 0 else min(LARGEST_SIDE, round(side / 8) * 8)
    left = _even((width - side) / 2 + head.x * width / 2)
    top = _even(max(0, height - side) + head.y * height)
    if top > height - 0.3 * side:
        raise InputError("The head would be outside of the picture: take a smaller head.y.")
    return Place(width, height, side, left, top, drawn)


class Scenery:
    """What is behind the presenter, as pictures u8[H, W, 3] RGB of the canvas. ``moves``: another one each frame;
    ``own``: it is the portrait's own.
    """

    moves = False

    def __init__(self, still: U8, *, own: bool = False) -> None:
        self.still, self.own = still, own

    def pictures(self, start: int) -> Iterator[U8]:
        """Those from frame ``start`` on, without end."""
        while True:
            yield self.still


class VideoScenery(Scenery):
    """A video, from its beginning again where it ends. Raises InputError for one that cannot be read."""

    moves = True

    def __init__(self, file: Path, width: int, height: int) -> None:
        self._file, self._size = file, (width, height)
        first = next(iter(read_pictures(file)), None)
        if first is None:
            raise InputError(f"{file.name} holds no picture.")
        super().__init__(covering(first, width, height))

    def pictures(self, start: int) -> Iterator[U8]:
        """See :class:`Scenery`."""
        number = 0
        while True:
            for picture in read_pictures(self._file):
                if number >= start:
                    yield covering(picture, *self._size)
                number += 1


def scenery(background: str, portrait: Portrait, at: Place, file: Path | None) -> Scenery:
    """What ``background`` asks for; ``file``: the one that it names. Raises InputError."""
    if file is not None and file.suffix.lower() in VIDEO_ENDINGS:
        return VideoScenery(file, at.width, at.height)
    if file is not None:
        return Scenery(covering(decode(file), at.width, at.height))
    if background not in ("", "blur"):
        plain = np.array(colour(GREEN if background == "green" else background), np.uint8)
        return Scenery(np.ascontiguousarray(np.broadcast_to(plain, (at.height, at.width, 3))))
    wide = covering(_without_person(portrait) if portrait.ground is None else portrait.ground, at.width, at.height)
    share = _BLUR if background else _OWN_BLUR if portrait.ground is None else 0.0
    return Scenery(_blurred(wide, share * min(at.width, at.height)) if share else wide, own=not background)


def covering(picture: U8, width: int, height: int) -> U8:
    """The middle of ``picture`` u8[h, w, 3], scaled so that it covers ``width`` × ``height``."""
    scale = max(height / picture.shape[0], width / picture.shape[1])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grown = picture if scale == 1 else cv2.resize(picture, size, interpolation=kind)
    top, left = (grown.shape[0] - height) // 2, (grown.shape[1] - width) // 2
    return np.ascontiguousarray(grown[top : top + height, left : left + width]).astype(np.uint8)


def behind(canvas: U8, at: Place) -> U8:
    """The piece of ``canvas`` that lies behind the square, u8[drawn, drawn, 3]; its edge goes on where that hangs over."""
    rows, columns, own_rows, own_columns = at.area
    seen = canvas[rows, columns]
    borders = own_rows.start, at.side - own_rows.stop, own_columns.start, at.side - own_columns.stop
    whole = cv2.copyMakeBorder(seen, *borders, cv2.BORDER_REPLICATE) if any(borders) else seen
    if at.drawn != at.side:
        whole = cv2.resize(whole, (at.drawn, at.drawn), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(whole).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Shoulder:
    """A body that goes on beyond one side of the square: ``mask`` f32[h, w] of the canvas' ``rows`` and ``columns``, and for
    each of those columns the square's column (in its own pixels) that is shown there, ``source`` i64[w].
    """

    rows: slice
    columns: slice
    mask: F32
    source: np.ndarray


def shoulders(matte: U8, at: Place) -> list[Shoulder]:
    """Where the body of a portrait with ``matte`` u8[h, w] goes on beyond the square's sides."""
    scaled = cv2.resize(matte, (at.side, at.side), interpolation=cv2.INTER_LINEAR)
    found = []
    for right in (False, True):
        edge = scaled[:, -3:].min(1) if right else scaled[:, :3].min(1)
        touching = np.nonzero(edge[: at.side] > _TOUCHES)[0]
        touching = touching[touching > at.side // 2]  # hair that touches is hair
        if not len(touching):
            continue
        first = (at.top + int(touching[0])) // 2 * 2  # row of the canvas
        outer = at.left + at.side if right else at.left
        reach = min(round((at.height - first) / _SLOPE) + 2, at.width - outer if right else outer) // 2 * 2
        if reach <= 0 or first >= at.height:
            continue
        step = np.arange(reach) + 0.5
        y = np.arange(first, at.height)[:, None] + 0.5
        mask = np.clip(y - (first + _SLOPE * step[None]), 0, 1.5).astype(np.float32) / np.float32(1.5)
        depth = 0.06 * at.side
        source = np.minimum(depth * (1 - np.exp(-step / depth)), at.side - 1).astype(np.int64)
        columns = slice(outer, outer + reach) if right else slice(outer - reach, outer)
        source = at.side - 1 - source if right else source[::-1]
        found.append(Shoulder(slice(first, at.height), columns, mask if right else mask[:, ::-1].copy(), source))
    return found


def _without_person(portrait: Portrait) -> U8:
    if portrait.matte is None:
        return portrait.image
    ring = np.ones((max(3, round(0.05 * portrait.pose.scale)) | 1,) * 2, np.uint8)
    known = np.asarray(cv2.erode((portrait.matte < 3).astype(np.uint8), ring), np.uint8)
    if not known.any():
        return portrait.image
    return np.asarray(np.clip(continued(portrait.image, known), 0, 255), np.uint8)


def _blurred(picture: U8, sigma: float) -> U8:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.8, sigma), borderType=cv2.BORDER_REPLICATE), np.uint8)


def _even(value: float) -> int:
    return round(value / 2) * 2
