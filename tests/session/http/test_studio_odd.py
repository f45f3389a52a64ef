"""What people bring by mistake: each is refused in a sentence, and nothing of it stays on the disk."""

from __future__ import annotations

import io
import struct
import tempfile
import zlib
from collections.abc import AsyncIterator
from fractions import Fraction
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest
from PIL import Image

from talking_head import registry
from talking_head.errors import InputCode, PhotoCode
from talking_head.face.avatars import SHIPPED
from talking_head.types import U8
from tests.session.conftest import ONE_PROCESS, Running

pytestmark = [pytest.mark.models, ONE_PROCESS]


@pytest.fixture
async def strict(running: Running, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A studio with the real detector; what it writes meanwhile lies in ``tmp_path``."""
    running.container.faces.landmarker = landmarker = registry.build("landmarks", "mediapipe")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield running
    landmarker.close()


def _face(side: int = 320) -> Image.Image:
    return Image.open(SHIPPED / "clara" / "portrait.png").convert("RGB").resize((side, side))


def _saved(image: Image.Image, kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    image.save(data, kind)
    return data.getvalue()


def _photos() -> dict[str, tuple[bytes, str]]:
    """Name → data, and a word of the sentence that must come."""
    two, far = Image.new("RGB", (640, 320)), Image.new("RGB", (900, 900), (90, 90, 90))
    two.paste(_face(), (0, 0))
    two.paste(_face(), (320, 0))
    far.paste(_face(70), (400, 400))
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)
    hidden = np.array(_face())
    hidden[150:] = 90
    return {
        "empty.jpg": (b"", "empty"),
        "text.jpg": (b"I am not a photo.", "not a picture"),
        "cut.jpg": (_saved(_face(), "JPEG")[:4000], "cut off"),
        "tiny.png": (_saved(_face(20)), "pixels"),
        "noise.png": (_saved(Image.fromarray(noise)), "face"),
        "two.png": (_saved(two), "two or more"),
        "far.png": (_saved(far), "face"),
        "phone.heic": (b"\x00\x00\x00\x18ftypheic" + bytes(64), "HEIC"),
        "film.jpg": (b"\x00\x00\x00\x18ftypisom" + bytes(64), "video"),
        "bomb.png": (bomb + bytes(200), "not a picture"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        "black.png": (_saved(Image.new("RGB", (500, 500))), "No face"),
        "half.png": (_saved(Image.fromarray(hidden)), "face"),
    }


def _film(pictures: list[U8]) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        stream = made.add_stream("libx264", rate=25)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for index, picture in enumerate(pictures):
            image = av.VideoFrame.from_ndarray(picture, format="rgb24")
            image.pts, image.time_base = index, Fraction(1, 25)
            made.mux(stream.encode(image))
        made.mux(stream.encode())
    return out.getvalue()


def _sound() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        stream = made.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return out.getvalue()


def _videos() -> dict[str, tuple[bytes, str]]:
    two = np.hstack([np.array(_face()), np.array(_face())])
    return {
        "text.mp4": (b"I am not a video.", "cannot be read"),
        "empty.mp4": (b"", "cannot be read"),
        "sound.mp4": (_sound(), "no picture"),
        "nobody.mp4": (_film([np.full((240, 320, 3), 60, np.uint8)] * 8), "No face"),
        "cut.mp4": (_film([np.array(_face())] * 8)[:600], "cannot be read"),
        "two.mp4": (_film([np.ascontiguousarray(two)] * 8), "two or more"),
        "program.exe": (b"MZ", "A video is one of"),
    }


@pytest.mark.parametrize("kind", ["photo", "video"])
async def test_odd_files_are_refused_in_a_sentence_and_leave_nothing(
    strict: Running, place: Path, tmp_path: Path, kind: str
) -> None:
    before = sorted(place.iterdir())
    for name, (data, word) in (_photos() if kind == "photo" else _videos()).items():
        answer = await strict.http.post("/drafts", files={kind: (name, data)})
        told = answer.json()
        assert (answer.status_code, "error" in told) in ((422, True), (400, True)), f"{name}: {told}"
        sentence = told["error"]["message"]
        assert word in sentence, f"{name}: {sentence}"
        assert sentence.endswith("."), f"{name}: {sentence}"
        assert "video.mp4" not in sentence, f"{name} has a name that nobody gave it: {sentence}"
        assert told["error"]["code"] in {*get_args(InputCode), *get_args(PhotoCode)}, f"{name}: pages have no words for {told}"
        assert "/" not in sentence.replace("×", ""), f"{name} tells of a path: {sentence}"
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [each for each in sorted(place.iterdir()) if each not in before and each.name != "verified.json"] == []
