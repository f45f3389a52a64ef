"""Pictures that are small as files and huge as pixels: the size is read before anything is unpacked, and memory comes back."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from talking_head.errors import PhotoError
from talking_head.media_files import pictures
from tests.paths import ROOT

# In a process of its own: what a peak was is known of a whole process only.
_PEAK = """
import io, resource, sys, psutil
from PIL import Image
from talking_head.errors import PhotoError
from talking_head.media_files import pictures
data = open(sys.argv[1], "rb").read()
small = io.BytesIO()
Image.new("RGB", (64, 64)).save(small, "PNG")
pictures.decode(small.getvalue())  # what the first picture imports stays, whatever its size
before = psutil.Process().memory_info().rss
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
told = ""
for _ in range(3):
    try:
        pictures.decode(data)
    except PhotoError as error:
        told = str(error)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - base
print((psutil.Process().memory_info().rss - before) // 1_000_000, peak // 1_000_000, told, sep="|")
"""


def memory(data: bytes, folder: Path) -> tuple[int, int, str]:
    """MB that stay, MB at the worst, and what was said; nothing goes to the log."""
    file = folder / "picture"
    file.write_bytes(data)
    ended = subprocess.run(
        [sys.executable, "-c", _PEAK, str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    left, peak, told = ended.stdout.strip().split("|")
    return int(left), int(peak), told


def png(width: int, height: int, mode: str = "1") -> bytes:
    data = io.BytesIO()
    Image.new(mode, (width, height)).save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    ("width", "height"), [(20_000, 20_000), (13_000, 13_000), (10_900, 10_900), (40_000, 1_100), (6_400, 6_400)]
)
def test_more_than_is_decoded_is_refused_by_its_header(width: int, height: int, tmp_path: Path) -> None:
    _, peak, told = memory(png(width, height), tmp_path)
    assert "too large" in told
    assert peak < 40


def test_the_largest_that_is_decoded_gives_its_memory_back(tmp_path: Path) -> None:
    left, peak, told = memory(png(6_300, 6_300, "RGB"), tmp_path)
    assert told == ""
    assert peak < 450
    assert left < 50


def test_a_large_jpeg_is_reduced_and_a_progressive_one_refused() -> None:
    ordinary, progressive = io.BytesIO(), io.BytesIO()
    picture = Image.new("RGB", (12_000, 9_000), (90, 120, 150))
    picture.save(ordinary, "JPEG")
    picture.save(progressive, "JPEG", progressive=True)
    image = pictures.decode(ordinary.getvalue())
    assert max(image.shape) <= 4096
    with pytest.raises(PhotoError, match="too large"):
        pictures.decode(progressive.getvalue())
