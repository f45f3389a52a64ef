"""Drafts: photos and videos that somebody brought and may still crop, try, or leave. In memory, forgotten by themselves."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from talking_head.errors import InputError
from talking_head.face.portrait import Portrait
from talking_head.face.teeth import Teeth
from talking_head.types import F32, LARGEST_SIDE, U8

MOST = 8  # at a time; each holds about 20 MB
KEPT_S = 3600.0
_ROUND = 1.0  # of the square's side, kept around it: so far it may be moved

Square = tuple[float, float, float]


@dataclass(slots=True)
class Draft:
    """``pixels`` u8[H, W, 3]: the photo around the head; ``points`` f32[478, 3] in it; ``square``: left, top and side in its
    pixels of what becomes the portrait; ``portrait``: what that gives. ``smile``: a picture that shows teeth, ``teeth``: what
    it lends. ``video``: the file that they come from. ``changes``: what had to be put right, as remarks.
    """

    id: str
    source: str
    pixels: U8
    points: F32
    square: Square
    portrait: Portrait
    smile: U8 | None = None
    teeth: Teeth | None = None
    video: Path | None = None
    changes: list[str] = field(default_factory=list)
    seen: float = field(default_factory=time.monotonic)


class Drafts:
    """The newest :data:`MOST` drafts by ids that cannot be guessed, each for an hour after it was last asked for."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, draft: Draft) -> Draft:
        """Keep ``draft``; the oldest may have to go."""
        with self._lock:
            self._all[draft.id] = draft
            self._sweep()
        return draft

    def get(self, key: str) -> Draft:
        """The draft ``key``. Raises InputError for one that is gone."""
        with self._lock:
            self._sweep()
            draft = self._all.get(key)
            if draft is None:
                kept = "for an hour, and no longer than the server runs"
                raise InputError(f"This draft is gone: drafts are kept {kept}. Bring the picture again.", "draft_gone")
            draft.seen = time.monotonic()
            self._all.move_to_end(key)
            return draft

    def drop(self, key: str) -> None:
        """Forget the draft ``key``, and its video; one that is gone already is no error."""
        with self._lock:
            _forget(self._all.pop(key, None))

    def close(self) -> None:
        """Forget all."""
        with self._lock:
            while self._all:
                _forget(self._all.popitem()[1])

    def _sweep(self) -> None:
        late = time.monotonic() - KEPT_S
        for key in [key for key, draft in self._all.items() if draft.seen < late]:
            _forget(self._all.pop(key))
        while len(self._all) > MOST:
            _forget(self._all.popitem(last=False)[1])


def new_id() -> str:
    """An id that cannot be guessed."""
    return secrets.token_urlsafe(24)


def surroundings(pixels: U8, points: F32, square: Square) -> tuple[U8, F32, Square]:
    """The photo around the head, reduced so that ``square`` is no larger than a portrait can be; points and square in it."""
    left, top, side = square
    height, width = pixels.shape[:2]
    x0, y0 = (max(0, int(edge - _ROUND * side)) for edge in (left, top))
    x1, y1 = (min(most, int(np.ceil(edge + (1 + _ROUND) * side))) for edge, most in ((left, width), (top, height)))
    cut = np.ascontiguousarray(pixels[y0:y1, x0:x1])
    factor = min(1.0, LARGEST_SIDE / side)
    if factor < 1:
        cut = np.asarray(cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    moved = ((points - np.array([x0, y0, 0], np.float32)) * np.float32(factor)).astype(np.float32)
    return cut, moved, ((left - x0) * factor, (top - y0) * factor, side * factor)


def _forget(draft: Draft | None) -> None:
    if draft is not None and draft.video is not None:
        shutil.rmtree(draft.video.parent, ignore_errors=True)  # a folder of its own
