"""The invisible watermark of pictures: waves of a grey level or two over the whole picture, too weak and too coarse to be seen.

The pattern is a sum of some 2 900 cosines (a DCT of 128 × 128, stretched over the picture whatever its size), 10 to 32 waves
across: fine enough to hide in the picture, coarse enough for a video encoder to keep it and for half the size to show it. Each
of the 256 signs of the codeword turns cosines of its own over (spread spectrum: Cox et al., "Secure spread spectrum
watermarking for multimedia", IEEE Trans. Image Processing 1997). It does not change from frame to frame, so that an encoder
does not pay for it again, and it costs an addition and a subtraction a frame. Where the picture is of one colour, as a drawn
background is, nothing hides it, but nothing disturbs it either: there it changes by one level at most. A wall that a camera
saw is not spared: half of what is read after an encoder at half the size is read there.

To read it, pictures are brought back to 128 × 128 and what lies in the band is whitened: by frequency, and, for waves across
and along apart, by its local variance: on a wall a wave of one level stands out, in hair it does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from talking_head.provenance import codeword
from talking_head.provenance.codeword import Origin
from talking_head.types import F32, U8

GRID = 128
STRENGTH = 1.35  # grey levels, root mean square: 45.4 dB
_PLAIN = 1.0  # the same where the picture is of one colour, before it is cut off at one level
_CELL = 8  # pixels: the side of what is of one colour, or is not
_EVEN = 10 / 255  # share of neighbours that may differ there
_BAND = (20, 64)  # radius in the DCT's half waves
_SEED = 0x7A1C  # public: whoever has this program can read the mark
_FLOOR = 0.02  # grey levels², what an encoder leaves on a flat wall
_NEAR = 4.0  # cells: over which the local variance is taken
SURE = 9.0  # standard deviations by which a word must explain a picture; chance gives 4 once in 30 000 times


class PictureMark:
    """Writes ``origin`` into pictures of one size. ``strength``: root mean square of the change where a picture is not of one
    colour, in grey levels.

    Safe for several threads.
    """

    def __init__(self, origin: Origin, width: int, height: int, *, strength: float = STRENGTH) -> None:
        fine = cv2.resize(pattern(codeword.encode(origin)), (width, height), interpolation=cv2.INTER_CUBIC)
        wave = np.asarray(fine / max(float(fine.std()), 1e-6), np.float32)
        plain = np.clip(np.rint(wave * min(_PLAIN, strength)), -1, 1)
        self._plain, self._more = _halves(plain), _halves(np.rint(wave * strength) - plain)
        self._height = height

    def __call__(self, picture: U8) -> U8:
        """A copy of the I420 picture u8[H * 3 // 2, W] with the mark in its luma."""
        out = picture.copy()
        self.onto(out)
        return out

    def onto(self, picture: U8) -> None:
        """Put the mark into ``picture`` itself."""
        luma = picture[: self._height]
        busy = _busy(luma)
        mask = None if busy.all() else busy.repeat(_CELL, 1).repeat(_CELL, 0)[: luma.shape[0], : luma.shape[1]]
        for add, take, where in ((*self._plain, None), (*self._more, mask)):
            cv2.add(luma, add, dst=luma, mask=where)
            cv2.subtract(luma, take, dst=luma, mask=where)


def _halves(level: F32) -> tuple[U8, U8]:
    """What is added to a picture, and what is taken from it, for a change by ``level``."""
    return np.clip(level, 0, 255).astype(np.uint8), np.clip(-level, 0, 255).astype(np.uint8)


def _busy(luma: U8) -> U8:
    """Not 0 for each cell that is not of one colour from row to row, or has a neighbour that is not. u8[H / 8, W / 8]."""
    lower = luma[2::4]
    differ = cv2.compare(luma[::4][: len(lower)], lower, cv2.CMP_NE)
    height, width = luma.shape
    cells = cv2.resize(differ, (-(-width // _CELL), -(-height // _CELL)), interpolation=cv2.INTER_AREA)
    return (cv2.blur(cells, (3, 3)) > 255 * _EVEN).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Found:
    """A mark that was read: ``sure`` is by how many standard deviations its pattern stands out."""

    origin: Origin
    sure: float


def read(lumas: Iterable[U8]) -> Found | None:
    """The mark of pictures that were shown in a row, luma u8[H, W] each, or None. A second of them is plenty."""
    total = np.zeros((GRID, GRID), np.float64)
    count = 0
    for luma in lumas:
        total += cv2.resize(luma.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA)
        count += 1
    if not count:
        return None
    soft, seen = _project((total / count).astype(np.float32))
    origin = codeword.decode(soft)
    if origin is None:
        return None
    chips = _spread(codeword.encode(origin))
    sure = float((seen * chips).sum() / max(np.sqrt(np.square(seen).sum()), 1e-9))
    return Found(origin, sure) if sure >= SURE else None


def pattern(signs: F32) -> F32:
    """``signs`` f32[256] → their pattern f32[128, 128] of unit variance."""
    spectrum = np.zeros((GRID, GRID), np.float32)
    spectrum[_cosines()[0]] = _spread(signs)
    wave = np.asarray(cv2.idct(spectrum), np.float32)
    return np.asarray(wave / wave.std(), np.float32)


def _project(grey: F32) -> tuple[F32, F32]:
    """How sure each of the 256 signs is, f32[256], and what every cosine says, f32[n]; ``grey`` f32[128, 128]."""
    places, owner, flips = _cosines()
    tilt, ways = _whitening()
    spectrum = cv2.dct(grey) * tilt  # pictures have less of what is finer, by about 1/f
    seen = np.zeros_like(spectrum)
    for way in ways:
        detail = cv2.idct(spectrum * way)
        variance = cv2.GaussianBlur(detail * detail, (0, 0), _NEAR)
        seen += cv2.dct(detail / (variance + _FLOOR)) * way
    said = np.asarray((seen * tilt)[places], np.float32)
    return np.bincount(owner, said * flips, codeword.SIGNS).astype(np.float32), said


def _spread(signs: F32) -> F32:
    _, owner, flips = _cosines()
    return signs[owner] * flips


@cache
def _cosines() -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64], F32]:
    """Rows and columns of the cosines used, which sign each belongs to, and whether it is turned over from the start."""
    radius = np.hypot(*np.meshgrid(np.arange(GRID), np.arange(GRID)))
    rows, columns = np.nonzero((radius >= _BAND[0]) & (radius <= _BAND[1]))
    chance = np.random.Generator(np.random.PCG64(_SEED))
    owner = chance.permutation(len(rows)) % codeword.SIGNS
    flips = chance.choice(np.array([-1, 1], np.float32), len(rows))
    return (rows, columns), owner, flips


@cache
def _whitening() -> tuple[F32, tuple[F32, F32]]:
    """Frequency as a weight f32[128, 128], and the parts of the band that hold waves across and along, of 0 and 1."""
    rows, columns = np.meshgrid(np.arange(GRID), np.arange(GRID), indexing="ij")
    used = np.zeros((GRID, GRID), np.float32)
    used[_cosines()[0]] = 1
    tilt = (np.hypot(rows, columns) / _BAND[1]).astype(np.float32)
    return tilt, (used * (rows < columns), used * (rows >= columns))
