"""Fonts for what is drawn into a film: the pulled one, or else the first on this machine, that has every sign of a text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from PIL import ImageFont

from talking_head.errors import MissingModelError
from talking_head.models import manifest

CHINESE = "noto-sans-hans"  # a model of the manifest: SIL Open Font License
_PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
)
_ENDINGS = (".ttf", ".otf", ".ttc")
_LIKED = (
    "notosanscjk",
    "sourcehansans",
    "notosanssc",
    "wqy",
    "droidsansfallback",
    "pingfang",
    "dejavusans",
    "notosans",
    "liberationsans",
)
_DISLIKED = ("bold", "italic", "oblique", "mono", "light", "thin", "black", "serif", "condensed", "math", "emoji")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def find(text: str, size: int) -> Font | None:
    """A font of ``size`` pixels that has every sign of ``text``: Pillow's own for Latin letters; None if there is none."""
    if all(sign in _latin() for sign in text if not sign.isspace()):
        return ImageFont.load_default(size)
    for file in (*_pulled(), *files()):
        if _has(file, {sign for sign in text if not sign.isspace()}):
            return ImageFont.truetype(str(file), size)
    return None


def absent(texts: Iterable[str]) -> str:
    """Up to 20 signs of ``texts`` that no font on this machine has, of the first text that cannot be drawn; "" for none."""
    for text in texts:
        if find(text, 20) is None:
            return "".join(sorted({sign for sign in text if sign not in _latin() and not sign.isspace()}))[:20]
    return ""


def is_chinese(signs: str) -> bool:
    """Whether one of ``signs`` is a Chinese character."""
    return any("\u3400" <= sign <= "\u9fff" for sign in signs)


@cache
def _latin() -> frozenset[str]:
    """What Pillow's own font (Aileron) has."""
    return frozenset([*map(chr, range(33, 127)), *map(chr, range(161, 383)), *"–—‘’“”„…•·€™"])


def _pulled() -> tuple[Path, ...]:
    """What ``talking-head pull --language zh`` brought; not remembered, as it may come while a server runs."""
    try:
        return (manifest.path(CHINESE),)
    except MissingModelError:
        return ()


@cache
def files() -> tuple[Path, ...]:
    """Font files of this machine, the plain ones first."""
    found = [
        file
        for place in _PLACES
        if (folder := Path(place).expanduser()).is_dir()
        for file in folder.rglob("*")
        if file.suffix.lower() in _ENDINGS
    ]
    return tuple(sorted(found, key=_order))


def _order(file: Path) -> tuple[int, int, str]:
    name = file.stem.lower().replace("-", "").replace("_", "")
    liked = next((n for n, each in enumerate(_LIKED) if name.startswith(each)), len(_LIKED))
    return sum(each in name for each in _DISLIKED), liked, name


def _has(file: Path, signs: set[str]) -> bool:
    known = _signs(file)
    return all(ord(sign) in known for sign in signs)


@cache
def _signs(file: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError  # it comes with matplotlib

    try:
        with TTFont(str(file), fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or {})
    except (TTLibError, OSError, ValueError, AssertionError):
        return frozenset()
