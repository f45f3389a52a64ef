"""Subtitles of a recorded video: drawn into the picture, and as a SubRip file beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from talking_head.errors import InputError
from talking_head.film.picture import fonts
from talking_head.film.spec import Captions
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


_TIMES = re.compile(r"(\d{1,2}):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d{1,2}):(\d\d):(\d\d)[,.](\d{1,3})")
# Bounded, and stopped by another beginning: two megabytes of “<” are read once, not once for each of them.
_MARKUP = re.compile(r"<[^<>]{0,200}>|\{[^{}]{0,200}\}")


def read_srt(file: Path) -> list[Cue]:
    """The cues of a SubRip or WebVTT file, by their beginning; markup is taken out. Raises InputError."""
    try:
        text = file.read_bytes()[:2_000_000].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The subtitles {file.name} cannot be read as text in UTF-8.") from error
    cues = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.strip().split("\n")
        at = next((number for number, line in enumerate(lines) if _TIMES.search(line)), None)
        if at is None:
            continue
        match = _TIMES.search(lines[at])
        assert match is not None
        words = _MARKUP.sub("", " ".join(lines[at + 1 :])).strip()
        start, end = (
            int(h) * 3600 + int(m) * 60 + int(s) + int(f.ljust(3, "0")) / 1000
            for h, m, s, f in (match.groups()[:4], match.groups()[4:])
        )
        if words:
            cues.append(Cue(start, max(start, end), words))
    if not cues:
        raise InputError(f"The subtitles {file.name} hold no line with a time, such as 00:00:01,000 --> 00:00:03,500.")
    return sorted(cues, key=lambda cue: cue.start)


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
    """Draws the cue of the moment into I420 pictures of ``width`` × ``height``, as ``captions`` says.

    A cue for which there is no font on this machine is not drawn; ask ``fonts.absent`` before.
    """

    def __init__(self, cues: Sequence[Cue], width: int, height: int, captions: Captions = Captions()) -> None:  # noqa: B008
        self._cues, self._captions = cues, captions
        self._width, self._height = width, height
        self._drawn: tuple[Cue, Patch | None] | None = None

    def cue(self, at: float) -> Cue | None:
        """What is said at ``at`` seconds, None in a pause."""
        return next((cue for cue in self._cues if cue.start <= at < cue.end), None)

    def onto(self, frame: U8, at: float) -> None:
        """Draw what is said at ``at`` seconds into ``frame`` u8[height * 3 // 2, width] itself."""
        cue = self.cue(at)
        if cue is None:
            return
        if self._drawn is None or self._drawn[0] is not cue:
            self._drawn = cue, self._draw(cue.text)
        if self._drawn[1] is not None:
            self._drawn[1].onto(frame, self._height, self._width)

    def _draw(self, text: str) -> Patch | None:
        shorter = min(self._width, self._height)
        font = fonts.find(text, max(12, round(shorter * 0.046 * self._captions.size)))
        if font is None:
            return None
        probe = ImageDraw.Draw(Image.new("L", (1, 1)))
        block = "\n".join(self._wrap(text, lambda line: probe.textlength(line, font=font)))
        stroke = max(2, round(shorter * 0.004)) if self._captions.style == "outline" else 0
        told: dict[str, Any] = {"font": font, "align": "center", "spacing": 6, "stroke_width": stroke}
        left, top, right, bottom = probe.multiline_textbbox((0, 0), block, **told)
        pad_x, pad_y = round(self._width * 0.03), round(shorter * 0.018)
        size = (even(right - left + 2 * pad_x), even(bottom - top + 2 * pad_y))
        picture = Image.new("RGBA", size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(picture)
        if self._captions.style == "box":
            draw.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=pad_y * 1.6, fill=(16, 18, 20, 190))
        draw.multiline_text((pad_x - left, pad_y - top), block, fill="white", stroke_fill=(10, 10, 12), **told)
        x = even((self._width - size[0]) // 2)
        free = self._height - size[1]
        # At the top below the label, which stands in a corner there.
        y = {"bottom": round(self._height * 0.965) - size[1], "middle": free // 2, "top": round(0.13 * shorter)}
        return Patch(np.asarray(picture), max(0, x), even(min(max(0, y[self._captions.position]), free)))

    def _wrap(self, text: str, length: Callable[[str], float]) -> list[str]:
        """At most three lines that fit, as even as they can be."""
        room = self._width * 0.86
        words = _words(text)
        lines = ["".join(words).strip()]
        for count in (1, 2, 3):
            if len(words) < count:
                break
            lines = _even_lines(words, count, length)
            if max(map(length, lines)) <= room:
                break
        return lines


def _even_lines(words: Sequence[str], count: int, length: Callable[[str], float]) -> list[str]:
    """``words`` in ``count`` lines, each about as long as the others."""
    goal = length("".join(words)) / count
    lines: list[str] = []
    line = ""
    for word in words:
        if line and len(lines) < count - 1 and length(line + word) - goal > goal - length(line):
            lines.append(line.strip())
            line = ""
        line += word
    return [*lines, line.strip()]


def _words(text: str) -> list[str]:
    """Pieces between which a line may end, with their spaces: words, and single signs of writings without spaces."""
    return re.findall(
        r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff][，。！？、：；”’）》]*|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+\s*|\s+",
        text,
    )


def _clock(seconds: float) -> str:
    total = round(seconds * 1000)
    return f"{total // 3_600_000:02}:{total // 60_000 % 60:02}:{total // 1000 % 60:02},{total % 1000:03}"


def _parts(text: str, most: int) -> list[str]:
    """``text`` cut between words into pieces of about equal length, none much longer than ``most`` characters."""
    words = _words(" ".join(text.split()))
    wide = sum(len(word.strip()) for word in words if not word.isascii() and len(word.strip()) <= 2)
    count = max(1, -(-(len(text) + wide) // most))  # such a sign is as wide as two letters
    goal = len(text) / count
    parts: list[str] = []
    for word in words:
        if parts and (len(parts[-1]) + len(word) / 2 < goal or len(parts) == count):
            parts[-1] += word
        else:
            parts.append(word)
    return [part.strip() for part in parts]
