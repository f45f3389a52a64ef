"""What lies over the pictures of a film: captions, a logo, and over all the label that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from talking_head.config import Provenance
from talking_head.errors import InputError
from talking_head.film.spec import FilmSpec, Logo
from talking_head.film.subtitles import Burner, Cue
from talking_head.provenance.label import WORDS, Label
from talking_head.provenance.overlay import Patch, even
from talking_head.types import F32, U8

_MARGIN = 0.035  # of the shorter side


class Overlays:
    """Lays them over pictures of ``spec``'s size. Raises InputError for a logo that cannot be read or hides the label."""

    def __init__(self, spec: FilmSpec, cues: Sequence[Cue], logo: Path | None, settings: Provenance) -> None:
        self._size = width, height = spec.size
        self._burner = Burner(cues if spec.captions.burn else (), width, height, spec.captions)
        self._logo = None
        if spec.logo is not None and logo is not None:
            if settings.label and spec.logo.corner == settings.label_position:
                raise InputError(f"The label stands in the corner {settings.label_position}; put the logo into another one.")
            self._logo = _logo(read_logo(logo), spec.logo, width, height)
        words = settings.label_text or WORDS[settings.label_language]
        self._label = Label(words, settings.label_position, width, height) if settings.label else None
        self._label_s = settings.film_label_s
        self._apart: tuple[object, tuple[slice, slice], F32, list[F32]] | None = None

    def onto(self, frame: U8, at: float) -> None:
        """Over the I420 picture ``frame`` u8[H * 3 // 2, W] itself, shown ``at`` seconds."""
        width, height = self._size
        self._burner.onto(frame, at)
        if self._logo is not None:
            self._logo.onto(frame, height, width)
        if self._label is not None and self._labelled(at):
            self._label.onto(frame)

    def onto_alpha(self, frame: U8, at: float) -> None:
        """The same over a picture with an alpha plane below, u8[H * 5 // 2, W]."""
        (rows, columns), alpha, colours = self._layer(at)
        if rows.stop <= rows.start:
            return
        width, height = self._size
        under = frame[height * 3 // 2 :][rows, columns].astype(np.float32) / np.float32(255)
        whole = alpha + under * (1 - alpha)
        picture = frame[: height * 3 // 2]
        chroma = picture[height:].reshape(2, height // 2, width // 2)
        half = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
        for plane, colour, place, step in (
            (picture[:height], colours[0], (rows, columns), 1),
            (chroma[0], colours[1], half, 2),
            (chroma[1], colours[2], half, 2),
        ):
            over, below, total = (_smaller(each, step) for each in (alpha, under, whole))
            mixed = colour + plane[place].astype(np.float32) * below * (1 - over)
            plane[place] = np.where(total > 1e-3, np.clip(mixed / np.maximum(total, 1e-3) + 0.5, 0, 255), plane[place])
        frame[height * 3 // 2 :][rows, columns] = np.clip(whole * 255 + 0.5, 0, 255)

    def _labelled(self, at: float) -> bool:
        return self._label_s <= 0 or at < self._label_s

    def _layer(self, at: float) -> tuple[tuple[slice, slice], F32, list[F32]]:
        """Where something lies, its alpha f32[h, w] and its planes multiplied by it: what it is over black and over white."""
        key = self._burner.cue(at), self._labelled(at)
        if self._apart is not None and self._apart[0] == key:
            return self._apart[1:]
        width, height = self._size
        dark, light = (np.full((height * 3 // 2, width), 128, np.uint8) for _ in range(2))
        dark[:height], light[:height] = 16, 235
        self.onto(dark, at)
        self.onto(light, at)
        alpha = 1 - (light[:height].astype(np.float32) - dark[:height]) / np.float32(219)
        alpha = np.where(alpha < 0.01, 0, alpha).astype(np.float32)
        x, y, w, h = cv2.boundingRect((alpha > 0).astype(np.uint8))
        x, y, right, bottom = even(x), even(y), even(x + w + 1), even(y + h + 1)
        area, half = (slice(y, bottom), slice(x, right)), (slice(y // 2, bottom // 2), slice(x // 2, right // 2))
        alpha = np.ascontiguousarray(alpha[area])
        chroma = dark[height:].reshape(2, height // 2, width // 2)
        colours = [dark[:height][area] - 16 * (1 - alpha)]
        if alpha.size:
            colours += [chroma[n][half] - 128 * (1 - _smaller(alpha, 2)) for n in range(2)]
        self._apart = key, area, alpha, [np.asarray(each, np.float32) for each in colours]
        return self._apart[1:]


def read_logo(file: Path) -> U8:
    """A picture with transparency, u8[h, w, 4]. Raises InputError."""
    try:
        with Image.open(file, formats=("PNG", "WEBP", "JPEG")) as picture:
            if picture.width * picture.height > 16_000_000:
                raise _too_large(file, f"{picture.width}×{picture.height}")
            return np.asarray(picture.convert("RGBA"), np.uint8)
    except Image.DecompressionBombError as error:  # so large that it is not even opened
        raise _too_large(file, "too many") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputError(f"The logo {file.name} cannot be read as a picture. Use a PNG with transparency.") from error


def _too_large(file: Path, count: str) -> InputError:
    return InputError(f"The logo {file.name} has {count} pixels; 16 megapixels are enough.")


def _logo(picture: U8, logo: Logo, width: int, height: int) -> Patch:
    shorter = min(width, height)
    wide = max(2, even(logo.width * shorter))
    high = max(2, even(min(wide * picture.shape[0] / picture.shape[1] + 1, shorter * 0.5)))
    alpha = picture[..., 3:].astype(np.float32)
    both = np.dstack([picture[..., :3] * (alpha / 255), alpha]).astype(np.float32)
    small = cv2.resize(both, (wide, high), interpolation=cv2.INTER_AREA if wide < picture.shape[1] else cv2.INTER_LINEAR)
    colours = small[..., :3] * 255 / np.maximum(small[..., 3:], 1)
    rgba = np.clip(np.dstack([colours, small[..., 3] * logo.opacity]) + 0.5, 0, 255).astype(np.uint8)
    edge = round(_MARGIN * shorter)
    x = edge if "left" in logo.corner else width - edge - wide
    y = edge if "top" in logo.corner else height - edge - high
    return Patch(rgba, even(x), even(y))


def _smaller(values: F32, step: int) -> F32:
    if step == 1:
        return values
    return np.asarray(
        cv2.resize(values, (values.shape[1] // 2, values.shape[0] // 2), interpolation=cv2.INTER_AREA), np.float32
    )
