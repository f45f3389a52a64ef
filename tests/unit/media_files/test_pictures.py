"""Photos of every kind that people have: read upright in sRGB, or refused with a sentence, before they unfold."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from talking_head.errors import PhotoError
from talking_head.media_files.pictures import decode
from talking_head.types import U8


def scene() -> U8:
    """Top half red, bottom half blue, the left edge white: a turn of it shows."""
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:60], picture[60:], picture[:, :20] = (200, 40, 40), (40, 40, 200), 240
    return picture


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF"])
def test_what_pillow_reads_is_read(kind: str) -> None:
    assert np.abs(decode(encode(Image.fromarray(scene()), kind)).astype(int) - scene()).mean() < 8


@pytest.mark.parametrize("mode", ["L", "I;16", "F", "CMYK", "LAB", "RGBA", "P", "1"])
def test_every_depth_of_a_tiff_is_read(mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(scene()[..., 0].astype(np.uint16) * 257)
    elif mode == "LAB":
        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        converted = ImageCms.profileToProfile(Image.fromarray(scene()), *profiles, outputMode="LAB")
        assert converted is not None
        picture = converted
    else:
        picture = Image.fromarray(scene()).convert(mode)
    seen = decode(encode(picture, "TIFF"))
    assert seen.shape == (120, 160, 3)
    assert seen[:, 5].mean() > seen[:, 100].mean() + 40  # the white edge stays the lightest


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 6, 8])
def test_the_cameras_note_is_obeyed(kind: str, orientation: int) -> None:
    stored = {1: 0, 2: 0, 3: 2, 6: 1, 8: 3}[orientation]
    held = np.rot90(scene() if orientation != 2 else scene()[:, ::-1], stored)
    exif = Image.Exif()
    exif[0x0112] = orientation
    said: list[str] = []
    seen = decode(encode(Image.fromarray(np.ascontiguousarray(held)), kind, exif=exif), said.append)
    assert np.abs(seen.astype(int) - scene()).mean() < 8
    assert bool(said) == (orientation not in (1, 2))


def display_p3() -> bytes:
    """A profile as phones store it: the primaries of Display P3, relative to D50, with a gamma of 2.2."""

    def number(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(2.2 * 256))
    name = b"Display P3\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + b"\0" * 79,
        b"wtpt": number(0.9642, 1.0, 0.8249),
        b"rXYZ": number(0.5151, 0.2412, -0.0011),
        b"gXYZ": number(0.2920, 0.6922, 0.0419),
        b"bXYZ": number(0.1571, 0.0666, 0.7841),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        value += b"\0" * (-len(value) % 4)
        table += tag + struct.pack(">II", start + len(body), len(value))
        body += value
    head = struct.pack(">I4xI4s4s4s12x4s", start + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head += b"\0" * 28 + struct.pack(">iii", 63190, 65536, 54061)
    return head + b"\0" * (128 - len(head)) + table + body


def test_the_wide_colours_of_phones_become_srgb() -> None:
    """Red of the same numbers is a stronger one in Display P3: sRGB needs more red and less green for it."""
    said: list[str] = []
    seen = decode(encode(Image.fromarray(scene()), "PNG", icc_profile=display_p3()), said.append)
    red, green, _ = seen[30, 100].tolist()
    assert red > 210
    assert green < 35
    assert "Display P3" in said[0]


def test_a_picture_in_srgb_stays_as_it_is() -> None:
    said: list[str] = []
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (decode(encode(Image.fromarray(scene()), "PNG", icc_profile=plain), said.append) == scene()).all()
    assert said == []


def test_a_broken_profile_is_passed_over() -> None:
    assert (decode(encode(Image.fromarray(scene()), "PNG", icc_profile=b"no profile")) == scene()).all()


def test_a_huge_jpeg_is_reduced_while_it_is_read() -> None:
    said: list[str] = []
    seen = decode(encode(Image.new("RGB", (9_000, 5_000), (90, 120, 150)), "JPEG"), said.append)
    assert max(seen.shape) <= 4096
    assert "9000×5000" in said[0]


def bomb_png(width: int, height: int) -> bytes:
    """A PNG whose header promises ``width`` × ``height``; its data is a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # pytest's filters are not the program's
@pytest.mark.parametrize("side", [7_000, 11_000, 16_000, 60_000])
def test_a_pixel_bomb_is_refused_by_its_header(side: int) -> None:
    with pytest.raises(PhotoError, match="megapixels"):
        decode(bomb_png(side, side))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "BMP"])
def test_other_formats_have_the_same_limit(kind: str) -> None:
    data = encode(Image.new("RGB" if kind == "WEBP" else "1", (8_000, 5_200), 1), kind)
    with pytest.raises(PhotoError, match="megapixels"):
        decode(data)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "export it as JPEG"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "export it as JPEG"),
        (b"\0\0\0\x18ftypqt  \0\0\0\0qt  qt  ", "This is a video"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "This is a video"),
        (b"%PDF-1.7 and so on", "can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "can be read"),
        (b"", "empty"),
    ],
)
def test_what_is_no_photo_is_named(head: bytes, word: str) -> None:
    with pytest.raises(PhotoError, match=word):
        decode(head + b"\0" * 400 if head else head)


def test_no_sentence_names_a_folder_of_the_server(tmp_path: object) -> None:
    with pytest.raises(PhotoError) as refused:
        decode(f"{tmp_path}/absent.jpg")
    assert str(tmp_path) not in str(refused.value)
