"""Files of every kind that is taken somewhere, whole and spoilt."""

from __future__ import annotations

import io
import json
import tempfile
import wave
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from tests.unit.media_files.files import write_video
from tests.unit.studio.makers import png

NAMES = (
    *("a.md", "a.txt", "a.html", "a.csv", "a.pdf", "a.docx", "a.png", "a.jpg", "a.webp", "a.gif", "a.mp4", "a.webm"),
    *(
        "a.wav",
        "a.presenter",
        "a.zip",
        "a.c2pa",
        "a.svg",
        "",
        "x" * 300 + ".md",
        "../../a.md",
        "C:\\a.pdf",
        "a\x00.md",
        "ä .md",
    ),
)


@cache
def whole() -> tuple[bytes, ...]:
    """Small files that can be read."""
    pictures = []
    for kind in ("JPEG", "WEBP", "GIF", "BMP", "TIFF"):
        data = io.BytesIO()
        Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(data, kind)
        pictures.append(data.getvalue())
    sound, packed = io.BytesIO(), io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(bytes(8_000))
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("avatar.toml", 'title = "Ann"\nsource = "me"\nlicence = "CC0"\n')
        zipped.writestr("portrait.png", pictures[0])
        zipped.writestr("consent.json", json.dumps({"shown": "Ann", "agreed": "Ann"}))
        zipped.writestr("word/document.xml", "<w:document><w:body><w:p><w:r><w:t>Boats.</w:t></w:r></w:p></w:body>")
    with tempfile.TemporaryDirectory() as folder:
        video = write_video(Path(folder) / "a.mp4", [np.full((64, 64, 3), 90, np.uint8)] * 5).read_bytes()
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    texts = (b"# Boats\n\nWe rent boats.\n", b"<h1>Boats</h1><p>We rent boats.", b"question,answer\nWhat?,Boats.\n", pdf, b"")
    return (png(), *pictures, sound.getvalue(), packed.getvalue(), video, *texts)


class Bytes(bytes):
    """Shown by hypothesis with its beginning alone where it is long."""

    def __repr__(self) -> str:
        return bytes.__repr__(self) if len(self) < 3000 else f"<{len(self)} bytes, {bytes(self[:40])!r}…>"


@st.composite
def spoilt(draw: st.DrawFn) -> Bytes:
    """One of :func:`whole`, as it is or changed in a few places."""
    data = bytearray(draw(st.sampled_from(whole())))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(("cut", "change", "insert", "repeat"))):
            case "cut":
                del data[at:]
            case "change":
                data[at : at + 4] = draw(st.binary(min_size=1, max_size=4))
            case "insert":
                data[at:at] = draw(st.binary(max_size=30))
            case "repeat":
                data += data[at : at + 2000]
    return Bytes(data)
