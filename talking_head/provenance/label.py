"""The visible label: words in a corner of the picture that say that it is made by a machine.

EU AI Act, article 50: clear, and at the latest at the first exposure. GB 45438-2025: the words hold “AI” or “人工智能”,
and “生成”; they are no lower than a twentieth of the picture's shorter side, and seen for two seconds at least from the start.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from talking_head.errors import ConfigError
from talking_head.provenance.overlay import Patch, even
from talking_head.types import U8

WORDS = {"en": "AI-generated", "zh": "人工智能生成", "both": "AI-generated · AI生成"}
_SHARE = 0.05  # of the shorter side: height of the words, from their highest stroke to their lowest
_LARGEST = 0.0625  # of the shorter side: size of the font for words that have neither high strokes nor low ones
_FONT = Path(__file__).with_name("label.otf")  # Latin letters and the signs that such labels use: see label.LICENSE
_CHINESE = "人工智能生成合成内容虚拟形象数字非真正在说话由本视频的图片音此画面均为，。（）："
_SIGNS = frozenset([*map(chr, range(32, 127)), *"·–—…’“”", *_CHINESE])


class Label:
    """Draws ``words`` into I420 pictures of ``width`` × ``height``. Raises ConfigError for signs that the font lacks."""

    def __init__(self, words: str, position: str, width: int, height: int) -> None:
        self._size = width, height
        self._patch = _patch(check(words), position, width, height)

    def onto(self, picture: U8) -> None:
        """Draw into the I420 picture u8[H * 3 // 2, W] itself."""
        width, height = self._size
        self._patch.onto(picture, height, width)


def check(words: str) -> str:
    """``words`` if they can be drawn. Raises ConfigError."""
    absent = sorted({sign for sign in words if sign not in _SIGNS})
    if absent or not words.strip() or len(words) > 60:
        raise ConfigError(f"provenance.label_text cannot be “{words[:60]}”: up to 60 Latin letters, or signs of {_CHINESE}.")
    return words


def _patch(words: str, position: str, width: int, height: int) -> Patch:
    shorter = min(width, height)
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    _, top, _, bottom = probe.textbbox((0, 0), words, font=ImageFont.truetype(str(_FONT), 1000))
    wanted = min(shorter * _SHARE * 1000 / max(bottom - top, 1), shorter * _LARGEST)
    font = ImageFont.truetype(str(_FONT), max(10, math.ceil(wanted)))
    left, top, right, bottom = probe.textbbox((0, 0), words, font=font)
    pad = max(2, round(shorter * 0.01))
    size = even(right - left + 4 * pad), even(bottom - top + 2 * pad + 1)
    if size[0] > 0.96 * width:  # long words in a narrow picture: as large as they fit
        font = ImageFont.truetype(str(_FONT), max(8, int(font.size * 0.96 * width / size[0])))
        left, top, right, bottom = probe.textbbox((0, 0), words, font=font)
        size = even(right - left + 4 * pad), even(bottom - top + 2 * pad + 1)
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=size[1] / 2.6, fill=(16, 18, 20, 150))
    draw.text((2 * pad - left, pad - top), words, font=font, fill=(255, 255, 255, 235))
    edge = round(shorter * 0.025)
    x = edge if "left" in position else width - edge - size[0]
    y = edge if "top" in position else height - edge - size[1]
    return Patch(np.asarray(picture), even(max(0, x)), even(max(0, y)))
