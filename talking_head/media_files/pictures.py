"""Still pictures as people have them: any common format, turned as the camera was held, in sRGB, of a bounded size.

A picture's size is read from its header, before anything is decoded: a file of a few kilobytes can unfold to gigabytes.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from talking_head.errors import PhotoError
from talking_head.media_files.remarks import Remark
from talking_head.system.memory import give_back
from talking_head.types import U8

Tell = Callable[[str], None]
MAX_BYTES = 40_000_000
MAX_PIXELS = 40_000_000  # decoded; a JPEG may hold more, it is reduced while it is decoded
_MAX_JPEG_PIXELS = 150_000_000
# The library warns above this, also of what is refused below in a sentence, and opens nothing of twice as much.
Image.MAX_IMAGE_PIXELS = _MAX_JPEG_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
MIN_SIDE = 64
_one_at_a_time = threading.Lock()  # what is decoded lies in memory several times over
_WORTH_PIXELS = 28_000_000  # of a JPEG; a larger one is decoded at half its size
_WORKING_SIDE = 4096  # larger photos are reduced: no portrait needs more
GREY = (128, 128, 128)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff")
READABLE = "Use a JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF file."
_HEIC = (
    "HEIC pictures cannot be read. On an iPhone, set Camera → Formats to “Most Compatible” or share the photo as JPEG; "
    "on a computer, open it and export it as JPEG."
)
_VIDEO = "This is a video, not a picture. Take a still picture out of it, or add the video itself on the command line."
_SIDEWAYS = {3: 180, 6: 90, 8: 90}  # degrees, by the camera's note; the others mirror, too


def silent(sentence: str) -> None:
    """A ``tell`` for whoever does not want to know what was changed."""


def decode(data: bytes | str | Path, tell: Tell = silent) -> U8:
    """Read a picture (of an animation, the first) to u8[H, W, 3] sRGB, upright, transparency over grey.

    At most 40 MB and 40 megapixels, JPEG 150; reduced to 4 096 pixels a side. One at a time, whatever thread asks, and its
    memory goes back to the system. Raises PhotoError.
    """
    if isinstance(data, str | Path):
        path = Path(data)
        if not path.is_file():
            raise PhotoError(f"There is no picture file {path.name}.")
        if path.stat().st_size > MAX_BYTES:
            raise _too_many_bytes(path.stat().st_size)
        data = path.read_bytes()
    if not data:
        raise PhotoError("The picture file is empty.", "photo_empty")
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(len(data))
    _check_brand(data)
    try:
        with _one_at_a_time:
            image = _decode(data, tell)
            give_back()
            return image
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(f"more than {2 * _MAX_JPEG_PIXELS // 10**6} million") from error
    except UnidentifiedImageError as error:
        raise PhotoError(f"This is not a picture that can be read. {READABLE}", "photo_unreadable") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, TypeError, IndexError) as error:
        raise PhotoError(
            "The picture file is damaged or cut off. Save or download it again, then retry.", "photo_damaged"
        ) from error


def _too_many_bytes(size: int) -> PhotoError:
    return PhotoError(f"The file has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.", "photo_large")


def _too_many_pixels(count: str) -> PhotoError:
    return PhotoError(
        f"The photo has {count} pixels, which is too large; reduce it to {MAX_PIXELS // 10**6} megapixels.", "photo_large"
    )


def _check_brand(data: bytes) -> None:
    """Name what people bring by mistake; its readers would only say that they do not know it."""
    if data[4:8] != b"ftyp":
        return
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(int.from_bytes(data[:4]), 256), 4))}
    if brands & {b"avif", b"avis"}:
        return
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        raise PhotoError(_HEIC, "photo_heic")
    raise PhotoError(_VIDEO, "photo_video")


def _decode(data: bytes, tell: Tell) -> U8:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if min(width, height) < MIN_SIDE:
            raise PhotoError(
                f"The photo has only {width}×{height} pixels; use one in which the face is at least 150 pixels tall.",
                "photo_small",
            )
        if width * height <= _MAX_JPEG_PIXELS and not picture.info.get("progressive"):
            part = next(n for n in (1, 2, 4, 8) if n == 8 or width * height <= n * n * _WORTH_PIXELS)
            picture.draft("RGB", (width // part, height // part))  # only a JPEG can do that
        if picture.size[0] * picture.size[1] > MAX_PIXELS:
            raise _too_many_pixels(f"{width}×{height}")
        turned = picture.getexif().get(0x0112, 1)  # before it is loaded: a TIFF is turned by that
        picture.load()
        if max(picture.size) > _WORKING_SIDE:  # in place, before anything copies it
            picture.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.BOX)
        upright = ImageOps.exif_transpose(picture)
        if degrees := _SIDEWAYS.get(turned):
            said = f"The photo was turned by {degrees}°, as the camera noted."
            tell(Remark(said, "photo_turned", degrees=degrees))
        if (width, height) not in (upright.size, upright.size[::-1]):
            before, after = f"{width}×{height}", f"{upright.size[0]}×{upright.size[1]}"
            said = f"The photo was reduced from {before} to {after} pixels."
            tell(Remark(said, "photo_reduced", before=before, after=after))
        return np.asarray(_to_rgb(_to_srgb(upright, tell)), np.uint8).copy()


def _to_srgb(picture: Image.Image, tell: Tell) -> Image.Image:
    """Colours of a profile of its own (phones: Display P3; printers: CMYK) to sRGB. A broken profile is passed over."""
    stored = picture.info.get("icc_profile")
    if not stored or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(stored))
        name = ImageCms.getProfileDescription(profile).strip()
        if "srgb" in name.lower() or (picture.mode == "L"):
            return picture
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        made = ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    if made is None:
        return picture
    said = f"The photo's colours were converted from “{name[:40]}” to sRGB."
    tell(Remark(said, "photo_colours", profile=name[:40]))
    return made


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        grey = np.nan_to_num(np.asarray(picture, np.float64))
        low = min(grey.min(), 0.0)
        return Image.fromarray(((grey - low) / max(grey.max() - low, 1.0) * 255).astype(np.uint8)).convert("RGB")
    if "A" in picture.mode or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (*GREY, 255))
        return Image.alpha_composite(ground, layer).convert("RGB")
    if picture.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB") or picture.convert("RGB")
    return picture.convert("RGB")
