"""Subtitles of a recorded video: drawn into the picture, and as a SubRip file beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from talking_head.provenance.overlay import Patch, even
from talking_head.types import U8

_CHARACTERS = 72  # of a cue: two lines of a square video


@dataclass(frozen=True, slots=True)
class Cue:
    """``text`` is shown from ``start`` to ``end``, in seconds."""

    start: float
    end: float
    text: str


def srt(cues: Iterable[Cue]) -> str:
    """The text of a SubRip file."""
    blocks = (f"{n}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n" for n, cue in enumerate(cues, 1))
    return "\n".join(blocks)


def vtt(cues: Iterable[Cue]) -> str:
    """The text of a WebVTT file, which browsers read."""
    blocks = (f"{_clock(cue.start)} --> {_clock(cue.end)}\n{_escaped(cue.text)}\n".replace(",", ".", 2) for cue in cues)
    return "\n".join(["WEBVTT\n", *blocks])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cues_of(clauses: Sequence[tuple[float, float, str]]) -> list[Cue]:
    """Cues that fit on two lines, out of spoken clauses ``(start, end, text)`` in seconds; long ones are cut by length."""
    cues: list[Cue] = []
    for start, end, text in clauses:
        parts = _parts(text, _CHARACTERS)
        letters = sum(map(len, parts)) or 1
        at = start
        for part in parts:
            until = at + (end - start) * len(part) / letters
            cues.append(Cue(at, until, part))
            at = until
    return cues


class Burner:
    """Draws the cue of the moment into I420 pictures of ``width`` × ``height``."""

    def __init__(self, cues: Sequence[Cue], width: int, height: int) -> None:
        self._cues = cues
        self._width, self._height = width, height
        self._drawn: tuple[Cue, Patch] | None = None

    def __call__(self, frame: U8, at: float) -> U8:
        """A copy of ``frame`` u8[height * 3 // 2, width] with what is said at ``at`` seconds; the frame itself in a pause."""
        cue = next((c for c in self._cues if c.start <= at < c.end), None)
        if cue is None:
            return frame
        if self._drawn is None or self._drawn[0] is not cue:
            self._drawn = cue, self._draw(cue.text)
        return self._drawn[1].over(frame, self._height, self._width)

    @cached_property
    def _font(self) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return ImageFont.load_default(max(14, round(min(self._width, self._height) * 0.046)))

    def _draw(self, text: str) -> Patch:
        probe = ImageDraw.Draw(Image.new("L", (1, 1)))
        lines = self._wrap(text, lambda line: probe.textlength(line, font=self._font))
        block = "\n".join(lines)
        left, top, right, bottom = probe.multiline_textbbox((0, 0), block, font=self._font, align="center", spacing=6)
        pad_x, pad_y = round(self._width * 0.03), round(min(self._width, self._height) * 0.018)
        size = (even(right - left + 2 * pad_x), even(bottom - top + 2 * pad_y))
        picture = Image.new("RGBA", size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(picture)
        draw.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=pad_y * 1.6, fill=(16, 18, 20, 190))
        draw.multiline_text((pad_x - left, pad_y - top), block, font=self._font, fill="white", align="center", spacing=6)
        x = even((self._width - size[0]) // 2)
        y = even(round(self._height * 0.965) - size[1])
        return Patch(np.asarray(picture), max(0, x), max(0, y))

    def _wrap(self, text: str, length: Callable[[str], float]) -> list[str]:
        """At most two lines that fit, as even as they can be."""
        room = self._width * 0.86
        words = text.split()
        if length(text) <= room or len(words) < 2:
            return [" ".join(words)]
        halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
        first, second = min(halves, key=lambda pair: max(length(pair[0]), length(pair[1])))
        return [first, second]


def _clock(seconds: float) -> str:
    total = round(seconds * 1000)
    return f"{total // 3_600_000:02}:{total // 60_000 % 60:02}:{total // 1000 % 60:02},{total % 1000:03}"


def _parts(text: str, most: int) -> list[str]:
    """``text`` cut at spaces into pieces of about equal length, none much longer than ``most`` characters."""
    words = text.split()
    count = -(-len(text) // most)
    goal = len(text) / max(1, count)
    parts: list[str] = []
    for word in words:
        if parts and (len(parts[-1]) + len(word) / 2 < goal or len(parts) == count):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts
